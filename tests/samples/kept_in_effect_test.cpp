// What one server changes holds on the others over the same store, and what failed to take effect does so later.
#include <scimkit/schema/registry.hpp>
#include <scimkit/store/change_log.hpp>
#include <scimkit/store/forwarding_store.hpp>

#include "samples/server/kept_in_effect.hpp"
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <thread>

using namespace scimkit;
using namespace scimkit::test;
using namespace std::chrono_literals;

namespace
{

constexpr auto kept_token_schema = "urn:scimkit:params:scim:schemas:admin:1.0:Token";

struct AsIs final : PasswordHasher
{
    result<std::string> hash(std::string_view secret) override { return "sha256:" + std::string{secret}; }
    bool verify(std::string_view, std::string_view) override { return false; }
};

/// Counts looks at the log, and may be away.
struct WatchedLog final : ForwardingChangeLog
{
    using ForwardingChangeLog::ForwardingChangeLog;

    result<void> read(std::string_view tenant, CallContext const& context, LogPosition after, std::uint64_t limit,
                      function_ref<bool(LoggedChange&&)> sink) override
    {
        ++looks;
        return ForwardingChangeLog::read(tenant, context, after, limit, sink);
    }

    result<bool> wait(std::string_view tenant, CallContext const& context, LogPosition after,
                      std::stop_token stop) override
    {
        if (is_away)
            return Error{ErrorCode::unavailable, "The log is away."};
        return ForwardingChangeLog::wait(tenant, context, after, std::move(stop));
    }

    std::atomic<int> looks{0};
    std::atomic<bool> is_away{false};
};

struct WatchedStore final : ForwardingStore
{
    using ForwardingStore::ForwardingStore;

    ChangeLog* change_log() override { return &log; }

    WatchedLog log{*inner().change_log()};
};

/// Another server over the same store: it knows whether the key is good, as it was when it looked last.
class OtherServer
{
public:
    OtherServer(ServiceFixture const& scim, std::string id, int failures = 0)
        : scim_(scim)
        , id_(std::move(id))
        , failures_(failures)
    {
        if (failures == 0)
            BOOST_REQUIRE(put());
    }

    result<void> put()
    {
        if (failures_-- > 0)
            return Error{ErrorCode::unavailable, "The disk is away."};
        ++puts_;
        auto const look = [&](ReadTransaction& transaction) -> result<void>
        {
            auto const extent = transaction.change_log()->extent();
            auto const token = transaction.get(*scim_.service.options().registry->find_resource_type("Token"), id_, {});
            if (!extent || !token || !*token)
                return Error{ErrorCode::internal, "There is no token."};
            good_ = !(*token)->attributes.at("revoked").get_bool();
            reached_ = extent->end.number();
            return {};
        };
        return scim_.store->read(*scim_.attachment(), "default", {}, look);
    }

    server::KeptInEffect follow() { return follow(scim_.store); }

    server::KeptInEffect follow(std::shared_ptr<ResourceStore> store)
    {
        return {std::move(store),
                "default",
                {.put = [this] { return put(); }, .reached = [this] { return LogPosition{reached_}; }, .pause = 5ms},
                [this](LogLevel level, std::string_view line)
                {
                    said_ += line;
                    errors_ += level == LogLevel::error ? 1 : 0;
                }};
    }

    bool comes_to_refuse() const
    {
        for (int look = 0; look < 2'000 && good_; ++look)
            std::this_thread::sleep_for(5ms);
        return !good_;
    }

    int puts() const { return puts_; }
    int errors() const { return errors_; }
    std::string const& said() const { return said_; } ///< when nobody follows any more

private:
    ServiceFixture const& scim_;
    std::string id_;
    std::atomic<int> failures_;
    std::atomic<int> puts_{0};
    std::atomic<int> errors_{0};
    std::string said_;
    std::atomic<bool> good_{true};
    std::atomic<std::uint64_t> reached_{0};
};

struct OneToken
{
    void revoke() const
    {
        BOOST_REQUIRE(scim.patch("/Tokens/" + id, patch_op("replace", "revoked", true)).status == 200);
    }

    void use() const
    {
        auto const type = scim.service.options().registry->find_resource_type("Token");
        auto const rules = UniqueKeyRules::make(*scim.service.options().registry).value();
        std::vector<std::string> const changed{"lastUsed"};
        auto const note_use = [&](WriteTransaction& transaction) -> result<void>
        {
            auto token = transaction.get(*type, id, {}).value().value();
            token.attributes["lastUsed"] = "2026-01-01T00:00:00Z";
            auto const done =
                transaction.replace(token, token.version, rules.facts_of(token), LargeAttributes::as_given, changed);
            return done ? result<void>{} : done.error();
        };
        BOOST_REQUIRE(scim.store->write(*scim.attachment(), "default", {}, note_use));
    }

    ServiceFixture scim{
        {.registry = SchemaRegistry::Builder{}.load(std::filesystem::path{SCIMKIT_ADMIN_SCHEMAS}).build().value(),
         .password_hasher = std::make_shared<AsIs>()}};
    std::string id = scim.create("/Tokens", {{"schemas", {kept_token_schema}},
                                             {"name", "entra"},
                                             {"tenant", "acme"},
                                             {"key", "hash"},
                                             {"revoked", false},
                                             {"scopes", {"scim"}}});
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(kept_in_effect, OneToken)

BOOST_AUTO_TEST_CASE(check_6_a_key_that_one_server_revokes_is_refused_by_another_over_the_same_store)
{
    OtherServer other{scim, id};
    auto const following = other.follow();
    revoke();
    BOOST_TEST(other.comes_to_refuse());
    BOOST_TEST(other.errors() == 0);
}

BOOST_AUTO_TEST_CASE(a_revocation_that_failed_to_take_effect_is_tried_until_it_does_and_told_once)
{
    OtherServer other{scim, id, 5};
    auto const following = other.follow();
    revoke();
    BOOST_TEST(other.comes_to_refuse());
    BOOST_TEST(other.errors() == 1); // the same reason is no news
}

BOOST_AUTO_TEST_CASE(what_is_in_effect_already_is_not_put_into_effect_again)
{
    OtherServer same{scim, id};
    revoke();
    BOOST_REQUIRE(same.put()); // as the observer of the service does, before the answer
    auto const following = same.follow();
    std::this_thread::sleep_for(200ms);
    BOOST_TEST(same.puts() == 2);
}

BOOST_AUTO_TEST_CASE(that_a_key_was_used_puts_nothing_into_effect)
{
    OtherServer other{scim, id};
    auto const following = other.follow();
    use();
    std::this_thread::sleep_for(200ms);
    BOOST_TEST(other.puts() == 1);
    revoke();
    BOOST_TEST(other.comes_to_refuse());
}

BOOST_AUTO_TEST_CASE(what_does_not_matter_is_looked_at_together)
{
    auto const store = std::make_shared<WatchedStore>(scim.store);
    OtherServer other{scim, id};
    auto const begin = std::chrono::steady_clock::now();
    {
        auto const following = other.follow(store);
        for (int i = 0; i < 40 || (i < 2'000 && store->log.looks == 0); ++i)
        {
            use();
            std::this_thread::sleep_for(5ms);
        }
    }
    BOOST_TEST(store->log.looks.load() > 0);
    BOOST_TEST(store->log.looks.load() <= (std::chrono::steady_clock::now() - begin) / 200ms + 1);
}

BOOST_AUTO_TEST_CASE(a_store_that_is_away_is_not_told_as_a_change_without_effect)
{
    auto const store = std::make_shared<WatchedStore>(scim.store);
    store->log.is_away = true;
    OtherServer other{scim, id, 1'000'000};
    {
        auto const following = other.follow(store);
        for (int look = 0; look < 2'000 && other.errors() == 0; ++look)
            std::this_thread::sleep_for(5ms);
    }
    BOOST_TEST(other.said() == "what the administration has stored cannot be read: The disk is away.");
}

BOOST_AUTO_TEST_CASE(the_end_does_not_wait_for_a_store_that_never_comes_back)
{
    OtherServer other{scim, id, 1'000'000};
    auto const begin = std::chrono::steady_clock::now();
    {
        auto const following = other.follow();
        revoke();
    }
    BOOST_TEST((std::chrono::steady_clock::now() - begin < 10s));
}

BOOST_AUTO_TEST_SUITE_END()
