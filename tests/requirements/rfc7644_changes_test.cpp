// What POST, PUT and PATCH do to what is stored: sections 3.3, 3.5.1 and 3.5.2 of RFC 7644.
#include <scimkit/schema/registry.hpp>

#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <latch>
#include <thread>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(rfc7644_changes)

namespace
{

constexpr auto clash_uri = "urn:example:2.0:Clash";

/// An extension of User that has a title too.
std::shared_ptr<SchemaRegistry const> with_second_title()
{
    return SchemaRegistry::Builder{}
        .add_rfc7643()
        .add(Schema{.id = clash_uri, .name = "Clash", .attributes = {{.name = "title"}, {.name = "level"}}})
        .extend("User", clash_uri)
        .build()
        .value();
}

} // namespace

BOOST_AUTO_TEST_CASE(of_parallel_creates_of_one_name_exactly_one_succeeds, *label("7644-3.3-k"))
{
    ServiceFixture const scim;
    constexpr int threads = 8;
    constexpr int rounds = 12;
    for (int round = 0; round < rounds; ++round)
    {
        std::string const name = "ada" + std::to_string(round);
        std::atomic<int> created{0};
        std::atomic<int> conflicts{0};
        std::latch start{threads};
        {
            std::vector<std::jthread> clients;
            for (int client = 0; client < threads; ++client)
                clients.emplace_back(
                    [&]
                    {
                        start.arrive_and_wait();
                        Reply const reply = scim.post("/Users", user(name));
                        created += reply.status == 201;
                        conflicts += reply.status == 409 && reply.scim_type() == "uniqueness";
                    });
        }
        BOOST_TEST(created == 1);
        BOOST_TEST(conflicts == threads - 1);
    }
    BOOST_TEST(scim.get("/Users").number("/totalResults") == rounds);
}

BOOST_AUTO_TEST_CASE(null_and_empty_arrays_in_a_put_clear, *label("7644-3.5.1-f"))
{
    ServiceFixture const scim;
    json::array const emails{json::object{{"value", "a@x"}}};
    auto const id = scim.create(
        "/Users",
        user("ada", {{"title", "Dr"}, {"active", true}, {"name", {{"givenName", "Ada"}}}, {"emails", emails}}));
    json::object const cleared =
        user("ada", {{"title", nullptr}, {"active", nullptr}, {"name", nullptr}, {"emails", json::array{}}});
    BOOST_REQUIRE(scim.put("/Users/" + id, cleared).status == 200);
    Reply const read = scim.get("/Users/" + id);
    for (auto const* attribute : {"/title", "/active", "/name", "/emails"})
        BOOST_TEST(!read.has(attribute), attribute);
    for (auto const* filter : {"title pr", "active pr", "name pr", "emails pr"})
        BOOST_TEST(scim.get("/Users?filter=" + std::string{filter}).number("/totalResults") == 0, filter);
}

BOOST_AUTO_TEST_CASE(a_required_attribute_cannot_be_cleared_by_null_in_a_put, *label("7644-3.5.1-f"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("ada"));
    Reply const refused = scim.put("/Users/" + id, {{"schemas", {urn::user}}, {"userName", nullptr}});
    BOOST_TEST(refused.status == 400);
    BOOST_TEST(refused.scim_type() == "invalidValue");
    BOOST_TEST(scim.get("/Users/" + id).text("/userName") == "ada");
}

BOOST_AUTO_TEST_CASE(a_name_without_urn_is_the_core_schemas_first, *label("7644-3.5.2-s"))
{
    ServiceFixture const scim{{.registry = with_second_title()}};
    auto const core_only = scim.create("/Users", user("ada"));
    auto const with_both = scim.create("/Users", user("bob", {{clash_uri, {{"title", "theirs"}}}}));
    for (auto const& id : {core_only, with_both})
        BOOST_REQUIRE(scim.patch("/Users/" + id, patch_op("replace", "title", "ours")).status == 200);
    Reply const ada = scim.get("/Users/" + core_only);
    BOOST_TEST(ada.text("/title") == "ours");
    BOOST_TEST(!ada.body.as_object().contains(clash_uri));
    BOOST_TEST(ada.size("/schemas") == 1);
    Reply const bob = scim.get("/Users/" + with_both);
    BOOST_TEST(bob.text("/title") == "ours");
    BOOST_TEST(bob.body.at(clash_uri).at("title").as_string() == "theirs");
}

BOOST_AUTO_TEST_CASE(a_name_of_no_core_attribute_needs_its_urn_when_strict, *label("7644-3.5.2-s"))
{
    ServiceFixture const strict{{.registry = with_second_title(), .tolerance = Tolerance::strict()}};
    auto const id = strict.create("/Users", user("ada"));
    Reply const refused = strict.patch("/Users/" + id, patch_op("replace", "level", "3"));
    BOOST_TEST(refused.status == 400);
    BOOST_TEST(refused.scim_type() == "invalidPath");
    std::string const qualified = std::string{clash_uri} + ":level";
    BOOST_TEST(strict.patch("/Users/" + id, patch_op("replace", qualified, "3")).status == 200);
    BOOST_TEST(strict.get("/Users/" + id).body.at(clash_uri).at("level").as_string() == "3");
}

BOOST_AUTO_TEST_SUITE_END()
