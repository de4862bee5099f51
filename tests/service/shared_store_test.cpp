// Several services over one store: each with its own registry and its own tolerance.
#include <scimkit/memory/memory_store.hpp>
#include <scimkit/schema/registry.hpp>

#include "support/service_fixture.hpp"
#include "support/table_store.hpp"

#include <boost/test/unit_test.hpp>

namespace scimkit
{
namespace
{

BOOST_AUTO_TEST_SUITE(shared_store)

using test::Reply;
using test::ServiceFixture;
using test::Table;

std::vector<std::shared_ptr<ResourceStore>> stores()
{
    return {memory::make_store(), adapt_small_store(std::make_shared<Table>(true))};
}

constexpr std::string_view extra = "urn:example:extra";

/// With an extension of User that has secrets, in two spellings.
std::shared_ptr<SchemaRegistry const> with_extension(std::string const& pin)
{
    Schema schema{.id = std::string{extra}, .name = "Extra", .attributes = {}};
    schema.attributes.push_back({.name = pin,
                                 .type = AttributeType::string,
                                 .mutability = Mutability::write_only,
                                 .returned = Returned::never});
    schema.attributes.push_back({.name = "hidden", .type = AttributeType::string, .returned = Returned::never});
    schema.attributes.push_back({.name = "color", .type = AttributeType::string});
    return SchemaRegistry::Builder{}.add_rfc7643().add(std::move(schema)).extend("User", extra).build().value();
}

BOOST_AUTO_TEST_CASE(what_is_stored_under_a_name_that_the_registry_has_not_is_never_shown_and_never_lost)
{
    json::object const sent{{"schemas", {urn::user, extra}},
                            {"userName", "ada"},
                            {"password", "correct horse"},
                            {extra, {{"pin", "secret-pin"}, {"hidden", "secret-hidden"}, {"color", "red"}}}};
    SchemaRegistry::Builder without_password;
    for (Schema schema : rfc7643_schemas())
    {
        if (schema.id != urn::user)
            continue;
        std::erase_if(schema.attributes, [](Attribute const& each) { return each.name == "password"; });
        without_password.add(std::move(schema));
    }
    auto const less =
        without_password
            .add(ResourceTypeDefinition{.name = "User", .endpoint = "/Users", .schema = std::string{urn::user}})
            .build()
            .value();
    for (auto const& store : stores())
    {
        ServiceFixture const knows{{.store = store, .registry = with_extension("pin")}};
        auto const target = "/Users/" + knows.create("/Users", sent);
        for (auto const& registry :
             {SchemaRegistry::Builder{}.add_rfc7643().build().value(), with_extension("PIN"), less})
        {
            ServiceFixture const other{{.store = store, .registry = registry}};
            auto const patched = other.patch(target + "?attributes=title", test::patch_op("replace", "title", "t"));
            for (Reply const& reply :
                 {other.get(target), other.get("/Users"), other.get(target + "?attributes=userName"),
                  other.get(target + "?excludedAttributes=userName"), patched})
            {
                BOOST_TEST(reply.status == 200);
                for (std::string_view const secret : {"secret-", "argon2", "password"})
                    BOOST_TEST(reply.response.body.find(secret) == std::string::npos, reply.response.body);
            }
            BOOST_TEST(other.put(target, {{"schemas", {urn::user}}, {"userName", "ada"}}).status == 200);
            // What the other service could not know it could not mean to remove.
            if (!registry->find_schema(extra))
                BOOST_TEST((knows.get(target).body.at(extra).at("color") == json::value("red")));
            BOOST_TEST(knows.put(target, sent).status == 200);
        }
    }
}

BOOST_AUTO_TEST_CASE(two_services_with_registries_of_their_own_share_a_store)
{
    for (auto const& store : stores())
    {
        ServiceFixture const tolerant{{.store = store}};
        ServiceFixture const strict{{.store = store,
                                     .environment = tolerant.service.options().environment, // ids differ
                                     .tolerance = Tolerance::strict()}};
        BOOST_TEST(tolerant.service.options().registry != strict.service.options().registry);

        std::string const ada = tolerant.create("/Users", {{"schemas", {urn::user}}, {"userName", "ada"}});
        std::string const group = strict.create(
            "/Groups", {{"schemas", {urn::group}}, {"displayName", "g"}, {"members", {{{"value", ada}}}}});
        BOOST_TEST(strict.get("/Users/" + ada).text("/groups/0/value") == group);
        BOOST_TEST(tolerant.get("/Groups/" + group).text("/members/0/value") == ada);
        BOOST_TEST(strict.post("/Users", {{"schemas", {urn::user}}, {"userName", "ADA"}}).status == 409);
        BOOST_TEST(strict.del("/Users/" + ada).status == 204);
        BOOST_TEST(tolerant.get("/Groups/" + group).size("/members") == -1);
    }
}

BOOST_AUTO_TEST_CASE(a_registry_that_disagrees_about_keys_is_refused_by_name)
{
    auto const store = memory::make_store();
    ServiceFixture const first{{.store = store}};
    SchemaRegistry::Builder builder;
    for (Schema schema : rfc7643_schemas())
    {
        if (schema.id != urn::user)
            continue;
        for (Attribute& attribute : schema.attributes)
            if (attribute.name == "nickName")
                attribute.uniqueness = Uniqueness::server;
        builder.add(std::move(schema));
    }
    auto const registry =
        builder.add(ResourceTypeDefinition{.name = "User", .endpoint = "/Users", .schema = std::string{urn::user}})
            .build()
            .value();
    auto const refused = Service::create({.base_url = "https://example.com",
                                          .store = store,
                                          .authenticator = no_authentication(),
                                          .registry = registry});
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().code == ErrorCode::invalid_value));
    BOOST_TEST(refused.error().detail.find("nickName") != std::string::npos, refused.error().detail);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit
