// Discovery of servers that have all of it, parts of it, or something else; and resources read by it.
#include <scimkit/memory/memory_store.hpp>
#include <scimkit/service/service.hpp>

#include "scripted.hpp"

#include <map>

using namespace scimkit;
using namespace scimkit::client;
using namespace scimkit::client::test;

BOOST_AUTO_TEST_SUITE(client_discovery)

namespace
{

/// Answers by the last part of the path; 404 for what is not there.
Scripted::Handler documents(std::map<std::string, HttpResponse> answers)
{
    return [answers = std::move(answers)](HttpRequest const& request) -> outcome<HttpResponse>
    {
        auto const path = request.url.substr(0, request.url.find('?'));
        auto const found = answers.find(path.substr(path.rfind('/')));
        return found == answers.end() ? answer(404, "") : found->second;
    };
}

std::string list_of(std::string const& resources, int total)
{
    return R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":)" +
           std::to_string(total) + R"(,"Resources":[)" + resources + "]}";
}

std::string const device_schema =
    R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:Schema"],"id":"urn:example:Device","name":"Device",
        "attributes":[{"name":"serial","type":"string","required":true}]})";
std::string const device_type =
    R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],"id":"Device","name":"Device",
        "endpoint":"/Devices","schema":"urn:example:Device"})";

RemoteResource remote(std::string const& text)
{
    RemoteResource resource;
    resource.body = parse_json(text).value().get_object();
    resource.id = "1";
    return resource;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_service_is_discovered_as_it_is, *boost::unit_test::label("9865-4-n"))
{
    auto const service = Service::create({.base_url = "https://scim.example.com/v2",
                                          .store = memory::make_store(),
                                          .authenticator = principal_required()});
    BOOST_REQUIRE(service);
    auto const made = Client::create({.base_url = "https://scim.example.com/v2",
                                      .transport = service_transport(*service, Principal{.subject = "test"}),
                                      .tolerant = false});
    auto const found = discover(*made);
    BOOST_REQUIRE_MESSAGE(found, describe(found.error()));
    BOOST_TEST(found->has_configuration);
    BOOST_TEST(found->has_resource_types);
    BOOST_TEST(found->has_schemas);
    BOOST_TEST(found->capabilities.patch);
    BOOST_TEST(found->capabilities.bulk);
    BOOST_TEST(found->capabilities.bulk_max_operations == 5'000);
    BOOST_TEST(found->capabilities.filter_max_results == 1'000);
    BOOST_TEST(found->capabilities.etag);
    BOOST_TEST(found->capabilities.cursor_paging);
    auto const* const user = found->registry->find_resource_type("User");
    BOOST_REQUIRE(user != nullptr);
    BOOST_TEST(user->schema().attributes.size() ==
               service->registry().find_resource_type("User")->schema().attributes.size());
    BOOST_TEST(user->extensions().size() == 1);
}

BOOST_AUTO_TEST_CASE(a_server_without_any_discovery_is_taken_for_one_of_rfc_7643)
{
    for (auto const& nothing : {answer(404, ""), answer(501, ""), answer(200, "<html></html>", {}, "text/html"),
                                answer(200, "null"), answer(302, "", {{"Location", "/login"}})})
    {
        Scenario scenario{[&](HttpRequest const&) { return nothing; }};
        auto const found = discover(scenario.client);
        BOOST_REQUIRE_MESSAGE(found, describe(found.error()));
        BOOST_TEST(!found->has_configuration);
        BOOST_TEST(!found->capabilities.patch);
        BOOST_TEST(found->registry->find_endpoint("/Users"));
        BOOST_TEST(found->registry->find_endpoint("/Groups"));
        BOOST_TEST(scenario.met(Deviation::no_configuration));
        BOOST_TEST(scenario.met(Deviation::no_resource_types));
        BOOST_TEST(scenario.met(Deviation::no_schemas));
    }
}

BOOST_AUTO_TEST_CASE(what_every_request_would_meet_is_a_failure)
{
    for (int const status : {401, 403})
    {
        Scenario scenario{in_turn({answer(status, "")})};
        BOOST_TEST(discover(scenario.client).error().status == status);
    }
    Scenario unreachable{in_turn({Failure{FailureKind::unreachable, {}, 0, false}})};
    BOOST_TEST((discover(unreachable.client).error().kind == FailureKind::unreachable));
}

BOOST_AUTO_TEST_CASE(types_and_schemas_of_its_own_are_taken)
{
    Scenario scenario{documents({{"/Schemas", answer(200, list_of(device_schema, 1))},
                                 {"/ResourceTypes", answer(200, list_of(device_type, 1))}})};
    auto const found = discover(scenario.client);
    BOOST_REQUIRE(found);
    BOOST_TEST(found->registry->find_endpoint("/Devices"));
    BOOST_TEST(!found->registry->find_endpoint("/Users"));
}

BOOST_AUTO_TEST_CASE(endpoints_of_other_forms_are_understood_and_named)
{
    for (auto const* const endpoint : {"Devices", "https://scim.example.com/v2/Devices"})
    {
        auto type = device_type;
        type.replace(type.find("/Devices"), 8, endpoint);
        Scenario scenario{documents(
            {{"/Schemas", answer(200, "[" + device_schema + "]")}, {"/ResourceTypes", answer(200, "[" + type + "]")}})};
        auto const found = discover(scenario.client);
        BOOST_REQUIRE(found);
        BOOST_TEST(found->registry->find_endpoint("/Devices"));
        BOOST_TEST(scenario.met(Deviation::endpoint_form));
    }
}

BOOST_AUTO_TEST_CASE(a_broken_definition_costs_only_itself)
{
    std::string const broken = R"({"id":"urn:example:Broken","attributes":[{"name":"a b","type":"nonsense"}]})";
    std::string const twice = R"({"id":"urn:example:Twice","attributes":[{"name":"a"},{"name":"A"}]})";
    std::string const lost = R"({"name":"Lost","endpoint":"/Lost","schema":"urn:example:Nowhere"})";
    std::string const hides = R"({"name":"Hides","endpoint":"/Bulk","schema":"urn:example:Device"})";
    Scenario scenario{documents(
        {{"/Schemas", answer(200, list_of(broken + "," + twice + "," + device_schema + "," + device_schema, 4))},
         {"/ResourceTypes", answer(200, list_of(lost + "," + hides + "," + device_type, 3))}})};
    auto const found = discover(scenario.client);
    BOOST_REQUIRE_MESSAGE(found, describe(found.error()));
    BOOST_TEST(found->registry->find_endpoint("/Devices"));
    BOOST_TEST(found->registry->resource_types().size() == 1);
    BOOST_TEST(scenario.met(Deviation::schema_broken));
    BOOST_TEST(scenario.met(Deviation::resource_type_broken));
}

BOOST_AUTO_TEST_CASE(what_every_resource_has_may_be_defined_again_and_documents_of_the_protocol_may_be_types)
{
    std::string const with_id =
        R"({"id":"urn:example:Device","attributes":[{"name":"serial"},
            {"name":"id","required":true,"mutability":"readOnly"},{"name":"externalId"}]})";
    std::string const own = R"({"name":"Schema","endpoint":"/Schemas",
        "schema":"urn:ietf:params:scim:schemas:core:2.0:Schema"})";
    Scenario scenario{documents({{"/Schemas", answer(200, list_of(with_id, 1))},
                                 {"/ResourceTypes", answer(200, list_of(own + "," + device_type, 2))}})};
    auto const found = discover(scenario.client);
    BOOST_REQUIRE(found);
    BOOST_REQUIRE(found->registry->find_endpoint("/Devices"));
    BOOST_TEST(found->registry->find_endpoint("/Devices")->schema().attributes.size() == 1U);
    BOOST_TEST(!scenario.met(Deviation::schema_broken));
    BOOST_TEST(!scenario.met(Deviation::resource_type_broken));
}

BOOST_AUTO_TEST_CASE(characteristics_that_contradict_each_other_cost_no_schema)
{
    std::string const odd =
        R"({"id":"urn:example:Device","attributes":[{"name":"serial","required":true,"mutability":"readOnly"},
        {"name":"parts","type":"complex","uniqueness":"server","subAttributes":[{"name":"value","type":"boolean","uniqueness":"global"}]},
        {"name":"pin","mutability":"writeOnly","returned":"always"}]})";
    Scenario scenario{documents(
        {{"/Schemas", answer(200, list_of(odd, 1))}, {"/ResourceTypes", answer(200, list_of(device_type, 1))}})};
    auto const found = discover(scenario.client);
    BOOST_REQUIRE(found);
    BOOST_REQUIRE(found->registry->find_endpoint("/Devices"));
    BOOST_TEST(found->registry->find_endpoint("/Devices")->schema().attributes.size() == 3U);
    BOOST_TEST(scenario.met(Deviation::schema_contradiction));
    BOOST_TEST(!scenario.met(Deviation::schema_broken));
}

BOOST_AUTO_TEST_CASE(of_types_with_one_name_or_endpoint_the_first_counts)
{
    auto other = device_type, same_name = device_type;
    other.replace(other.find(R"("name":"Device")"), 15, R"("name":"Other")");
    same_name.replace(same_name.find("/Devices"), 8, "/Others");
    Scenario scenario{
        documents({{"/Schemas", answer(200, list_of(device_schema, 1))},
                   {"/ResourceTypes", answer(200, list_of(device_type + "," + other + "," + same_name, 3))}})};
    auto const found = discover(scenario.client);
    BOOST_REQUIRE(found);
    BOOST_TEST(found->registry->resource_types().size() == 1U);
    BOOST_TEST(found->registry->find_endpoint("/Devices"));
    BOOST_TEST(scenario.met(Deviation::resource_type_broken));
}

BOOST_AUTO_TEST_CASE(definitions_without_measure_cost_little_and_are_left_out_or_given_up)
{
    auto const schema_of = [](std::size_t attributes)
    {
        std::string text = R"({"id":"urn:example:Device","attributes":[)";
        for (std::size_t i = 0; i < attributes; ++i)
            text += (i > 0 ? "," : "") + (R"({"name":"a)" + std::to_string(i) + "\"}");
        return text + "]}";
    };
    Scenario many{documents({{"/Schemas", answer(200, list_of(schema_of(30'000), 1))}})};
    BOOST_TEST((discover(many.client).error().kind == FailureKind::too_large));

    std::string types, extensions; // each type for itself would be taken
    for (int i = 0; i < 5'000; ++i)
        extensions += (i > 0 ? "," : "") + std::string{R"({"schema":"urn:example:Device"})"};
    for (int i = 0; i < 500; ++i)
        types += (i > 0 ? "," : "") + (R"({"name":"T)" + std::to_string(i) + R"(","endpoint":"/T)" + std::to_string(i) +
                                       R"(","schema":"urn:example:Device"})");
    types +=
        R"(,{"name":"Wide","endpoint":"/Wide","schema":"urn:example:Device","schemaExtensions":[)" + extensions + "]}";
    types += R"(,{"name":"T0","endpoint":"/Twice","schema":"urn:example:Device"})";
    Scenario wide{documents({{"/Schemas", answer(200, list_of(schema_of(10'000), 1))},
                             {"/ResourceTypes", answer(200, list_of(types, 502))}})};
    auto const begin = std::chrono::steady_clock::now();
    auto const found = discover(wide.client);
    BOOST_REQUIRE_MESSAGE(found, describe(found.error()));
    BOOST_TEST(found->registry->resource_types().size() == 20U);
    BOOST_TEST(wide.met(Deviation::resource_type_broken));
    BOOST_TEST((std::chrono::steady_clock::now() - begin < std::chrono::seconds{60})); // not hours
}

BOOST_AUTO_TEST_CASE(a_server_with_endless_definitions_is_given_up)
{
    Scenario scenario{[n = 0](HttpRequest const& request) mutable -> outcome<HttpResponse>
                      {
                          if (request.url.find("/Schemas") == std::string::npos)
                              return answer(404, "");
                          std::string one = R"({"id":"urn:example:)" + std::to_string(++n) + R"(","attributes":[]})";
                          return answer(200, list_of(one, 1'000'000));
                      },
                      [](ClientOptions& options) { options.limits.max_definitions = 20; }};
    auto const found = discover(scenario.client);
    BOOST_REQUIRE(!found);
    BOOST_TEST((found.error().kind == FailureKind::too_large));
    BOOST_TEST(scenario.transport->requests.size() < 30);
}

BOOST_AUTO_TEST_CASE(a_resource_is_read_into_canonical_form)
{
    auto const registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    auto const& type = *registry->find_resource_type("User");
    DeviationLog log{true};
    auto const read = read_resource(remote(R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1",
        "USERNAME":"ada","emails":[{"value":"a@example.com","type":"work"}],"nickName":null,
        "meta":{"resourceType":"User"}})"),
                                    type, log);
    BOOST_REQUIRE(read);
    BOOST_TEST(read->at("userName") == "ada");
    BOOST_TEST(!read->contains("nickName"));
    BOOST_TEST(!read->contains("id"));
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_left_out_and_named)
{
    auto const registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    auto const& type = *registry->find_resource_type("User");
    DeviationLog log{true};
    auto const read = read_resource(
        remote(
            R"({"userName":"ada","active":"perhaps","emails":"a@example.com","favouriteColour":"red","title":"Dr"})"),
        type, log);
    BOOST_REQUIRE(read);
    BOOST_TEST(read->at("userName") == "ada");
    BOOST_TEST(read->at("title") == "Dr");
    BOOST_TEST(!read->contains("active"));
    std::map<Deviation, std::uint64_t> met;
    for (auto const& observed : log.all())
        met[observed.deviation] = observed.count;
    BOOST_TEST(met[Deviation::attribute_value] >= 1);
    BOOST_TEST(met[Deviation::attribute_unknown] == 1);
    BOOST_TEST(met[Deviation::resource_schemas] == 1);
    BOOST_TEST(met[Deviation::resource_type_unknown] == 1);

    DeviationLog strict{false};
    auto const refused = read_resource(remote(R"({"userName":"ada"})"), type, strict);
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().error.detail.starts_with("resource-schemas: "));
}

BOOST_AUTO_TEST_SUITE_END()
