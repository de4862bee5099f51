// Who comes in by a token (RFC 7644 sections 2 and 7.4). Finds credentials that are taken although they are
// malformed, refusals that tell a stranger something, and tokens that are lost while they are exchanged in use.
#include <scimkit/core/base64.hpp>
#include <scimkit/security/authentication.hpp>

#include "mentions.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace scimkit;
using scimkit::test::mentions;

namespace
{

constexpr std::string_view token = "entra-0123456789-secret";
constexpr std::string_view other_token = "okta-0123456789-secret";

std::shared_ptr<Authenticator> authenticator(BearerOptions options = {})
{
    return bearer_authenticator({make_token_record(token, {.subject = "entra", .tenant = "acme"}).value(),
                                 make_token_record(other_token, {.subject = "okta"}).value()},
                                std::move(options));
}

std::string basic(std::string_view pair) { return "Basic " + encode_base64(pair); }

/// The subject that a header stands for, or "401".
std::string subject(Authenticator& by, std::string const& authorization)
{
    auto const principal = by.authenticate({.authorization = authorization});
    if (principal)
        return principal->subject;
    BOOST_TEST((principal.error().code == ErrorCode::unauthorized));
    return "401";
}

std::string const good = "Bearer " + std::string{token};

} // namespace

BOOST_AUTO_TEST_SUITE(bearer)

BOOST_AUTO_TEST_CASE(a_token_stands_for_its_principal, *boost::unit_test::label("7644-2-b"))
{
    auto const by = authenticator();
    auto const principal = by->authenticate({.authorization = good});
    BOOST_REQUIRE(principal);
    BOOST_TEST((*principal == Principal{.subject = "entra", .tenant = "acme"}));
    BOOST_TEST(subject(*by, "Bearer " + std::string{other_token}) == "okta");
}

BOOST_AUTO_TEST_CASE(the_scheme_is_read_without_regard_to_case_and_followed_by_blanks)
{
    auto const by = authenticator();
    BOOST_TEST(subject(*by, "bearer " + std::string{token}) == "entra");
    BOOST_TEST(subject(*by, "BEARER " + std::string{token}) == "entra");
    BOOST_TEST(subject(*by, "Bearer   " + std::string{token}) == "entra");
}

BOOST_AUTO_TEST_CASE(what_is_missing_wrong_or_malformed_is_unauthorized,
                     *boost::unit_test::label("7644-2-d") * boost::unit_test::label("7644-3.12-j"))
{
    auto const by = authenticator();
    std::string const text{token};
    for (auto const& header : std::vector<std::string>{
             "", " ", "Bearer", "Bearer ", "Bearer    ", text, "Bearer" + text, "Bearer\t" + text, " Bearer " + text,
             "Bearer " + text + " ", "Bearer " + text + "=", "Bearer " + text.substr(1),
             "Bearer " + text.substr(0, text.size() - 1), "Bearer ENTRA-0123456789-secret",
             "Bearer " + text + "," + text, "Bearer " + text + " " + text, "Bearer \"" + text + "\"", "Token " + text,
             "Bearer " + text + std::string(1, '\0'), "Bearer ====", "Bearer " + std::string(100'000, 'a'),
             // a stored hash is no token
             "Bearer " + make_token_record(token, {})->sha256})
        BOOST_TEST(subject(*by, header) == "401", header.substr(0, 100));
}

BOOST_AUTO_TEST_CASE(a_refusal_never_tells_why_nor_repeats_the_token, *boost::unit_test::label("7644-7.4-e"))
{
    auto const by = authenticator({.basic = true});
    std::set<std::string> details;
    for (auto const& header : std::vector<std::string>{"", "Bearer", "Bearer wrong-0123456789-token", "Basic !",
                                                       basic("entra:wrong-0123456789-token"), basic("no-colon")})
    {
        auto const refused = by->authenticate({.authorization = header});
        BOOST_REQUIRE(!refused);
        details.insert(refused.error().detail);
        BOOST_TEST(refused.error().attribute.empty());
    }
    BOOST_TEST(details.size() == 1U);
    BOOST_TEST(!mentions(*details.begin(), "wrong-"));
}

BOOST_AUTO_TEST_CASE(without_tokens_nobody_comes_in) { BOOST_TEST(subject(*bearer_authenticator({}), good) == "401"); }

BOOST_AUTO_TEST_CASE(one_of_many_tokens_is_found)
{
    auto const nth = [](int n) { return "token-of-many-" + std::to_string(10'000 + n); };
    std::vector<TokenRecord> records;
    for (int i = 0; i < 1000; ++i)
        records.push_back(make_token_record(nth(i), {.subject = std::to_string(i)}).value());
    auto const by = bearer_authenticator(std::move(records));
    for (int const i : {0, 500, 999})
        BOOST_TEST(subject(*by, "Bearer " + nth(i)) == std::to_string(i));
    BOOST_TEST(subject(*by, "Bearer " + nth(1000)) == "401");
}

BOOST_AUTO_TEST_CASE(many_threads_may_ask_at_once)
{
    auto const by = authenticator({.basic = true});
    std::atomic<int> right{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back(
            [&]
            {
                for (int i = 0; i < 200; ++i)
                    if (by->authenticate({.authorization = good}) && !by->authenticate({.authorization = "Bearer x"}))
                        ++right;
            });
    for (auto& thread : threads)
        thread.join();
    BOOST_TEST(right == 1600);
}

BOOST_AUTO_TEST_CASE(tokens_are_exchanged_in_use)
{
    auto const record = [](std::string_view of, std::string who)
    { return make_token_record(of, {.subject = std::move(who)}).value(); };
    auto const by = bearer_authenticator({record(token, "before")});
    auto const as_other = "Bearer " + std::string{other_token};

    BOOST_TEST(by->exchange({record(other_token, "after")}).has_value());
    BOOST_TEST(subject(*by, good) == "401");
    BOOST_TEST(subject(*by, as_other) == "after");

    auto const of_two = by->exchange({record(token, "a"), record(token, "b")});
    BOOST_TEST((of_two.error().code == ErrorCode::invalid_value));
    auto const no_hash = by->exchange({TokenRecord{.sha256 = "nonsense", .principal = {}}});
    BOOST_TEST((no_hash.error().code == ErrorCode::invalid_value));
    BOOST_TEST(no_hash.error().detail.find("nonsense") == std::string::npos);
    BOOST_TEST(subject(*by, good) == "401");
    BOOST_TEST(subject(*by, as_other) == "after");
}

BOOST_AUTO_TEST_CASE(tokens_are_exchanged_while_many_threads_ask)
{
    std::vector<TokenRecord> const kept{make_token_record(token, {.subject = "kept"}).value()};
    auto both = kept;
    both.push_back(make_token_record(other_token, {.subject = "comes and goes"}).value());
    auto const by = bearer_authenticator(kept);
    std::atomic<int> right{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back(
            [&]
            {
                for (int i = 0; i < 200; ++i)
                    if (auto const principal = by->authenticate({.authorization = good}))
                        right += principal->subject == "kept" ? 1 : 0;
            });
    for (int i = 0; i < 200; ++i)
        right += by->exchange(i % 2 == 0 ? both : kept) ? 0 : -1;
    for (auto& thread : threads)
        thread.join();
    BOOST_TEST(right == 800);
}

BOOST_AUTO_TEST_CASE(records_that_cannot_be_meant_are_programming_errors)
{
    auto const record = make_token_record(token, {.subject = "a"}).value();
    auto other = record;
    other.principal.subject = "b";
    BOOST_CHECK_THROW(bearer_authenticator({record, other}), std::invalid_argument);
    BOOST_CHECK_NO_THROW(bearer_authenticator({record, record}));
    BOOST_CHECK_THROW(bearer_authenticator({TokenRecord{.sha256 = std::string{token}, .principal = {}}}),
                      std::invalid_argument);
    BOOST_CHECK_THROW(bearer_authenticator({record}, {.realm = "a\r\nSet-Cookie: b"}), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(basic_option)

BOOST_AUTO_TEST_CASE(basic_is_off_unless_asked_for, *boost::unit_test::label("7644-2-h"))
{
    BOOST_TEST(subject(*authenticator(), basic("any:" + std::string{token})) == "401");
}

BOOST_AUTO_TEST_CASE(a_token_is_taken_as_the_password_of_any_user)
{
    auto const by = authenticator({.basic = true});
    BOOST_TEST(subject(*by, basic("someone:" + std::string{token})) == "entra");
    BOOST_TEST(subject(*by, basic(":" + std::string{other_token})) == "okta");
    BOOST_TEST(subject(*by, "bASIC" + basic("x:" + std::string{token}).substr(5)) == "entra");
    BOOST_TEST(subject(*by, good) == "entra");
}

BOOST_AUTO_TEST_CASE(broken_basic_credentials_are_unauthorized)
{
    auto const by = authenticator({.basic = true});
    std::string const text{token};
    auto const whole = basic("someone:" + text);
    for (auto const& header : std::vector<std::string>{
             "Basic", "Basic ", "Basic :", basic(text), basic("a:" + text + "x"), basic("a:b:" + text), basic("a:"),
             whole.substr(0, whole.size() - 1), whole + "=", "Basic a:" + text, "Bearer " + whole.substr(6),
             basic("a:" + std::string(100'000, 'a'))})
        BOOST_TEST(subject(*by, header) == "401", header.substr(0, 100));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(announcement)

BOOST_AUTO_TEST_CASE(the_challenge_lists_the_accepted_schemes, *boost::unit_test::label("7644-2-a"))
{
    BOOST_TEST(authenticator()->challenge() == R"(Bearer realm="scim")");
    BOOST_TEST(authenticator({.basic = true})->challenge() ==
               R"(Bearer realm="scim", Basic realm="scim", charset="UTF-8")");
    BOOST_TEST(authenticator({.realm = R"(a "b" \c)"})->challenge() == R"(Bearer realm="a \"b\" \\c")");
}

BOOST_AUTO_TEST_CASE(schemes_are_announced_as_they_are_configured, *boost::unit_test::label("7643-5-l") *
                                                                       boost::unit_test::label("7643-5-k") *
                                                                       boost::unit_test::label("7643-5-o"))
{
    auto const bearer_only = authenticator()->schemes();
    BOOST_REQUIRE(bearer_only.size() == 1U);
    BOOST_TEST(bearer_only[0].type == "oauthbearertoken");
    BOOST_TEST(bearer_only[0].spec_uri == "https://www.rfc-editor.org/info/rfc6750");
    BOOST_TEST(bearer_only[0].primary);

    auto const both = authenticator({.basic = true})->schemes();
    BOOST_REQUIRE(both.size() == 2U);
    BOOST_TEST(both[1].type == "httpbasic");
    BOOST_TEST(!both[1].primary);
    for (auto const& scheme : both)
        BOOST_TEST((!scheme.name.empty() && !scheme.description.empty()));
}

BOOST_AUTO_TEST_CASE(no_authentication_takes_everybody_and_announces_nothing)
{
    auto const by = no_authentication("gateway");
    BOOST_TEST(subject(*by, "") == "gateway");
    BOOST_TEST(subject(*by, "Bearer nonsense") == "gateway");
    BOOST_TEST(subject(*no_authentication(), "") == "anonymous");
    BOOST_TEST(by->schemes().empty());
    BOOST_TEST(by->challenge().empty());
}

BOOST_AUTO_TEST_SUITE_END()
