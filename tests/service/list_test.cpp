// Queries (RFC 7644 sections 3.4.2 and 3.4.3): filter, order, page and shape together, as clients walk a directory.
// Finds what is missed or comes twice, secrets that a filter would reveal, and work that no limit ends.
#include <scimkit/schema/registry.hpp>

#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(lists)

namespace
{

/// Five users, the third without a title.
struct Five : ServiceFixture
{
    explicit Five(ServiceOptions options = {})
        : ServiceFixture(std::move(options))
    {
        int n = 0;
        for (auto const* name : {"bob", "Ada", "eve", "cyd", "Dan"})
        {
            json::object more{{"active", n % 2 == 0}};
            if (n != 2)
                more["title"] = "T" + std::to_string(9 - n);
            create("/Users", user(name, std::move(more)));
            ++n;
        }
    }

    std::string names(std::string_view query) const
    {
        Reply const reply = get("/Users?" + std::string{query});
        std::string all;
        if (auto const* resources = reply.find("/Resources"))
            for (json::value const& resource : resources->as_array())
                all += (all.empty() ? "" : " ") + std::string{resource.at("userName").as_string()};
        return all;
    }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_list_is_a_list_response, Five,
                        *label("7644-3.4.2-a") * label("7644-3.4.2-b") * label("7644-3.4.2-c") * label("7644-3.4.2-e") *
                            label("7644-3.4.2-f") * label("7644-3.4.2.4-a") * label("7644-3.4.2.4-i"))
{
    Reply const reply = get("/Users?count=2&startIndex=4");
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.text("/schemas/0") == "urn:ietf:params:scim:api:messages:2.0:ListResponse");
    BOOST_TEST(reply.number("/totalResults") == 5);
    BOOST_TEST(reply.number("/startIndex") == 4);
    BOOST_TEST(reply.number("/itemsPerPage") == 2);
    BOOST_TEST(reply.size("/Resources") == 2);
    BOOST_TEST(reply.text("/Resources/0/schemas/0") == urn::user);
    BOOST_TEST(reply.text("/Resources/0/meta/version").starts_with("W/"));
    BOOST_TEST(reply.header("Content-Type") == "application/scim+json");
    BOOST_TEST(get("/Users").number("/startIndex") == 1);
}

BOOST_AUTO_TEST_CASE(an_empty_list_is_no_error, *label("7644-3.4.2-g") * label("7644-3.4.2-d"))
{
    ServiceFixture const scim;
    for (auto const* target : {"/Users", "/Groups", "/Users?filter=userName eq \"nope\""})
        BOOST_TEST(scim.get(target).response.body ==
                   R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,)"
                   R"("startIndex":1,"itemsPerPage":0,"Resources":[]})");
}

BOOST_FIXTURE_TEST_CASE(odd_positions_are_put_right, Five,
                        *label("7644-3.4.2.4-b") * label("7644-3.4.2.4-e") * label("7644-3.4.2.4-f") *
                            label("7644-3.4.2.4-h") * label("7644-3.4.2.4-l") * label("7644-3.4.2.4-c"))
{
    for (auto const* query : {"startIndex=0", "startIndex=-5", "startIndex=-99999999999999999999"})
    {
        Reply const reply = get("/Users?" + std::string{query});
        BOOST_TEST(reply.number("/startIndex") == 1, query);
        BOOST_TEST(reply.size("/Resources") == 5);
    }
    for (auto const* query : {"count=0", "count=-1", "startIndex=100",
                              "startIndex=9223372036854775807&count=2147483647", "startIndex=99999999999999999999999"})
    {
        Reply const reply = get("/Users?" + std::string{query});
        BOOST_TEST(reply.status == 200, query);
        BOOST_TEST(reply.number("/totalResults") == 5, query);
        BOOST_TEST(reply.number("/itemsPerPage") == 0);
        BOOST_TEST(reply.size("/Resources") == 0);
    }
    BOOST_TEST(get("/Users?count=99999999999999999999999").size("/Resources") == 5);
}

BOOST_FIXTURE_TEST_CASE(positions_are_integers, Five, *label("7644-3.4.2.4-j"))
{
    for (auto const* query : {"count=ten", "count=1.5", "startIndex=", "startIndex=0x1", "count=-", "count= 1"})
        BOOST_TEST(get("/Users?" + std::string{query}).scim_type() == "invalidValue", query);
}

BOOST_AUTO_TEST_CASE(the_service_bounds_the_page,
                     *label("7644-3.4.2.4-d") * label("7644-3.4.2.4-g") * label("7643-5-p"))
{
    Five const scim{{.limits = {.default_page_size = 2, .max_page_size = 3}}};
    BOOST_TEST(scim.get("/Users").size("/Resources") == 2);
    BOOST_TEST(scim.get("/Users").number("/totalResults") == 5);
    BOOST_TEST(scim.get("/Users?count=100").size("/Resources") == 3);
    BOOST_TEST(scim.get("/Users?count=100").number("/itemsPerPage") == 3);
}

BOOST_FIXTURE_TEST_CASE(pages_cover_everything_once, Five, *label("7644-3.4.2.3-j") * label("7644-3.4.2.4-k"))
{
    std::set<std::string> seen;
    for (int start = 1; start <= 5; ++start)
        seen.insert(get("/Users?sortBy=active&count=1&startIndex=" + std::to_string(start)).text("/Resources/0/id"));
    BOOST_TEST(seen.size() == 5);
}

BOOST_FIXTURE_TEST_CASE(a_filter_selects, Five,
                        *label("7644-3.4.2.2-b") * label("7644-3.4.2.2-d") * label("7644-3.4.2.2-bb") *
                            label("7644-3.4.2.2-e"))
{
    BOOST_TEST(names("filter=active eq false&sortBy=userName") == "Ada cyd");
    BOOST_TEST(names("filter=USERNAME EQ \"ADA\"") == "Ada");
    BOOST_TEST(names("filter=title pr and not (userName sw \"b\")&sortBy=userName") == "Ada cyd Dan");
}

BOOST_FIXTURE_TEST_CASE(a_filter_looks_at_what_is_stored_not_at_what_is_shown, Five, *label("7644-3.4.2.2-bf"))
{
    Reply const reply = get("/Users?filter=title pr&attributes=userName");
    BOOST_TEST(reply.number("/totalResults") == 4);
    BOOST_TEST(!reply.has("/Resources/0/title"));
}

BOOST_FIXTURE_TEST_CASE(a_bad_filter_is_refused, Five,
                        *label("7644-3.4.2.2-c") * label("7644-3.4.2.2-f") * label("7644-3.4.2.2-az") *
                            label("7644-3.12-s") * label("7644-3.4.2.2-t"))
{
    for (auto const* filter : {"", " ", "userName", "userName eq", "userName regex \"a\"", "active gt true",
                               "nosuch eq \"x\"", "userName eq \"a\" x"})
    {
        Reply const reply = get("/Users?filter=" + std::string{filter});
        BOOST_TEST(reply.status == 400, filter);
        BOOST_TEST(reply.scim_type() == "invalidFilter", filter);
    }
}

BOOST_FIXTURE_TEST_CASE(a_filter_beyond_the_limits_is_refused, Five, *label("7644-3.4.2.2-as"))
{
    BOOST_TEST(get("/Users?filter=" + std::string(5'000, '(')).scim_type() == "invalidFilter");
    std::string many = "active pr";
    for (int i = 0; i < 1'100; ++i)
        many += " or active pr";
    BOOST_TEST(get("/Users?filter=" + many).scim_type() == "invalidFilter");
}

BOOST_FIXTURE_TEST_CASE(a_secret_in_a_uri_is_sensitive_and_in_a_body_no_filter, Five,
                        *label("7644-3.12-ab") * label("7644-7.5.2-a") * label("7644-3.4.2.2-bg") *
                            label("7643-4.1.1-za"))
{
    Reply const reply = get("/Users?filter=password eq \"t1me\"");
    BOOST_TEST(reply.status == 403);
    BOOST_TEST(reply.scim_type() == "sensitive");
    BOOST_TEST(reply.response.body.find("t1me") == std::string::npos);
    Reply const search = post("/Users/.search", {{"schemas", {"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}},
                                                 {"filter", "password eq \"t1me\""}});
    BOOST_TEST(search.status == 400);
    BOOST_TEST(search.scim_type() == "invalidFilter");
}

BOOST_FIXTURE_TEST_CASE(a_list_is_sorted, Five,
                        *label("7644-3.4.2.3-b") * label("7644-3.4.2.3-c") * label("7644-3.4.2.3-i") *
                            label("7644-3.4.2.3-k"))
{
    BOOST_TEST(names("sortBy=userName") == "Ada bob cyd Dan eve");
    BOOST_TEST(names("sortBy=userName&sortOrder=ascending") == "Ada bob cyd Dan eve");
    BOOST_TEST(names("sortBy=userName&sortOrder=descending") == "eve Dan cyd bob Ada");
    BOOST_TEST(names("sortBy=URN:ietf:params:scim:schemas:core:2.0:USER:username") == "Ada bob cyd Dan eve");
}

BOOST_FIXTURE_TEST_CASE(who_has_no_value_comes_last, Five, *label("7644-3.4.2.3-g"))
{
    BOOST_TEST(names("sortBy=title") == "Dan cyd Ada bob eve");
    BOOST_TEST(names("sortBy=title&sortOrder=descending") == "eve bob Ada cyd Dan");
}

BOOST_AUTO_TEST_CASE(a_multi_valued_attribute_sorts_by_its_primary_value, *label("7644-3.4.2.3-e"))
{
    ServiceFixture const scim;
    scim.create("/Users", user("one", {{"emails", {{{"value", "b@x"}}}}}));
    scim.create("/Users", user("two", {{"emails", {{{"value", "z@x"}}, {{"value", "a@x"}, {"primary", true}}}}}));
    for (auto const* attribute : {"emails", "emails.value"})
        BOOST_TEST(scim.get("/Users?sortBy=" + std::string{attribute}).text("/Resources/0/userName") == "two");
}

BOOST_FIXTURE_TEST_CASE(a_bad_sort_is_refused, Five,
                        *label("7644-3.4.2.3-d") * label("7644-3.4.2.3-f") * label("7643-4.1.1-s"))
{
    for (auto const* query : {"sortBy=userName&sortOrder=sideways", "sortBy=nosuch", "sortBy=name", "sortBy=a..b",
                              "sortBy=password", "sortBy=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"})
    {
        Reply const reply = get("/Users?" + std::string{query});
        BOOST_TEST(reply.status == 400, query);
        BOOST_TEST(reply.scim_type() == "invalidValue", query);
    }
    BOOST_TEST(get("/Users?sortBy=").status == 200);
    BOOST_TEST(get("/Users?sortOrder=descending").status == 200);
}

BOOST_FIXTURE_TEST_CASE(lists_show_what_is_asked_for, Five, *label("7644-3.4.2.5-a"))
{
    Reply const some = get("/Users?attributes=userName&count=1");
    BOOST_TEST(some.find("/Resources/0")->as_object().size() == 3);
    BOOST_TEST(!get("/Users?excludedAttributes=meta").has("/Resources/0/meta"));
}

BOOST_FIXTURE_TEST_CASE(a_search_is_a_query_in_a_body, Five,
                        *label("7644-3.4.3-a") * label("7644-3.4.3-g") * label("7644-3.4.3-h") * label("7644-3.4.3-i") *
                            label("7644-3.4.3-d") * label("7644-3.2-f"))
{
    constexpr auto urn = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
    Reply const all = post("/Users/.search", {{"schemas", {urn}}});
    BOOST_TEST(all.status == 200);
    BOOST_TEST(all.response.body == get("/Users").response.body);
    Reply const some = post("/Users/.search", {{"schemas", {urn}},
                                               {"attributes", {"urn:ietf:params:scim:schemas:core:2.0:User:userName"}},
                                               {"FILTER", "userName ne \"eve\""},
                                               {"sortBy", "userName"},
                                               {"sortOrder", "descending"},
                                               {"startIndex", 2},
                                               {"count", 2}});
    BOOST_TEST(
        some.response.body ==
        get("/Users?attributes=userName&filter=userName ne \"eve\"&sortBy=userName&sortOrder=descending&startIndex=2&"
            "count=2")
            .response.body);
    BOOST_TEST(some.text("/Resources/0/userName") == "cyd");
    Reply const odd = post("/Users/.search", {{"schemas", {urn}}, {"startIndex", 0}, {"count", -1}});
    BOOST_TEST(odd.number("/startIndex") == 1);
    BOOST_TEST(odd.number("/totalResults") == 5);
    BOOST_TEST(odd.size("/Resources") == 0);
    BOOST_TEST(post("/Users/.search", {{"schemas", {urn}}, {"excludedAttributes", {"id"}}}).has("/Resources/0/id"));
    BOOST_TEST(get("/Users").number("/totalResults") == 5);
}

BOOST_FIXTURE_TEST_CASE(a_bad_search_is_refused, Five,
                        *label("7644-3.4.3-b") * label("7644-3.4.3-c") * label("7644-3.4.3-f") * label("7644-3.4.3-k"))
{
    constexpr auto urn = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
    BOOST_TEST(post("/Users/.search", {{"filter", "userName pr"}}).scim_type() == "invalidSyntax");
    BOOST_TEST(post("/Users/.search", {{"schemas", {"urn:x"}}}).scim_type() == "invalidSyntax");
    BOOST_TEST(post("/Users/.search", json::array{}).scim_type() == "invalidSyntax");
    BOOST_TEST(send("POST", "/Users/.search", "{\"filter\":").scim_type() == "invalidSyntax");
    BOOST_TEST(post("/Users/.search", {{"schemas", {urn}}, {"attributes", {1}}}).scim_type() == "invalidSyntax");
    BOOST_TEST(post("/Users/.search", {{"schemas", {urn}}, {"filter", 1}}).scim_type() == "invalidSyntax");
    BOOST_TEST(post("/Users/.search", {{"schemas", {urn}}, {"filter", "userName eq"}}).scim_type() == "invalidFilter");
    BOOST_TEST(post("/Users/.search", {{"schemas", {urn}}, {"count", "one"}}).scim_type() == "invalidValue");
    BOOST_TEST(post("/Users/.search", {{"schemas", {urn}}, {"sortOrder", "up"}}).scim_type() == "invalidValue");
}

BOOST_FIXTURE_TEST_CASE(a_search_may_say_numbers_and_lists_as_strings, Five)
{
    constexpr auto urn = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
    Reply const reply = post("/Users/.search", {{"schemas", {urn}},
                                                {"startIndex", "2"},
                                                {"count", "1"},
                                                {"attributes", "userName, title"},
                                                {"excludedAttributes", "title"}});
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.number("/startIndex") == 2);
    BOOST_TEST(reply.size("/Resources") == 1);
    BOOST_TEST(reply.has("/Resources/0/userName"));
    BOOST_TEST(!reply.has("/Resources/0/title"));
    BOOST_TEST(!reply.has("/Resources/0/meta"));

    ServiceFixture const strict{{.tolerance = Tolerance::strict()}};
    for (json::object const& member : {json::object{{"attributes", "userName"}}, json::object{{"count", "1"}},
                                       json::object{{"startIndex", "1"}}, json::object{{"excludedAttributes", "x"}}})
    {
        json::object body = member;
        body["schemas"] = json::array{urn};
        BOOST_TEST(strict.post("/Users/.search", body).status == 400, member);
    }
}

BOOST_AUTO_TEST_CASE(more_work_than_the_budget_allows_is_too_many, *label("7644-3.4.2.1-d") * label("7644-3.12-t"))
{
    // A filter that needs every record looked at, and an order that needs all of them kept.
    Five const scim{{.limits = {.query = {.max_scanned = 2, .max_sorted = 2}}}};
    Reply const computed = scim.get("/Users?filter=groups pr");
    BOOST_TEST(computed.status == 400);
    BOOST_TEST(computed.scim_type() == "tooMany");
}

BOOST_AUTO_TEST_CASE(what_a_store_can_find_is_not_looked_at_for_a_computed_attribute)
{
    Five const scim{{.limits = {.query = {.max_scanned = 2, .max_sorted = 2}}}};
    Reply const found = scim.get("/Users?filter=userName eq \"Ada\" and not (groups pr)");
    BOOST_TEST(found.status == 200);
    BOOST_TEST(found.number("/totalResults") == 1);
}

BOOST_AUTO_TEST_CASE(a_filter_may_name_the_location)
{
    Five const scim;
    Reply const reply = scim.get("/Users?filter=meta.location eq \"https://example.com/v2/Users/id-2\"");
    BOOST_TEST(reply.number("/totalResults") == 1);
    BOOST_TEST(reply.text("/Resources/0/userName") == "Ada");
}

BOOST_AUTO_TEST_CASE(a_location_in_a_filter_is_looked_up_by_its_id)
{
    // Nothing is looked at beyond what is found: two resources of five may be.
    Five const scim{{.limits = {.query = {.max_scanned = 2, .max_sorted = 2}}}};
    std::string const ada = R"("https://example.com/v2/Users/id-2")";
    auto const names = [&](std::string const& filter) { return scim.names("sortBy=id&filter=" + filter); };
    BOOST_TEST(names("meta.location eq " + ada) == "Ada");
    BOOST_TEST(names("meta[location eq " + ada + "]") == "Ada");
    BOOST_TEST(names("meta[location eq " + ada + " and resourceType eq \"User\"]") == "Ada");
    BOOST_TEST(names("meta.location eq " + ada + " and title pr") == "Ada");
    BOOST_TEST(names("meta.location eq " + ada + " or userName eq \"eve\"") == "Ada eve");
    BOOST_TEST(names("not (meta.location ne " + ada + ")") == "Ada");
    BOOST_TEST(names("meta.location ne " + ada) == "bob eve cyd Dan");
    BOOST_TEST(names("not (meta.location eq " + ada + ") and title pr") == "bob cyd Dan");
    BOOST_TEST(names("meta.location pr and userName eq \"bob\"") == "bob");
    BOOST_TEST(names("meta.location eq null") == "");
    BOOST_TEST(names("meta.location ne null and userName eq \"bob\"") == "bob");
    for (std::string const other : {"https://example.com/v2/Users/", "https://example.com/v2/Groups/id-2",
                                    "https://example.com/v2/Users/id%252D2", "https://example.com/v2/Users/ID-2",
                                    "https://example.com/v2/Users/id-2/x", "id-2", ""})
    {
        BOOST_TEST(names("meta.location eq \"" + other + "\"") == "", other);
        BOOST_TEST(names("meta.location ne \"" + other + "\" and userName eq \"bob\"") == "bob", other);
    }
}

BOOST_FIXTURE_TEST_CASE(a_part_of_a_location_is_compared_with_all, Five)
{
    BOOST_TEST(names("filter=meta.location ew \"/id-3\"") == "eve");
    BOOST_TEST(names("filter=meta.location co \"Users/id-3\" or userName eq \"bob\"") == "bob eve");
    BOOST_TEST(names("sortBy=userName&filter=not (meta.location co \"id-3\")") == "Ada bob cyd Dan");
    BOOST_TEST(names("sortBy=userName&startIndex=2&count=2&filter=not (meta.location co \"id-3\")") == "bob cyd");
}

BOOST_AUTO_TEST_CASE(the_order_of_locations_is_that_of_ids)
{
    Five const scim{{.limits = {.query = {.max_scanned = 5, .max_sorted = 2}}}};
    BOOST_TEST(scim.names("sortBy=meta.location") == "bob Ada eve cyd Dan");
    BOOST_TEST(scim.names("sortBy=meta.location&sortOrder=descending&count=2") == "Dan cyd");
}

BOOST_AUTO_TEST_CASE(an_answer_has_no_more_bytes_than_the_service_gives)
{
    Five scim{{.limits = {.max_response_bytes = 1'000}}};
    Reply const all = scim.get("/Users");
    BOOST_TEST(all.status == 400);
    BOOST_TEST(all.scim_type() == "tooMany");
    BOOST_TEST(all.detail().find("1000 bytes (max_response_bytes)") != std::string::npos);
    BOOST_TEST(scim.get("/Users?count=2").status == 200);
    BOOST_TEST(scim.get("/Users?attributes=userName").size("/Resources") == 5);

    auto const one = scim.create("/Users", user("large", {{"nickName", std::string(600, 'x')}}));
    BOOST_TEST(scim.get("/Users/" + one).status == 200);
    auto const changed = scim.put("/Users/" + one, user("large", {{"nickName", std::string(1'600, 'x')}}));
    BOOST_TEST(changed.status == 204, "the write is done; only its answer is too large");
    BOOST_TEST(changed.header("Location").ends_with(one));
    Reply const large = scim.get("/Users/" + one);
    BOOST_TEST(large.status == 400);
    BOOST_TEST(large.scim_type() == "tooMany");
    BOOST_TEST(scim.get("/Users/" + one + "?attributes=userName").text("/userName") == "large");
}

BOOST_FIXTURE_TEST_CASE(a_list_ends_with_the_work_of_its_request, Five)
{
    for (char const* query : {"/Users?filter=nickName co \"x\"", "/Users?sortBy=nickName", "/Users?filter=groups pr",
                              "/Users?filter=meta.location co \"x\"", "/Users"})
    {
        std::string const target = "/v2" + encode_target(query);
        Reply const refused{service.handle({.method = "GET", .target = target, .work_limit = 800})};
        BOOST_TEST(refused.status == 400, query);
        BOOST_TEST(refused.scim_type() == "tooMany", query);
        BOOST_TEST(refused.detail().find("max_work is 800") != std::string::npos, query);
        BOOST_TEST(service.handle({.method = "GET", .target = target, .work_limit = 200'000}).status == 200, query);
    }
}

BOOST_AUTO_TEST_SUITE_END()
