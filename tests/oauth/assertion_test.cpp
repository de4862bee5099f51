// Assertions: what gets a token once, and what never does. A number in a name is that of the check of the security
// list.
#include "oauth/jwks.hpp"
#include "oauth/jws.hpp"
#include "token_endpoint_fixture.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>

using namespace scimkit;
using namespace scimkit::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(assertions)

BOOST_AUTO_TEST_CASE(a_signed_assertion_gets_a_token, *boost::unit_test::label("ipsie-20"))
{
    Issuing const server;
    BOOST_TEST(server.assert_with(assertion()).status == 200);
    BOOST_TEST(server.assert_with(assertion({{"jti", "2"}, {"aud", issuer_url}}), "&client_id=okta").status == 200);
    BOOST_TEST(server.assert_with(assertion({{"jti", "3"}, {"aud", json::array{endpoint_url}}})).status == 200);
    BOOST_TEST(server.assert_with(assertion({{"jti", "4"}, {"exp", noon_seconds - 59}})).status == 200);
    auto const by_ec = pairs().ec.sign({{"alg", "ES256"}, {"kid", "e1"}}, text_of(assertion_claims({{"jti", "5"}})));
    BOOST_TEST(server.assert_with(by_ec).status == 200, (server.log.empty() ? "" : server.log.back()));
}

BOOST_AUTO_TEST_CASE(check_8_no_forged_or_misdirected_assertion_gets_a_token)
{
    auto no_keys = okta();
    no_keys.id = "nokeys";
    no_keys.jwks.clear();
    Issuing const server{{okta(), no_keys}};
    auto const expected = server.with_secret({}, other_secret).response.body;
    auto const good = assertion();
    auto const unsigned_one = base64url(R"({"alg":"none"})") + "." + base64url(text_of(assertion_claims())) + ".";
    auto const hmac =
        Pair{Pair::secret("0123456789abcdef0123456789abcdef")}.sign({{"alg", "HS256"}}, text_of(assertion_claims()));
    std::vector<std::string> const forged{
        "x",
        "..",
        unsigned_one,
        hmac,
        good.substr(0, good.size() - 8),
        good + "=",
        pairs().other_rsa.sign({{"alg", "RS256"}, {"kid", "r1"}}, text_of(assertion_claims())),
        assertion({}, {{"alg", "RS256"}, {"kid", "unknown"}}),
        assertion({}, {{"alg", "RS256"}, {"kid", "r1"}, {"crit", json::array{"x"}}}),
        assertion({}, {{"alg", "RS384"}, {"kid", "r1"}}),
        assertion({{"iss", "nokeys"}, {"sub", "nokeys"}}),
        assertion({{"iss", "nobody"}, {"sub", "nobody"}}),
        assertion({{"iss", nullptr}}),
        assertion({{"sub", nullptr}}),
        assertion({{"sub", "other"}}),
        assertion({{"iss", json::array{"okta"}}}),
        assertion({{"aud", nullptr}}),
        assertion({{"aud", "https://other.example/oauth/token"}}),
        assertion({{"aud", json::array{endpoint_url, "https://other.example"}}}),
        assertion({{"aud", json::array{}}}),
        assertion({{"aud", std::string{endpoint_url} + "/"}}),
        assertion({{"exp", nullptr}}),
        assertion({{"exp", "soon"}}),
        assertion({{"exp", noon_seconds - 60}}),
        assertion({{"exp", noon_seconds + 361}}),
        assertion({{"exp", 1e300}}),
        assertion({{"nbf", noon_seconds + 61}}),
        assertion({{"nbf", "later"}}),
        assertion({{"iat", noon_seconds + 61}}),
        assertion({{"jti", nullptr}}),
        assertion({{"jti", ""}}),
        assertion({{"jti", 7}}),
        assertion({{"jti", std::string(257, 'j')}}),
        assertion({{"x", std::string(13'000, 'x')}})};
    for (auto const& each : forged)
    {
        auto const refused = server.assert_with(each);
        BOOST_TEST(refused.status == 401, each.substr(0, 200));
        BOOST_TEST(refused.response.body == expected);
    }
    BOOST_TEST(server.assert_with(good, "&client_id=other").status == 401);
    BOOST_TEST(server.assert_with(good).status == 200); // none of them has used it up
}

BOOST_AUTO_TEST_CASE(a_signature_is_checked_whether_there_is_such_a_client_or_not)
{
    auto const claims = text_of(assertion_claims());
    for (auto const* algorithm : {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
    {
        auto const key = oauth::stand_in_key(algorithm);
        BOOST_REQUIRE(key);
        BOOST_TEST(!oauth::verified_claims(pairs().rsa.sign({{"alg", algorithm}}, claims), *key), algorithm);
    }
    for (auto const* algorithm : {"ES256", "ES384", "ES512"})
        BOOST_TEST((oauth::stand_in_key(algorithm) != nullptr), algorithm);
    auto const on_curve = oauth::stand_in_key("ES256");
    BOOST_TEST(!oauth::verified_claims(pairs().ec.sign({{"alg", "ES256"}}, claims), *on_curve));
    for (auto const* none : {"none", "HS256", "RS", "ES", ""})
        BOOST_TEST((oauth::stand_in_key(none) == nullptr), none);
    // It takes what it takes with a key: no less than a half, which no noise of a machine makes of nothing.
    Issuing const server;
    auto const took = [&](std::string const& each)
    {
        auto least = std::chrono::steady_clock::duration::max();
        for (int i = 0; i < 50; ++i)
        {
            auto const begin = std::chrono::steady_clock::now();
            BOOST_TEST(server.assert_with(each).status == 401);
            least = std::min(least, std::chrono::steady_clock::now() - begin);
        }
        return least;
    };
    auto const of_nobody = pairs().other_rsa.sign({{"alg", "RS256"}, {"kid", "r1"}},
                                                  text_of(assertion_claims({{"iss", "nobo"}, {"sub", "nobo"}})));
    auto const forged = pairs().other_rsa.sign({{"alg", "RS256"}, {"kid", "r1"}}, claims);
    BOOST_TEST((2 * took(of_nobody) >= took(forged)));
}

BOOST_AUTO_TEST_CASE(check_8_an_assertion_serves_once_across_restarts,
                     *boost::unit_test::label("7644-7.3-a") * boost::unit_test::label("ipsie-21"))
{
    auto other = okta();
    other.id = "other";
    Issuing server{{okta(), other}};
    auto const once = assertion();
    BOOST_TEST(server.assert_with(once).status == 200);
    BOOST_TEST(server.assert_with(once).status == 401);
    BOOST_TEST(server.log.back().find("used before") != std::string::npos);
    server.start({okta(), other});
    BOOST_TEST(server.assert_with(once).status == 401);
    BOOST_TEST(server.assert_with(assertion({{"exp", noon_seconds + 100}})).status == 401);        // the same jti
    BOOST_TEST(server.assert_with(assertion({{"iss", "other"}, {"sub", "other"}})).status == 200); // of another one
    server.now += 259s; // as long as the skew lets it live
    server.start({okta()});
    BOOST_TEST(server.assert_with(once).status == 401);
    BOOST_TEST(server.log.back().find("used before") != std::string::npos);
    server.now += 2s;
    BOOST_TEST(server.assert_with(once).status == 401);
    BOOST_TEST(server.log.back().find("expired") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_was_used_is_known_after_a_write_that_was_cut_off_and_the_file_does_not_grow)
{
    ReplayPath const file;
    auto const open = [&] { return replay_file(file.path).value(); };
    {
        auto const guard = open();
        BOOST_TEST(guard->take("a", "1", noon + 60s, noon).value());
        BOOST_TEST(!replay_file(file.path).has_value()); // one process has it
        auto const mode = std::filesystem::status(file.path).permissions();
        BOOST_TEST(((mode & std::filesystem::perms{0077}) == std::filesystem::perms::none));
    }
    std::ofstream{file.path, std::ios::app} << "0123456789";
    {
        auto const guard = open();
        BOOST_TEST(!guard->take("a", "1", noon + 60s, noon).value());
        BOOST_TEST(guard->take("a", "2", noon + 60s, noon).value());
    }
    {
        auto const guard = open();
        for (auto const* used : {"1", "2"})
            BOOST_TEST(!guard->take("a", used, noon + 60s, noon).value());
        auto now = noon;
        for (int i = 0; i < 5'000; ++i, now += 1s)
            BOOST_REQUIRE(guard->take("b", std::to_string(i), now + 60s, now).value());
        BOOST_TEST(!guard->take("b", "4999", now, now).value());
    }
    BOOST_TEST(std::filesystem::file_size(file.path) < 300'000U);
    BOOST_TEST(!open()->take("b", "4999", noon + 9'000s, noon + 5'000s).value());
    std::ofstream{file.path, std::ios::app} << "no line of ours\n";
    BOOST_TEST((replay_file(file.path).error().code == ErrorCode::corrupt));
    BOOST_TEST((replay_file("/no/such/directory/x").error().code == ErrorCode::unavailable));
}

BOOST_AUTO_TEST_CASE(without_a_memory_of_assertions_none_are_taken)
{
    auto const endpoint =
        token_endpoint({.issuer = issuer_url, .endpoint = endpoint_url, .now = [] { return noon; }}).value();
    BOOST_TEST(endpoint->exchange({okta()}).has_value());
    auto const body = "grant_type=client_credentials&client_assertion_type=" + std::string{assertion_type} +
                      "&client_assertion=" + assertion();
    Request request{.method = "POST", .target = "/oauth/token", .body = body};
    request.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    BOOST_TEST(endpoint->answer(request).status == 401);
    BOOST_TEST(endpoint->metadata().find("private_key_jwt") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
