// The service over a store that can do next to nothing: no push-down, no large attributes, no versions.
#include <scimkit/schema/registry.hpp>

#include "support/service_fixture.hpp"
#include "support/table_store.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(small_store)

namespace
{

struct Small : ServiceFixture
{
    Small()
        : ServiceFixture{{.store = adapt_small_store(std::make_shared<Table>())}}
    {
    }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(the_stores_own_ids_are_used, Small)
{
    Reply const created = post("/Users", user("ada"));
    BOOST_TEST(created.status == 201);
    BOOST_TEST(created.id() == "1001");
    BOOST_TEST(created.header("Location") == "https://example.com/v2/Users/1001");
    BOOST_TEST(get("/Users/1001").text("/userName") == "ada");
}

BOOST_FIXTURE_TEST_CASE(a_store_without_versions_announces_none, Small, *label("7643-3.1-v") * label("7644-3.14-a"))
{
    BOOST_TEST(!get("/ServiceProviderConfig").find("/etag/supported")->as_bool());
    auto const id = create("/Users", user("ada"));
    Reply const reply = get("/Users/" + id);
    BOOST_TEST(reply.header("ETag").empty());
    BOOST_TEST(!reply.has("/meta/version"));
    BOOST_TEST(put("/Users/" + id, user("bob"), {{"If-Match", "W/\"0\""}}).status == 412);
    BOOST_TEST(put("/Users/" + id, user("bob"), {{"If-Match", "*"}}).status == 200);
    BOOST_TEST(get("/Users/" + id, {{"If-None-Match", "W/\"0\""}}).status == 200);
}

BOOST_FIXTURE_TEST_CASE(everything_works_on_top, Small)
{
    auto const ada = create("/Users", user("ada", {{"title", "b"}}));
    auto const bob = create("/Users", user("bob", {{"title", "a"}}));
    BOOST_TEST(post("/Users", user("ADA")).scim_type() == "uniqueness");
    BOOST_TEST(get("/Users?filter=title eq \"A\"").text("/Resources/0/userName") == "bob");
    BOOST_TEST(get("/Users?sortBy=title&count=1").text("/Resources/0/id") == bob);
    BOOST_TEST(get("/Users?sortBy=title&count=1").number("/totalResults") == 2);
    BOOST_TEST(put("/Users/" + ada, user("ada", {{"title", "c"}})).text("/title") == "c");
    BOOST_TEST(patch("/Users/" + ada, patch_op("remove", "title")).status == 200);
    BOOST_TEST(del("/Users/" + ada).status == 204);
    BOOST_TEST(get("/Users/" + ada).status == 404);
}

BOOST_FIXTURE_TEST_CASE(groups_are_found_by_looking_at_all, Small)
{
    auto const ada = create("/Users", user("ada"));
    auto const bob = create("/Users", user("bob"));
    auto const inner = create("/Groups", group("Inner", {ada}));
    auto const outer = create("/Groups", group("Outer", {inner, bob}));
    Reply const list = get("/Users?sortBy=userName");
    BOOST_REQUIRE(list.size("/Resources/0/groups") == 2);
    BOOST_TEST(list.text("/Resources/0/groups/0/value") == inner);
    BOOST_TEST(list.text("/Resources/0/groups/0/type") == "direct");
    BOOST_TEST(list.text("/Resources/0/groups/1/value") == outer);
    BOOST_TEST(list.text("/Resources/0/groups/1/type") == "indirect");
    BOOST_TEST(list.size("/Resources/1/groups") == 1);
    BOOST_TEST(get("/Users?filter=groups.display eq \"inner\"").number("/totalResults") == 1);
    BOOST_TEST(get("/Groups?filter=members.value eq \"" + bob + "\"&attributes=displayName").number("/totalResults") ==
               1);
}

BOOST_FIXTURE_TEST_CASE(members_are_edited_and_completed, Small)
{
    auto const ada = create("/Users", user("ada"));
    auto const id = create("/Groups", group("g", {"nobody"}));
    BOOST_TEST(patch("/Groups/" + id, patch_op("add", "members", {{{"value", ada}}})).status == 204);
    Reply const reply = get("/Groups/" + id);
    BOOST_TEST(reply.size("/members") == 2);
    BOOST_TEST(reply.text("/members/0/type") == "User"); // in the order of ids, as in every store
    BOOST_TEST(reply.text("/members/0/$ref") == "https://example.com/v2/Users/" + ada);
    BOOST_TEST(!reply.has("/members/1/type"));
    auto const before = get("/Groups/" + id).response.body;
    BOOST_TEST(patch("/Groups/" + id, patch_op("add", "members", {{{"value", ada}}})).status == 204);
    BOOST_TEST(get("/Groups/" + id).response.body == before);
}

BOOST_FIXTURE_TEST_CASE(a_deleted_user_leaves_its_groups_found_by_looking_at_all, Small, *label("7644-3.6-h"))
{
    auto const ada = create("/Users", user("ada"));
    auto const bob = create("/Users", user("bob"));
    auto const both = create("/Groups", group("both", {ada, bob}));
    auto const one = create("/Groups", group("one", {ada}));
    auto const before = get("/Groups/" + both).text("/meta/lastModified");
    BOOST_TEST(del("/Users/" + ada).status == 204);
    BOOST_TEST(get("/Groups/" + both).size("/members") == 1);
    BOOST_TEST(get("/Groups/" + both).text("/members/0/value") == bob);
    BOOST_TEST(get("/Groups/" + both).text("/meta/lastModified") > before);
    BOOST_TEST(!get("/Groups/" + one).has("/members"));
    BOOST_TEST(del("/Groups/" + both).status == 204);
}

// A user that cannot leave all of its groups leaves none, and stays.
BOOST_AUTO_TEST_CASE(removal_from_groups_has_a_budget_and_leaves_no_group_out)
{
    auto const registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    auto const store = adapt_small_store(std::make_shared<Table>());
    ServiceFixture const scim{{.store = store, .registry = registry}};
    auto const ada = scim.create("/Users", user("ada"));
    for (auto const* name : {"a", "b", "c"})
        scim.create("/Groups", group(name, {"x", ada, "y"}));
    auto const members = [&]
    { return scim.get("/Groups?filter=members.value eq \"" + ada + "\"").number("/totalResults"); };
    for (ServiceLimits const& limits : {ServiceLimits{.query = {.max_scanned = 2}}, ServiceLimits{.max_work = 3'000}})
    {
        ServiceFixture const tight{{.store = store, .registry = registry, .limits = limits}};
        BOOST_TEST(tight.del("/Users/" + ada).scim_type() == "tooMany");
        BOOST_TEST(members() == 3);
        BOOST_TEST(scim.get("/Users/" + ada).status == 200);
    }
    BOOST_TEST(scim.del("/Users/" + ada).status == 204);
    BOOST_TEST(members() == 0);
    BOOST_TEST(scim.get("/Groups").text("/Resources/2/members/1/value") == "y");
}

BOOST_AUTO_TEST_CASE(a_query_has_a_budget)
{
    ServiceFixture const scim{{.store = adapt_small_store(std::make_shared<Table>(), {.max_scanned = 2})}};
    for (auto const* name : {"ada", "bob", "eve"})
        scim.create("/Users", user(name));
    Reply const all = scim.get("/Users?filter=title pr");
    BOOST_TEST(all.status == 400);
    BOOST_TEST(all.scim_type() == "tooMany");
}

BOOST_AUTO_TEST_SUITE_END()
