// Faults that public reports tell of elsewhere, each as a test that would fail with it. docs/security-checks.md has the
// list; what has a test elsewhere is named there.
#include "support/bulk.hpp"
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(incidents)

BOOST_AUTO_TEST_CASE(casdoor_cve_2026_9092_nobody_is_bound_by_an_address_that_anybody_may_claim)
{
    ServiceFixture const scim;
    auto const victim = scim.create("/Users", user("ada", {{"emails", {{{"value", "ada@example.com"}}}}}));
    auto const before = scim.get("/Users/" + victim).response.body;
    auto const made =
        scim.post("/Users", user("eve", {{"emails", {{{"value", "ada@example.com"}, {"primary", true}}}}}));
    BOOST_TEST(made.status == 201);
    BOOST_TEST(made.id() != victim);
    BOOST_TEST(scim.get("/Users/" + victim).response.body == before);
}

BOOST_AUTO_TEST_CASE(scim2_parse_filter_no_filter_takes_more_than_its_length_in_time)
{
    ServiceFixture const scim;
    scim.create("/Users", user(std::string(200, 'a')));
    std::string const many(20'000, 'a');
    for (auto const& filter :
         std::vector<std::string>{"userName eq \"" + many + "!", "userName co \"" + many + "b\"", many + " eq 1",
                                  "userName eq \"" + std::string(20'000, '\\') + "\"", std::string(20'000, ' ') + "x",
                                  "emails[value co \"" + many + "\"]" + many})
    {
        auto const began = std::chrono::steady_clock::now();
        json::object const search{{"schemas", {"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}},
                                  {"filter", filter}};
        auto const status = scim.post("/Users/.search", search).status;
        BOOST_TEST((status == 200 || status == 400));
        BOOST_TEST((std::chrono::steady_clock::now() - began < std::chrono::seconds{2}));
    }
}

BOOST_AUTO_TEST_CASE(scim_patch_no_path_reaches_what_all_objects_share)
{
    for (auto const& tolerance : {Tolerance{}, Tolerance::strict()})
    {
        ServiceFixture const scim{{.tolerance = tolerance}};
        auto const id = scim.create("/Users", user("ada"));
        auto const other = scim.create("/Users", user("bob"));
        for (auto const& path :
             std::vector<std::string>{"__proto__.polluted", "constructor.prototype.polluted", "__proto__",
                                      "name.__proto__.polluted", "emails[type eq \"work\"].__proto__.polluted"})
            for (auto const* const op : {"add", "replace"})
                scim.patch("/Users/" + id, patch_op(op, path, "yes"));
        scim.patch("/Users/" + id, patch_op("add", "", {{"__proto__", {{"polluted", "yes"}}}}));
        for (auto const& target : {"/Users/" + id, "/Users/" + other, std::string{"/Users"}, std::string{"/Schemas"}})
            BOOST_TEST(scim.get(target).response.body.find("polluted") == std::string::npos, target);
        BOOST_TEST(scim.create("/Users", user("eve")) != "");
    }
}

BOOST_AUTO_TEST_CASE(authentik_25686_a_member_that_a_filter_names_is_gone_afterwards)
{
    ServiceFixture const scim;
    auto const ada = scim.create("/Users", user("ada"));
    auto const bob = scim.create("/Users", user("bob"));
    auto const group = [&]
    {
        return scim.create("/Groups", {{"schemas", {urn::group}},
                                       {"displayName", "g"},
                                       {"members", {{{"value", ada}, {"display", "Ada"}}, {{"value", bob}}}}});
    };
    for (auto const& path :
         std::vector<std::string>{"members[value eq \"" + ada + "\"]", "members[value eq \"" + ada + "\" and value pr]",
                                  "members[not (value eq \"" + bob + "\")]"})
    {
        auto const id = group();
        auto const removed = scim.patch("/Groups/" + id, patch_op("remove", path));
        BOOST_REQUIRE(removed.status < 300);
        auto const left = scim.get("/Groups/" + id);
        BOOST_TEST(left.size("/members") == 1, path);
        BOOST_TEST(left.text("/members/0/value") == bob, path);
        BOOST_TEST(scim.get("/Users/" + ada).response.body.find(id) == std::string::npos, path);
    }
}

BOOST_AUTO_TEST_CASE(yuzu_operations_happen_in_their_order_and_no_text_ends_early)
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("ada"));
    auto const at = "/Users/" + id;
    json::array operations;
    for (auto const* const value : {"1", "2", "3"})
        operations.push_back({{"op", "replace"}, {"path", "title"}, {"value", value}});
    operations.push_back({{"op", "remove"}, {"path", "title"}});
    operations.push_back({{"op", "add"}, {"path", "title"}, {"value", "last"}});
    BOOST_TEST(scim.patch(at, patch_op(operations)).text("/title") == "last");
    std::string const cut{"root\0evil", 9};
    BOOST_TEST(scim.post("/Users", user(cut)).status == 400);
    BOOST_TEST(scim.put(at, user(cut)).status == 400);
    BOOST_TEST(scim.patch(at, patch_op("replace", "userName", json::value(cut))).status == 400);
    BOOST_TEST(scim.get("/Users?filter=userName eq \"root\"").number("/totalResults") == 0);
}

BOOST_AUTO_TEST_SUITE_END()
