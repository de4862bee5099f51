// References that come with `$ref` alone, or of which nothing remains: on every way in, in every store, and with the
// operation that is at fault.
#include <scimkit/schema/registry.hpp>

#include "service/member_ways.hpp"

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(reference_values)

namespace
{

std::string const manager = std::string{urn::enterprise_user} + ":manager";

Tolerance with_policy(UnknownMembers policy)
{
    Tolerance tolerance;
    tolerance.unknown_members = policy;
    return tolerance;
}

json::object user_with_manager(std::string_view name, json::value const& value)
{
    json::object body = user(name, {{urn::enterprise_user, json::object{{"manager", value}}}});
    body["schemas"] = json::array{urn::user, urn::enterprise_user};
    return body;
}

/// The ways in which an Ada who has a manager gets another one by its URI alone.
std::vector<json::object> manager_patches(std::string const& named)
{
    json::value const uri(named);
    std::vector<json::object> patches;
    json::object const by_uri{{"$ref", uri}};
    for (auto const* op : {"add", "replace"})
    {
        patches.push_back(patch_op(op, manager, by_uri));
        patches.push_back(patch_op(op, manager + ".$ref", uri));
        patches.push_back(patch_op(op, "", json::object{{manager, by_uri}}));
        patches.push_back(patch_op(op, urn::enterprise_user, json::object{{"manager", by_uri}}));
        patches.push_back(patch_op(op, "", json::object{{urn::enterprise_user, json::object{{"manager", by_uri}}}}));
        patches.push_back(patch_op(op, manager, json::object{{"$ref", uri}, {"value", nullptr}}));
    }
    return patches;
}

std::string manager_of(ServiceFixture const& scim, std::string const& target)
{
    Reply const reply = scim.get(target);
    auto const* extension = reply.body.as_object().if_contains(urn::enterprise_user);
    return extension ? std::string{extension->at("manager").at("value").as_string()} : "(none)";
}

} // namespace

BOOST_AUTO_TEST_CASE(an_id_from_a_uri_is_judged_as_one_that_is_sent)
{
    for (bool const strict : {false, true})
        for (auto const& options : both_stores(strict ? Tolerance::strict() : Tolerance{}))
        {
            ServiceFixture const scim{options()};
            auto const ada = scim.create("/Users", user("ada"));
            auto id = scim.create("/Groups", group("g", {ada}));
            for (std::string const bad :
                 {"%20", "%00", "%0A", "%E2%80%8B", "%C2%85", "%20a", "a%20", "%EF%BF%BF", "%FF", "a?b", "a#b", "a%ZZ"})
            {
                json::array const by_uri{json::object{{"$ref", "Users/" + bad}}};
                for (auto const& [name, way] : ways_in)
                    BOOST_TEST(way(scim, id, by_uri) == 400, name << ' ' << bad);
                BOOST_TEST(scim.get("/Groups/" + id).size("/members") == 1);
                for (auto const& message : manager_patches(base + "/Users/" + bad))
                    BOOST_TEST(scim.patch("/Users/" + ada, message).scim_type() == "invalidValue", message);
                auto const body = user_with_manager("ada", json::object{{"$ref", base + "/Users/" + bad}});
                BOOST_TEST(scim.put("/Users/" + ada, body).scim_type() == "invalidValue", bad);
                BOOST_TEST(scim.post("/Users", body).scim_type() == "invalidValue", bad);
            }
            BOOST_TEST(manager_of(scim, "/Users/" + ada) == "(none)");
        }
}

BOOST_AUTO_TEST_CASE(a_uri_without_a_value_says_who_is_meant)
{
    for (bool const strict : {false, true})
        for (auto const& options : both_stores(strict ? Tolerance::strict() : Tolerance{}))
        {
            ServiceFixture const scim{options()};
            auto const first = scim.create("/Users", user("first"));
            auto const second = scim.create("/Users", user("second"));
            auto const target = "/Users/" + scim.create("/Users", user_with_manager("ada", {{"value", first}}));
            for (auto const& message : manager_patches(base + "/Users/" + second))
            {
                BOOST_TEST(scim.put(target, user_with_manager("ada", {{"value", first}})).status == 200);
                Reply const reply = scim.patch(target, message);
                BOOST_TEST(reply.status == 200, reply.response.body);
                BOOST_TEST(manager_of(scim, target) == second, message);
                BOOST_TEST(!scim.stored("User", target.substr(7))
                                ->attributes.at(urn::enterprise_user)
                                .at("manager")
                                .as_object()
                                .contains("$ref"));
            }
            for (auto const& message : manager_patches("https://elsewhere.example/Users/" + first))
            {
                Reply const refused = scim.patch(target, message);
                BOOST_TEST(refused.scim_type() == "invalidValue", message);
                BOOST_TEST(refused.detail() ==
                           "Operations[0]: " + manager + ".value: it is required: it says what is meant.");
            }
            BOOST_TEST(manager_of(scim, target) == second);
        }
}

BOOST_AUTO_TEST_CASE(a_uri_beside_an_unknown_name_says_who_is_meant_and_is_the_same_as_the_id)
{
    for (auto const& options : both_stores())
        for (auto const& [name, way] : ways_in)
        {
            ServiceFixture const scim{options()};
            auto const ada = scim.create("/Users", user("ada"));
            auto id = scim.create("/Groups", group("g"));
            json::value const uri(base + "/Users/" + ada);
            BOOST_TEST(way(scim, id, {json::object{{"$ref", uri}, {"noSuch", 1}}, json::object{{"value", ada}}}) < 300,
                       name);
            BOOST_TEST(scim.get("/Groups/" + id).size("/members") == 1, name);
            BOOST_TEST(member(scim, id, ada) == shown(ada, "User"), name);
        }
}

BOOST_AUTO_TEST_CASE(a_member_does_not_become_another_by_its_uri)
{
    for (auto const& options : both_stores())
    {
        ServiceFixture const scim{options()};
        auto const ada = scim.create("/Users", user("ada"));
        auto const bob = scim.create("/Users", user("bob"));
        auto const target = "/Groups/" + scim.create("/Groups", group("g", {ada}));
        std::string const path = "members[value eq \"" + ada + "\"]";
        json::value const uri(base + "/Users/" + bob);
        for (auto const* op : {"add", "replace"})
            for (auto const& message : {patch_op(op, path, json::object{{"$ref", uri}}),
                                        patch_op(op, path + ".$ref", uri), patch_op(op, "members.$ref", uri)})
                BOOST_TEST(scim.patch(target, message).scim_type() == "mutability", message);
        BOOST_TEST(member(scim, target.substr(8), ada) == shown(ada, "User"));
    }
}

BOOST_AUTO_TEST_CASE(leaving_unknown_members_out_leaves_something_or_is_refused)
{
    for (auto const& options : both_stores(with_policy(UnknownMembers::skip)))
        for (auto const& [name, way] : ways_in)
        {
            ServiceFixture const scim{options()};
            auto const ada = scim.create("/Users", user("ada"));
            auto const bob = scim.create("/Users", user("bob"));
            auto id = scim.create("/Groups", group("g", {ada}));
            auto const before = scim.get("/Groups/" + id).response.body;
            for (json::array const& lost :
                 {json::array{json::object{{"value", "nope"}}},
                  json::array{json::object{{"value", "nope"}}, json::object{{"value", "ID-1"}}},
                  json::array{json::object{{"$ref", "Users/nope"}}}})
            {
                BOOST_TEST(way(scim, id, lost) == 400, name << ' ' << lost);
                BOOST_TEST(scim.get("/Groups/" + id).response.body == before, name);
            }
            BOOST_TEST(way(scim, id, {json::object{{"value", "nope"}}, json::object{{"value", bob}}}) < 300, name);
            BOOST_TEST(member(scim, id, bob) == shown(bob, "User"), name);
            BOOST_TEST(member(scim, id, "nope") == "(none)", name);
            // What is there already is something.
            BOOST_TEST(way(scim, id, {json::object{{"value", bob}}, json::object{{"value", "nope"}}}) < 300, name);
            BOOST_TEST(member(scim, id, bob) == shown(bob, "User"), name);
        }
}

BOOST_AUTO_TEST_CASE(a_member_that_was_stored_unknown_is_something_that_remains)
{
    for (auto const& options : both_stores(with_policy(UnknownMembers::skip)))
    {
        ServiceFixture const scim{options()};
        ResourceType const& type = *scim.service.registry().find_resource_type("Group");
        scim.store_directly(
            {.type = &type, .id = "old", .attributes = {{"displayName", "g"}, {"members", {{{"value", "ghost"}}}}}});
        std::string id = scim.get("/Groups").text("/Resources/0/id"); // a store may choose it
        for (auto const& [name, way] : ways_in)
            if (std::string_view{name} != "POST")
                BOOST_TEST(way(scim, id, {json::object{{"value", "ghost"}}}) < 300, name);
        BOOST_TEST(scim.get("/Groups/" + id).size("/members") == 1);
    }
}

BOOST_AUTO_TEST_CASE(a_fault_of_a_reference_names_its_operation)
{
    json::object const good{{"op", "replace"}, {"path", "displayName"}, {"value", "h"}};
    json::object const whole{{"op", "remove"}, {"path", "members[display eq \"nobody\"]"}};
    for (bool const in_place : {true, false})
        for (auto const policy : {UnknownMembers::reject, UnknownMembers::skip, UnknownMembers::keep})
        {
            Tolerance tolerance = with_policy(policy);
            tolerance.contradicting_references = false;
            ServiceFixture const scim{{.tolerance = tolerance}};
            auto const ada = scim.create("/Users", user("ada"));
            auto const bob = scim.create("/Users", user("bob"));
            auto const target = "/Groups/" + scim.create("/Groups", group("g", {ada}));
            auto const fault_of = [&](std::string_view op, json::object const& element)
            {
                json::array operations{in_place ? good : whole, good};
                operations.push_back(json::object{{"op", "add"}, {"path", "members"}, {"value", {{{"value", bob}}}}});
                operations.push_back(json::object{{"op", op}, {"path", "members"}, {"value", json::array{element}}});
                if (op == "replace" && in_place)
                    operations[2] = good;
                Reply const reply = scim.patch(target, patch_op(operations));
                BOOST_TEST(reply.scim_type() == "invalidValue", reply.response.body);
                return reply.detail();
            };
            for (auto const* op : {"add", "replace"})
            {
                BOOST_TEST(fault_of(op, {{"$ref", "x"}}) ==
                           "Operations[3]: members[0].value: it is required: it says what is meant.");
                BOOST_TEST(fault_of(op, {{"type", "User"}}) ==
                           "Operations[3]: members[0].value: it is required: it says what is meant.");
                BOOST_TEST(fault_of(op, {{"value", ada}, {"type", "Group"}}) ==
                           "Operations[3]: members: type contradicts value.");
                BOOST_TEST(fault_of(op, {{"value", ada}, {"$ref", base + "/Users/x"}}) ==
                           "Operations[3]: members: $ref contradicts value.");
                if (policy != UnknownMembers::keep)
                    BOOST_TEST(fault_of(op, {{"value", "nope"}}) ==
                               "Operations[3]: members: there are no resources with these ids: nope.");
            }
            BOOST_TEST(scim.get(target).size("/members") == 1);
        }
}

BOOST_AUTO_TEST_CASE(nothing_is_hashed_for_references_that_are_refused)
{
    class Counting : public FakeHasher
    {
    public:
        result<std::string> hash(std::string_view secret) override
        {
            ++hashed;
            return FakeHasher::hash(secret);
        }
        int hashed = 0;
    };
    Tolerance tolerance;
    tolerance.contradicting_references = false;
    auto const hasher = std::make_shared<Counting>();
    ServiceFixture const scim{{.password_hasher = hasher, .tolerance = tolerance}};
    auto const target = "/Users/" + scim.create("/Users", user("bob"));
    for (json::object const& wrong :
         {json::object{{"$ref", "q"}}, json::object{{"value", "1"}, {"$ref", base + "/Users/2"}}})
    {
        json::object body = user_with_manager("ada", wrong);
        body["password"] = "secret";
        BOOST_TEST(scim.post("/Users", body).status == 400);
        BOOST_TEST(scim.put(target, body).status == 400);
        BOOST_TEST(scim.patch(target, patch_op({{{"op", "add"}, {"path", "password"}, {"value", "secret"}},
                                                {{"op", "add"}, {"path", manager}, {"value", wrong}}}))
                       .status == 400);
    }
    BOOST_TEST(hasher->hashed == 0);
}

BOOST_AUTO_TEST_CASE(too_many_secrets_for_nobody_are_nobody)
{
    ServiceFixture const scim;
    json::array operations;
    for (int i = 0; i < 17; ++i)
        operations.push_back(json::object{{"op", "replace"}, {"path", "password"}, {"value", std::to_string(i)}});
    BOOST_TEST(scim.patch("/Users/nobody", patch_op(operations)).status == 404);
    BOOST_TEST(scim.patch("/Users/nobody", patch_op(operations), {{"If-Match", "W/\"1\""}}).status == 404);
    auto const target = "/Users/" + scim.create("/Users", user("ada"));
    BOOST_TEST(scim.patch(target, patch_op(operations)).scim_type() == "tooMany");
}

BOOST_AUTO_TEST_CASE(a_switch_shows_that_a_group_has_no_members)
{
    for (bool const on : {false, true})
        for (auto const& options : both_stores())
        {
            ServiceOptions chosen = options();
            chosen.tolerance.empty_members = on;
            ServiceFixture const scim{std::move(chosen)};
            Reply const created = scim.post("/Groups", group("g"));
            auto const target = "/Groups/" + created.id();
            auto const whole = patch_op("replace", "displayName", "h");
            Headers const representation{{"Prefer", "return=representation"}};
            for (Reply const& reply :
                 {created, scim.put(target, group("g")), scim.get(target), scim.patch(target, whole, representation),
                  scim.get(target + "?attributes=members")})
                BOOST_TEST(reply.size("/members") == (on ? 0 : -1), reply.response.body);
            BOOST_TEST(scim.get("/Groups").size("/Resources/0/members") == (on ? 0 : -1));
            BOOST_TEST(!scim.get(target + "?excludedAttributes=members").has("/members"));
            BOOST_TEST(!scim.get(target + "?attributes=displayName").has("/members"));
            BOOST_TEST(scim.get("/Groups/" + scim.create("/Groups", group("f", {"x"}))).size("/members") == 1);
        }
}

BOOST_AUTO_TEST_SUITE_END()
