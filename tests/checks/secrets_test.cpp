// Where secrets do not get to, and what time does not tell. The numbers are those of docs/security-checks.md.
#include <scimkit/security/api_key.hpp>
#include <scimkit/service/committed_change.hpp>

#include "support/bulk.hpp"
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(secrets_and_time)

BOOST_AUTO_TEST_CASE(check_3_an_unknown_key_costs_what_a_revoked_and_an_expired_one_cost)
{
    auto const live = new_api_key();
    auto const revoked = new_api_key();
    auto const expired = new_api_key();
    auto const unknown = new_api_key();
    std::vector<KeyRecord> keys;
    for (int i = 0; i < 1'000; ++i)
        keys.push_back(make_key_record(new_api_key(), {.subject = "s"}).value());
    keys.push_back(make_key_record(live, {.subject = "live"}).value());
    keys.push_back(make_key_record(revoked, {.subject = "revoked"}).value());
    keys.back().revoked = true;
    keys.push_back(make_key_record(expired, {.subject = "expired"}, Instant{}).value());
    auto const by = key_authenticator(std::move(keys));
    std::array const headers{"Bearer " + unknown, "Bearer " + revoked, "Bearer " + expired};
    std::array<std::vector<std::int64_t>, headers.size()> times;
    for (int i = 0; i < 10'000; ++i)
        for (std::size_t which = 0; which < headers.size(); ++which)
        {
            auto const began = std::chrono::steady_clock::now();
            BOOST_REQUIRE(!by->authenticate({.authorization = headers[which]}).has_value());
            times[which].push_back((std::chrono::steady_clock::now() - began).count());
        }
    std::array<double, headers.size()> medians{};
    for (std::size_t which = 0; which < headers.size(); ++which)
    {
        auto const middle = times[which].begin() + 5'000;
        std::nth_element(times[which].begin(), middle, times[which].end());
        medians[which] = static_cast<double>(*middle);
    }
    BOOST_TEST_CONTEXT("medians " << medians[0] << " " << medians[1] << " " << medians[2] << " ns")
    {
        BOOST_TEST(*std::ranges::max_element(medians) < 1.5 * *std::ranges::min_element(medians));
    }
}

BOOST_AUTO_TEST_CASE(check_4_no_slow_hash_is_made_for_whoever_is_not_let_in)
{
    struct Counting final : PasswordHasher
    {
        result<std::string> hash(std::string_view) override
        {
            ++hashes;
            return std::string{"h"};
        }
        bool verify(std::string_view, std::string_view) override
        {
            ++hashes;
            return false;
        }
        std::atomic<int> hashes{0};
    };
    auto const hasher = std::make_shared<Counting>();
    auto const key = new_api_key();
    ServiceFixture const scim{{.authenticator = key_authenticator({make_key_record(key, {.subject = "s"}).value()}),
                               .password_hasher = hasher}};
    auto const body = user("ada", {{"password", "canary"}});
    for (auto const& authorization :
         {std::string{}, "Bearer " + new_api_key(), std::string{"Basic YTpi"}, "Bearer " + key + "x"})
        BOOST_TEST(scim.post("/Users", body, {{"Authorization", authorization}}).status == 401);
    BOOST_TEST(hasher->hashes == 0);
    BOOST_TEST(scim.post("/Users", body, {{"Authorization", "Bearer " + key}}).status == 201);
    BOOST_TEST(hasher->hashes == 1);
}

BOOST_AUTO_TEST_CASE(check_19_a_canary_put_in_as_a_password_comes_out_nowhere)
{
    std::string const canary = "CANARY-5f1b7c";
    std::vector<std::string> said;
    ServiceFixture const scim{{.password_hasher = std::make_shared<FakeHasher>(),
                               .observer =
                                   [&](CommittedChange const& change)
                               {
                                   for (auto const* const state : {&change.before, &change.after})
                                       if (*state)
                                           said.push_back(ServiceFixture::text_of((*state)->attributes));
                               },
                               .log = [&](LogLevel, std::string_view line) { said.emplace_back(line); }}};
    auto const note = [&](Reply const& reply)
    {
        said.push_back(reply.response.body + reply.response.detail);
        for (auto const& [name, value] : reply.response.headers)
            said.push_back(name + value);
        return reply.status;
    };
    auto const made = scim.post("/Users", user("ada", {{"password", canary}}));
    BOOST_TEST(note(made) == 201);
    auto const at = "/Users/" + made.id();
    note(scim.get(at + "?attributes=password"));
    note(scim.get("/Users?attributes=password"));
    note(scim.put(at, user("ada", {{"password", canary}, {"title", "t"}})));
    note(scim.patch(at, patch_op("replace", "password", json::value(canary))));
    note(scim.patch(at, patch_op("add", "", {{"password", canary}})));
    note(scim.patch(at, patch_op("replace", "password", {{"x", canary}})));
    note(scim.patch(at, patch_op("add", "password", {canary})));
    note(scim.post("/Bulk", bulk({bulk_on("PATCH", at, patch_op("replace", "password", json::value(canary))),
                                  bulk_on("PUT", at, user("eve", {{"password", json::array{canary}}}))})));
    note(scim.put(at, {{"schemas", {urn::user}}, {"password", canary}}));
    for (auto const& filter : std::vector<std::string>{
             "password eq \"" + canary + "\"", "password sw \"C\"", "password co \"A\"", std::string{"password pr"},
             std::string{"password gt \"B\""}, "userName eq \"ada\" and password eq \"" + canary + "\""})
    {
        BOOST_TEST(note(scim.get("/Users?filter=" + filter)) == 403, filter);
        json::object const search{{"schemas", {"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}},
                                  {"filter", filter}};
        BOOST_TEST(note(scim.post("/Users/.search", search)) == 400, filter);
        note(scim.patch(at, patch_op("remove", "emails[" + filter + "]")));
    }
    auto const other = scim.create("/Users", user("bob", {{"password", "AAAA"}}));
    auto const order = [&](char const* direction)
    {
        auto const reply = scim.get(std::string{"/Users?sortBy=password&sortOrder="} + direction);
        note(reply);
        return reply.status == 200 ? reply.text("/Resources/0/id") : std::string{"refused"};
    };
    BOOST_TEST(order("ascending") == order("descending")); // no order that tells which is the greater one
    note(scim.del("/Users/" + other));
    note(scim.del(at));
    for (auto const& text : said)
    {
        BOOST_TEST(text.find(canary) == std::string::npos, text);
        BOOST_TEST(text.find("fake$") == std::string::npos, text); // nor its hash
    }
}

BOOST_AUTO_TEST_CASE(check_24_a_dry_run_of_a_mass_deletion_stores_nothing)
{
    ServiceFixture const scim{{.dry_run_header = true}};
    std::vector<std::string> ids;
    for (int i = 0; i < 20; ++i)
        ids.push_back(scim.create("/Users", user("u" + std::to_string(i))));
    auto const before = scim.get("/Users?sortBy=id").response.body;
    json::array all;
    for (auto const& id : ids)
    {
        BOOST_TEST(scim.del("/Users/" + id, {{"SCIM-Dry-Run", "true"}}).status == 204);
        all.push_back(bulk_on("DELETE", "/Users/" + id));
    }
    BOOST_TEST(scim.post("/Bulk", bulk(all), {{"SCIM-Dry-Run", "true"}}).status == 200);
    BOOST_TEST(scim.get("/Users?sortBy=id").response.body == before);
}

BOOST_AUTO_TEST_SUITE_END()
