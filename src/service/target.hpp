// The target of a request: path segments and query parameters, decoded once (RFC 3986, RFC 7644 section 3.4.2).
#pragma once

#include <scimkit/core/error.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit::service
{

struct QueryParameter
{
    std::string name;
    std::string value;
};

struct Target
{
    std::vector<std::string> segments; ///< below the prefix; empty for the SCIM root; none is empty
    std::vector<QueryParameter> query; ///< in the order of the target

    /// The value of a parameter, null when it is absent. Names are compared exactly, as RFC 7644 spells them.
    std::string const* find(std::string_view name) const noexcept;
};

struct TargetRules
{
    std::string_view prefix;    ///< "" or "/scim"
    bool lenient = false;       ///< a slash at the end, one more behind the prefix, stray & in the query
    bool plus_is_space = false; ///< in the query
    std::size_t max_bytes = 0;
};

/// Errors: uri_too_long, bad_request (not origin form, bad escapes, bytes that no URI has, `.` and `..`), not_found
/// (not below the prefix, empty segments), invalid_value (a parameter that SCIM defines given twice).
result<Target> parse_target(std::string_view text, TargetRules const& rules);

} // namespace scimkit::service
