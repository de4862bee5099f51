// The packs of schemas, each as a story that is told to every store.
#include <scimkit/schema/packs.hpp>
#include <scimkit/tolerance/profile.hpp>

#include "support/all_stores.hpp"
#include "support/bulk.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(packs)

namespace
{

std::string const core = "urn:ietf:params:scim:schemas:core:2.0:";
std::string const extension = "urn:ietf:params:scim:schemas:extension:";
std::string const ble = extension + "ble:2.0:Device";
std::string const dpp = extension + "dpp:2.0:Device";
std::string const apps = extension + "endpointAppsExt:2.0:Device";

std::shared_ptr<SchemaRegistry const> with(std::string_view pack, PackUse use = PackUse::serve)
{
    return SchemaRegistry::Builder{}.add_rfc7643().add_pack(pack, use).build().value();
}

void on_every_store(std::string_view pack, std::function<void(ServiceFixture const&)> const& test)
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
    test(ServiceFixture{{.store = store.make(), .registry = with(pack)}});
}

json::object resource(std::string const& schema, json::object members)
{
    members["schemas"] = json::array{json::string{core + schema}};
    return members;
}

json::object device(json::object more = {})
{
    auto body = resource("Device", {{"active", true}});
    for (auto& [key, value] : more)
    {
        if (key.starts_with("urn:"))
            body["schemas"].as_array().emplace_back(key);
        body[key] = value;
    }
    return body;
}

} // namespace

BOOST_AUTO_TEST_CASE(each_pack_builds_alone_with_the_others_and_under_every_profile)
{
    SchemaRegistry::Builder all;
    all.add_rfc7643();
    for (SchemaPack const& pack : schema_packs())
    {
        BOOST_TEST((pack.about.size() > 20 && pack.about.ends_with('.')), pack.name);
        BOOST_TEST(!!SchemaRegistry::Builder{}.add_rfc7643().add_pack(pack.name).build(), pack.name);
        BOOST_TEST(!!SchemaRegistry::Builder{}.add_rfc7643().add_pack(pack.name, PackUse::maintain).build(), pack.name);
        all.add_pack(pack.name);
    }
    auto const registry = all.build().value();
    for (auto const& profile : profiles())
    {
        auto const adapted = registry_for(*profile, registry);
        BOOST_REQUIRE_MESSAGE(!!adapted || profile->name == "ipsie-al2", profile->name);
        if (adapted)
            ServiceFixture const scim{{.registry = *adapted, .profile = profile}};
        else // two extensions of devices are about secrets that are required
            BOOST_TEST(adapted.error().detail.find("is required") != std::string::npos, adapted.error().detail);
    }
}

BOOST_AUTO_TEST_CASE(no_pack_is_there_unless_it_is_asked_for_and_a_wrong_name_is_told)
{
    ServiceFixture const scim;
    for (auto const* endpoint :
         {"/Devices", "/EndpointApps", "/Roles", "/Entitlements", "/Agents", "/GroupMemberships"})
        BOOST_TEST(scim.get(endpoint).status == 404, endpoint);
    Reply const configuration = scim.get("/ServiceProviderConfig");
    BOOST_TEST(!configuration.has("/RolesAndEntitlements"));
    BOOST_TEST(!configuration.has("/agentExtension"));
    auto const wrong = SchemaRegistry::Builder{}.add_rfc7643().add_pack("devices").build();
    BOOST_REQUIRE(!wrong);
    BOOST_TEST(wrong.error().detail == "There is no schema pack \"devices\".");
    auto const members = scim.get("/Schemas/" + std::string{urn::group}).response.body;
    BOOST_TEST(members.find("Device") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_device_is_onboarded_controlled_grouped_and_removed,
                     *boost::unit_test::label("9944-2.1-a") * boost::unit_test::label("9944-3.1-c") *
                         boost::unit_test::label("9944-4-a") * boost::unit_test::label("9944-4-b") *
                         boost::unit_test::label("9944-6.2-a") * boost::unit_test::label("9944-7-c") *
                         boost::unit_test::label("9944-7.1-f") * boost::unit_test::label("9944-7.6-c"))
{
    on_every_store(
        "devices-rfc9944",
        [](ServiceFixture const& scim)
        {
            auto const app = scim.create("/EndpointApps", resource("EndpointApp", {{"applicationType", "deviceControl"},
                                                                                   {"applicationName", "Lights"}}));
            BOOST_TEST(outcome(scim.patch("/EndpointApps/" + app,
                                          patch_op("replace", "applicationType", "telemetry"))) == "400 mutability");
            BOOST_TEST(outcome(scim.post("/EndpointApps", resource("EndpointApp", {{"applicationName", "x"}}))) ==
                       "400 invalidValue");

            json::object const onboarding{
                {"displayName", "Lamp"},
                {ble, json::object{{"versionSupport", json::array{"5.4"}},
                                   {"deviceMacAddress", "2C:54:91:88:C9:E2"},
                                   {"irk", "5F2A"},
                                   {"pairingMethods", json::array{extension + "pairingNull:2.0:Device"}}}},
                {apps, json::object{{"applications", json::array{json::object{{"value", app}}}}}}};
            Reply const made = scim.post("/Devices", device(onboarding));
            BOOST_TEST(made.status == 201);
            BOOST_TEST(made.text("/meta/resourceType") == "Device");
            BOOST_TEST(made.text("/" + apps + "/applications/0/$ref") == "https://example.com/v2/EndpointApps/" + app);
            // A key is not returned, and kept as it was sent, since whoever talks to the device needs it.
            BOOST_TEST(!made.has("/" + ble + "/irk"));
            auto const path = "/Devices/" + made.id();
            BOOST_TEST(scim.stored("Device", made.id())->attributes.at(ble).at("irk") == "5F2A");
            BOOST_TEST(!scim.get(path + "?attributes=" + ble + ":irk").has("/" + ble + "/irk"));

            BOOST_TEST(scim.get("/Devices?filter=" + ble + ":deviceMacAddress eq \"2c:54:91:88:c9:e2\"")
                           .number("/totalResults") == 1);
            BOOST_TEST(scim.patch(path, patch_op("replace", "active", false)).status == 200);
            BOOST_TEST(scim.get(path).status == 200); // inactive is not gone

            auto const group_path = "/Groups/" + scim.create("/Groups", group("Lamps", {made.id(), app}));
            Reply const lamps = scim.get(group_path);
            BOOST_TEST(lamps.text("/members/0/type") == "EndpointApp"); // in the order of their ids
            BOOST_TEST(lamps.text("/members/1/type") == "Device");
            BOOST_TEST(lamps.text("/members/1/$ref") == "https://example.com/v2/Devices/" + made.id());
            BOOST_TEST(scim.get(path).text("/groups/0/display") == "Lamps");
            BOOST_TEST(scim.del(path).status == 204);
            BOOST_TEST(scim.get(group_path).size("/members") == 1);
        });
}

BOOST_AUTO_TEST_CASE(what_an_extension_of_devices_requires_is_required,
                     *boost::unit_test::label("9944-2-b") * boost::unit_test::label("9944-3.1-b") *
                         boost::unit_test::label("9944-7-a") * boost::unit_test::label("9944-7.1-a") *
                         boost::unit_test::label("9944-7.2-a") * boost::unit_test::label("9944-7.2-b") *
                         boost::unit_test::label("9944-7.3-a") * boost::unit_test::label("9944-7.4-a") *
                         boost::unit_test::label("9944-7.5-a"))
{
    ServiceFixture const scim{{.registry = with("devices-rfc9944")}};
    BOOST_TEST(scim.post("/Devices", device()).status == 201);
    BOOST_TEST(outcome(scim.post("/Devices", resource("Device", {}))) == "400 invalidValue"); // active
    for (auto const& [uri, members] : std::vector<std::pair<std::string, json::object>>{
             {ble, {{"deviceMacAddress", "2C:54:91:88:C9:E2"}}},
             {dpp, {{"dppVersion", 2}}},
             {extension + "ethernet-mab:2.0:Device", {{"x", 1}}},
             {extension + "fido-device-onboard:2.0:Device", {{"x", 1}}},
             {extension + "zigbee:2.0:Device", {{"versionSupport", json::array{"3.0"}}}}})
        BOOST_TEST(outcome(scim.post("/Devices", device({{uri, members}}))) == "400 invalidValue", uri);
    auto const good = device({{dpp, json::object{{"dppVersion", 2}, {"bootstrapKey", "MDkw"}}}});
    Reply const made = scim.post("/Devices", good);
    BOOST_TEST(made.status == 201);
    BOOST_TEST(!made.has("/" + dpp + "/bootstrapKey"));
    auto foreign = user("ada", {{ble, json::object{{"mobility", true}}}});
    foreign["schemas"].as_array().emplace_back(ble);
    BOOST_TEST(!scim.get("/Users/" + scim.create("/Users", foreign)).has("/" + ble)); // no extension of users
    ServiceFixture const strict{{.registry = with("devices-rfc9944"), .tolerance = Tolerance::strict()}};
    BOOST_TEST(strict.post("/Users", foreign).status == 400);
}

BOOST_AUTO_TEST_CASE(catalogues_of_roles_are_read_by_clients_and_written_by_whoever_keeps_them)
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            auto const shared = store.make();
            ServiceFixture const keeper{
                {.store = shared, .registry = with("roles-entitlements-01", PackUse::maintain)}};
            ServiceFixture const scim{{.store = shared, .registry = with("roles-entitlements-01")}};
            auto const lead = resource("Role", {{"value", "global_lead"}, {"display", "Lead"}, {"supported", true}});
            BOOST_TEST(outcome(keeper.post("/Roles", resource("Role", {{"value", "x"}}))) == "400 invalidValue");
            auto const id = keeper.create("/Roles", lead);

            BOOST_TEST(scim.get("/Roles").number("/totalResults") == 1);
            BOOST_TEST(scim.get("/Roles/" + id).text("/display") == "Lead");
            BOOST_TEST(
                scim.get("/Roles?filter=value eq \"global_lead\" and supported eq true").number("/totalResults") == 1);
            BOOST_TEST(scim.get("/Entitlements").number("/totalResults") == 0);
            for (auto const& [method, target] : {std::pair{"POST", std::string{"/Roles"}},
                                                 {"PUT", "/Roles/" + id},
                                                 {"PATCH", "/Roles/" + id},
                                                 {"DELETE", "/Roles/" + id}})
            {
                Reply const refused = scim.send(method, target, ServiceFixture::text_of(lead));
                BOOST_TEST(refused.status == 405, method);
                BOOST_TEST(refused.header("Allow") == "GET, HEAD, OPTIONS", method);
            }
            auto const in_bulk =
                scim.post("/Bulk", bulk({bulk_post("/Roles", "r", lead), bulk_on("DELETE", "/Roles/" + id)}));
            BOOST_TEST(statuses(in_bulk) == "405 405");
            BOOST_TEST(scim.get("/Roles").number("/totalResults") == 1);
            BOOST_TEST(
                scim.post("/Roles/.search",
                          json::object{{"schemas", json::array{"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}}})
                    .number("/totalResults") == 1);
        }
}

BOOST_AUTO_TEST_CASE(no_way_to_oneself_writes_a_catalogue)
{
    ServiceOptions options{.registry = with("roles-entitlements-01")};
    options.me = [](Principal const&, std::string_view) -> result<std::optional<OwnResource>>
    { return std::optional{OwnResource{.type = "Role", .id = "r"}}; };
    ServiceFixture const scim{std::move(options)};
    BOOST_TEST(scim.del("/Me").status == 405);
    BOOST_TEST(scim.patch("/Me", patch_op("replace", "display", "x")).status == 405);
    BOOST_TEST(scim.get("/Me").status == 403);
}

BOOST_AUTO_TEST_CASE(what_users_can_be_given_is_announced_as_it_is)
{
    ServiceFixture const scim{{.registry = with("roles-entitlements-01")}};
    Reply const configuration = scim.get("/ServiceProviderConfig");
    for (auto const* flag :
         {"roles/supported", "roles/multipleRolesSupported", "roles/primarySupported", "roles/typeSupported",
          "entitlements/supported", "entitlements/multipleEntitlementsSupported"})
        BOOST_TEST(configuration.find(std::string{"/RolesAndEntitlements/"} + flag)->as_bool(), flag);
    BOOST_TEST(!configuration.has("/RolesAndEntitlements/roles/types"));
    auto const schema = scim.get("/Schemas/" + std::string{urn::service_provider_config}).response.body;
    BOOST_TEST(schema.find("multipleEntitlementsSupported") != std::string::npos);
    auto const fewer = SchemaRegistry::Builder{}
                           .add_rfc7643()
                           .add_pack("roles-entitlements-01")
                           .leave_out("User", {"roles.primary", "roles.type"})
                           .suggest_values(urn::user, "entitlements.type", {"License"})
                           .build()
                           .value();
    Reply const told = ServiceFixture{{.registry = fewer}}.get("/ServiceProviderConfig");
    BOOST_TEST(!told.find("/RolesAndEntitlements/roles/primarySupported")->as_bool());
    BOOST_TEST(!told.find("/RolesAndEntitlements/roles/typeSupported")->as_bool());
    BOOST_TEST(told.text("/RolesAndEntitlements/entitlements/types/0") == "License");
}

BOOST_AUTO_TEST_CASE(an_agent_is_made_owned_grouped_switched_off_and_removed)
{
    on_every_store(
        "agents-abbey-00",
        [](ServiceFixture const& scim)
        {
            BOOST_TEST(scim.get("/ServiceProviderConfig").find("/agentExtension/agentsSupported")->as_bool());
            auto const owner = scim.create("/Users", user("ada"));
            auto const app = scim.create("/AgenticApplications", resource("AgenticApplication", {{"name", "Portal"}}));
            auto const body = resource(
                "Agent", {{"name", "Helpdesk"},
                          {"active", true},
                          {"subject", "sub-1"},
                          {"owners", json::array{json::object{{"value", owner}}}},
                          {"applications", json::array{json::object{{"value", app}}}},
                          {"protocols", json::array{json::object{{"type", "A2A"},
                                                                 {"specificationUrl", "https://example.com/card"}}}}});
            Reply const made = scim.post("/Agents", body);
            BOOST_REQUIRE(made.status == 201);
            BOOST_TEST(made.text("/owners/0/$ref") == "https://example.com/v2/Users/" + owner);
            BOOST_TEST(made.text("/applications/0/$ref") == "https://example.com/v2/AgenticApplications/" + app);
            BOOST_TEST(outcome(scim.post("/Agents", resource("Agent", {{"name", "HELPDESK"}}))) == "409 uniqueness");
            BOOST_TEST(outcome(scim.post("/Agents", resource("Agent", {{"active", true}}))) == "400 invalidValue");
            BOOST_TEST(scim.get("/Agents?filter=name eq \"helpdesk\"").number("/totalResults") == 1);
            auto const team = "/Groups/" + scim.create("/Groups", group("Bots", {made.id()}));
            BOOST_TEST(scim.get(team).text("/members/0/type") == "Agent");
            auto const path = "/Agents/" + made.id();
            BOOST_TEST(scim.get(path).text("/groups/0/display") == "Bots");
            BOOST_TEST(scim.patch(path, patch_op("replace", "active", false)).status == 200);
            BOOST_TEST(!scim.get(path).find("/active")->as_bool());
            BOOST_TEST(scim.del(path).status == 204);
            BOOST_TEST(!scim.get(team).has("/members"));
        });
}

BOOST_AUTO_TEST_SUITE_END()
