// JSON has case-sensitive names and SCIM has not: what parse_json() lets through as two members may be one here. Every
// reader of messages asks this one function, so that none takes the last of two, or the first, silently.
#include "repeated_names.hpp"

#include <scimkit/core/text.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace scimkit
{

result<void> check_repeated_names(json::object const& object)
{
    if (object.size() <= 1)
        return {};
    std::vector<std::string> names;
    names.reserve(object.size());
    for (auto const& member : object)
        names.push_back(to_ascii_lower(member.key()));
    std::ranges::sort(names);
    auto const twice = std::ranges::adjacent_find(names);
    if (twice == names.end())
        return {};
    auto const* const given = std::ranges::find_if(object, [&](auto const& member)
                                                   { return equal_ascii_ignoring_case(member.key(), *twice); });
    return Error{ErrorCode::invalid_syntax, std::string{given->key()} + ": the name is there twice."}.against(
        "7643-2.1-f");
}

} // namespace scimkit
