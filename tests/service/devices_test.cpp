// The pack of devices beside the tables of RFC 9944: what is published, and what each attribute does with what it gets.
#include <scimkit/schema/packs.hpp>

#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

namespace
{

std::string const core = "urn:ietf:params:scim:schemas:core:2.0:";
std::string const extension = "urn:ietf:params:scim:schemas:extension:";
std::string const ble = extension + "ble:2.0:Device";
std::string const apps = extension + "endpointAppsExt:2.0:Device";

std::shared_ptr<SchemaRegistry const> registry()
{
    return SchemaRegistry::Builder{}.add_rfc7643().add_pack("devices-rfc9944").build().value();
}

struct Fixture
{
    ServiceFixture scim{{.registry = registry()}};
};

json::object resource(std::vector<std::string> const& schemas, json::object members)
{
    json::array uris;
    for (std::string const& uri : schemas)
        uris.emplace_back(uri);
    members["schemas"] = std::move(uris);
    return members;
}

json::object device(json::object more = {})
{
    more["active"] = true;
    return resource({core + "Device"}, std::move(more));
}

json::object app(json::object more = {})
{
    more["applicationType"] = "telemetry";
    more["applicationName"] = "Meter";
    return resource({core + "EndpointApp"}, std::move(more));
}

/// "string required exact readWrite default none" and the like, of each attribute of a published schema.
std::map<std::string, std::string> characteristics(json::value const& attributes, std::string const& before = {})
{
    std::map<std::string, std::string> all;
    for (json::value const& each : attributes.as_array())
    {
        auto const& attribute = each.as_object();
        auto const text = [&](std::string_view name)
        {
            auto const* const value = attribute.if_contains(name);
            return value && value->is_string() ? " " + std::string{value->get_string()} : std::string{};
        };
        auto const flag = [&](std::string_view name, std::string_view said)
        {
            auto const* const value = attribute.if_contains(name);
            return value && *value == true ? " " + std::string{said} : std::string{};
        };
        auto const path = before + std::string{attribute.at("name").as_string()};
        all[path] = text("type").substr(1) + flag("multiValued", "many") + flag("required", "required") +
                    flag("caseExact", "exact") + text("mutability") + text("returned") + text("uniqueness");
        if (auto const* const subs = attribute.if_contains("subAttributes"))
            all.merge(characteristics(*subs, path + "."));
    }
    return all;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(devices, Fixture)

BOOST_AUTO_TEST_CASE(resource_types_and_schemas_are_published_under_the_names_of_the_rfc,
                     *label("9944-2-a") * label("9944-5-a") * label("9944-7-b") * label("9944-9-a"))
{
    BOOST_TEST(scim.get("/ResourceTypes/Device").text("/endpoint") == "/Devices");
    BOOST_TEST(scim.get("/ResourceTypes/Device").text("/schema") == core + "Device");
    BOOST_TEST(scim.get("/ResourceTypes/EndpointApp").text("/endpoint") == "/EndpointApps");
    BOOST_TEST(scim.get("/ResourceTypes/EndpointApp").text("/schema") == core + "EndpointApp");
    for (std::string const& uri : {core + "Device", core + "EndpointApp", ble, extension + "dpp:2.0:Device",
                                   extension + "ethernet-mab:2.0:Device", extension + "fido-device-onboard:2.0:Device",
                                   extension + "zigbee:2.0:Device", apps})
        BOOST_TEST(scim.get("/Schemas/" + uri).status == 200, uri);
    Reply const type = scim.get("/ResourceTypes/Device");
    for (json::value const& each : type.body.at("schemaExtensions").as_array())
        BOOST_TEST(each.at("required") == false);
}

BOOST_AUTO_TEST_CASE(attributes_have_the_characteristics_of_the_tables,
                     *label("9944-3.1-a") * label("9944-3.1-b") * label("9944-3.1-d") * label("9944-3.1-e") *
                         label("9944-6.2-a") * label("9944-6.2-b") * label("9944-6.2-c") * label("9944-6.2-d") *
                         label("9944-6.3.1-a") * label("9944-7.1-b") * label("9944-7.1-c") * label("9944-7.1-d") *
                         label("9944-7.1-g") * label("9944-7.1-h") * label("9944-7.2-c") * label("9944-7.4-a") *
                         label("9944-7.5-a") * label("9944-7.6-a") * label("9944-7.6-d") * label("9944-7.6-e"))
{
    std::map<std::string, std::string> const in_groups{{"groups", "complex many readOnly default"},
                                                       {"groups.value", "string exact readOnly default none"},
                                                       {"groups.$ref", "reference exact readOnly default none"},
                                                       {"groups.display", "string readOnly default none"},
                                                       {"groups.type", "string readOnly default none"}};
    std::map<std::string, std::map<std::string, std::string>> expected{
        {core + "Device", // section 3.1, table 1
         {{"displayName", "string readWrite default none"},
          {"active", "boolean required readWrite default"},
          {"mudUrl", "reference exact readWrite default none"}}},
        {core + "EndpointApp", // sections 6.2 and 6.3.1, table 2
         {{"applicationType", "string required immutable default none"},
          {"applicationName", "string required readWrite default none"},
          {"clientToken", "string exact readOnly default none"},
          {"certificateInfo", "complex readWrite default"},
          {"certificateInfo.rootCA", "string exact readWrite default none"},
          {"certificateInfo.subjectName", "string required exact readWrite default none"}}},
        {ble, // section 7.1, table 3; what is writeOnly there is readWrite here, and never returned
         {{"versionSupport", "string many required readWrite default none"},
          {"deviceMacAddress", "string required readWrite default none"},
          {"isRandom", "boolean readWrite default"},
          {"separateBroadcastAddress", "string many readWrite default none"},
          {"irk", "string readWrite never none"},
          {"mobility", "boolean readWrite default"},
          {"pairingMethods", "string many required exact readWrite default none"}}},
        {extension + "dpp:2.0:Device", // section 7.2, table 4
         {{"dppVersion", "integer required readWrite default none"},
          {"bootstrapKey", "string required exact readWrite never none"},
          {"deviceMacAddress", "string readWrite default none"},
          {"serialNumber", "string readWrite default none"},
          {"bootstrappingMethod", "string many readWrite default none"},
          {"classChannel", "string many readWrite default none"}}},
        {extension + "ethernet-mab:2.0:Device", // section 7.3, table 5
         {{"deviceMacAddress", "string required readWrite default none"}}},
        {extension + "fido-device-onboard:2.0:Device", // section 7.4, table 6
         {{"fdoVoucher", "string required readWrite never none"}}},
        {extension + "zigbee:2.0:Device", // section 7.5, table 7
         {{"versionSupport", "string many required readWrite default none"},
          {"deviceEui64Address", "string required readWrite default none"}}},
        {apps, // section 7.6, table 8; what is readOnly is the store's to give, and so not required
         {{"applications", "complex many required readWrite default"},
          {"applications.value", "string required exact readWrite default none"},
          {"applications.$ref", "reference exact readOnly default none"},
          {"deviceControlEnterpriseEndpoint", "reference exact readOnly default none"},
          {"telemetryEnterpriseEndpoint", "reference exact readOnly default none"}}}};
    for (std::string const& type : {core + "Device", core + "EndpointApp"})
        expected.at(type).insert(in_groups.begin(), in_groups.end());
    for (auto const& [uri, attributes] : expected)
    {
        auto const published = characteristics(scim.get("/Schemas/" + uri).body.at("attributes"));
        BOOST_TEST(published.size() == attributes.size(), uri);
        for (auto const& [name, said] : attributes)
            BOOST_TEST(published.at(name) == said, uri << " " << name << ": " << published.at(name));
    }
}

BOOST_AUTO_TEST_CASE(schemas_have_the_names_of_appendix_a, *label("9944-9-a"))
{
    for (auto const& [uri, name] : {std::pair{core + "Device", "Device"},
                                    {core + "EndpointApp", "EndpointApp"},
                                    {ble, "bleExtension"},
                                    {extension + "dpp:2.0:Device", "dppExtension"},
                                    {extension + "ethernet-mab:2.0:Device", "ethernetMabExtension"},
                                    {extension + "fido-device-onboard:2.0:Device", "FDOExtension"},
                                    {extension + "zigbee:2.0:Device", "zigbeeExtension"},
                                    {apps, "endpointAppsExt"}})
        BOOST_TEST(scim.get("/Schemas/" + uri).text("/name") == name);
}

BOOST_AUTO_TEST_CASE(an_application_controls_or_is_told_and_is_of_no_other_type, *label("9944-6.2-a"))
{
    for (auto const* type : {"deviceControl", "telemetry", "TELEMETRY"})
    {
        auto body = app();
        body["applicationType"] = type;
        BOOST_TEST(scim.post("/EndpointApps", body).status == 201, type);
    }
    auto other = app();
    other["applicationType"] = "billing";
    Reply const refused = scim.post("/EndpointApps", other);
    BOOST_TEST(refused.status == 400);
    BOOST_TEST(refused.scim_type() == "invalidValue");
}

BOOST_AUTO_TEST_CASE(what_is_the_servers_to_say_a_client_cannot_say, *label("9944-2.1-a") * label("9944-3.1-e") *
                                                                         label("9944-6.2-c") * label("9944-6.2-d") *
                                                                         label("9944-7.6-d") * label("9944-7.6-e"))
{
    json::array const groups{json::object{{"value", "g"}}};
    Reply const made = scim.post("/Devices", device({{"externalId", "x-1"}, {"groups", groups}}));
    BOOST_TEST(made.status == 201);
    BOOST_TEST(made.text("/externalId") == "x-1");
    BOOST_TEST(made.text("/meta/resourceType") == "Device");
    BOOST_TEST(!made.has("/groups"));
    BOOST_TEST(!made.has("/displayName")); // nobody needs to say it
    Reply const controller = scim.post("/EndpointApps", app({{"clientToken", "mine"}, {"groups", groups}}));
    BOOST_TEST(controller.status == 201);
    BOOST_TEST(!controller.has("/clientToken"));
    BOOST_TEST(!controller.has("/groups"));
    auto told = device({{apps, json::object{{"applications", json::array{json::object{{"value", controller.id()}}}},
                                            {"deviceControlEnterpriseEndpoint", "https://example.com/mine"},
                                            {"telemetryEnterpriseEndpoint", "mqtts://example.com/mine"}}}});
    told["schemas"].as_array().emplace_back(apps);
    Reply const ruled = scim.post("/Devices", told);
    BOOST_TEST(ruled.status == 201);
    BOOST_TEST(!ruled.has("/" + apps + "/deviceControlEnterpriseEndpoint"));
    BOOST_TEST(!ruled.has("/" + apps + "/telemetryEnterpriseEndpoint"));
}

BOOST_AUTO_TEST_CASE(certificates_of_applications_come_back_and_no_token_beside_them,
                     *label("9944-6.3.1-a") * label("9944-6.3.1-c") * label("9944-6.3.1-d") * label("9944-6.3.1-h"))
{
    for (json::object const& certificate : {json::object{{"rootCA", "MIIB"}, {"subjectName", "www.example.com"}},
                                            json::object{{"subjectName", "CN=EX1,O=Example,C=US"}}})
    {
        Reply const made = scim.post("/EndpointApps", app({{"certificateInfo", certificate}}));
        BOOST_TEST(made.status == 201);
        BOOST_TEST((*made.find("/certificateInfo") == certificate));
        BOOST_TEST(!made.has("/clientToken"));
    }
}

BOOST_AUTO_TEST_CASE(methods_of_pairing_are_values_and_no_schemas_of_the_resource,
                     *label("9944-7.1-h") * label("9944-7.1-i") * label("9944-7.1-j"))
{
    auto const none = extension + "pairingNull:2.0:Device";
    auto body = device({{ble, json::object{{"versionSupport", json::array{"5.3"}},
                                           {"deviceMacAddress", "2C:54:91:88:C9:E2"},
                                           {"pairingMethods", json::array{none}},
                                           {none, nullptr}}}});
    body["schemas"].as_array().emplace_back(ble);
    Reply const made = scim.post("/Devices", body);
    BOOST_TEST(made.status == 201);
    BOOST_TEST(made.text("/" + ble + "/pairingMethods/0") == none);
    BOOST_TEST((*made.find("/schemas") == json::array{json::value(core + "Device"), json::value(ble)}));
}

BOOST_AUTO_TEST_CASE(a_group_takes_devices_and_applications_by_their_type, *label("9944-4-a"))
{
    auto const lamp = scim.create("/Devices", device());
    auto const meter = scim.create("/EndpointApps", app());
    auto const team = "/Groups/" + scim.create("/Groups", group("team"));
    for (auto const& [id, type] : {std::pair{lamp, "Device"}, std::pair{meter, "EndpointApp"}})
        BOOST_TEST(
            scim.patch(team, patch_op("add", "members", json::array{json::object{{"value", id}, {"type", type}}}))
                .status < 300);
    Reply const shown = scim.get(team);
    for (json::value const& member : shown.body.at("members").as_array())
        BOOST_TEST(member.at("type") == (member.at("value").as_string() == lamp ? "Device" : "EndpointApp"));
}

BOOST_AUTO_TEST_CASE(nobody_provisions_a_device_without_credentials, *label("9944-8-a"))
{
    auto const token = make_token_record("token-of-a-client", {"client"}).value();
    ServiceFixture const guarded{{.authenticator = bearer_authenticator({token}), .registry = registry()}};
    BOOST_TEST(guarded.post("/Devices", device()).status == 401);
    BOOST_TEST(guarded.post("/Devices", device(), {{"Authorization", "Bearer token-of-a-client"}}).status == 201);
}

BOOST_AUTO_TEST_CASE(words_that_schemas_of_devices_have_beyond_the_rfc_do_not_stop_a_file, *label("9944-7-e"))
{
    auto const read = parse_schema(parse_json(R"({"id":"urn:example:2.0:Mac","name":"Mac","attributes":[
        {"name":"mac","type":"string","pattern":"^[0-9A-Fa-f]{2}$","multiValued":false}]})")
                                       .value());
    BOOST_TEST(read.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
