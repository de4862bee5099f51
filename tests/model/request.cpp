// The outside of a request, read the plain way: nothing of it is shared with the service.
#include "request.hpp"

#include <algorithm>
#include <charconv>

namespace scimkit::model
{

QueryMap read_query(std::string_view text)
{
    QueryMap query;
    while (!text.empty())
    {
        auto const part = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(part.size() + 1, text.size()));
        auto const equals = part.find('=');
        query.emplace(part.substr(0, equals), part.substr(equals + 1));
    }
    return query;
}

bool names_current(std::string_view tag, std::string const& id)
{
    return tag == "*" || tag.find("{etag " + id + '}') != std::string_view::npos;
}

void check_preconditions(Step const& step, std::string const& id)
{
    auto const if_match = step.header("If-Match");
    auto const if_none_match = step.header("If-None-Match");
    if ((!if_match.empty() && !names_current(if_match, id)) ||
        (!if_none_match.empty() && names_current(if_none_match, id)))
        throw Refusal{412, {}};
}

bool is_one(json::array const& operations)
{
    if (operations.size() != 1)
        return false;
    auto const& operation = operations.front().as_object();
    auto const* value = operation.if_contains("value");
    auto const* members = value ? value->if_object() : nullptr;
    auto const* elements = value ? value->if_array() : nullptr;
    if (elements && elements->size() > 1)
        return false;
    return operation.contains("path") || (members && members->size() == 1);
}

std::int64_t number_of(std::string_view text)
{
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

} // namespace scimkit::model
