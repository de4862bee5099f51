// Memberships and the rest of the house: Bulk, the observer, the authoriser, the root, the change log, other packs.
#include <scimkit/service/committed_change.hpp>

#include "group_memberships.hpp"
#include "support/commits.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <limits>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(group_memberships)

BOOST_AUTO_TEST_CASE(a_bulk_makes_groups_users_and_memberships_of_them_in_any_order)
{
    on_every_store(
        [](ServiceFixture const& scim, NamedStore const&)
        {
            Reply const made =
                scim.post("/Bulk", bulk({bulk_post("/GroupMemberships", "m1", membership("bulkId:g", "bulkId:u")),
                                         bulk_post("/Users", "u", user("ada")), bulk_post("/Groups", "g", group("Red")),
                                         bulk_post("/GroupMemberships", "m2", membership("bulkId:g", "bulkId:v")),
                                         bulk_post("/Users", "v", user("bob"))}));
            BOOST_TEST(statuses(made) == "201 201 201 201 201");
            auto const red = made_id(made, 2);
            BOOST_TEST(made_id(made, 0) == red + "." + made_id(made, 1));
            BOOST_TEST((members(scim, red) == std::set{made_id(made, 1), made_id(made, 4)}));

            Reply const changed =
                scim.post("/Bulk", bulk({bulk_on("DELETE", "/GroupMemberships/" + made_id(made, 0)),
                                         bulk_post("/GroupMemberships", "a", membership(red, made_id(made, 4))),
                                         bulk_post("/GroupMemberships", "b", membership(red, made_id(made, 1))),
                                         bulk_post("/GroupMemberships", "c", membership(red, made_id(made, 1))),
                                         bulk_on("DELETE", "/GroupMemberships/bulkId:b")}));
            BOOST_TEST(statuses(changed) == "204 409 201 409 400");
            BOOST_TEST((members(scim, red) == std::set{made_id(made, 1), made_id(made, 4)}));
        });
}

BOOST_AUTO_TEST_CASE(ten_thousand_memberships_are_one_commit)
{
    auto const counted = std::make_shared<Commits>(memory::make_store());
    ServiceOptions options{.store = counted, .registry = with_memberships()};
    options.limits.max_bulk_time_as_writer = std::chrono::hours{1};
    options.limits.max_bulk_work_as_writer = std::numeric_limits<std::uint64_t>::max();
    options.limits.max_bulk_operations = 10'000;
    options.limits.max_body_bytes = options.limits.max_bulk_bytes = 8u << 20;
    ServiceFixture const scim{options};
    std::vector<std::string> ids;
    for (int i = 0; i < 200; ++i)
        ids.push_back(i < 100 ? scim.create("/Users", user("u" + std::to_string(i)))
                              : scim.create("/Groups", group("g" + std::to_string(i))));
    json::array operations;
    for (std::size_t i = 0; i < 10'000; ++i)
        operations.push_back(
            bulk_post("/GroupMemberships", std::to_string(i), membership(ids[100 + i / 100], ids[i % 100])));
    counted->count = 0;
    std::string const body = json::serialize(bulk(std::move(operations)));
    Request request{.method = "POST", .target = "/v2/Bulk", .body = body};
    request.headers.push_back({"Content-Type", "application/scim+json"});
    Response const made = scim.service.handle(request); // longer than what a test parses
    BOOST_TEST(made.status == 200, made.body.substr(0, 500));
    BOOST_TEST(counted->count == 1);
    BOOST_TEST(scim.get("/GroupMemberships?count=0").number("/totalResults") == 10'000);
}

BOOST_AUTO_TEST_CASE(a_bulk_of_a_membership_whose_group_or_member_fails_makes_none)
{
    on_every_store(
        [](ServiceFixture const& scim, NamedStore const& store)
        {
            auto const ada = scim.create("/Users", user("ada"));
            Reply const failed =
                scim.post("/Bulk", bulk({bulk_post("/GroupMemberships", "m1", membership("bulkId:g", ada)),
                                         bulk_post("/Groups", "g", json::object{{"schemas", json::array{urn::group}}}),
                                         bulk_post("/GroupMemberships", "m2", membership("bulkId:none", ada))}));
            BOOST_TEST(statuses(failed) == "409 400 400");
            BOOST_TEST(scim.get("/GroupMemberships").number("/totalResults") == 0);
            if (!store.atomic)
                return;
            auto const red = scim.create("/Groups", group("Red"));
            Reply const atomic = scim.post("/Bulk",
                                           bulk({bulk_post("/GroupMemberships", "m1", membership(red, ada)),
                                                 bulk_post("/GroupMemberships", "m2", membership(red, "nobody"))}),
                                           {{"SCIM-Bulk-Atomic", "true"}});
            BOOST_TEST(atomic.status == 400);
            BOOST_TEST(members(scim, red).empty());
        });
}

BOOST_AUTO_TEST_CASE(the_observer_is_told_of_the_group)
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            std::vector<std::string> told;
            ServiceFixture const scim{
                {.store = store.make(),
                 .registry = with_memberships(),
                 .observer = [&](CommittedChange const& change)
                 {
                     std::string text =
                         change.type.name() + (change.operation == Access::Operation::patch ? " patch" : "");
                     for (ElementsChanged const& each : change.elements)
                     {
                         for (auto const& came : each.came)
                             text += " +" + came;
                         for (auto const& went : each.went)
                             text += " -" + went;
                     }
                     bool const moved =
                         change.before && change.after && change.after->last_modified > change.before->last_modified;
                     told.push_back(text + (moved ? " moved" : ""));
                 }}};
            auto const ada = scim.create("/Users", user("ada"));
            auto const red = scim.create("/Groups", group("Red"));
            told.clear();
            BOOST_TEST(scim.post("/GroupMemberships", membership(red, ada)).status == 201);
            BOOST_TEST(scim.post("/GroupMemberships", membership(red, ada)).status == 409);
            BOOST_TEST(scim.del(one_of(red, ada)).status == 204);
            BOOST_TEST(statuses(scim.post("/Bulk",
                                          bulk({bulk_post("/GroupMemberships", "m", membership(red, ada))}))) == "201");
            BOOST_TEST(
                (told == std::vector<std::string>{"Group patch +" + ada + " moved", "Group patch -" + ada + " moved",
                                                  "Group patch +" + ada + " moved"}));
        }
}

BOOST_AUTO_TEST_CASE(whoever_may_not_change_the_group_may_not_change_its_memberships)
{
    struct Gate : Authoriser
    {
        std::function<bool(Access const&)> allows;
        result<void> authorise(Principal const&, Access const& access) override
        {
            return allows(access) ? result<void>{} : Error{ErrorCode::forbidden, "Not you."};
        }
    };
    using Operation = Access::Operation;
    auto const gate = std::make_shared<Gate>();
    gate->allows = [](Access const&) { return true; };
    ServiceFixture const scim{{.registry = with_memberships(), .authoriser = gate}};
    auto const ada = scim.create("/Users", user("ada"));
    auto const bob = scim.create("/Users", user("bob"));
    auto const red = scim.create("/Groups", group("Red", {ada}));
    auto const blue = scim.create("/Groups", group("Blue", {ada}));
    auto const all = [&](std::string const& id)
    {
        std::string text;
        for (int const status : {scim.post("/GroupMemberships", membership(id, bob)).status,
                                 scim.get(one_of(id, ada)).status, scim.del(one_of(id, bob)).status,
                                 scim.get("/GroupMemberships?filter=group.value eq \"" + id + "\"").status})
            text += std::to_string(status) + " ";
        return text + statuses(scim.post("/Bulk", bulk({bulk_post("/GroupMemberships", "m", membership(id, bob)),
                                                        bulk_on("DELETE", one_of(id, bob))})));
    };
    BOOST_TEST(all(red) == "201 200 204 200 201 204");
    gate->allows = [&](Access const& access) { return access.operation != Operation::patch || access.id != red; };
    BOOST_TEST(all(red) == "403 200 403 200 403 403");
    BOOST_TEST(all(blue) == "201 200 204 200 201 204");
    gate->allows = [&](Access const& access) { return !access.type || access.type->name() != "Group"; };
    BOOST_TEST(all(red) == "403 403 403 403 403 403");
    gate->allows = [&](Access const& access) { return !access.type || access.type->name() == "Group"; };
    BOOST_TEST(all(red) == "201 200 204 200 201 204"); // and of nothing else
}

BOOST_AUTO_TEST_CASE(the_root_and_the_change_log_have_groups_instead)
{
    ServiceFixture const scim{{.registry = with_memberships(), .delta_query = true}};
    auto const ada = scim.create("/Users", user("ada"));
    scim.create("/Groups", group("Red", {ada}));
    BOOST_TEST(scim.get("/").number("/totalResults") == 2);
    BOOST_TEST(scim.get("/GroupMemberships/.deltaToken").status == 404);
    BOOST_TEST(scim.post("/GroupMemberships/.delta", json::object{}).status == 405);
    BOOST_TEST(scim.get("/.deltaToken").status == 200);
}

BOOST_AUTO_TEST_CASE(where_groups_are_only_read_memberships_are_too)
{
    SchemaRegistry::Builder builder;
    for (Schema const& each : rfc7643_schemas())
        if (each.id == urn::user || each.id == urn::enterprise_user || each.id == urn::group)
            builder.add(each);
    for (ResourceTypeDefinition type : rfc7643_resource_types())
    {
        type.read_only = type.name == "Group";
        builder.add(std::move(type));
    }
    ServiceFixture const scim{{.registry = builder.add_pack("group-membership-01").build().value()}};
    auto const ada = scim.create("/Users", user("ada"));
    scim.store_directly({.type = scim.service.registry().find_resource_type("Group"),
                         .id = "g",
                         .attributes = {{"displayName", "G"}, {"members", {{{"value", ada}, {"type", "User"}}}}}});
    BOOST_TEST(scim.get("/GroupMemberships").number("/totalResults") == 1);
    BOOST_TEST(scim.post("/GroupMemberships", membership("g", ada)).status == 405);
    BOOST_TEST(scim.del("/GroupMemberships/g." + ada).status == 405);
    BOOST_TEST(statuses(scim.post("/Bulk", bulk({bulk_post("/GroupMemberships", "m", membership("g", ada)),
                                                 bulk_on("DELETE", "/GroupMemberships/g." + ada)}))) == "405 405");
    BOOST_TEST(scim.get("/GroupMemberships").number("/totalResults") == 1);
}

BOOST_AUTO_TEST_CASE(members_of_the_types_of_other_packs_are_members_here_too)
{
    ServiceFixture const scim{{.registry = with_memberships("devices-rfc9944")}};
    auto const device =
        scim.create("/Devices", json::object{{"schemas", json::array{"urn:ietf:params:scim:schemas:core:2.0:Device"}},
                                             {"active", true}});
    auto const red = scim.create("/Groups", group("Red"));
    Reply const made = scim.post("/GroupMemberships", membership(red, device));
    BOOST_TEST(made.text("/member/type") == "Device");
    BOOST_TEST(made.text("/member/$ref") == "https://example.com/v2/Devices/" + device);
    BOOST_TEST(scim.get("/GroupMemberships/" + made.id()).text("/member/type") == "Device");
}

BOOST_AUTO_TEST_SUITE_END()
