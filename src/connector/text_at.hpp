// The text at a path of a resource: what a report and a plan go by.
#pragma once

#include <scimkit/connector/mapping.hpp>

#include <string>
#include <string_view>

namespace scimkit::connector
{

/// Empty where there is nothing, or no string. `path` as for find_path().
inline std::string text_at(json::object const& attributes, std::string_view path)
{
    auto const* const value = find_path(attributes, path);
    return value && value->is_string() ? std::string{value->get_string()} : std::string{};
}

} // namespace scimkit::connector
