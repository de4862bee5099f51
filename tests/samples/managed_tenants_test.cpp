// What SCIM manages in which tenant of the sample server, and how an account goes from one side to the other.
#include "samples/server/also_unique.hpp"
#include "samples/server/managed_tenants.hpp"
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;

namespace
{

constexpr auto mark = "urn:example:Account:managed";

std::shared_ptr<SchemaRegistry const> registry_with_mark()
{
    Schema schema{.id = "urn:example:Account", .name = "Account"};
    schema.attributes.push_back(
        {.name = "managed", .type = AttributeType::boolean, .mutability = Mutability::read_only});
    SchemaRegistry::Builder builder;
    builder.add_rfc7643().add(std::move(schema)).extend("User", "urn:example:Account");
    return builder.build().value();
}

struct House
{
    House() { managed->set_files({{"a", mark}}); }

    ServiceFixture service_of(std::string tenant, Tolerance const& tolerance = {}) const
    {
        return ServiceFixture{{.store = server::guard_marked(store, managed),
                               .registry = registry,
                               .environment = environment,
                               .tolerance = tolerance,
                               .default_tenant = std::move(tenant)}};
    }

    result<void> hand_over(std::string tenant, std::string const& id, bool to_scim,
                           Tolerance const& tolerance = {}) const
    {
        auto const attachment = store->attach(registry).value();
        auto const name = managed->attribute_of(tenant);
        server::HandOver const what{.tenant = std::move(tenant),
                                    .type = "User",
                                    .id = id,
                                    .managed = to_scim,
                                    .also_unique = server::also_unique(*registry, tolerance)};
        return server::hand_over(*store, *attachment, name, what, "admin", environment->now());
    }

    std::shared_ptr<Environment> environment = std::make_shared<TickingEnvironment>();
    std::shared_ptr<SchemaRegistry const> registry = registry_with_mark();
    std::shared_ptr<ResourceStore> store = default_store()();
    std::shared_ptr<server::ManagedOfTenants> managed = std::make_shared<server::ManagedOfTenants>();
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(managed_tenants, House)

BOOST_AUTO_TEST_CASE(check_14_an_account_that_was_taken_back_is_read_and_not_changed_until_it_is_handed_over)
{
    auto const scim = service_of("a");
    auto const path = "/Users/" + scim.create("/Users", user("ada"));
    BOOST_REQUIRE(hand_over("a", path.substr(7), false).has_value());
    auto const refused = scim.patch(path, patch_op("replace", "title", "x"));
    BOOST_TEST(refused.status == 403);
    BOOST_TEST(refused.detail().find(mark) != std::string::npos);
    BOOST_TEST(scim.get(path).status == 200);
    BOOST_REQUIRE(hand_over("a", path.substr(7), true).has_value());
    auto const version = scim.get(path).text("/meta/version");
    BOOST_REQUIRE(hand_over("a", path.substr(7), true).has_value());
    BOOST_TEST(scim.get(path).text("/meta/version") == version, "it is so already");
    BOOST_TEST(scim.del(path).status == 204);
}

BOOST_AUTO_TEST_CASE(what_switches_make_unique_stays_so_when_an_account_changes_sides)
{
    Tolerance tolerance;
    tolerance.unique_external_ids = true;
    auto const scim = service_of("a", tolerance);
    auto one = user("ada");
    one["externalId"] = "e1";
    auto const id = scim.create("/Users", one);
    BOOST_REQUIRE(hand_over("a", id, false, tolerance).has_value());
    auto other = user("ben");
    other["externalId"] = "e1";
    BOOST_TEST(scim.post("/Users", other).status == 409);
}

BOOST_AUTO_TEST_CASE(a_tenant_without_a_mark_is_managed_whole)
{
    auto const scim = service_of("b");
    auto const id = scim.create("/Users", user("ada"));
    BOOST_TEST(hand_over("b", id, false).has_error());
    BOOST_TEST(scim.del("/Users/" + id).status == 204);
    managed->set_administered({{"b", mark}, {"a", ""}});
    BOOST_TEST(managed->attribute_of("b") == mark);
    BOOST_TEST(managed->attribute_of("a") == mark, "the file's counts");
    BOOST_TEST((hand_over("b", "nobody", false).error().code == ErrorCode::not_found));
}

BOOST_AUTO_TEST_CASE(all_accounts_are_taken_back_some_at_a_time_and_those_that_were_not_scims_stay_as_they_are)
{
    auto const scim = service_of("a");
    auto const before = scim.create("/Users", user("before"));
    BOOST_REQUIRE(hand_over("a", before, false).has_value());
    for (char const* const name : {"ada", "ben", "cleo"})
        scim.create("/Users", user(name));
    scim.create("/Groups", group("g"));
    service_of("b").create("/Users", user("ada"));
    auto const attachment = store->attach(registry).value();
    auto const left = [&] { return server::count_managed(*store, *attachment, mark, "a", {}).value().text(); };
    auto const take = [&]
    { return server::take_back(*store, *attachment, mark, "a", {}, 2, {.now = environment->now()}).value(); };
    auto const version = scim.get("/Users/" + before).text("/meta/version");
    BOOST_TEST(left() == "3 User");
    BOOST_TEST(take() == 2U);
    BOOST_TEST(left() == "1 User");
    BOOST_TEST(take() == 1U);
    BOOST_TEST(take() == 0U);
    BOOST_TEST(left() == "nothing");
    BOOST_TEST(scim.get("/Users/" + before).text("/meta/version") == version);
    BOOST_TEST(scim.get("/Users?count=0").number("/totalResults") == 4);
    BOOST_TEST(server::count_managed(*store, *attachment, "", "a", {}).has_error());
}

BOOST_AUTO_TEST_CASE(a_mark_is_a_boolean_that_no_client_writes)
{
    BOOST_TEST(server::check_mark(*registry, mark).has_value());
    BOOST_TEST(server::check_mark(*registry, "").has_value());
    for (auto const* const wrong : {"active", "userName", "nothing", "name.familyName", "]"})
        BOOST_TEST(server::check_mark(*registry, wrong).has_error(), wrong);
}

BOOST_AUTO_TEST_SUITE_END()
