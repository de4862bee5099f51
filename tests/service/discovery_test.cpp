// What clients configure themselves by (RFC 7644 section 4; RFC 7643 sections 5 to 7): it must be true of the service
// as it was set up, schemas of applications among it.
#include <scimkit/schema/registry.hpp>

#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(discovery)

namespace
{

constexpr auto list_urn = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

} // namespace

BOOST_AUTO_TEST_CASE(the_configuration_is_one_object,
                     *label("7644-4-a") * label("7643-5-a") * label("7643-5-c") * label("7643-5-q"))
{
    ServiceFixture const scim;
    Reply const reply = scim.get("/ServiceProviderConfig");
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.text("/schemas/0") == urn::service_provider_config);
    BOOST_TEST(!reply.has("/Resources"));
    BOOST_TEST(reply.text("/meta/resourceType") == "ServiceProviderConfig");
    BOOST_TEST(reply.text("/meta/location") == "https://example.com/v2/ServiceProviderConfig");
}

BOOST_AUTO_TEST_CASE(the_configuration_tells_what_the_service_does,
                     *label("7643-5-e") * label("7643-5-f") * label("7643-5-g") * label("7643-5-h") *
                         label("7643-5-i") * label("7643-5-j") * label("7644-4-b"))
{
    ServiceFixture const scim{
        {.limits = {.default_page_size = 5, .max_page_size = 7}, .documentation_uri = "https://example.com/help"}};
    Reply const reply = scim.get("/ServiceProviderConfig");
    BOOST_TEST(reply.find("/patch/supported")->as_bool());
    BOOST_TEST(reply.find("/bulk/supported")->as_bool());
    BOOST_TEST(reply.number("/bulk/maxOperations") == 5'000);
    BOOST_TEST(reply.number("/bulk/maxPayloadSize") == 1 << 20);
    BOOST_TEST(reply.find("/filter/supported")->as_bool());
    BOOST_TEST(reply.number("/filter/maxResults") == 7);
    BOOST_TEST(reply.find("/changePassword/supported")->as_bool());
    BOOST_TEST(reply.find("/sort/supported")->as_bool());
    BOOST_TEST(reply.find("/etag/supported")->as_bool());
    BOOST_TEST(reply.text("/documentationUri") == "https://example.com/help");
}

BOOST_AUTO_TEST_CASE(a_switched_off_patch_is_announced_and_refused,
                     *label("7644-3.5.2-a") * label("7643-5-p") * label("7644-3.5-b"))
{
    ServiceFixture const scim{{.patch = false}};
    BOOST_TEST(!scim.get("/ServiceProviderConfig").find("/patch/supported")->as_bool());
    auto const id = scim.create("/Users", user("ada"));
    Reply const reply = scim.patch("/Users/" + id, patch_op("replace", "title", "Dr"));
    BOOST_TEST(reply.status == 501);
    BOOST_TEST(reply.text("/status") == "501");
    BOOST_TEST(scim.del("/Users/" + id + "/x").status == 404);
    BOOST_TEST(scim.send("BREW", "/Users/" + id).header("Allow") == "GET, HEAD, PUT, DELETE, OPTIONS");
}

BOOST_AUTO_TEST_CASE(the_authentication_schemes_are_those_of_the_authenticator, *label("7643-5-k"))
{
    auto const record = make_token_record("a-token-of-sixteen-bytes", {.subject = "idp"}).value();
    ServiceFixture const scim{{.authenticator = bearer_authenticator({record})}};
    Reply const reply = scim.get("/ServiceProviderConfig");
    BOOST_TEST(reply.size("/authenticationSchemes") == 1);
    BOOST_TEST(reply.text("/authenticationSchemes/0/type") == "oauthbearertoken");
    BOOST_TEST(reply.has("/authenticationSchemes/0/name"));
    BOOST_TEST(reply.has("/authenticationSchemes/0/description"));
}

BOOST_AUTO_TEST_CASE(the_configuration_needs_no_credentials_unless_configured, *label("7643-5-n"))
{
    auto const record = make_token_record("a-token-of-sixteen-bytes", {.subject = "idp"}).value();
    ServiceFixture const open{{.authenticator = bearer_authenticator({record})}};
    BOOST_TEST(open.get("/ServiceProviderConfig").status == 200);
    BOOST_TEST(open.get("/ServiceProviderConfig", {{"Authorization", "Bearer wrong"}}).status == 401);
    BOOST_TEST(open.get("/Schemas").status == 401);
    BOOST_TEST(open.get("/ResourceTypes").status == 401);
    ServiceFixture const closed{{.authenticator = bearer_authenticator({record}), .public_configuration = false}};
    BOOST_TEST(closed.get("/ServiceProviderConfig").status == 401);
}

BOOST_AUTO_TEST_CASE(resource_types_come_as_a_list, *label("7644-4-e") * label("7644-4-g") * label("7643-8.6-a") *
                                                        label("7643-4-a") * label("7643-6-c") * label("7643-6-e") *
                                                        label("7643-6-i"))
{
    ServiceFixture const scim;
    Reply const reply = scim.get("/ResourceTypes");
    BOOST_TEST(reply.text("/schemas/0") == list_urn);
    BOOST_TEST(reply.number("/totalResults") == 2);
    BOOST_TEST(reply.size("/Resources") == 2);
    BOOST_TEST(reply.text("/Resources/0/name") == "User");
    BOOST_TEST(reply.text("/Resources/0/endpoint") == "/Users");
    BOOST_TEST(reply.text("/Resources/0/schema") == urn::user);
    BOOST_TEST(reply.text("/Resources/0/schemaExtensions/0/schema") == urn::enterprise_user);
    BOOST_TEST(reply.find("/Resources/0/schemaExtensions/0/required")->as_bool() == false);
    BOOST_TEST(!reply.has("/Resources/1/schemaExtensions"));
}

BOOST_AUTO_TEST_CASE(a_resource_type_is_found_by_its_name,
                     *label("7644-4-f") * label("7643-6-a") * label("7643-6-b") * label("7643-6-l") * label("7644-4-n"))
{
    ServiceFixture const scim;
    Reply const reply = scim.get("/ResourceTypes/User");
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.text("/schemas/0") == urn::resource_type);
    BOOST_TEST(reply.text("/id") == "User");
    BOOST_TEST(reply.text("/meta/resourceType") == "ResourceType");
    BOOST_TEST(reply.text("/meta/location") == "https://example.com/v2/ResourceTypes/User");
    BOOST_TEST(scim.get("/ResourceTypes/Robot").status == 404);
}

BOOST_AUTO_TEST_CASE(schemas_come_as_a_list_without_messages,
                     *label("7644-4-c") * label("7644-3.1-b") * label("7643-7-a") * label("7643-3.1-c"))
{
    ServiceFixture const scim;
    Reply const reply = scim.get("/Schemas");
    BOOST_TEST(reply.text("/schemas/0") == list_urn);
    auto const& schemas = reply.find("/Resources")->get_array();
    BOOST_TEST(reply.number("/totalResults") == static_cast<std::int64_t>(schemas.size()));
    std::set<std::string> ids;
    for (json::value const& schema : schemas)
    {
        std::string const id{schema.at("id").as_string()};
        BOOST_TEST(ids.insert(id).second);
        BOOST_TEST(!id.starts_with("urn:ietf:params:scim:api:"));
        BOOST_TEST(schema.at("schemas").at(0).as_string() == urn::schema);
        BOOST_TEST(!schema.at("attributes").as_array().empty());
    }
    for (auto const known :
         {urn::user, urn::group, urn::enterprise_user, urn::service_provider_config, urn::resource_type, urn::schema})
        BOOST_TEST(ids.count(std::string{known}) == 1, known);
    BOOST_TEST(scim.get("/Schemas/urn:ietf:params:scim:api:messages:2.0:PatchOp").status == 404);
}

BOOST_AUTO_TEST_CASE(a_schema_is_found_by_its_uri_in_any_case,
                     *label("7644-4-d") * label("7644-4-m") * label("7643-7-e") * label("7643-8.7-b"))
{
    ServiceFixture const scim;
    for (auto const* target : {"/v2/Schemas/urn:ietf:params:scim:schemas:core:2.0:User",
                               "/v2/Schemas/URN:IETF:params:scim:schemas:core:2.0:user",
                               "/v2/Schemas/urn%3Aietf%3Aparams%3Ascim%3Aschemas%3Acore%3A2.0%3AUser"})
    {
        Reply const reply = scim.send_raw("GET", target);
        BOOST_TEST(reply.status == 200, target);
        BOOST_TEST(reply.text("/id") == urn::user);
        BOOST_TEST(reply.text("/meta/resourceType") == "Schema");
        BOOST_TEST(reply.text("/meta/location") ==
                   "https://example.com/v2/Schemas/urn:ietf:params:scim:schemas:core:2.0:User");
    }
    BOOST_TEST(scim.get("/Schemas/urn:x").status == 404);
}

BOOST_AUTO_TEST_CASE(every_schema_in_use_has_a_schema_resource,
                     *label("7643-7-b") * label("7643-6-f") * label("7643-6-h"))
{
    ServiceFixture const scim;
    Reply const types = scim.get("/ResourceTypes");
    for (json::value const& type : types.find("/Resources")->get_array())
    {
        BOOST_TEST(scim.get("/Schemas/" + std::string{type.at("schema").as_string()}).status == 200);
        if (auto const* extensions = type.as_object().if_contains("schemaExtensions"))
            for (json::value const& extension : extensions->as_array())
                BOOST_TEST(scim.get("/Schemas/" + std::string{extension.at("schema").as_string()}).status == 200);
    }
}

BOOST_AUTO_TEST_CASE(discovery_cannot_be_filtered, *label("7644-4-i") * label("7644-4-j"))
{
    ServiceFixture const scim;
    for (auto const* endpoint : {"/ServiceProviderConfig", "/ResourceTypes", "/Schemas", "/ResourceTypes/User"})
    {
        Reply const reply = scim.get(std::string{endpoint} + "?filter=name eq \"User\"");
        BOOST_TEST(reply.status == 403, endpoint);
        BOOST_TEST(reply.text("/status") == "403");
    }
}

BOOST_AUTO_TEST_CASE(discovery_ignores_sorting_paging_and_attributes, *label("7644-4-h") * label("7644-4-k"))
{
    ServiceFixture const scim;
    Reply const reply = scim.get("/Schemas?startIndex=2&count=1&sortBy=name&sortOrder=sideways&attributes=name");
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.response.body == scim.get("/Schemas").response.body);
}

BOOST_AUTO_TEST_CASE(discovery_resources_cannot_be_changed,
                     *label("7644-3.2-d") * label("7644-4-l") * label("7643-5-b") * label("7643-7-c"))
{
    ServiceFixture const scim;
    for (auto const* target : {"/ServiceProviderConfig", "/ResourceTypes", "/ResourceTypes/User", "/Schemas",
                               "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User"})
        for (auto const* method : {"POST", "PUT", "PATCH", "DELETE"})
        {
            Reply const reply = scim.send(method, target, "{}");
            BOOST_TEST(reply.status == 405, method << ' ' << target);
            BOOST_TEST(reply.header("Allow") == "GET, HEAD, OPTIONS");
        }
}

BOOST_AUTO_TEST_CASE(resource_types_and_schemas_of_applications_are_discovered,
                     *label("7643-3.2-a") * label("7643-3.1-a"))
{
    auto const registry =
        SchemaRegistry::Builder{}
            .add_rfc7643()
            .add(Schema{
                .id = "urn:example:2.0:Device", .name = "Device", .attributes = {{.name = "serial", .required = true}}})
            .add(ResourceTypeDefinition{.name = "Device", .endpoint = "/Devices", .schema = "urn:example:2.0:Device"})
            .build()
            .value();
    ServiceFixture const scim{{.registry = registry}};
    BOOST_TEST(scim.get("/ResourceTypes").number("/totalResults") == 3);
    BOOST_TEST(scim.get("/Schemas/urn:example:2.0:Device").status == 200);
    Reply const created = scim.post(
        "/Devices", {{"schemas", json::array{"urn:example:2.0:Device"}}, {"serial", "x-1"}, {"externalId", "e"}});
    BOOST_TEST(created.status == 201);
    BOOST_TEST(created.text("/meta/resourceType") == "Device");
    BOOST_TEST(created.text("/externalId") == "e");
    BOOST_TEST(created.header("Location") == "https://example.com/v2/Devices/id-1");
    BOOST_TEST(scim.get("/Users/id-1").status == 404);
}

BOOST_AUTO_TEST_CASE(the_schema_of_the_configuration_has_pages,
                     *label("9865-4-b") * label("9865-4-c") * label("9865-4-d") * label("9865-4-m") * label("9865-6-a"))
{
    Reply const schema = ServiceFixture{}.get("/Schemas/" + std::string{urn::service_provider_config});
    std::string members;
    for (auto const& attribute : schema.find("/attributes")->as_array())
        if (attribute.at("name") == "pagination")
        {
            BOOST_TEST(!attribute.at("required").as_bool());
            for (auto const& member : attribute.at("subAttributes").as_array())
                members += std::string{member.at("name").as_string()} + (member.at("required").as_bool() ? "! " : " ");
        }
    BOOST_TEST(members == "cursor! index! defaultPaginationMethod defaultPageSize maxPageSize cursorTimeout ");
}

BOOST_AUTO_TEST_SUITE_END()
