// What reads, lists and searches return: sections 3.4 of RFC 7644 and 1 of RFC 9865.
#include <scimkit/schema/registry.hpp>

#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(rfc7644_queries)

namespace
{

constexpr auto badge_uri = "urn:example:2.0:Badge";

/// An extension of User with an attribute of each `returned`.
std::shared_ptr<SchemaRegistry const> with_badge()
{
    return SchemaRegistry::Builder{}
        .add_rfc7643()
        .add(Schema{.id = badge_uri,
                    .name = "Badge",
                    .attributes = {{.name = "number", .returned = Returned::always},
                                   {.name = "colour"},
                                   {.name = "room", .returned = Returned::on_request},
                                   {.name = "pin", .mutability = Mutability::write_only, .returned = Returned::never}}})
        .extend("User", badge_uri)
        .build()
        .value();
}

json::object search(json::object more)
{
    more["schemas"] = json::array{"urn:ietf:params:scim:api:messages:2.0:SearchRequest"};
    return more;
}

/// Three users, created in the order of their names.
struct Three : ServiceFixture
{
    explicit Three(ServiceOptions options = {})
        : ServiceFixture(std::move(options))
    {
        for (auto const* name : {"bob", "cyd", "eve"})
            create("/Users", user(name, {{"displayName", std::string{"Smith "} + name}}));
    }
};

} // namespace

BOOST_AUTO_TEST_CASE(by_default_always_and_default_attributes_are_returned_and_no_others, *label("7644-3.4-a"))
{
    ServiceFixture const scim{{.registry = with_badge()}};
    json::object const badge{{"number", "B7"}, {"colour", "red"}, {"room", "101"}, {"pin", "1234"}};
    auto const id = scim.create("/Users", user("ada", {{"password", "t1me"}, {badge_uri, badge}}));
    json::object const expected{{"number", "B7"}, {"colour", "red"}};
    Reply const one = scim.get("/Users/" + id);
    BOOST_TEST(one.body.at(badge_uri) == expected);
    BOOST_TEST(!one.has("/password"));
    BOOST_TEST(one.text("/userName") == "ada");
    Reply const list = scim.get("/Users");
    BOOST_TEST(list.body.at("Resources").at(0) == one.body);
    BOOST_TEST(scim.post("/Users/.search", search({})).body.at("Resources").at(0) == one.body);
}

BOOST_FIXTURE_TEST_CASE(pages_keep_no_state_between_requests, Three, *label("7644-3.4.2-j"))
{
    std::string const second_page = "/Users?sortBy=userName&count=2&startIndex=3";
    BOOST_TEST(get("/Users?sortBy=userName&count=2").text("/Resources/0/userName") == "bob");
    // Created between two pages: no error, and what was second-last moves on by one.
    auto const id = create("/Users", user("ada"));
    Reply const moved = get(second_page);
    BOOST_TEST(moved.status == 200);
    BOOST_TEST(moved.number("/totalResults") == 4);
    BOOST_TEST(moved.text("/Resources/0/userName") == "cyd");
    BOOST_TEST(del("/Users/" + id).status == 204);
    Reply const back = get(second_page);
    BOOST_TEST(back.number("/totalResults") == 3);
    BOOST_TEST(back.text("/Resources/0/userName") == "eve");
}

BOOST_FIXTURE_TEST_CASE(a_page_beyond_the_end_that_moved_is_empty, Three, *label("7644-3.4.2-j"))
{
    std::string const last = "/Users?sortBy=userName&count=1&startIndex=3";
    auto const id = get(last).text("/Resources/0/id");
    BOOST_TEST(del("/Users/" + id).status == 204);
    Reply const reply = get(last);
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.number("/totalResults") == 2);
    BOOST_TEST(reply.size("/Resources") == 0);
}

BOOST_AUTO_TEST_CASE(a_search_cannot_exclude_what_is_always_returned, *label("7644-3.4.3-e"))
{
    ServiceFixture const scim{{.registry = with_badge()}};
    scim.create("/Users", user("ada", {{"title", "Dr"}, {badge_uri, {{"number", "B7"}, {"colour", "red"}}}}));
    json::array const excluded{"id", "schemas", "title", "urn:example:2.0:Badge:number",
                               "urn:example:2.0:Badge:colour"};
    Reply const reply = scim.post("/Users/.search", search({{"excludedAttributes", excluded}}));
    BOOST_REQUIRE(reply.size("/Resources") == 1);
    json::object const& found = reply.body.at("Resources").at(0).as_object();
    BOOST_TEST(found.contains("id"));
    BOOST_TEST(found.contains("schemas"));
    BOOST_TEST(found.contains("userName"));
    BOOST_TEST(!found.contains("title"));
    BOOST_TEST(found.at(badge_uri) == (json::object{{"number", "B7"}}));
}

BOOST_FIXTURE_TEST_CASE(a_search_below_an_endpoint_finds_its_type_only, Three, *label("7644-3.4.3-j"))
{
    create("/Groups", group("Smithies"));
    json::object const smiths = search({{"filter", R"(displayName sw "smith")"}});
    Reply const users = post("/Users/.search", smiths);
    BOOST_TEST(users.number("/totalResults") == 3);
    for (json::value const& found : users.body.at("Resources").as_array())
        BOOST_TEST(found.at_pointer("/meta/resourceType") == "User");
    Reply const groups = post("/Groups/.search", smiths);
    BOOST_TEST(groups.number("/totalResults") == 1);
    BOOST_TEST(groups.text("/Resources/0/meta/resourceType") == "Group");
    Reply const all = post("/.search", smiths);
    BOOST_TEST(all.number("/totalResults") == 4);
}

BOOST_AUTO_TEST_CASE(without_cursors_a_client_that_asks_for_them_gets_pages_by_index, *label("9865-1-a"))
{
    ServiceFixture const scim{{.cursor_paging = false}};
    for (auto const* name : {"ada", "bob", "cyd"})
        scim.create("/Users", user(name));
    for (auto const* query : {"/Users?cursor&count=1&startIndex=2&sortBy=userName",
                              "/Users?cursor=abc&count=1&startIndex=2&sortBy=userName"})
    {
        Reply const reply = scim.get(query);
        BOOST_TEST(reply.status == 200, query);
        BOOST_TEST(reply.number("/startIndex") == 2, query);
        BOOST_TEST(reply.size("/Resources") == 1, query);
        BOOST_TEST(reply.text("/Resources/0/userName") == "bob", query);
        BOOST_TEST(!reply.has("/nextCursor"), query);
        BOOST_TEST(!reply.has("/previousCursor"), query);
    }
    Reply const searched = scim.post("/Users/.search", search({{"cursor", ""}, {"count", 1}, {"startIndex", 2}}));
    BOOST_TEST(searched.status == 200);
    BOOST_TEST(searched.number("/startIndex") == 2);
    BOOST_TEST(!searched.has("/nextCursor"));
    BOOST_TEST(!scim.get("/ServiceProviderConfig").has("/pagination"));
}

BOOST_AUTO_TEST_SUITE_END()
