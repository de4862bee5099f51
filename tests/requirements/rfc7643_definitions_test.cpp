// What definitions demand, schemas and resource types, and what is shown to whom (RFC 7643 sections 6, 7 and 9).
#include <scimkit/schema/registry.hpp>

#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;
using Builder = SchemaRegistry::Builder;

BOOST_AUTO_TEST_SUITE(rfc7643_definitions)

namespace
{

constexpr auto badge_urn = "urn:example:Badge";

std::shared_ptr<SchemaRegistry const> registry_with_badge(std::vector<Attribute> attributes, bool required = false)
{
    return Builder{}
        .add_rfc7643()
        .add(Schema{.id = badge_urn, .name = "Badge", .attributes = std::move(attributes)})
        .extend("User", badge_urn, required)
        .build()
        .value();
}

json::object badge_user(std::string_view user_name, json::object badge)
{
    auto body = user(user_name, {{badge_urn, std::move(badge)}});
    body["schemas"] = json::array{urn::user, badge_urn};
    return body;
}

void require_invalid_value(Reply const& reply, std::string_view name)
{
    BOOST_TEST(reply.status == 400);
    BOOST_TEST(reply.scim_type() == "invalidValue");
    BOOST_TEST(reply.detail().find(name) != std::string::npos, reply.detail());
}

Headers bearer(std::string_view token) { return {{"Authorization", "Bearer " + std::string{token}}}; }

/// One service for two client domains, each with its tenant; ids as in production.
struct TwoDomains : ServiceFixture
{
    TwoDomains()
        : ServiceFixture{{.authenticator = bearer_authenticator(
                              {make_token_record("token-of-domain-one", {.subject = "1", .tenant = "one"}).value(),
                               make_token_record("token-of-domain-two", {.subject = "2", .tenant = "two"}).value()}),
                          .environment = system_environment()}}
    {
    }

    Headers const one = bearer("token-of-domain-one");
    Headers const two = bearer("token-of-domain-two");
};

struct ReadOnlyForGuests : Authoriser
{
    result<void> authorise(Principal const& principal, Access const& access) override
    {
        if (principal.subject == "guest" && access.operation != Access::Operation::read)
            return Error{ErrorCode::forbidden, "Guests may only read."};
        return {};
    }
};

} // namespace

BOOST_AUTO_TEST_CASE(a_resource_type_shows_its_description_if_it_has_one, *label("7643-6-d"))
{
    auto const type = [](std::string name, std::string description)
    {
        return ResourceTypeDefinition{
            .name = name, .endpoint = "/" + name + "s", .schema = badge_urn, .description = std::move(description)};
    };
    ServiceFixture const scim{
        {.registry = Builder{}
                         .add(Schema{.id = badge_urn, .name = "Badge", .attributes = {{.name = "serial"}}})
                         .add(type("Badge", "What opens doors."))
                         .add(type("Key", ""))
                         .build()
                         .value()}};
    BOOST_TEST(scim.get("/ResourceTypes/Badge").text("/description") == "What opens doors.");
    Reply const plain = scim.get("/ResourceTypes/Key");
    BOOST_TEST(plain.status == 200);
    BOOST_TEST(!plain.has("/description"));
}

BOOST_AUTO_TEST_CASE(a_required_extension_is_in_every_resource, *label("7643-6-j"))
{
    ServiceFixture const scim{
        {.registry = registry_with_badge({{.name = "serial", .required = true}, {.name = "colour"}}, true)}};
    require_invalid_value(scim.post("/Users", user("ada")), badge_urn);
    require_invalid_value(scim.post("/Users", badge_user("ada", {})), badge_urn);
    require_invalid_value(scim.post("/Users", badge_user("ada", {{"colour", "red"}})), "serial");
    auto const id = scim.create("/Users", badge_user("ada", {{"serial", "7"}}));
    auto const target = "/Users/" + id;
    require_invalid_value(scim.put(target, user("ada")), badge_urn);
    BOOST_TEST(scim.patch(target, patch_op("remove", badge_urn)).status == 400);
    BOOST_TEST(scim.patch(target, patch_op("remove", badge_urn + std::string{":serial"})).status == 400);
    BOOST_TEST(scim.get(target).body.at(badge_urn).at("serial").as_string() == "7");
}

BOOST_AUTO_TEST_CASE(an_extension_that_is_not_required_may_be_missing_but_not_incomplete, *label("7643-6-j"))
{
    ServiceFixture const scim{
        {.registry = registry_with_badge({{.name = "serial", .required = true}, {.name = "colour"}})}};
    BOOST_TEST(scim.post("/Users", user("ada")).status == 201);
    require_invalid_value(scim.post("/Users", badge_user("bob", {{"colour", "red"}})), "serial");
}

BOOST_AUTO_TEST_CASE(values_are_not_unique_unless_declared_so, *label("7643-7-zb"))
{
    ServiceFixture const scim{{.registry = registry_with_badge({{.name = "serial"}})}};
    for (auto const* name : {"ada", "bob"})
    {
        auto body = badge_user(name, {{"serial", "7"}});
        body["title"] = "Dr";
        BOOST_TEST(scim.post("/Users", body).status == 201);
    }
    BOOST_TEST(scim.get("/Users?filter=title eq \"Dr\"").number("/totalResults") == 2);
}

BOOST_AUTO_TEST_CASE(a_value_that_is_unique_in_the_server_is_taken_once, *label("7643-7-zc"))
{
    ServiceFixture const scim{
        {.registry = registry_with_badge({{.name = "serial", .uniqueness = Uniqueness::server}})}};
    auto const ada = scim.create("/Users", badge_user("ada", {{"serial", "s7"}}));
    auto const require_conflict = [](Reply const& reply)
    {
        BOOST_TEST(reply.status == 409);
        BOOST_TEST(reply.scim_type() == "uniqueness");
        BOOST_TEST(reply.detail().find("serial") != std::string::npos);
    };
    require_conflict(scim.post("/Users", badge_user("bob", {{"serial", "s7"}})));
    require_conflict(scim.post("/Users", badge_user("bob", {{"serial", "S7"}}))); // it is not caseExact
    auto const bob = scim.create("/Users", badge_user("bob", {{"serial", "s8"}}));
    require_conflict(scim.put("/Users/" + bob, badge_user("bob", {{"serial", "s7"}})));
    auto const to_s7 = patch_op("replace", badge_urn + std::string{":serial"}, "s7");
    require_conflict(scim.patch("/Users/" + bob, to_s7));
    BOOST_TEST(scim.patch("/Users/" + ada, to_s7).status < 300); // its own value is no conflict
    BOOST_TEST(scim.del("/Users/" + ada).status == 204);
    BOOST_TEST(scim.patch("/Users/" + bob, to_s7).status < 300);
}

BOOST_AUTO_TEST_CASE(no_value_is_no_conflict, *label("7643-7-zc"))
{
    ServiceFixture const scim{
        {.registry = registry_with_badge({{.name = "serial", .uniqueness = Uniqueness::server}})}};
    for (auto const* name : {"ada", "bob"})
        BOOST_TEST(scim.post("/Users", user(name)).status == 201);
}

BOOST_AUTO_TEST_CASE(an_empty_array_of_canonical_values_restricts_nothing, *label("7643-8.7.1-b"))
{
    auto const registry = Builder{}
                              .add_rfc7643()
                              .load(parse_json(R"({"id":"urn:example:Badge","name":"Badge","attributes":[
                {"name":"colour","type":"string","canonicalValues":[]}]})")
                                        .value())
                              .extend("User", badge_urn)
                              .build()
                              .value();
    ServiceFixture const scim{{.registry = registry, .tolerance = Tolerance::strict()}};
    Reply const created = scim.post("/Users", badge_user("ada", {{"colour", "ultraviolet"}}));
    BOOST_TEST(created.status == 201);
    BOOST_TEST(created.body.at(badge_urn).at("colour").as_string() == "ultraviolet");
    for (auto const* attribute : {"roles", "x509Certificates"})
    {
        auto const* type = registry->find_schema(urn::user)->find_attribute(attribute)->find_sub_attribute("type");
        BOOST_TEST(type->canonical_values.empty(), attribute);
    }
}

BOOST_AUTO_TEST_CASE(a_schema_without_a_name_can_be_loaded, *label("7643-8.7.2-c"))
{
    auto const registry =
        Builder{}
            .add_rfc7643()
            .load(parse_json(R"({"id":"urn:example:Badge","attributes":[{"name":"serial"}]})").value())
            .extend("User", badge_urn)
            .build()
            .value();
    ServiceFixture const scim{{.registry = registry}};
    Reply const schema = scim.get("/Schemas/urn:example:Badge");
    BOOST_TEST(schema.status == 200);
    BOOST_TEST(schema.has("/name")); // section 8.7.2 says that it is required
    BOOST_TEST(scim.post("/Users", badge_user("ada", {{"serial", "7"}})).status == 201);
}

BOOST_AUTO_TEST_CASE(schemas_of_schemas_have_schemas_and_meta, *label("7643-err-8417"))
{
    ServiceFixture const scim;
    for (auto const uri : {urn::service_provider_config, urn::resource_type, urn::schema})
    {
        Reply const reply = scim.get("/Schemas/" + std::string{uri});
        BOOST_TEST(reply.status == 200, uri);
        BOOST_TEST(equal_json(*reply.find("/schemas"), json::array{urn::schema}));
        BOOST_TEST(reply.text("/meta/resourceType") == "Schema");
        BOOST_TEST(reply.text("/meta/location") == "https://example.com/v2/Schemas/" + std::string{uri});
    }
}

BOOST_AUTO_TEST_CASE(one_person_has_an_id_of_its_own_in_each_domain, *label("7643-9.3-b"))
{
    TwoDomains const scim;
    auto const person = user("ada@example.com", {{"externalId", "701984"}});
    Reply const first = scim.post("/Users", person, scim.one);
    Reply const second = scim.post("/Users", person, scim.two);
    BOOST_TEST(first.status == 201);
    BOOST_TEST(second.status == 201);
    BOOST_TEST(first.id() != second.id());
    BOOST_TEST(scim.get("/Users/" + first.id(), scim.two).status == 404);
    BOOST_TEST(scim.get("/Users/" + second.id(), scim.one).status == 404);
}

BOOST_AUTO_TEST_CASE(an_external_id_is_seen_by_the_domain_that_set_it_alone, *label("7643-9.3-c"))
{
    TwoDomains const scim;
    auto const first = scim.post("/Users", user("ada", {{"externalId", "of-one"}}), scim.one).id();
    auto const second = scim.post("/Users", user("ada", {{"externalId", "of-two"}}), scim.two).id();
    BOOST_TEST(scim.get("/Users/" + first, scim.one).text("/externalId") == "of-one");
    BOOST_TEST(scim.get("/Users/" + second, scim.two).text("/externalId") == "of-two");
    Reply const all = scim.get("/Users", scim.two);
    BOOST_TEST(all.number("/totalResults") == 1);
    BOOST_TEST(all.response.body.find("of-one") == std::string::npos);
    BOOST_TEST(scim.get("/Users?filter=externalId eq \"of-one\"", scim.two).number("/totalResults") == 0);
}

BOOST_AUTO_TEST_CASE(data_is_for_those_who_may_see_it, *label("7643-9.3-d"))
{
    auto const owner = make_token_record("token-of-the-owner", {.subject = "owner"}).value();
    auto const guest = make_token_record("token-of-a-guest", {.subject = "guest"}).value();
    ServiceFixture const scim{
        {.authenticator = bearer_authenticator({owner, guest}), .authoriser = std::make_shared<ReadOnlyForGuests>()}};
    auto const id = scim.post("/Users", user("ada"), bearer("token-of-the-owner")).id();
    auto const target = "/Users/" + id;
    BOOST_TEST(scim.get(target).status == 401);
    BOOST_TEST(scim.get("/Users").status == 401);
    BOOST_TEST(scim.get(target, bearer("token-of-nobody-at-all")).status == 401);
    BOOST_TEST(scim.get(target, bearer("token-of-a-guest")).status == 200);
    BOOST_TEST(scim.get("/Users", bearer("token-of-a-guest")).status == 403);
    BOOST_TEST(scim.del(target, bearer("token-of-a-guest")).status == 403);
    BOOST_TEST(scim.get(target, bearer("token-of-the-owner")).status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
