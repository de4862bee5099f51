// Lists: form, paging, filters, sort orders, `.search`.
#include <scimkit/core/text.hpp>

#include "session.hpp"

#include <array>

namespace check
{

namespace
{

constexpr auto list_urn = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

std::uint64_t total(Asked const& asked)
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
    return must(asked.status == 200 && total(asked) == 1 && asked.resources() == 1,
                "the filter found " + std::to_string(total(asked)) + " users with status " +
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

constexpr std::array<Check, 20> checks{{
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
         return must(asked.status == 200 && total(asked) == 0 && asked.resources() == 0, "no match is no empty list");
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
         auto const all = total(session.ask("GET", "/Users?count=1"));
         auto const& asked = session.ask("GET", "/Users?count=0");
         return must(asked.status == 200 && asked.resources() == 0 && total(asked) == all,
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

std::span<Check const> query_checks() { return checks; }

} // namespace check
