// What is looked at around the credentials: addresses and rates.
#include <scimkit/security/gate.hpp>

#include "mentions.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>

using namespace scimkit;
using namespace std::chrono_literals;
using scimkit::test::mentions;
using Clock = RateLimiter::Clock;

namespace
{

AddressList list(std::vector<std::string> const& ranges) { return AddressList::parse(ranges).value(); }

/// Counts how often it is asked.
struct Inner : Authenticator
{
    result<Principal> authenticate(Credentials const& credentials) override
    {
        ++asked;
        if (credentials.authorization.empty())
            return Error{ErrorCode::unauthorized, "No."};
        auto const slash = credentials.authorization.find('/');
        return Principal{.subject = std::string{credentials.authorization.substr(0, slash)},
                         .tenant = slash == std::string_view::npos
                                       ? std::string{}
                                       : std::string{credentials.authorization.substr(slash + 1)},
                         .issuer = issuer};
    }
    bool may_block() const noexcept override { return false; }
    std::string challenge() const override { return "Test"; }
    std::vector<AuthenticationScheme> schemes() const override { return {}; }

    int asked = 0;
    std::string issuer{};
};

struct Gated
{
    explicit Gated(GateOptions options)
    {
        options.refused = [this](std::string_view why) { log.emplace_back(why); };
        by = gate(inner, std::move(options));
    }

    /// The status of what somebody gets.
    int come(std::string_view who, std::string_view address) const
    {
        auto const principal = by->authenticate({.authorization = who, .peer_address = address});
        return principal ? 200 : status_of(principal.error().code);
    }

    std::shared_ptr<Inner> inner = std::make_shared<Inner>();
    std::shared_ptr<Authenticator> by;
    std::vector<std::string> log;
};

/// How many of `times` come in, one after the other without a pause.
int come_in(Gated const& gated, std::string_view who, std::string_view address, int times)
{
    int in = 0;
    for (int i = 0; i < times; ++i)
        in += gated.come(who, address) == 200;
    return in;
}

constexpr Rate five{.per_second = 0.01, .burst = 5};

} // namespace

BOOST_AUTO_TEST_SUITE(rate_limits)

BOOST_AUTO_TEST_CASE(a_bucket_gives_its_burst_and_then_its_rate)
{
    RateLimiter limiter{{.per_second = 10, .burst = 5}};
    auto const start = Clock::now();
    for (int i = 0; i < 5; ++i)
        BOOST_TEST(!limiter.take("a", start));
    BOOST_TEST((limiter.take("a", start) == 1s));
    BOOST_TEST((limiter.take("a", start + 99ms) == 1s)); // a refusal takes nothing, and does not put off the next
    BOOST_TEST(!limiter.take("a", start + 100ms));
    BOOST_TEST(limiter.take("a", start + 100ms).has_value());
    BOOST_TEST(!limiter.take("b", start)); // another name, another bucket
    int taken = 0;
    for (int i = 0; i < 1'000; ++i)
        taken += !limiter.take("c", start + std::chrono::milliseconds{i});
    BOOST_TEST(taken == 5 + 9);
    for (int i = 0; i < 5; ++i)
        BOOST_TEST(!limiter.take("c", start + 10s)); // full again, and no fuller
    BOOST_TEST(limiter.take("c", start + 10s).has_value());
}

BOOST_AUTO_TEST_CASE(who_has_to_wait_is_told_how_long)
{
    RateLimiter limiter{{.per_second = 0.1, .burst = 1}};
    auto const start = Clock::now();
    BOOST_TEST(!limiter.take("a", start));
    BOOST_TEST((limiter.take("a", start) == 10s));
    BOOST_TEST((limiter.take("a", start + 7'500ms) == 3s));
    BOOST_TEST((limiter.take("a", start + 9'999ms) == 1s));
    BOOST_TEST(!limiter.take("a", start + 10s));
}

BOOST_AUTO_TEST_CASE(the_default_burst_is_two_seconds)
{
    RateLimiter limiter{{.per_second = 25}};
    auto const now = Clock::now();
    int taken = 0;
    while (!limiter.take("a", now))
        ++taken;
    BOOST_TEST(taken == 50);
}

BOOST_AUTO_TEST_CASE(memory_is_bounded_by_who_is_busy)
{
    RateLimiter limiter{{.per_second = 1, .burst = 1}, {.max_names = 160}};
    auto const start = Clock::now();
    int refused = 0;
    for (int i = 0; i < 10'000; ++i)
        refused += limiter.take("n" + std::to_string(i), start).has_value();
    BOOST_TEST(refused > 9'000);                  // beyond their number they share one bucket
    BOOST_TEST(!limiter.take("new", start + 2s)); // and the idle are forgotten
    int later = 0;
    for (int i = 0; i < 50; ++i)
        later += limiter.take("m" + std::to_string(i), start + 2s).has_value();
    BOOST_TEST(later == 0);
}

BOOST_AUTO_TEST_CASE(a_rate_that_is_none_is_refused)
{
    for (Rate const rate :
         {Rate{.per_second = 0}, Rate{.per_second = -1}, Rate{.per_second = 1, .burst = -1}, Rate{.per_second = 1e12}})
        BOOST_CHECK_THROW(RateLimiter{rate}, std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(gates)

BOOST_AUTO_TEST_CASE(only_listed_addresses_come_in_and_others_never_get_to_the_credentials)
{
    Gated const gated{{.allowed = list({"10.0.0.0/8", "2001:db8::/32"})}};
    BOOST_TEST(gated.come("ada", "10.1.2.3") == 200);
    BOOST_TEST(gated.come("ada", "::ffff:10.1.2.3") == 200);
    BOOST_TEST(gated.come("ada", "2001:db8::1") == 200);
    BOOST_TEST(gated.come("", "10.1.2.3") == 401);
    auto const before = gated.inner->asked;
    for (auto const* address : {"192.0.2.7", "2001:db9::1", "::1", "", "unknown", "10.0.0.1:80"})
    {
        BOOST_TEST(gated.come("ada", address) == 403, address);
        BOOST_TEST(gated.come("", address) == 403, address); // the same with and without credentials
    }
    BOOST_TEST(gated.inner->asked == before);
    BOOST_TEST(mentions(gated.log.front(), "192.0.2.7"));
}

BOOST_AUTO_TEST_CASE(check_3_from_a_forbidden_address_no_credentials_cost_more_than_others_or_are_answered_otherwise)
{
    Gated const gated{
        {.allowed = list({"10.0.0.0/8", "192.0.2.0/24"}), .allowed_of = {{"acme", list({"10.0.0.0/8"})}}}};
    auto const refused = [&](std::string_view who, std::string_view address)
    {
        auto const before = gated.inner->asked;
        auto const principal = gated.by->authenticate({.authorization = who, .peer_address = address});
        BOOST_REQUIRE(!principal);
        return std::pair{principal.error(), gated.inner->asked - before};
    };
    auto const expected = refused("ada/acme", "198.51.100.7");
    BOOST_TEST(expected.second == 0); // nobody's are looked at
    for (auto const* who : {"", "bob/globex", "nobody", "x"})
        BOOST_TEST((refused(who, "198.51.100.7") == expected), who);
    // Where a tenant's own list decides, they are looked at once, good ones and bad ones alike.
    BOOST_TEST(refused("ada/acme", "192.0.2.7").second == 1);
    BOOST_TEST(refused("", "192.0.2.7").second == 1);
}

BOOST_AUTO_TEST_CASE(a_tenant_may_have_a_list_of_its_own)
{
    Gated const gated{{.allowed_of = {{"acme", list({"10.0.0.0/8"})}, {"default", list({"127.0.0.1"})}}}};
    BOOST_TEST(gated.come("ada/acme", "10.1.2.3") == 200);
    BOOST_TEST(gated.come("ada/acme", "192.0.2.7") == 403);
    BOOST_TEST(gated.come("bob/globex", "192.0.2.7") == 200);
    BOOST_TEST(gated.come("cy", "192.0.2.7") == 403); // of the default tenant
    BOOST_TEST(gated.come("cy", "127.0.0.1") == 200);
    BOOST_TEST(mentions(gated.log.front(), "acme"));
}

BOOST_AUTO_TEST_CASE(of_whom_a_refusal_is_is_told_once_the_credentials_are_good_and_not_before)
{
    auto own = std::make_shared<TenantGate>();
    own->allowed = list({"10.0.0.0/8"});
    Gated const gated{{.allowed = list({"10.0.0.0/8", "192.0.2.0/24"}),
                       .allowed_of = {{"globex", list({"10.0.0.0/8"})}},
                       .per_tenant = Rate{.per_second = 0.01, .burst = 1},
                       .of_tenant = [&](std::string_view tenant) { return tenant == "own" ? own : nullptr; }}};
    auto const known = [&](std::string_view who, std::string_view address)
    {
        Principal principal;
        BOOST_TEST(!gated.by->authenticate({.authorization = who, .peer_address = address, .known = &principal}));
        return principal.subject + "@" + principal.tenant;
    };
    BOOST_TEST(known("ada/globex", "192.0.2.7") == "ada@globex"); // its list
    BOOST_TEST(known("ada/own", "192.0.2.7") == "ada@own");
    BOOST_TEST(gated.come("ada/acme", "10.0.0.1") == 200);
    BOOST_TEST(known("ada/acme", "10.0.0.1") == "ada@acme"); // its rate
    BOOST_TEST(gated.come("cy", "10.0.0.1") == 200);
    BOOST_TEST(known("cy", "10.0.0.1") == "cy@default");
    BOOST_TEST(known("", "10.0.0.1") == "@");             // 401
    BOOST_TEST(known("ada/acme", "198.51.100.7") == "@"); // nobody has looked at the credentials
}

BOOST_AUTO_TEST_CASE(what_a_tenant_asks_for_counts_from_the_next_request_on_and_for_nobody_else)
{
    std::shared_ptr<TenantGate> own;
    Gated const gated{{.of_tenant = [&](std::string_view tenant) { return tenant == "acme" ? own : nullptr; }}};
    BOOST_TEST(gated.come("ada/acme", "10.0.0.1") == 200);
    own = std::make_shared<TenantGate>();
    own->allowed = list({"192.0.2.0/24"});
    BOOST_TEST(gated.come("ada/acme", "10.0.0.1") == 403);
    BOOST_TEST(gated.come("", "10.0.0.1") == 401, "who has no credentials is told nothing");
    BOOST_TEST(gated.come("ada/acme", "192.0.2.7") == 200);
    BOOST_TEST(gated.come("ada/globex", "10.0.0.1") == 200);
    BOOST_TEST(mentions(gated.log.front(), "tenant acme"));
    own = nullptr;
    BOOST_TEST(gated.come("ada/acme", "10.0.0.1") == 200);
}

BOOST_AUTO_TEST_CASE(check_21_a_tenant_has_rates_of_its_own)
{
    auto const own = std::make_shared<TenantGate>();
    own->per_credential.emplace(Rate{.per_second = 0.01, .burst = 2});
    own->in_all.emplace(Rate{.per_second = 0.01, .burst = 3});
    Gated const gated{{.of_tenant = [&](std::string_view tenant) { return tenant == "acme" ? own : nullptr; }}};
    BOOST_TEST(come_in(gated, "ada/acme", "10.0.0.1", 10) == 2);
    BOOST_TEST(come_in(gated, "ben/acme", "10.0.0.1", 10) == 1);
    BOOST_TEST(come_in(gated, "ada/globex", "10.0.0.1", 10) == 10);
}

BOOST_AUTO_TEST_CASE(check_21_rates_are_per_address_credential_and_tenant)
{
    Gated const address{{.per_address = five}};
    BOOST_TEST(come_in(address, "ada", "10.0.0.1", 9) == 5);
    BOOST_TEST(come_in(address, "bob", "10.0.0.1", 9) == 0);
    BOOST_TEST(come_in(address, "ada", "10.0.0.2", 9) == 5);
    BOOST_TEST(address.inner->asked == 10); // a flood costs no hashes

    Gated const credential{{.per_credential = five}};
    BOOST_TEST(come_in(credential, "ada/acme", "10.0.0.1", 9) == 5);
    BOOST_TEST(come_in(credential, "ada/acme", "10.0.0.2", 9) == 0);
    BOOST_TEST(come_in(credential, "bob/acme", "10.0.0.1", 9) == 5);
    BOOST_TEST(come_in(credential, "ada/globex", "10.0.0.1", 9) == 5); // the name of another
    credential.inner->issuer = "https://issuer.example.com";
    BOOST_TEST(come_in(credential, "ada/acme", "10.0.0.1", 9) == 5); // whose name somebody else gives

    Gated const tenant{{.per_tenant = five}};
    BOOST_TEST(come_in(tenant, "ada/acme", "10.0.0.1", 3) == 3);
    BOOST_TEST(come_in(tenant, "bob/acme", "10.0.0.2", 9) == 2);
    BOOST_TEST(come_in(tenant, "cy/globex", "10.0.0.1", 9) == 5); // one's flood is not the other's
    BOOST_TEST(come_in(tenant, "dan", "10.0.0.1", 9) == 5);
    BOOST_TEST(mentions(tenant.log.front(), "acme"));
}

BOOST_AUTO_TEST_CASE(whoever_has_many_addresses_of_one_network_of_ipv6_has_one_bucket)
{
    Gated const gated{{.per_address = five}};
    int in = 0;
    for (int i = 1; i < 100; ++i)
        in += gated.come("ada", "2001:db8:0:1::" + std::to_string(i)) == 200;
    BOOST_TEST(in == 5);
    BOOST_TEST(gated.come("ada", "2001:db8:0:2::1") == 200);
}

BOOST_AUTO_TEST_CASE(too_many_says_when_to_come_back,
                     *boost::unit_test::label("9865-5.3-b") * boost::unit_test::label("ipsie-22"))
{
    Gated const gated{{.per_address = Rate{.per_second = 0.5, .burst = 1}}};
    BOOST_TEST(gated.come("ada", "10.0.0.1") == 200);
    auto const refused = gated.by->authenticate({.authorization = "ada", .peer_address = "10.0.0.1"});
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().code == ErrorCode::too_many_requests));
    BOOST_TEST(refused.error().retry_after.count() == 2);
}

BOOST_AUTO_TEST_CASE(the_gate_is_as_its_inside)
{
    Gated const gated{{}};
    BOOST_TEST(!gated.by->may_block());
    BOOST_TEST(gated.by->challenge() == "Test");
    BOOST_TEST(come_in(gated, "ada", "anywhere", 1'000) == 1'000);
    BOOST_CHECK_THROW(gate(nullptr, {}), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
