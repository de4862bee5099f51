// Who is who: ids stay text, and nobody takes over whoever is there. The numbers are those of docs/security-checks.md.
#include "support/bulk.hpp"
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(identity)

BOOST_AUTO_TEST_CASE(check_12_an_external_id_is_text_and_never_the_way_to_another_account)
{
    ServiceFixture const scim;
    auto const victim = scim.create("/Users", user("root"));
    std::vector<std::string> const odd{"0",    "1",    "2",    "9",    "-1",  "+1",     "007",
                                       "1.0",  "1e0",  "0x1",  " 1",   "1 ",  "\uff11", "\u0661",
                                       victim, "ID-1", "true", "null", "[1]", "1,2",    std::string(400, '9')};
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < odd.size(); ++i)
    {
        auto const made = scim.post("/Users", user("u" + std::to_string(i), {{"externalId", odd[i]}, {"id", odd[i]}}));
        BOOST_REQUIRE(made.status == 201);
        BOOST_TEST(made.text("/externalId") == odd[i]);
        BOOST_TEST(made.id() != odd[i]);
        ids.push_back(made.id());
    }
    for (std::size_t i = 0; i < odd.size(); ++i)
    {
        if (odd[i] != victim && odd[i].find_first_of("[], ") == std::string::npos)
            BOOST_TEST(scim.get("/Users/" + odd[i]).status != 200, odd[i]);
        json::object const search{{"schemas", {"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}},
                                  {"filter", "externalId eq " + ServiceFixture::text_of(json::value(odd[i]))}};
        auto const found = scim.post("/Users/.search", search);
        BOOST_TEST(found.number("/totalResults") == 1, odd[i]);
        BOOST_TEST(found.text("/Resources/0/id") == ids[i]);
    }
    BOOST_TEST(scim.get("/Users/" + victim).text("/userName") == "root");
    for (char digit = '1'; digit <= '9'; ++digit)
        BOOST_TEST(scim.get(std::string{"/Users/"} + digit).status == 404);
}

BOOST_AUTO_TEST_CASE(check_12_a_number_is_no_text_where_nothing_else_is_said)
{
    ServiceFixture const strict{{.tolerance = Tolerance::strict()}};
    for (json::value const& number : {json::value{1}, json::value{-1}, json::value{1.5}, json::value{true}})
        BOOST_TEST(strict.post("/Users", user("ada", {{"externalId", number}})).status == 400);
    BOOST_TEST(strict.get("/Users").number("/totalResults") == 0);
}

BOOST_AUTO_TEST_CASE(check_13_a_name_that_is_there_is_adopted_by_no_request)
{
    ServiceFixture const scim;
    auto const ada = scim.create("/Users", user("ada", {{"externalId", "a"}, {"title", "hers"}}));
    auto const bob = scim.create("/Users", user("bob"));
    auto const before = scim.get("/Users/" + ada).response.body;
    for (auto const* const name : {"ada", "ADA", "aDa"})
    {
        BOOST_TEST(scim.post("/Users", user(name)).status == 409, name);
        BOOST_TEST(scim.post("/Users", user(name, {{"id", ada}, {"externalId", "a"}})).status == 409, name);
        BOOST_TEST(scim.put("/Users/" + bob, user(name)).status == 409, name);
        BOOST_TEST(scim.patch("/Users/" + bob, patch_op("replace", "userName", name)).status == 409, name);
        BOOST_TEST(statuses(scim.post("/Bulk", bulk({bulk_on("PATCH", "/Users/" + bob,
                                                             patch_op("replace", "userName", name))}))) == "409",
                   name);
    }
    BOOST_TEST(scim.put("/Users/nobody", user("new")).status == 404);
    BOOST_TEST(scim.get("/Users/" + ada).response.body == before);
    BOOST_TEST(scim.get("/Users/" + bob).text("/userName") == "bob");
    BOOST_TEST(scim.get("/Users").number("/totalResults") == 2);
}

BOOST_AUTO_TEST_SUITE_END()
