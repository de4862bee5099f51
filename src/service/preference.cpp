// Some clients take a 204 for a failure, others pay for a group of 100,000 that they did not want: each can say so (RFC
// 7240 section 4.2).
#include "preference.hpp"

#include <scimkit/core/text.hpp>

#include <charconv>
#include <utility>

namespace scimkit::service
{
namespace
{

/// The value of a `return` preference; nothing for any other one. A value may be quoted, parameters are ignored.
std::optional<Return> read_preference(std::string_view preference)
{
    auto value = take_before(preference, ';');
    auto const name = take_before(value, '=');
    if (!equal_ascii_ignoring_case(name, "return"))
        return std::nullopt;
    value = trim(value);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
        value = value.substr(1, value.size() - 2);
    if (equal_ascii_ignoring_case(value, "representation"))
        return Return::representation;
    return equal_ascii_ignoring_case(value, "minimal") ? Return::minimal : Return::unsaid;
}

} // namespace

Return read_return_preference(Request const& request)
{
    for (Header const& header : request.headers)
        if (equal_ascii_ignoring_case(header.name, "Prefer"))
            for (auto list = header.value; !list.empty();)
                if (auto const found = read_preference(take_before(list, ',')))
                    return *found; // the first one counts (RFC 7240 section 2)
    return Return::unsaid;
}

AsyncPreference read_async_preference(Request const& request)
{
    AsyncPreference preference;
    bool has_wait = false;
    for (Header const& header : request.headers)
    {
        if (!equal_ascii_ignoring_case(header.name, "Prefer"))
            continue;
        for (auto list = header.value; !list.empty();)
        {
            auto one = take_before(list, ',');
            auto value = take_before(one, ';');
            auto const name = take_before(value, '=');
            if (equal_ascii_ignoring_case(name, "respond-async"))
                preference.respond_async = true;
            else if (equal_ascii_ignoring_case(name, "wait") && !std::exchange(has_wait, true))
            {
                value = trim(value);
                std::from_chars(value.data(), value.data() + value.size(), preference.wait);
            }
        }
    }
    return preference;
}

WriteAnswer read_write_answer(Request const& request, ShapeRequest const& shape, bool otherwise)
{
    WriteAnswer answer{.preferred = read_return_preference(request), .whole = shape.empty()};
    answer.with_resource = !shape.empty() || answer.preferred == Return::representation ||
                           (answer.preferred == Return::unsaid && otherwise);
    return answer;
}

void add_preference_applied(Response& response, WriteAnswer const& answer)
{
    if (answer.preferred == Return::representation && answer.with_resource)
        response.headers.push_back({"Preference-Applied", "return=representation"});
    else if (answer.preferred == Return::minimal && !answer.with_resource)
        response.headers.push_back({"Preference-Applied", "return=minimal"});
}

} // namespace scimkit::service
