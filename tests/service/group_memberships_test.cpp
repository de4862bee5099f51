// Memberships as resources (draft-zollner-scim-group-members-01), told to every store: one truth with `Group.members`,
// and what is no membership.
#include <scimkit/service/async_requests.hpp>

#include "group_memberships.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(group_memberships)

BOOST_AUTO_TEST_CASE(there_are_none_unless_they_are_asked_for)
{
    ServiceFixture const scim;
    BOOST_TEST(scim.get("/GroupMemberships").status == 404);
    BOOST_TEST(scim.get("/ResourceTypes/GroupMembership").status == 404);
    BOOST_TEST(scim.get("/Schemas/" + std::string{schema}).status == 404);
    ServiceFixture const on{{.registry = with_memberships()}};
    BOOST_TEST(on.get("/GroupMemberships").status == 200);
    BOOST_TEST(on.get("/ResourceTypes/GroupMembership").text("/endpoint") == "/GroupMemberships");
    BOOST_TEST(on.get("/Schemas/" + std::string{schema}).status == 200);
}

BOOST_AUTO_TEST_CASE(a_type_of_memberships_without_groups_is_refused)
{
    auto builder = SchemaRegistry::Builder{};
    for (Schema const& each : rfc7643_schemas())
        if (each.id == urn::user || each.id == urn::enterprise_user)
            builder.add(each);
    for (ResourceTypeDefinition const& type : rfc7643_resource_types())
        if (type.name == "User")
            builder.add(type);
    auto const registry = builder.add_pack("group-membership-01").build();
    if (!registry) // already the definitions say so
        return;
    auto const service = Service::create({.base_url = "https://example.com/v2",
                                          .store = memory::make_store(),
                                          .authenticator = no_authentication("tester"),
                                          .registry = *registry});
    BOOST_REQUIRE(!service);
    BOOST_TEST(service.error().detail.find("computed from the members of groups") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_membership_is_a_member_of_the_group_and_the_other_way_round)
{
    on_every_store(
        [](ServiceFixture const& scim, NamedStore const&)
        {
            auto const ada = scim.create("/Users", user("ada"));
            auto const bob = scim.create("/Users", user("bob"));
            auto const red = scim.create("/Groups", group("Red", {bob}));

            Reply const made = scim.post("/GroupMemberships", membership(red, ada));
            BOOST_TEST(made.status == 201);
            BOOST_TEST(made.id() == red + "." + ada);
            BOOST_TEST(made.header("Location") == "https://example.com/v2/GroupMemberships/" + made.id());
            BOOST_TEST(made.text("/meta/location") == made.header("Location"));
            BOOST_TEST(made.text("/meta/resourceType") == "GroupMembership");
            BOOST_TEST(!made.has("/meta/created"));
            BOOST_TEST(made.text("/schemas/0") == schema);
            BOOST_TEST(made.text("/group/$ref") == "https://example.com/v2/Groups/" + red);
            BOOST_TEST(made.text("/member/$ref") == "https://example.com/v2/Users/" + ada);
            BOOST_TEST(made.text("/member/type") == "User");
            BOOST_TEST((members(scim, red) == std::set<std::string>{ada, bob}));
            BOOST_TEST(scim.get("/Users/" + ada).text("/groups/0/value") == red);

            Reply const read = scim.get("/GroupMemberships/" + made.id());
            BOOST_TEST(read.status == 200);
            BOOST_TEST(ServiceFixture::text_of(read.body) == ServiceFixture::text_of(made.body));
            BOOST_TEST(scim.get("/GroupMemberships/" + made.id(), {{"If-None-Match", std::string{read.header("ETag")}}})
                           .status == 304);
            BOOST_TEST(scim.get("/GroupMemberships/" + red + "." + bob).status == 200); // which the group brought

            BOOST_TEST(scim.del("/GroupMemberships/" + made.id()).status == 204);
            BOOST_TEST(scim.del("/GroupMemberships/" + made.id()).status == 404);
            BOOST_TEST(scim.get("/GroupMemberships/" + made.id()).status == 404);
            BOOST_TEST((members(scim, red) == std::set<std::string>{bob}));
            BOOST_TEST(!scim.get("/Users/" + ada).has("/groups"));

            BOOST_TEST(scim.del("/Users/" + bob).status == 204);
            BOOST_TEST(scim.get("/GroupMemberships/" + red + "." + bob).status == 404);
            BOOST_TEST(scim.get("/GroupMemberships").number("/totalResults") == 0);
        });
}

BOOST_AUTO_TEST_CASE(a_group_is_a_member_too_and_only_direct_memberships_are_listed)
{
    on_every_store(
        [](ServiceFixture const& scim, NamedStore const&)
        {
            auto const ada = scim.create("/Users", user("ada"));
            auto const inner = scim.create("/Groups", group("Inner"));
            auto const outer = scim.create("/Groups", group("Outer"));
            Reply const nested = scim.post("/GroupMemberships", membership(outer, inner));
            BOOST_TEST(nested.text("/member/type") == "Group");
            BOOST_TEST(nested.text("/member/$ref") == "https://example.com/v2/Groups/" + inner);
            BOOST_TEST(scim.post("/GroupMemberships", membership(inner, ada)).status == 201);
            BOOST_TEST(pairs(scim.get(of_member(ada))) == inner + ">" + ada);
            BOOST_TEST(scim.get("/Users/" + ada).size("/groups") == 2); // where both are
            BOOST_TEST(pairs(scim.get(list("member.type eq \"Group\""))) == outer + ">" + inner);
        });
}

BOOST_AUTO_TEST_CASE(members_stand_in_the_order_of_their_ids_and_groups_are_sorted_by_the_first)
{
    on_every_store(
        [](ServiceFixture const& scim, NamedStore const&)
        {
            auto const inner = scim.create("/Groups", group("Inner"));
            auto const ada = scim.create("/Users", user("ada"));
            auto const bob = scim.create("/Users", user("bob"));
            auto const [less, greater] = std::minmax(ada, bob);
            auto const red = scim.create("/Groups", group("Red", {greater}));
            BOOST_TEST(scim.post("/GroupMemberships", membership(red, less)).status == 201);
            BOOST_TEST(scim.post("/GroupMemberships", membership(red, inner)).status == 201);

            Reply const read = scim.get("/Groups/" + red);
            auto const first = std::min(inner, less);
            BOOST_TEST(read.text("/members/0/value") == first);
            BOOST_TEST(read.text("/members/2/value") == std::max(inner, greater));
            auto const blue = scim.create("/Groups", group("Blue", {greater}));
            Reply const sorted = scim.get("/Groups?filter=members%20pr&sortBy=members.value");
            BOOST_TEST(sorted.text("/Resources/0/id") == (first < greater ? red : blue));
        });
}

BOOST_AUTO_TEST_CASE(what_cannot_be_a_membership_is_refused_and_changes_nothing)
{
    on_every_store(
        [](ServiceFixture const& scim, NamedStore const&)
        {
            auto const ada = scim.create("/Users", user("ada"));
            auto const red = scim.create("/Groups", group("Red", {ada}));
            auto const before = scim.get("/Groups/" + red);
            auto const post = [&](json::value const& body) { return outcome(scim.post("/GroupMemberships", body)); };
            BOOST_TEST(post(membership(red, ada)) == "409 uniqueness");
            BOOST_TEST(post(membership("nobody", ada)) == "400 invalidValue");
            BOOST_TEST(post(membership(red, "nobody")) == "400 invalidValue");
            BOOST_TEST(post(membership(ada, red)) == "400 invalidValue"); // a user is no group
            BOOST_TEST(post(membership("", ada)) == "400 invalidValue");
            BOOST_TEST(post(membership(red, "")) == "400 invalidValue");
            BOOST_TEST(post(json::object{{"schemas", json::array{schema}}}) == "400 invalidValue");
            BOOST_TEST(post(json::object{{"schemas", json::array{schema}}, {"group", json::object{{"value", red}}}}) ==
                       "400 invalidValue");
            BOOST_TEST(scim.get("/GroupMemberships").number("/totalResults") == 1);
            Reply const after = scim.get("/Groups/" + red);
            BOOST_TEST(after.text("/meta/version") == before.text("/meta/version"));
            BOOST_TEST(after.text("/meta/lastModified") == before.text("/meta/lastModified"));
        });
}

BOOST_AUTO_TEST_CASE(a_new_membership_is_answered_as_it_is_read)
{
    on_every_store(
        [](ServiceFixture const& scim, NamedStore const&)
        {
            auto const ada = scim.create("/Users", user("ada"));
            auto const red = scim.create("/Groups", group("Red"));
            auto body = membership(red, ada, {{"display", "Ada"}, {"nobody", 1}});
            body["externalId"] = "x";
            body["unknown"] = 1;
            Reply const created = scim.post("/GroupMemberships", body);
            BOOST_REQUIRE(created.status == 201);
            BOOST_TEST(created.response.body == scim.get("/GroupMemberships/" + created.id()).response.body);
        });
}

BOOST_AUTO_TEST_CASE(an_external_id_that_is_not_kept_is_refused_where_unknown_attributes_are)
{
    on_every_store(
        [](ServiceFixture const& scim, NamedStore const&)
        {
            auto const ada = scim.create("/Users", user("ada"));
            auto const red = scim.create("/Groups", group("Red"));
            auto body = membership(red, ada);
            body["externalId"] = "x";
            BOOST_TEST(outcome(scim.post("/GroupMemberships", body)) == "400 invalidSyntax");
            BOOST_TEST(!scim.get("/Groups/" + red).has("/members"));
        },
        {.tolerance = Tolerance::strict()});
}

BOOST_AUTO_TEST_CASE(an_id_that_nobody_made_is_not_found)
{
    on_every_store(
        [](ServiceFixture const& scim, NamedStore const&)
        {
            auto const ada = scim.create("/Users", user("ada"));
            auto const red = scim.create("/Groups", group("Red", {ada}));
            for (std::string const& id : {red, red + ".", "." + ada, red + "." + ada + ".", "~" + red + "." + ada,
                                          red + "~." + ada, red + "." + ada + "x", ada + "." + red, std::string{"~"}})
            {
                // Past the fixture, which would take offence at a detail that ends with the dot of the id.
                auto const status = [&](std::string_view method)
                { return scim.service.handle({.method = method, .target = "/v2/GroupMemberships/" + id}).status; };
                BOOST_TEST(status("GET") == 404, id);
                BOOST_TEST(status("DELETE") == 404, id);
                BOOST_TEST(scim.get(list("id eq \"" + id + "\"")).number("/totalResults") == 0, id);
            }
            BOOST_TEST(members(scim, red).size() == 1u);
            BOOST_TEST(pairs(scim.get(list("id eq \"" + red + "." + ada + "\""))) == red + ">" + ada);
        });
}

BOOST_AUTO_TEST_CASE(dots_and_marks_within_ids_are_told_from_the_dot_between_them)
{
    ServiceFixture const scim{{.registry = with_memberships()}};
    auto const& registry = scim.service.registry();
    auto const put = [&](char const* type, std::string const& id, json::object attributes) {
        scim.store_directly({.type = registry.find_resource_type(type), .id = id, .attributes = std::move(attributes)});
    };
    put("User", "a.b", {{"userName", "one"}});
    put("User", "b", {{"userName", "two"}});
    for (char const* id : {"g", "g.a", "g~", "~.", "..", "g.a~.b"})
    {
        put("Group", id, {{"displayName", id}});
        for (std::string const member : {"a.b", "b"})
        {
            Reply const made = scim.post("/GroupMemberships", membership(id, member));
            BOOST_TEST(made.status == 201, id);
            auto const location = made.header("Location");
            Reply const read = scim.send_raw("GET", location.substr(std::string_view{"https://example.com"}.size()));
            BOOST_TEST(read.text("/group/value") == id);
            BOOST_TEST(read.text("/member/value") == member);
        }
    }
    BOOST_TEST(scim.get("/GroupMemberships").number("/totalResults") == 12);
}

BOOST_AUTO_TEST_CASE(nothing_of_a_membership_can_be_changed_and_it_has_no_times)
{
    on_every_store(
        [](ServiceFixture const& scim, NamedStore const&)
        {
            auto const ada = scim.create("/Users", user("ada"));
            auto const red = scim.create("/Groups", group("Red", {ada}));
            auto const at = "/GroupMemberships/" + red + "." + ada;
            Reply const put = scim.put(at, membership(red, ada));
            BOOST_TEST(put.status == 405);
            BOOST_TEST(put.header("Allow") == "GET, HEAD, DELETE, OPTIONS");
            BOOST_TEST(scim.patch(at, patch_op("replace", "member.value", "x")).status == 405);
            BOOST_TEST(scim.send("OPTIONS", at).header("Allow") == "GET, HEAD, DELETE, OPTIONS");
            BOOST_TEST(outcome(scim.get(list("meta.created gt \"2020-01-01T00:00:00Z\""))) == "400 invalidFilter");
            BOOST_TEST(outcome(scim.get(list("not (meta.lastModified pr)"))) == "400 invalidFilter");
            BOOST_TEST(outcome(scim.get("/GroupMemberships?sortBy=meta.created")) == "400 invalidValue");
            BOOST_TEST(statuses(scim.post("/Bulk", bulk({bulk_on("PUT", at, membership(red, ada)),
                                                         bulk_on("PATCH", at, patch_op("remove", "member"))}))) ==
                       "405 405");
        });
}

BOOST_AUTO_TEST_CASE(preconditions_and_dry_runs_hold)
{
    on_every_store(
        [](ServiceFixture const& scim, NamedStore const& store)
        {
            auto const ada = scim.create("/Users", user("ada"));
            auto const red = scim.create("/Groups", group("Red", {ada}));
            auto const at = "/GroupMemberships/" + red + "." + ada;
            BOOST_TEST(scim.del(at, {{"If-Match", "W/\"77\""}}).status == 412);
            BOOST_TEST(members(scim, red).size() == 1u);
            if (store.atomic)
            {
                BOOST_TEST(scim.del(at, {{"SCIM-Dry-Run", "true"}}).status == 204);
                BOOST_TEST(members(scim, red).size() == 1u);
            }
            auto const tag = std::string{scim.get(at).header("ETag")};
            BOOST_TEST(scim.del(at, {{"If-Match", tag}}).status == 204);
            if (store.atomic)
            {
                BOOST_TEST(scim.post("/GroupMemberships", membership(red, ada), {{"SCIM-Dry-Run", "true"}}).status ==
                           201);
                BOOST_TEST(members(scim, red).empty());
            }
        },
        {.dry_run_header = true});
}

BOOST_AUTO_TEST_CASE(a_claim_that_contradicts_is_computed_anew_or_refused)
{
    for (bool const strict : {false, true})
    {
        ServiceOptions options{.registry = with_memberships()};
        if (strict)
            options.tolerance = Tolerance::strict();
        ServiceFixture const scim{std::move(options)};
        auto const ada = scim.create("/Users", user("ada"));
        auto const red = scim.create("/Groups", group("Red"));
        Reply const reply = scim.post("/GroupMemberships", membership(red, ada, {{"type", "Group"}}));
        BOOST_TEST(outcome(reply) == (strict ? "400 invalidValue" : "201"));
        if (!strict)
            BOOST_TEST(reply.text("/member/type") == "User");
    }
}

BOOST_AUTO_TEST_CASE(delta_queries_are_announced_for_what_has_them)
{
    for (bool const later :
         {false, true}) // a service that answers later has types of its own behind those of the registry
    {
        ServiceOptions options{.registry = with_memberships(), .delta_query = true};
        options.store = default_store()();
        if (later)
            options.async_requests = AsyncRequests::create({.store = options.store}).value();
        ServiceFixture const scim{std::move(options)};
        Reply const config = scim.get("/ServiceProviderConfig");
        auto const* const supported = config.find("/DeltaQuery/supportedResources");
        BOOST_REQUIRE(supported != nullptr);
        for (json::value const& each : supported->as_array())
        {
            std::string const name{each.as_string()};
            auto const endpoint = name == "ServerRoot" ? "" : scim.get("/ResourceTypes/" + name).text("/endpoint");
            BOOST_TEST(scim.get(endpoint + "/.deltaToken").status == 200, name);
        }
        BOOST_TEST(supported->as_array().size() == 3U, "all, users and groups");
        BOOST_TEST(scim.get("/GroupMemberships/.deltaToken").status == 404);
    }
}

BOOST_AUTO_TEST_SUITE_END()
