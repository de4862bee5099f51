// What an application's own tables can hold is decided by their columns (samples/custom_store/application_sql.hpp), so
// that a row which they could carry is never left out by a list that nobody keeps.
#include "carriers.hpp"

#ifdef SCIMKIT_TEST_CUSTOM_STORE

#include <algorithm>
#include <array>

namespace scimkit::test
{
namespace
{

template <std::size_t Size>
std::string_view first_beyond(json::object const& object, std::array<std::string_view, Size> const& known)
{
    for (auto const& [name, value] : object)
        if (std::ranges::find(known, std::string_view{name}) == known.end())
            return name;
    return {};
}

/// One address, of type work and without anything else.
bool is_one_of_work(json::value const& emails)
{
    auto const* const list = emails.if_array();
    if (!list || list->size() != 1 || !list->front().is_object())
        return false;
    auto const& element = list->front().get_object();
    return element.size() == 2 && element.contains("value") && element.contains("type") && element.at("type") == "work";
}

std::string beyond_columns(json::object const& resource, bool is_user)
{
    constexpr std::array<std::string_view, 8> of_user{"schemas", "meta",  "userName", "name",
                                                      "emails",  "title", "active",   "externalId"};
    constexpr std::array<std::string_view, 3> of_group{"schemas", "meta", "displayName"};
    constexpr std::array<std::string_view, 2> of_name{"givenName", "familyName"};
    if (resource.contains("id"))
        return "an id that the client has chosen";
    if (resource.contains("members"))
        return "members that are no users of the table";
    if (auto const name = is_user ? first_beyond(resource, of_user) : first_beyond(resource, of_group); !name.empty())
        return "no column for " + std::string{name};
    if (auto const* const name = resource.if_contains("name"); name && name->is_object())
        if (auto const part = first_beyond(name->get_object(), of_name); !part.empty())
            return "no column for name." + std::string{part};
    if (auto const* const emails = resource.if_contains("emails"); emails && !is_one_of_work(*emails))
        return "one column for e-mail, that of work alone";
    return {};
}

} // namespace

std::string beyond_the_custom_store(json::object const& row)
{
    bool const is_user = row.at("resourceType") == "User";
    if (row.contains("headers") || row.contains("etag"))
        return "no column for versions";
    std::vector<json::object const*> resources;
    auto const note = [&](json::object const& object, std::string_view name)
    {
        if (auto const* const value = object.if_contains(name); value && value->is_object())
            resources.push_back(&value->get_object());
    };
    note(row, "resource");
    for (std::string_view const outcome : {"expect", "tolerant"})
        if (auto const* const expected = row.if_contains(outcome))
            note(expected->as_object(), "resource");
    if (auto const* const others = row.if_contains("others"))
        for (json::value const& other : others->as_array())
            resources.push_back(&other.as_object());
    for (auto const* const resource : resources)
        if (auto reason = beyond_columns(*resource, is_user); !reason.empty())
            return reason;
    return {};
}

} // namespace scimkit::test

#endif
