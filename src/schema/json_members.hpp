// Members of a JSON object as SCIM reads them: names without regard to case, null the same as absent.
#pragma once

#include <scimkit/core/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{

/// Null if there is no such member or it is null.
json::value const* find_member(json::object const& object, std::string_view name);

/// Each takes `fallback` where the member is absent. Error: invalid_value, "<name> must be ...".
result<std::string> string_member(json::object const& object, std::string_view name);
result<bool> boolean_member(json::object const& object, std::string_view name, bool fallback);
result<std::vector<std::string>> strings_member(json::object const& object, std::string_view name);

} // namespace scimkit
