// Several services over one store: each with its own registry and its own tolerance.
#include <scimkit/memory/memory_store.hpp>

#include "support/service_fixture.hpp"
#include "support/table_store.hpp"

#include <boost/test/unit_test.hpp>

namespace scimkit
{
namespace
{

using test::Reply;
using test::ServiceFixture;
using test::Table;

std::vector<std::shared_ptr<ResourceStore>> stores()
{
    return {memory::make_store(), adapt_small_store(std::make_shared<Table>(true))};
}

BOOST_AUTO_TEST_SUITE(shared_store)

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
