// What would mean nothing is refused when it is written, and a look at everything costs a write no more than once.
#include <scimkit/schema/registry.hpp>
#include <scimkit/store/run_query.hpp>

#include "samples/server/checked_store.hpp"
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;

namespace
{

constexpr auto checked_token_schema = "urn:scimkit:params:scim:schemas:admin:1.0:Token";

struct AsGiven final : PasswordHasher
{
    result<std::string> hash(std::string_view secret) override { return "sha256:" + std::string{secret}; }
    bool verify(std::string_view, std::string_view) override { return false; }
};

/// Whoever else writes to the store has ids of its own.
struct OtherIds final : TickingEnvironment
{
    std::string new_id() override { return "other-" + TickingEnvironment::new_id(); }
};

/// A token whose tenant is "wrong" is a fault, of its name.
struct Checked
{
    Reply make(std::string const& name, std::string const& of_tenant) const
    {
        return scim.post("/Tokens", {{"schemas", {checked_token_schema}},
                                     {"name", name},
                                     {"tenant", of_tenant},
                                     {"key", "hash-of-" + name},
                                     {"scopes", {"scim"}}});
    }

    result<std::vector<Error>> faults(server::WrittenRecords const& written)
    {
        ++looks;
        granted = written.granted;
        std::vector<Error> all;
        auto const type = scim.service.options().registry->find_resource_type("Token");
        Query::Source const source{.type = type};
        auto const page = run_query(written.transaction, {.sources = {&source, 1}, .limit = 100});
        if (!page)
            return page.error();
        for (auto const& token : page->resources)
            if (token.attributes.at("tenant") == "wrong")
                all.push_back({ErrorCode::invalid_value,
                               "Token " + std::string{token.attributes.at("name").as_string()} + ": it is wrong."});
        return all;
    }

    int looks = 0;
    std::vector<server::Granted> granted{}; // by the last transaction that was looked at
    std::shared_ptr<ResourceStore> memory = memory::make_store();
    std::shared_ptr<ResourceStore> store = std::make_shared<server::CheckedStore>(
        memory, [this](server::WrittenRecords const& written) { return faults(written); });
    ServiceFixture scim{
        {.store = store,
         .registry = SchemaRegistry::Builder{}.load(std::filesystem::path{SCIMKIT_ADMIN_SCHEMAS}).build().value(),
         .password_hasher = std::make_shared<AsGiven>()}};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(checked_stores, Checked)

BOOST_AUTO_TEST_CASE(a_key_that_is_issued_costs_one_look_at_everything)
{
    for (int i = 0; i < 5; ++i)
    {
        looks = 0;
        BOOST_TEST(make("n" + std::to_string(i), "acme").status == 201);
        BOOST_TEST(looks == 1);
    }
    looks = 0;
    BOOST_TEST(scim.get("/Tokens").number("/totalResults") == 5);
    BOOST_TEST(looks == 0);
}

BOOST_AUTO_TEST_CASE(what_would_be_wrong_is_refused_with_the_reason_and_not_stored)
{
    auto const refused = make("bad", "wrong");
    BOOST_TEST(refused.status == 400);
    BOOST_TEST(refused.detail() == "Token bad: it is wrong.");
    BOOST_TEST(scim.get("/Tokens").number("/totalResults") == 0);
}

BOOST_AUTO_TEST_CASE(what_was_wrong_before_stops_nothing_and_is_no_cover_for_what_is_new)
{
    {
        ServiceFixture const unchecked{{.store = memory,
                                        .registry = scim.service.options().registry,
                                        .environment = std::make_shared<OtherIds>(),
                                        .password_hasher = std::make_shared<AsGiven>()}};
        auto const old = unchecked.post("/Tokens", {{"schemas", {checked_token_schema}},
                                                    {"name", "old"},
                                                    {"tenant", "wrong"},
                                                    {"key", "x"},
                                                    {"scopes", {"scim"}}});
        BOOST_REQUIRE(old.status == 201);
    }
    BOOST_TEST(make("good", "acme").status == 201);
    BOOST_TEST(make("bad", "wrong").detail() == "Token bad: it is wrong.");
    auto const good = scim.get("/Tokens?filter=name eq \"good\"");
    BOOST_TEST(scim.patch("/Tokens/" + good.text("/Resources/0/id"), patch_op("replace", "revoked", true)).status ==
               200);
}

BOOST_AUTO_TEST_CASE(what_a_token_grants_is_what_was_written_and_neither_its_use_nor_its_end)
{
    auto const made = make("ada", "acme");
    BOOST_REQUIRE(granted.size() == 1U);
    BOOST_TEST(granted.front().what == "Token ada");
    BOOST_TEST(granted.front().tenant == "acme");
    BOOST_TEST((granted.front().scopes == std::vector<std::string>{"scim"}));

    auto const use = [&](std::string const& changed)
    {
        return store->write(*scim.attachment(), "default", {},
                            [&](WriteTransaction& transaction) -> result<void>
                            {
                                auto const type = scim.service.options().registry->find_resource_type("Token");
                                auto token = transaction.get(*type, made.text("/id"), {}).value().value();
                                token.attributes["lastUsed"] = "2026-01-01T00:00:00Z";
                                std::vector<std::string> const attributes{changed};
                                auto const done =
                                    transaction.replace(token, {}, {}, LargeAttributes::as_given, attributes);
                                return done ? result<void>{} : result<void>{done.error()};
                            });
    };
    BOOST_TEST(use("lastUsed").has_value());
    BOOST_TEST(granted.empty());
    BOOST_TEST(use("scopes").has_value());
    BOOST_TEST(granted.size() == 1U);
    BOOST_TEST(scim.patch("/Tokens/" + made.text("/id"), patch_op("replace", "revoked", true)).status == 200);
    BOOST_TEST(granted.empty());
}

BOOST_AUTO_TEST_SUITE_END()
