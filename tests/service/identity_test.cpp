// One rule for identity: what a reference says is computed from its `value` and from what is stored, on every way in
// and on every store.
#include <scimkit/schema/registry.hpp>

#include "service/member_ways.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(identity)

BOOST_AUTO_TEST_CASE(claims_that_contradict_are_computed_anew_on_every_way_in)
{
    for (auto const& options : both_stores())
        for (auto const& [name, way] : ways_in)
        {
            ServiceFixture const scim{options()};
            auto const ada = scim.create("/Users", user("ada"));
            auto const inner = scim.create("/Groups", group("inner"));
            auto id = scim.create("/Groups", group("outer"));
            int const status =
                way(scim, id,
                    {{{"value", ada}, {"$ref", base + "/Users/other"}, {"type", "group"}},
                     {{"value", inner}, {"type", "User"}, {"$ref", "https://elsewhere.example/Groups/" + inner}}});
            BOOST_TEST(status < 300, name);
            BOOST_TEST(member(scim, id, ada) == shown(ada, "User"), name);
            BOOST_TEST(member(scim, id, inner) == shown(inner, "Group"), name);
            auto const stored = scim.stored("Group", id);
            for (json::value const& each : stored->attributes.at("members").as_array())
                BOOST_TEST(!each.as_object().contains("$ref"), name);
        }
}

BOOST_AUTO_TEST_CASE(claims_that_contradict_are_refused_in_strict_mode_on_every_way_in)
{
    for (auto const& options : both_stores(Tolerance::strict()))
        for (auto const& [name, way] : ways_in)
        {
            ServiceFixture const scim{options()};
            auto const ada = scim.create("/Users", user("ada"));
            auto id = scim.create("/Groups", group("outer"));
            for (json::object const& claim :
                 {json::object{{"value", ada}, {"type", "Group"}},
                  json::object{{"value", ada}, {"$ref", base + "/Groups/" + ada}},
                  json::object{{"value", ada}, {"$ref", base + "/Users/other"}},
                  json::object{{"value", "unknown"}, {"type", "User"}, {"$ref", base + "/Groups/unknown"}}})
            {
                BOOST_TEST(way(scim, id, {claim}) == 400, name << ' ' << claim);
                BOOST_TEST(!scim.get("/Groups/" + id).has("/members"));
            }
            json::object const right{{"value", ada}, {"type", "User"}, {"$ref", base + "/Users/" + ada}};
            BOOST_TEST(way(scim, id, {right}) < 300, name);
            // What is there already may not be claimed otherwise either.
            BOOST_TEST(
                scim.patch("/Groups/" + id, patch_op("add", "members", {{{"value", ada}, {"type", "Group"}}})).status ==
                400);
        }
}

BOOST_AUTO_TEST_CASE(a_group_that_is_said_to_be_a_user_leads_on_in_every_store)
{
    for (auto const& options : both_stores())
    {
        ServiceFixture const scim{options()};
        auto const ada = scim.create("/Users", user("ada"));
        auto const inner = scim.create("/Groups", group("inner", {ada}));
        scim.create("/Groups", with_members({{{"value", inner}, {"type", "User"}}}));
        BOOST_TEST(scim.get("/Users/" + ada).size("/groups") == 2);
    }
}

BOOST_AUTO_TEST_CASE(the_type_of_a_known_member_cannot_be_edited)
{
    for (auto const& options : both_stores())
    {
        ServiceFixture const scim{options()};
        auto const ada = scim.create("/Users", user("ada"));
        auto const id = scim.create("/Groups", group("g", {ada}));
        Reply const before = scim.get("/Groups/" + id);
        for (auto const* sub : {"type", "$ref"})
        {
            json::value const value = std::string_view{sub} == "type" ? "Group" : "https://example.com/v2/Groups/x";
            Reply const reply =
                scim.patch("/Groups/" + id, patch_op("add", "members[value eq \"" + ada + "\"]." + sub, value));
            BOOST_TEST((reply.status == 204 || reply.scim_type() == "mutability"), reply.response.body);
        }
        BOOST_TEST(scim.get("/Groups/" + id).response.body == before.response.body);
    }
}

BOOST_AUTO_TEST_CASE(an_unknown_member_keeps_the_type_that_it_was_given)
{
    for (auto const& options : both_stores())
    {
        ServiceFixture const scim{options()};
        auto const id = scim.create("/Groups", with_members({{{"value", "ghost"}, {"type", "user"}}}));
        BOOST_TEST(member(scim, id, "ghost") == shown("ghost", "User"));
        Reply const before = scim.get("/Groups/" + id);
        for (auto const& message : {patch_op("replace", "members", {{{"value", "ghost"}}}),
                                    patch_op("add", "members", {{{"value", "ghost"}}}),
                                    patch_op("replace", "", {{"members", {{{"value", "ghost"}}}}})})
            BOOST_TEST(scim.patch("/Groups/" + id, message).status == 204);
        BOOST_TEST(scim.put("/Groups/" + id, with_members({{{"value", "ghost"}}})).status == 200);
        BOOST_TEST(scim.get("/Groups/" + id).response.body == before.response.body);
    }
}

BOOST_AUTO_TEST_CASE(edits_of_members_that_cancel_out_are_no_change)
{
    for (auto const& options : both_stores())
    {
        ServiceFixture const scim{options()};
        auto const ada = scim.create("/Users", user("ada"));
        auto const bob = scim.create("/Users", user("bob"));
        auto const id = scim.create("/Groups", group("g", {ada}));
        auto const before = scim.get("/Groups/" + id).response.body;
        auto const add = [](std::string const& value) {
            return json::object{{"op", "add"}, {"path", "members"}, {"value", {{{"value", value}}}}};
        };
        auto const remove = [](std::string const& value) {
            return json::object{{"op", "remove"}, {"path", "members[value eq \"" + value + "\"]"}};
        };
        auto const replace = [](json::array members) {
            return json::object{{"op", "replace"}, {"path", "members"}, {"value", std::move(members)}};
        };
        for (auto const& operations :
             {json::array{add(bob), remove(bob)}, json::array{remove(ada), add(ada)},
              json::array{replace({}), replace({{{"value", ada}}})}, json::array{replace({{{"value", ada}}})},
              json::array{add(bob), replace({{{"type", "User"}, {"value", ada}}})}})
        {
            BOOST_TEST(scim.patch("/Groups/" + id, patch_op(operations)).status == 204);
            BOOST_TEST(scim.get("/Groups/" + id).response.body == before);
        }
        BOOST_TEST(scim.patch("/Groups/" + id, patch_op({remove(ada), add(bob)})).status == 204);
        BOOST_TEST(member(scim, id, bob) == shown(bob, "User"));
        BOOST_TEST(member(scim, id, ada) == "(none)");
    }
}

BOOST_AUTO_TEST_CASE(the_same_member_twice_is_one_member_and_the_answer_is_what_is_stored)
{
    for (auto const& options : both_stores())
    {
        ServiceFixture const scim{options()};
        auto const ada = scim.create("/Users", user("ada"));
        auto const bob = scim.create("/Users", user("bob"));
        Reply const created = scim.post(
            "/Groups",
            with_members({{{"value", bob}, {"type", "User"}}, {{"value", bob}, {"type", "Group"}}, {{"value", ada}}}));
        BOOST_TEST(created.size("/members") == 2);
        BOOST_TEST(scim.get("/Groups/" + created.id()).response.body == created.response.body);
    }
}

BOOST_AUTO_TEST_CASE(a_reference_by_its_uri_alone_gets_its_value)
{
    for (auto const& options : both_stores())
    {
        ServiceFixture const scim{options()};
        auto const ada = scim.create("/Users", user("ada"));
        auto const id = scim.create("/Groups", with_members({{{"$ref", base + "/Users/" + ada}}}));
        BOOST_TEST(member(scim, id, ada) == shown(ada, "User"));
        // One of elsewhere says nothing that could be stored as an id.
        json::array const elsewhere{json::object{{"$ref", "https://elsewhere.example/Users/" + ada}}};
        BOOST_TEST(scim.post("/Groups", with_members(elsewhere)).detail() ==
                   "members[0].value: it is required: it says what is meant.");
        for (auto const* op : {"add", "replace", "remove"})
            BOOST_TEST(scim.patch("/Groups/" + id, patch_op(op, "members", elsewhere)).scim_type() == "invalidValue",
                       op);
        BOOST_TEST(scim.get("/Groups/" + id).size("/members") == 1);
    }
}

BOOST_AUTO_TEST_CASE(the_managers_uri_follows_its_value)
{
    std::string const extension{urn::enterprise_user};
    for (auto const& options : both_stores())
    {
        ServiceFixture const scim{options()};
        auto const manager_of = [&](Reply const& reply)
        { return ServiceFixture::text_of(reply.body.at(extension).at("manager")); };
        auto const created = scim.post(
            "/Users", user("ada", {{extension, {{"manager", {{"value", "1"}, {"$ref", base + "/Users/2"}}}}}}));
        BOOST_TEST(manager_of(created) == R"({"value":"1","$ref":")" + base + "/Users/1\"}");
        auto const target = "/Users/" + created.id();
        auto const changed = scim.patch(target, patch_op("replace", extension + ":manager.value", "3"));
        BOOST_TEST(manager_of(changed) == R"({"value":"3","$ref":")" + base + "/Users/3\"}");
        auto const again =
            scim.patch(target, patch_op("add", extension + ":manager.$ref", "https://x.example/Users/9"));
        BOOST_TEST(again.detail() ==
                   "Operations[0]: " + extension + ":manager.value: it is required: it says what is meant.");
        BOOST_TEST(scim.get(target).response.body == changed.response.body);
    }
    ServiceFixture const strict{{.tolerance = Tolerance::strict()}};
    json::object body = user("ada", {{extension, {{"manager", {{"value", "1"}, {"$ref", base + "/Users/2"}}}}}});
    body["schemas"] = json::array{urn::user, extension};
    Reply const refused = strict.post("/Users", body);
    BOOST_TEST(refused.scim_type() == "invalidValue");
    BOOST_TEST(refused.detail().find("manager") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_was_said_of_a_reference_goes_when_it_gets_another_value)
{
    std::string const manager = std::string{urn::enterprise_user} + ":manager";
    for (auto const& tolerance : {Tolerance{}, Tolerance::strict()})
        for (auto const& options : both_stores(tolerance))
        {
            ServiceFixture const scim{options()};
            auto const change = [](std::string const& path, json::value value) {
                return json::object{{"op", "replace"}, {"path", path}, {"value", std::move(value)}};
            };
            json::object const by_uri{{"$ref", base + "/Users/1"}};
            json::object const both{{"value", "1"}, {"$ref", base + "/Users/1"}};
            for (auto const& first : {by_uri, both})
                for (auto const& then : {change(manager, {{"value", "2"}}), change(manager + ".value", "2")})
                {
                    auto const target = "/Users/" + scim.create("/Users", user("ada"));
                    Reply const reply = scim.patch(target, patch_op({change(manager, first), then}));
                    scim.del(target);
                    BOOST_TEST(reply.status == 200, first << then << reply.detail());
                    BOOST_TEST(ServiceFixture::text_of(reply.body.at(urn::enterprise_user).at("manager")) ==
                               R"({"value":"2","$ref":")" + base + "/Users/2\"}");
                }
        }
}

BOOST_AUTO_TEST_CASE(a_wrong_claim_takes_nothing_from_the_member_that_is_there)
{
    for (auto const& options : both_stores())
    {
        ServiceFixture const scim{options()};
        auto const ada = scim.create("/Users", user("ada"));
        auto const id = scim.create("/Groups", with_members({{{"value", ada}, {"display", "Ada"}}}));
        for (auto const& [name, way] : ways_in)
        {
            if (name == std::string_view{"POST"})
                continue;
            for (json::object const& claim : {json::object{{"type", "Group"}}, {{"$ref", base + "/Users/other"}}})
            {
                json::object said = claim;
                said["value"] = ada;
                std::string target = id;
                BOOST_TEST(way(scim, target, {said}) < 300, name);
                BOOST_TEST(scim.get("/Groups/" + id).text("/members/0/display") == "Ada", name << said);
                BOOST_TEST(scim.get("/Groups/" + id).text("/members/0/type") == "User", name << said);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_uri_that_was_stored_once_neither_shows_nor_comes_back)
{
    ServiceFixture const scim;
    ResourceType const& type = *scim.service.registry().find_resource_type("Group");
    scim.store_directly(
        {.type = &type,
         .id = "old",
         .attributes = {{"displayName", "g"},
                        {"members", {{{"value", "u"}, {"type", "User"}, {"$ref", "https://x.example/Users/u"}}}}}});
    BOOST_TEST(member(scim, "old", "u") == shown("u", "User"));
    BOOST_TEST(scim.put("/Groups/old", group("g", {"u"})).status == 200);
    BOOST_TEST(!scim.stored("Group", "old")->attributes.at("members").at(0).as_object().contains("$ref"));
}

BOOST_AUTO_TEST_CASE(a_uri_is_found_by_what_it_names)
{
    // Ids of a store's own may have any characters; URIs have them percent-encoded.
    for (std::string const id : {"u1", "a b", "x/y", "\xc3\xa4", "50%"})
    {
        ServiceFixture const scim;
        auto const with = scim.create("/Groups", with_members({{{"value", id}, {"type", "User"}}}));
        scim.create("/Groups", with_members({{{"value", "other"}, {"type", "User"}}}));
        std::string const uri = scim.get("/Groups/" + with).text("/members/0/$ref");
        for (auto const& filter : {"members.$ref eq \"" + uri + "\"", "members[$ref eq \"" + uri + "\"]"})
        {
            Reply const found =
                scim.post("/Groups/.search",
                          {{"schemas", {"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}}, {"filter", filter}});
            BOOST_TEST(found.number("/totalResults") == 1, filter);
            BOOST_TEST(found.text("/Resources/0/id") == with, filter);
        }
        BOOST_TEST(scim.patch("/Groups/" + with, patch_op("remove", "members[$ref eq \"" + uri + "\"]")).status == 204);
        BOOST_TEST(!scim.get("/Groups/" + with).has("/members"));
    }
}

BOOST_AUTO_TEST_CASE(a_uri_of_another_type_finds_nothing)
{
    ServiceFixture const scim;
    auto const ada = scim.create("/Users", user("ada"));
    scim.create("/Groups", with_members({{{"value", ada}, {"$ref", base + "/Groups/" + ada}}}));
    auto const total = [&](std::string const& uri)
    { return scim.get("/Groups?filter=members.$ref eq \"" + uri + "\"").number("/totalResults"); };
    BOOST_TEST(total(base + "/Groups/" + ada) == 0);
    BOOST_TEST(total(base + "/Users/" + ada) == 1);
}

BOOST_AUTO_TEST_CASE(all_stores_tell_the_same_fault_of_a_patch_of_members)
{
    for (auto const& options : both_stores())
    {
        ServiceOptions strict = options();
        strict.tolerance = Tolerance::strict();
        ServiceFixture const scim{std::move(strict)};
        auto const ada = scim.create("/Users", user("ada"));
        auto const target = "/Groups/" + scim.create("/Groups", group("g", {ada}));
        auto const malformed = patch_op("add", "members", json::array{"x"});
        BOOST_TEST(scim.patch(target, malformed).status == 400);
        BOOST_TEST(scim.patch(target, malformed, {{"If-Match", "W/\"0\""}}).status == 412);
        BOOST_TEST(scim.patch("/Groups/nobody", malformed).status == 404);
        auto const twice = patch_op(
            "replace", "members",
            json::array{json::object{{"value", ada}}, json::object{{"value", ada}, {"$ref", base + "/Users/other"}}});
        BOOST_TEST(scim.patch(target, twice).status == 204); // the second is passed over
        // Of two faults the same one, wherever it stands in the message.
        json::object const claim{{"op", "add"},
                                 {"path", "members"},
                                 {"value", json::array{json::object{{"value", ada}, {"$ref", base + "/Users/other"}}}}};
        json::object const wrong{{"op", "replace"}, {"path", "displayName"}, {"value", 7}};
        BOOST_TEST(scim.patch(target, patch_op({claim, wrong})).detail() ==
                   "Operations[0]: members: $ref contradicts value.");
        BOOST_TEST(scim.patch(target, patch_op({wrong, claim})).detail() ==
                   "Operations[1]: members: $ref contradicts value.");
    }
}

BOOST_AUTO_TEST_SUITE_END()
