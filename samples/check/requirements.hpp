// The requirement rows of RFC 7643 and RFC 7644, compiled in.
#pragma once

#include <optional>
#include <string_view>

namespace check
{

struct Requirement
{
    std::string_view id;      ///< "7644-3.3-a"
    std::string_view section; ///< "3.3"
    std::string_view level;   ///< MUST, SHOULD, MAY, implied, ...
    std::string_view says;
};

/// Nothing: there is no such row.
std::optional<Requirement> find_requirement(std::string_view id) noexcept;

} // namespace check
