// When keys were used last, written into the resources of the administration.
#include <scimkit/schema/registry.hpp>

#include "samples/server/last_uses.hpp"
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;
using namespace std::chrono_literals;

namespace
{

constexpr auto token_schema = "urn:scimkit:params:scim:schemas:admin:1.0:Token";

/// Keeps what it is given, as the administration does with hashes.
struct Plain final : PasswordHasher
{
    result<std::string> hash(std::string_view secret) override { return "sha256:" + std::string{secret}; }
    bool verify(std::string_view, std::string_view) override { return false; }
};

struct Tokens
{
    Tokens()
    {
        for (auto const* const name : {"used", "idle"})
            ids.push_back(scim.create("/Tokens", {{"schemas", {token_schema}},
                                                  {"name", name},
                                                  {"tenant", "acme"},
                                                  {"key", "hash-of-" + std::string{name}},
                                                  {"scopes", {"scim"}}}));
    }

    std::size_t write(std::vector<KeyUse> const& uses) const
    {
        return server::write_last_uses(*scim.store, *scim.attachment(), "default", uses, at).value();
    }
    std::string last_used(std::size_t which) const { return scim.get("/Tokens/" + ids[which]).text("/lastUsed"); }

    Instant at = parse_date_time("2026-11-27T01:00:00Z").value();
    ServiceFixture scim{
        {.registry = SchemaRegistry::Builder{}.load(std::filesystem::path{SCIMKIT_ADMIN_SCHEMAS}).build().value(),
         .password_hasher = std::make_shared<Plain>()}};
    std::vector<std::string> ids;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(last_uses, Tokens)

BOOST_AUTO_TEST_CASE(a_token_says_when_its_key_was_used_last_and_no_other_does)
{
    BOOST_TEST(write({{"hash-of-used", at}, {"hash-of-nobody", at}}) == 1U);
    BOOST_TEST(last_used(0).starts_with("2026-11-27T01:00:00"));
    BOOST_TEST(last_used(1) == "(none)");
    BOOST_TEST(write({}) == 0U);
}

BOOST_AUTO_TEST_CASE(a_key_that_is_used_all_the_time_costs_a_write_a_minute)
{
    std::size_t written = 0;
    for (auto second = 0s; second < 600s; second += 1s)
        written += write({{"hash-of-used", at + second}});
    BOOST_TEST(written == 10U);
    std::string const version{scim.get("/Tokens/" + ids[0]).header("ETag")};
    BOOST_TEST(write({{"hash-of-used", at}}) == 0U); // and never goes back
    BOOST_TEST(scim.get("/Tokens/" + ids[0]).header("ETag") == version);
}

BOOST_AUTO_TEST_CASE(nobody_writes_it_but_the_server_and_no_change_takes_it_away)
{
    write({{"hash-of-used", at}});
    auto const target = "/Tokens/" + ids[0];
    scim.patch(target, patch_op("replace", "lastUsed", "2030-01-01T00:00:00Z"));
    scim.patch(target, patch_op("remove", "lastUsed"));
    BOOST_TEST(scim.patch(target, patch_op("replace", "revoked", true)).status == 200);
    BOOST_TEST(scim.put(target, {{"schemas", {token_schema}},
                                 {"name", "used"},
                                 {"tenant", "acme"},
                                 {"key", "hash-of-used"},
                                 {"lastUsed", "2030-01-01T00:00:00Z"},
                                 {"scopes", {"users.read"}}})
                   .status == 200);
    BOOST_TEST(last_used(0).starts_with("2026-11-27T01:00:00"));
    BOOST_TEST(scim.get("/Tokens?filter=lastUsed gt \"2026-01-01T00:00:00Z\"").number("/totalResults") == 1);
    BOOST_TEST(write({{"hash-of-used", at + 60s}}) == 1U); // its key is what it was
}

BOOST_AUTO_TEST_SUITE_END()
