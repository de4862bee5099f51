// Lists: form, paging, filters, sort orders, `.search`.
#include <scimkit/core/text.hpp>

#include "session.hpp"

#include <algorithm>
#include <array>

namespace check
{

namespace
{

constexpr auto list_urn = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

std::uint64_t told_total(Asked const& asked)
{
    auto const* const number = asked.at("totalResults");
    return number && number->is_int64() ? static_cast<std::uint64_t>(number->get_int64()) : 0;
}

/// Whether a filter finds the session's own user and nobody else.
Verdict finds_own(Session& session, std::string const& filter)
{
    if (!session.offers().filter)
        return skipped("filters are not announced");
    if (session.own_user().empty())
        return skipped("nothing may be written, so there is no user to find");
    auto const& asked = session.ask("GET", "/Users?filter=" + filter);
    return must(asked.status == 200 && told_total(asked) == 1 && asked.resources() == 1,
                "the filter found " + std::to_string(told_total(asked)) + " users with status " +
                    std::to_string(asked.status));
}

Verdict refuses_filter(Session& session, std::string const& filter)
{
    if (!session.offers().filter)
        return skipped("filters are not announced");
    return refused(session.ask("GET", "/Users?filter=" + filter), 400, "invalidFilter");
}

Verdict finds_name(Session& session, std::string_view before, std::string_view after)
{
    session.own_user(); // so that there is a name
    return finds_own(session, std::string{before} + session.own_name() + std::string{after});
}

/// userNames of the check's own users, in the order in which they come.
std::vector<std::string> own_names(Session& session, std::string const& order)
{
    std::vector<std::string> names;
    auto const& asked =
        session.ask("GET", "/Users?count=50&filter=userName%20sw%20%22scimkit-check-%22&sortBy=userName" + order);
    auto const* const list = asked.at("Resources");
    if (asked.status == 200 && list && list->is_array())
        for (auto const& user : list->get_array())
            if (auto const* const name = user.is_object() ? user.get_object().if_contains("userName") : nullptr;
                name && name->is_string())
                names.emplace_back(name->get_string());
    return names;
}

Verdict sorted(Session& session, std::string const& order, bool descending)
{
    if (!session.offers().sort || !session.offers().filter)
        return skipped("sorting or filters are not announced");
    session.own_user();
    session.ask("POST", "/Users", Session::user(session.new_name())); // so that there are two
    auto names = own_names(session, order);
    if (names.size() < 2)
        return must(false, "the check's own users do not come");
    if (descending)
        std::reverse(names.begin(), names.end());
    return must(std::is_sorted(names.begin(), names.end()), "they come in another order");
}

Verdict search(Session& session, json::object body, std::string_view scim_type)
{
    return refused(session.ask("POST", "/Users/.search", std::move(body)), 400, scim_type);
}

constexpr std::array<Check, 36> query_table{{
    {"7644-3.4.2-a", false,
     [](Session& session)
     {
         auto const& asked = session.ask("GET", "/Users?count=1");
         auto const* const schemas = asked.at("schemas");
         return must(asked.status == 200 && schemas && schemas->is_array() && schemas->get_array().size() == 1 &&
                         schemas->get_array()[0] == list_urn,
                     "schemas is not the ListResponse URI");
     }},
    {"7644-3.4.2-b", false,
     [](Session& session)
     {
         auto const& asked = session.ask("GET", "/Users?count=1");
         auto const* const number = asked.at("totalResults");
         return must(number && number->is_int64(), "totalResults is no number");
     }},
    {"7644-3.4.2-g", false,
     [](Session& session)
     {
         if (!session.offers().filter)
             return skipped("filters are not announced");
         auto const& asked = session.ask("GET", "/Users?filter=userName%20eq%20%22scimkit-check-nobody%22");
         return must(asked.status == 200 && told_total(asked) == 0 && asked.resources() == 0,
                     "no match is no empty list");
     }},
    {"7644-3.4.2-h", false,
     [](Session& session) {
         return must(session.ask("GET", "/Users?count=1&scimkitCheck=1").status == 200,
                     "an unknown parameter is refused");
     }},
    {"7644-3.4.2.4-b", false,
     [](Session& session) {
         return must(session.ask("GET", "/Users?startIndex=0&count=1").status == 200,
                     "startIndex=0 does not count as 1");
     }},
    {"7644-3.4.2.4-c", false,
     [](Session& session)
     { return must(session.ask("GET", "/Users?count=1").resources() <= 1, "more than count came"); }},
    {"7644-3.4.2.4-e", false,
     [](Session& session)
     {
         auto const& asked = session.ask("GET", "/Users?count=-1");
         return must(asked.status == 200 && asked.resources() == 0, "a negative count does not count as 0");
     }},
    {"7644-3.4.2.4-f", false,
     [](Session& session)
     {
         auto const all = told_total(session.ask("GET", "/Users?count=1"));
         auto const& asked = session.ask("GET", "/Users?count=0");
         return must(asked.status == 200 && asked.resources() == 0 && told_total(asked) == all,
                     "count=0 does not tell the total alone");
     }},
    {"7644-3.4.2.4-h", false,
     [](Session& session)
     {
         auto const& asked = session.ask("GET", "/Users?startIndex=1000000000");
         return must(asked.status == 200 && asked.resources() == 0, "a startIndex past the end is no empty page");
     }},
    {"7644-3.4.2.2-g", true, [](Session& session) { return finds_name(session, "userName%20eq%20%22", "%22"); }},
    {"7644-3.4.2.2-l", true, [](Session& session) { return finds_name(session, "userName%20sw%20%22", "%22"); }},
    {"7644-3.4.2.2-k", true, [](Session& session) { return finds_name(session, "userName%20co%20%22", "%22"); }},
    {"7644-3.4.2.2-d", true, [](Session& session) { return finds_name(session, "USERNAME%20eq%20%22", "%22"); }},
    {"7644-3.4.2.2-e", true, [](Session& session) { return finds_name(session, "userName%20EQ%20%22", "%22"); }},
    {"7644-3.4.2.2-ab", true,
     [](Session& session) { return finds_name(session, "active%20eq%20true%20and%20userName%20eq%20%22", "%22"); }},
    {"7644-3.4.2.2-at", true,
     [](Session& session) { return finds_name(session, "emails.value%20eq%20%22", "@example.com%22"); }},
    {"7644-3.4.2.2-m", true, [](Session& session) { return finds_name(session, "userName%20ew%20%22", "%22"); }},
    {"7644-3.4.2.2-h", true,
     [](Session& session)
     { return finds_name(session, "displayName%20ne%20%22scimkit-other%22%20and%20userName%20eq%20%22", "%22"); }},
    {"7644-3.4.2.2-o", true,
     [](Session& session) { return finds_name(session, "name.familyName%20pr%20and%20userName%20eq%20%22", "%22"); }},
    {"7644-3.4.2.2-p", true,
     [](Session& session)
     {
         session.own_user();
         return finds_name(session, "userName%20ge%20%22" + session.own_name() + "%22%20and%20userName%20le%20%22",
                           "%22");
     }},
    {"7644-3.4.2.2-ac", true,
     [](Session& session)
     { return finds_name(session, "userName%20eq%20%22scimkit-nobody%22%20or%20userName%20eq%20%22", "%22"); }},
    {"7644-3.4.2.2-ad", true,
     [](Session& session) {
         return finds_name(session, "not%20(userName%20eq%20%22scimkit-nobody%22)%20and%20userName%20eq%20%22", "%22");
     }},
    {"7644-3.4.2.2-ae", true,
     [](Session& session)
     {
         return finds_name(session, "userName%20eq%20%22",
                           "%22%20or%20userName%20eq%20%22scimkit-nobody%22%20and%20active%20eq%20false");
     }},
    {"7644-3.4.2.2-al", true,
     [](Session& session)
     { return finds_name(session, "emails%5Btype%20eq%20%22work%22%20and%20value%20eq%20%22", "@example.com%22%5D"); }},
    {"7644-3.4.2.2-t", false, [](Session& session) { return refuses_filter(session, "active%20gt%20true"); }},
    {"7644-3.4.2.2-au", false, [](Session& session) { return refuses_filter(session, "name%20eq%20%22a%22"); }},
    {"7644-3.4.2.3-b", true, [](Session& session) { return sorted(session, "", false); }},
    {"7644-3.4.2.3-c", true, [](Session& session) { return sorted(session, "&sortOrder=descending", true); }},
    {"7644-3.4.2.4-a", false,
     [](Session& session)
     {
         auto const first = session.ask("GET", "/Users?count=1");
         auto const& asked = session.ask("GET", "/Users?count=1&startIndex=1");
         auto const *const one = first.at("Resources"), *const other = asked.at("Resources");
         auto const same = (!one && !other) || (one && other && *one == *other);
         return must(asked.status == 200 && same, "a list without startIndex does not begin with the first");
     }},
    {"7644-3.4.2.4-i", false,
     [](Session& session)
     {
         auto const& asked = session.ask("GET", "/Users?count=1000");
         auto const* const number = asked.at("itemsPerPage");
         return must(asked.resources() == 0 || (number && number->is_int64() &&
                                                static_cast<std::uint64_t>(number->get_int64()) == asked.resources()),
                     "itemsPerPage is not the number of what came");
     }},
    {"7644-3.4.3-b", false,
     [](Session& session) {
         return search(session, {{"count", 1}}, "invalidSyntax");
     }},
    {"7644-3.4.3-c", false,
     [](Session& session)
     {
         auto const& asked =
             session.ask("POST", "/Users/.search",
                         json::object{{"schemas", json::array{"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}},
                                      {"attributes", json::array{"userName"}},
                                      {"count", 1}});
         auto const* const list = asked.at("Resources");
         auto const* const user =
             list && list->is_array() && !list->get_array().empty() ? list->get_array()[0].if_object() : nullptr;
         return must(asked.status == 200 && (!user || !user->contains("emails")),
                     "attributes as an array have no effect");
     }},
    {"7644-3.4.2.2-az", false, [](Session& session) { return refuses_filter(session, "userName%20zz%20%22a%22"); }},
    {"7644-3.4.2.2-ar", false,
     [](Session& session) { return refuses_filter(session, "userName%20eq%20%22a%22%20rest"); }},
    {"7644-3.4.2.2-c", false, [](Session& session) { return refuses_filter(session, "%20"); }},
    {"7644-3.4.3-a", false,
     [](Session& session)
     {
         auto const& asked =
             session.ask("POST", "/Users/.search",
                         json::object{{"schemas", json::array{"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}},
                                      {"count", 1}});
         return must(asked.status == 200 && asked.at("totalResults"), ".search gave no list");
     }},
}};

} // namespace

std::span<Check const> query_checks() { return query_table; }

} // namespace check
