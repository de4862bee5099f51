#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(removal)

BOOST_AUTO_TEST_CASE(a_deleted_resource_is_gone,
                     *label("7644-3.6-a") * label("7644-3.6-b") * label("7644-3.6-c") * label("7644-3.6-f"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("ada"));
    Reply const reply = scim.del("/Users/" + id);
    BOOST_TEST(reply.status == 204);
    BOOST_TEST(reply.response.body.empty());
    BOOST_TEST(reply.header("Content-Type").empty());
    BOOST_TEST(scim.get("/Users/" + id).status == 404);
    BOOST_TEST(scim.put("/Users/" + id, user("ada")).status == 404);
    BOOST_TEST(scim.patch("/Users/" + id, patch_op("replace", "title", "x")).status == 404);
    BOOST_TEST(scim.del("/Users/" + id).status == 404);
    BOOST_TEST(scim.get("/Users").number("/totalResults") == 0);
}

BOOST_AUTO_TEST_CASE(a_deleted_name_is_free_and_its_id_is_not,
                     *label("7644-3.6-e") * label("7644-3.6-i") * label("7643-7-zg"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("ada"));
    scim.del("/Users/" + id);
    BOOST_TEST(scim.create("/Users", user("ada")) != id);
}

BOOST_AUTO_TEST_CASE(a_deleted_user_leaves_its_groups, *label("7644-3.6-h"))
{
    ServiceFixture const scim;
    auto const ada = scim.create("/Users", user("ada"));
    auto const bob = scim.create("/Users", user("bob"));
    auto const both = scim.create("/Groups", group("both", {ada, bob}));
    auto const one = scim.create("/Groups", group("one", {ada}));
    auto const none = scim.create("/Groups", group("none", {bob}));
    Reply const both_before = scim.get("/Groups/" + both);
    auto const none_before = scim.get("/Groups/" + none).response.body;

    BOOST_TEST(scim.del("/Users/" + ada).status == 204);

    Reply const both_after = scim.get("/Groups/" + both);
    BOOST_TEST(both_after.size("/members") == 1);
    BOOST_TEST(both_after.text("/members/0/value") == bob);
    BOOST_TEST(both_after.header("ETag") != both_before.header("ETag"));
    BOOST_TEST(both_after.text("/meta/lastModified") > both_before.text("/meta/lastModified"));
    BOOST_TEST(!scim.get("/Groups/" + one).has("/members"));
    BOOST_TEST(scim.get("/Groups/" + none).response.body == none_before);
}

BOOST_AUTO_TEST_CASE(a_deleted_group_leaves_its_members_groups, *label("7643-4.1.2-s") * label("7644-3.2-b"))
{
    ServiceFixture const scim;
    auto const ada = scim.create("/Users", user("ada"));
    auto const inner = scim.create("/Groups", group("inner", {ada}));
    auto const outer = scim.create("/Groups", group("outer", {inner}));
    BOOST_TEST(scim.get("/Users/" + ada).size("/groups") == 2);
    BOOST_TEST(scim.del("/Groups/" + inner).status == 204);
    BOOST_TEST(!scim.get("/Users/" + ada).has("/groups"));
    BOOST_TEST(!scim.get("/Groups/" + outer).has("/members"));
}

BOOST_AUTO_TEST_CASE(a_group_that_has_itself_as_a_member_can_be_deleted)
{
    ServiceFixture const scim;
    auto const id = scim.create("/Groups", group("g"));
    BOOST_TEST(scim.patch("/Groups/" + id, patch_op("add", "members", {{{"value", id}}})).status == 204);
    BOOST_TEST(scim.get("/Groups/" + id).text("/members/0/type") == "Group");
    BOOST_TEST(scim.del("/Groups/" + id).status == 204);
    BOOST_TEST(scim.get("/Groups/" + id).status == 404);
}

BOOST_AUTO_TEST_CASE(others_are_not_touched, *label("7643-3.1-x"))
{
    ServiceFixture const scim;
    auto const ada = scim.create("/Users", user("ada"));
    auto const bob = scim.create("/Users", user("bob"));
    auto const before = scim.get("/Users/" + bob).response.body;
    scim.patch("/Users/" + ada, patch_op("replace", "title", "x"));
    scim.del("/Users/" + ada);
    BOOST_TEST(scim.get("/Users/" + bob).response.body == before);
}

BOOST_AUTO_TEST_SUITE_END()
