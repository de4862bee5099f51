// Groups and their members from both sides (RFC 7643 sections 4.1.2 and 4.2): what a user shows of groups is what
// groups say at this moment, through nesting and circles, whatever the way in which members came.
#include <scimkit/schema/registry.hpp>

#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(memberships)

namespace
{

/// Ada is in `inner`, which is in `outer`; bob is in `outer` only.
struct Nested : ServiceFixture
{
    explicit Nested(ServiceOptions options = {})
        : ServiceFixture(std::move(options))
    {
    }

    std::string ada = create("/Users", user("ada"));
    std::string bob = create("/Users", user("bob"));
    std::string inner = create("/Groups", group("Inner", {ada}));
    std::string outer = create("/Groups", group("Outer", {inner, bob}));
};

ServiceOptions with_policy(UnknownMembers policy)
{
    Tolerance tolerance;
    tolerance.unknown_members = policy;
    return {.tolerance = tolerance};
}

} // namespace

BOOST_FIXTURE_TEST_CASE(members_are_shown_with_type_and_uri, Nested, *label("7643-4.2-e") * label("7643-4.2-f"))
{
    Reply const reply = get("/Groups/" + outer);
    auto const& members = reply.find("/members")->as_array();
    BOOST_REQUIRE(members.size() == 2);
    for (json::value const& member : members)
    {
        bool const is_group = member.at("value").as_string() == inner;
        BOOST_TEST(member.at("type").as_string() == (is_group ? "Group" : "User"));
        BOOST_TEST(member.at("$ref").as_string() ==
                   "https://example.com/v2/" + (is_group ? "Groups/" + inner : "Users/" + bob));
    }
}

BOOST_FIXTURE_TEST_CASE(a_user_shows_its_groups, Nested,
                        *label("7643-4.1.2-q") * label("7643-4.1.2-r") * label("7643-8.3-a"))
{
    Reply const reply = get("/Users/" + ada);
    BOOST_REQUIRE(reply.size("/groups") == 2);
    BOOST_TEST(reply.text("/groups/0/value") == inner);
    BOOST_TEST(reply.text("/groups/0/$ref") == "https://example.com/v2/Groups/" + inner);
    BOOST_TEST(reply.text("/groups/0/display") == "Inner");
    BOOST_TEST(reply.text("/groups/0/type") == "direct");
    BOOST_TEST(reply.text("/groups/1/value") == outer);
    BOOST_TEST(reply.text("/groups/1/type") == "indirect");
    BOOST_TEST(get("/Users/" + bob).size("/groups") == 1);
    BOOST_TEST(get("/Users/" + bob).text("/groups/0/type") == "direct");
}

BOOST_FIXTURE_TEST_CASE(groups_follow_renames_and_removals, Nested)
{
    patch("/Groups/" + inner, patch_op("replace", "displayName", "Renamed"));
    BOOST_TEST(get("/Users/" + ada).text("/groups/0/display") == "Renamed");
    patch("/Groups/" + inner, patch_op("remove", "members[value eq \"" + ada + "\"]"));
    BOOST_TEST(!get("/Users/" + ada).has("/groups"));
}

BOOST_FIXTURE_TEST_CASE(groups_are_shown_only_if_asked_for, Nested)
{
    BOOST_TEST(!get("/Users/" + ada + "?attributes=userName").has("/groups"));
    BOOST_TEST(!get("/Users/" + ada + "?excludedAttributes=groups").has("/groups"));
    Reply const part = get("/Users/" + ada + "?attributes=groups.display");
    BOOST_TEST(part.find("/groups/0")->as_object().size() == 1);
    BOOST_TEST(part.text("/groups/0/display") == "Inner");
}

BOOST_FIXTURE_TEST_CASE(a_list_of_users_shows_the_groups_of_each, Nested)
{
    Reply const reply = get("/Users?sortBy=userName");
    BOOST_TEST(reply.size("/Resources/0/groups") == 2);
    BOOST_TEST(reply.size("/Resources/1/groups") == 1);
}

BOOST_FIXTURE_TEST_CASE(a_filter_may_name_groups, Nested)
{
    BOOST_TEST(get("/Users?filter=groups.value eq \"" + inner + "\"").text("/Resources/0/userName") == "ada");
    BOOST_TEST(get("/Users?filter=groups.value eq \"" + inner + "\"").number("/totalResults") == 1);
    BOOST_TEST(get("/Users?filter=groups[type eq \"direct\" and display eq \"outer\"]").number("/totalResults") == 1);
    Reply const page = get("/Users?filter=groups pr&sortBy=userName&sortOrder=descending&startIndex=2&count=1");
    BOOST_TEST(page.number("/totalResults") == 2);
    BOOST_TEST(page.number("/itemsPerPage") == 1);
    BOOST_TEST(page.text("/Resources/0/userName") == "ada");
    BOOST_TEST(get("/Users?filter=not (groups pr)").number("/totalResults") == 0);
    BOOST_TEST(get("/Users?sortBy=groups.display&sortOrder=descending").text("/Resources/0/userName") == "bob");
}

BOOST_FIXTURE_TEST_CASE(circles_of_groups_do_no_harm, Nested)
{
    BOOST_TEST(patch("/Groups/" + inner, patch_op("add", "members", {{{"value", outer}}})).status == 204);
    BOOST_TEST(patch("/Groups/" + inner, patch_op("add", "members", {{{"value", inner}}})).status == 204);
    BOOST_TEST(get("/Users/" + ada).size("/groups") == 2);
    Reply const of_bob = get("/Users/" + bob);
    BOOST_TEST(of_bob.size("/groups") == 2);
    BOOST_TEST(of_bob.text("/groups/0/value") == outer);
    BOOST_TEST(of_bob.text("/groups/1/type") == "indirect");
    BOOST_TEST(del("/Groups/" + outer).status == 204);
    BOOST_TEST(get("/Groups/" + inner).size("/members") == 2);
}

BOOST_AUTO_TEST_CASE(the_same_member_is_stored_once, *label("7643-4.2-j") * label("7644-3.5.2.1-j"))
{
    ServiceFixture const scim;
    auto const ada = scim.create("/Users", user("ada"));
    auto const id = scim.create("/Groups", group("g", {ada}));
    Reply const before = scim.get("/Groups/" + id);
    for (json::value const& member : {json::value{{"value", ada}}, json::value{{"value", ada}, {"type", "User"}},
                                      json::value{{"value", ada}, {"$ref", "https://example.com/v2/Users/" + ada}},
                                      json::value{{"value", ada}, {"$ref", nullptr}}})
    {
        Reply const reply = scim.patch("/Groups/" + id, patch_op("add", "members", json::array{member}));
        BOOST_TEST(reply.status == 204);
        BOOST_TEST(reply.header("ETag") == before.header("ETag"));
    }
    BOOST_TEST(scim.get("/Groups/" + id).response.body == before.response.body);
}

BOOST_AUTO_TEST_CASE(group_patches_answer_without_the_group, *label("7644-3.5.2-ad") * label("7644-3.5.2-af"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Groups", group("g"));
    Reply const reply = scim.patch("/Groups/" + id, patch_op("add", "members", {{{"value", "x"}}}));
    BOOST_TEST(reply.status == 204);
    BOOST_TEST(reply.response.body.empty());
    BOOST_TEST(reply.header("Content-Type").empty());
    BOOST_TEST(reply.header("ETag") == scim.get("/Groups/" + id).header("ETag"));
    BOOST_TEST(reply.header("Location") == "https://example.com/v2/Groups/" + id);
}

BOOST_AUTO_TEST_CASE(group_patches_answer_with_the_group_when_attributes_are_chosen, *label("7644-3.5.2-ae"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Groups", group("g", {"a"}));
    Reply const with =
        scim.patch("/Groups/" + id + "?attributes=members", patch_op("add", "members", {{{"value", "b"}}}));
    BOOST_TEST(with.status == 200);
    BOOST_TEST(with.size("/members") == 2);
    BOOST_TEST(!with.has("/displayName"));
    Reply const without =
        scim.patch("/Groups/" + id + "?excludedAttributes=members", patch_op("add", "members", {{{"value", "c"}}}));
    BOOST_TEST(without.status == 200);
    BOOST_TEST(!without.has("/members"));
    BOOST_TEST(without.text("/displayName") == "g");
}

BOOST_AUTO_TEST_CASE(members_and_other_attributes_change_in_one_patch)
{
    ServiceFixture const scim;
    auto const id = scim.create("/Groups", group("g", {"a", "b"}));
    Reply const reply =
        scim.patch("/Groups/" + id + "?attributes=members,displayName",
                   patch_op({json::object{{"op", "replace"}, {"path", "displayName"}, {"value", "h"}},
                             json::object{{"op", "remove"}, {"path", "members[value eq \"a\"]"}},
                             json::object{{"op", "add"}, {"path", "members"}, {"value", {{{"value", "c"}}}}}}));
    BOOST_TEST(reply.text("/displayName") == "h");
    BOOST_TEST(reply.size("/members") == 2);
    BOOST_TEST(scim.patch("/Groups/" + id, patch_op("replace", "members", json::array{})).status == 204);
    BOOST_TEST(!scim.get("/Groups/" + id).has("/members"));
}

BOOST_AUTO_TEST_CASE(an_error_in_a_later_operation_leaves_the_members_alone, *label("7644-3.5.2-aa"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Groups", group("g", {"a"}));
    auto const before = scim.get("/Groups/" + id).response.body;
    Reply const reply = scim.patch(
        "/Groups/" + id, patch_op({json::object{{"op", "add"}, {"path", "members"}, {"value", {{{"value", "b"}}}}},
                                   json::object{{"op", "remove"}, {"path", "displayName"}}}));
    BOOST_TEST(reply.status == 400);
    BOOST_TEST(reply.scim_type() == "mutability");
    BOOST_TEST(scim.get("/Groups/" + id).response.body == before);
}

BOOST_AUTO_TEST_CASE(unknown_members_are_kept_by_default)
{
    ServiceFixture const scim;
    Reply const reply = scim.post("/Groups", group("g", {"nobody"}));
    BOOST_TEST(reply.status == 201);
    BOOST_TEST(reply.find("/members/0")->as_object().size() == 1);
}

BOOST_AUTO_TEST_CASE(unknown_members_can_be_left_out)
{
    ServiceFixture const scim{with_policy(UnknownMembers::skip)};
    auto const ada = scim.create("/Users", user("ada"));
    auto const id = scim.create("/Groups", group("g", {"nobody", ada, "nobody else"}));
    BOOST_TEST(scim.get("/Groups/" + id).size("/members") == 1);
    // Nothing becomes nothing.
    BOOST_TEST(scim.patch("/Groups/" + id, patch_op("add", "members", {{{"value", "nobody"}}})).status == 400);
    BOOST_TEST(scim.put("/Groups/" + id, group("g", {"nobody"})).scim_type() == "invalidValue");
    BOOST_TEST(scim.get("/Groups/" + id).size("/members") == 1);
}

BOOST_AUTO_TEST_CASE(unknown_members_can_be_refused_by_name)
{
    ServiceFixture const scim{with_policy(UnknownMembers::reject)};
    auto const ada = scim.create("/Users", user("ada"));
    Reply const refused = scim.post("/Groups", group("g", {"n1", ada, "n2"}));
    BOOST_TEST(refused.status == 400);
    BOOST_TEST(refused.scim_type() == "invalidValue");
    BOOST_TEST(refused.detail() == "members: there are no resources with these ids: n1, n2.");
    std::vector<std::string> many;
    for (int i = 0; i < 13; ++i)
        many.push_back("x" + std::to_string(i));
    auto const id = scim.create("/Groups", group("g", {ada}));
    json::array elements;
    for (auto const& value : many)
        elements.push_back(json::object{{"value", value}});
    Reply const too = scim.patch("/Groups/" + id, patch_op("add", "members", elements));
    BOOST_TEST(too.detail() == "Operations[0]: members: there are no resources with these ids: x0, x1, x2, x3, x4, x5, "
                               "x6, x7, x8, x9 and 3 more.");
    BOOST_TEST(scim.get("/Groups/" + id).size("/members") == 1);
}

BOOST_AUTO_TEST_CASE(a_member_that_refers_to_nothing_may_stay_when_all_are_replaced)
{
    auto const store = memory::make_store();
    std::shared_ptr<SchemaRegistry const> const registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    auto const environment = std::make_shared<TickingEnvironment>();
    auto const with = [&](UnknownMembers policy)
    {
        auto options = with_policy(policy);
        options.store = store;
        options.registry = registry;
        options.environment = environment;
        return options;
    };
    auto const id = ServiceFixture{with(UnknownMembers::keep)}.create("/Groups", group("g", {"ghost"}));

    ServiceFixture const scim{with(UnknownMembers::reject)};
    auto const ada = scim.create("/Users", user("ada"));
    json::array const both{{{"value", "ghost"}}, {{"value", ada}}};
    json::array const other{{{"value", "other"}}};
    BOOST_TEST(scim.patch("/Groups/" + id, patch_op("replace", "members", both)).status == 204);
    BOOST_TEST(scim.get("/Groups/" + id).size("/members") == 2);
    BOOST_TEST(scim.patch("/Groups/" + id, patch_op("replace", "members", other)).status == 400);

    auto const whole =
        patch_op({{{"op", "replace"}, {"path", "members"}, {"value", both}}, // the second needs them all
                  {{"op", "replace"}, {"path", "members[value eq \"" + ada + "\"].display"}, {"value", "Ada"}}});
    BOOST_TEST(scim.patch("/Groups/" + id, whole).status == 204);
    BOOST_TEST(scim.get("/Groups/" + id).size("/members") == 2);
}

BOOST_AUTO_TEST_CASE(members_stay_out_of_lists_that_exclude_them)
{
    Nested const scim;
    Reply const reply = scim.get("/Groups?excludedAttributes=members&filter=members.value eq \"" + scim.ada + "\"");
    BOOST_TEST(reply.number("/totalResults") == 1);
    BOOST_TEST(reply.text("/Resources/0/displayName") == "Inner");
    BOOST_TEST(!reply.has("/Resources/0/members"));
}

BOOST_AUTO_TEST_SUITE_END()
