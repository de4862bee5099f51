// Access tokens: what is good, and forty ways in which they are not. A number in a name is that of the check of the
// security list that a case holds.
#include "forged_tokens.hpp"

#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>
#include <unistd.h>
#include <utility>

using namespace scimkit;
using namespace scimkit::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(access_tokens)

namespace
{

struct Server
{
    explicit Server(JwtOptions options = {}, std::shared_ptr<KeySource> other_keys = {})
    {
        options.issuer = issuer;
        options.audience = audience;
        options.keys = other_keys ? std::move(other_keys) : keys;
        options.refused = [this](std::string_view why) { log.emplace_back(why); };
        options.now = [this] { return now; };
        by = jwt_authenticator(std::move(options)).value();
    }

    result<Principal> come_in(std::string const& with) const
    {
        auto const header = "Bearer " + with;
        return by->authenticate({.authorization = header});
    }

    Instant now = noon;
    std::shared_ptr<Keys> keys = std::make_shared<Keys>();
    std::vector<std::string> log;
    std::shared_ptr<Authenticator> by;
};

} // namespace

BOOST_AUTO_TEST_CASE(a_good_token_stands_for_its_subject_with_its_scopes)
{
    Server const server;
    auto const principal = server.come_in(signed_token());
    BOOST_REQUIRE_MESSAGE(principal, (server.log.empty() ? "" : server.log.back()));
    BOOST_TEST(principal->subject == "idp-1");
    BOOST_TEST(principal->tenant == "");
    BOOST_TEST((principal->scopes == std::vector<std::string>{"users.read", "groups.write"}));
    for (auto const& [name, other] : std::vector<std::pair<std::string, std::string>>{
             {"one of several audiences", signed_token({{"aud", json::array{"x", audience}}})},
             {"typ JWT", signed_token({}, {{"alg", "RS256"}, {"kid", "r1"}, {"typ", "JWT"}})},
             {"typ at+jwt", signed_token({}, {{"alg", "RS256"}, {"kid", "r1"}, {"typ", "application/at+JWT"}})},
             {"PS256", signed_token({}, {{"alg", "PS256"}, {"kid", "r1"}})},
             {"ES256", pairs().ec.sign({{"alg", "ES256"}, {"kid", "e1"}}, text_of(good_claims()))},
             {"within the skew", signed_token({{"exp", noon_seconds - 59}, {"nbf", noon_seconds + 59}})},
             {"a time with a fraction", signed_token({{"exp", static_cast<double>(noon_seconds) + 10.5}})},
             {"a client", signed_token({{"sub", nullptr}, {"client_id", "c-1"}})}})
        BOOST_TEST(server.come_in(other).has_value(), name << (server.log.empty() ? "" : ": " + server.log.back()));
}

BOOST_AUTO_TEST_CASE(check_7_no_forged_token_comes_in_and_all_get_the_same_answer,
                     *boost::unit_test::label("7644-2.1-b"))
{
    Server const server;
    BOOST_TEST(server.come_in(signed_token()).has_value());
    auto const missing = server.by->authenticate({});
    auto all = forged_around();
    for (auto& each : forged_claims())
        all.push_back(std::move(each));
    BOOST_TEST(all.size() >= 40U);
    std::set<std::string> names;
    for (auto const& [name, text] : all)
    {
        BOOST_TEST(names.insert(name).second);
        auto const refused = server.come_in(text);
        BOOST_REQUIRE_MESSAGE(!refused, name);
        BOOST_TEST((refused.error() == missing.error()), name);
        for (std::string const& line : server.log)
            BOOST_TEST(line.find("administrator") == std::string::npos); // nothing of the token
    }
    BOOST_TEST(server.keys->fetched == 1); // an unknown kid does not fetch within the interval
    BOOST_TEST(server.come_in(signed_token()).has_value());
}

BOOST_AUTO_TEST_CASE(check_7_keys_come_and_go_without_a_restart)
{
    Server const server{{.refresh_interval = 0s}};
    BOOST_TEST(server.come_in(signed_token()).has_value());
    Pair const fresh{Pair::rsa(), "r2"};
    auto const by_fresh = fresh.sign({{"alg", "RS256"}, {"kid", "r2"}}, text_of(good_claims()));
    BOOST_TEST(!server.come_in(by_fresh));
    auto& published = server.keys->set.at("keys").as_array();
    published.push_back(fresh.published());
    BOOST_TEST(server.come_in(by_fresh).has_value()); // rotated
    published.pop_back();
    BOOST_TEST(!server.come_in(by_fresh)); // taken away, though its id was known
    published.push_back(fresh.published());
    BOOST_TEST(server.come_in(by_fresh).has_value());
    server.keys->down = true;
    BOOST_TEST(!server.come_in(fresh.sign({{"alg", "RS256"}, {"kid", "r3"}}, text_of(good_claims()))));
    BOOST_TEST(server.come_in(by_fresh).has_value()); // those that are there stay
}

BOOST_AUTO_TEST_CASE(a_token_without_kid_is_one_of_the_only_key_that_fits)
{
    Server const server;
    BOOST_TEST(server.come_in(signed_token({}, {{"alg", "RS256"}})).has_value());
    Server const two{{.refresh_interval = 0s}};
    two.keys->set.at("keys").as_array().push_back(pairs().other_rsa.published({{"kid", "r9"}}));
    BOOST_TEST(!two.come_in(signed_token({}, {{"alg", "RS256"}})));
    BOOST_TEST(two.come_in(signed_token()).has_value());
}

BOOST_AUTO_TEST_CASE(a_key_that_is_for_something_else_signs_nothing)
{
    Pair const mine{Pair::rsa(), "m"};
    auto const signed_by_it = mine.sign({{"alg", "RS256"}, {"kid", "m"}}, text_of(good_claims()));
    struct Case
    {
        json::object more;
        bool good;
    };
    for (auto const& [more, good] : std::vector<Case>{{{}, true},
                                                      {{{"use", "sig"}, {"alg", "RS256"}}, true},
                                                      {{{"key_ops", json::array{"verify"}}}, true},
                                                      {{{"use", "enc"}}, false},
                                                      {{{"alg", "RS512"}}, false},
                                                      {{{"alg", "RSA-OAEP"}}, false},
                                                      {{{"key_ops", json::array{"encrypt"}}}, false}})
    {
        Server const server;
        server.keys->set.at("keys").as_array().push_back(mine.published(more));
        BOOST_TEST(server.come_in(signed_by_it).has_value() == good, text_of(more));
    }
    Server const with_private;
    with_private.keys->set.at("keys").as_array().push_back(mine.published({}, true));
    BOOST_TEST(!with_private.come_in(signed_by_it)); // everybody can read it
}

BOOST_AUTO_TEST_CASE(tenants_scopes_and_their_absence)
{
    Server const server{{.tenant_claim = "tid"}};
    BOOST_TEST(server.come_in(signed_token({{"tid", "acme"}}))->tenant == "acme");
    BOOST_TEST(!server.come_in(signed_token()));
    BOOST_TEST(!server.come_in(signed_token({{"tid", 7}})));
    BOOST_TEST(!server.come_in(signed_token({{"tid", ""}})));
    Server const any;
    BOOST_TEST((any.come_in(signed_token({{"scope", nullptr}, {"scp", json::array{"users.read", 7}}}))->scopes ==
                std::vector<std::string>{"users.read"}));
    BOOST_TEST((any.come_in(signed_token({{"scope", nullptr}, {"scp", "a b"}}))->scopes ==
                std::vector<std::string>{"a", "b"}));
    BOOST_TEST((any.come_in(signed_token({{"scope", nullptr}}))->scopes ==
                std::vector<std::string>{"none"})); // not: everything
    BOOST_TEST((any.come_in(signed_token({{"scope", "  "}}))->scopes == std::vector<std::string>{"none"}));
}

BOOST_AUTO_TEST_CASE(check_7_an_audience_of_one_tenant_is_good_for_tokens_of_that_tenant_alone)
{
    auto const own = [](std::string_view tenant)
    { return tenant == "nobodys" ? std::string{} : "https://scim.example.com/" + std::string{tenant} + "/scim/v2"; };
    Server const server{{.tenant_claim = "tid", .audience_of_tenant = own}};
    json::value const of_acme("https://scim.example.com/acme/scim/v2"); // in braces it would be a list
    BOOST_TEST(server.come_in(signed_token({{"tid", "acme"}, {"aud", of_acme}}))->tenant == "acme");
    BOOST_TEST(server.come_in(signed_token({{"tid", "acme"}, {"aud", json::array{"x", of_acme}}})).has_value());
    BOOST_TEST(server.come_in(signed_token({{"tid", "acme"}})).has_value()); // that of all tenants
    BOOST_TEST(!server.come_in(signed_token({{"tid", "globex"}, {"aud", of_acme}})));
    BOOST_TEST(!server.come_in(signed_token({{"tid", json::array{"acme"}}, {"aud", of_acme}})));
    BOOST_TEST(!server.come_in(signed_token({{"aud", of_acme}})));
    BOOST_TEST(!server.come_in(signed_token({{"tid", "nobodys"}, {"aud", ""}})));
    Server const without_claim{{.audience_of_tenant = own}};
    BOOST_TEST(!without_claim.come_in(signed_token({{"tid", "acme"}, {"aud", of_acme}})));
}

BOOST_AUTO_TEST_CASE(the_subject_is_of_the_claim_that_is_chosen_and_of_no_other)
{
    Server const server{{.subject_claim = "preferred_username"}};
    BOOST_TEST(server.come_in(signed_token({{"sub", "1"}, {"preferred_username", "ada"}}))->subject == "ada");
    for (json::value const& none :
         {json::value{nullptr}, json::value{7}, json::value{""}, json::value{json::array{"ada"}}})
        BOOST_TEST(!server.come_in(signed_token({{"sub", "ada"}, {"preferred_username", none}})));
    BOOST_TEST(!server.come_in(signed_token({{"sub", "ada"}})));
    BOOST_TEST(Server{}.come_in(signed_token({{"sub", "1"}, {"preferred_username", "ada"}}))->subject == "1");
}

BOOST_AUTO_TEST_CASE(without_keys_nobody_comes_in_and_the_log_says_why)
{
    Server const server;
    for (auto const& bad :
         std::vector<json::object>{{},
                                   {{"keys", 1}},
                                   {{"keys", json::array{}}},
                                   {{"keys", json::array{1}}},
                                   {{"keys", json::array{json::object{{"kty", "oct"}, {"k", "AAAA"}}}}}})
    {
        Server const each;
        each.keys->set = bad;
        BOOST_TEST(!each.come_in(signed_token()));
        BOOST_REQUIRE(!each.log.empty());
        BOOST_TEST(each.log.back().find("there are no keys") != std::string::npos, each.log.back());
    }
    server.keys->down = true;
    BOOST_TEST(!server.come_in(signed_token()));
    BOOST_TEST(server.log.back().find("no route") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_source_that_throws_is_one_that_has_no_keys)
{
    struct Throwing : Keys
    {
        result<std::string> fetch() override { throw std::runtime_error{"no certificates"}; }
    };
    Server const server{{}, std::make_shared<Throwing>()};
    for (int time = 0; time < 2; ++time)
    {
        auto const refused = server.come_in(signed_token());
        BOOST_REQUIRE(!refused);
        BOOST_TEST((refused.error().code == ErrorCode::unauthorized));
        BOOST_TEST(server.log.back().find("no certificates") != std::string::npos, server.log.back());
    }
}

BOOST_AUTO_TEST_CASE(keys_come_from_a_file)
{
    auto const path = std::filesystem::temp_directory_path() / ("scimkit-jwks-" + std::to_string(::getpid()));
    auto const source = jwks_file(path.string());
    BOOST_TEST(!source->fetch());
    std::ofstream{path} << "{\"keys\":[]}";
    BOOST_TEST(source->fetch().value() == "{\"keys\":[]}");
    std::ofstream{path} << std::string((1 << 20) + 1, ' ');
    BOOST_TEST(!source->fetch());
    std::filesystem::remove(path);
}

BOOST_AUTO_TEST_CASE(options_that_let_in_too_much_are_refused)
{
    auto const keys = std::make_shared<Keys>();
    auto const made = [&](JwtOptions options)
    {
        options.keys = options.realm == "no keys" ? nullptr : keys;
        return jwt_authenticator(std::move(options));
    };
    auto const refused = [&](JwtOptions options)
    {
        auto const by = made(std::move(options));
        return !by && by.error().code == ErrorCode::invalid_value;
    };
    BOOST_TEST(made({.issuer = "i", .audience = "a"}).has_value());
    BOOST_TEST(refused({.audience = "a"}));
    BOOST_TEST(refused({.issuer = "i"}));
    BOOST_TEST(refused({.issuer = "i", .audience = "a", .realm = "no keys"}));
    for (std::string const algorithm : {"none", "HS256", "rs256", "RSA1_5", ""})
        BOOST_TEST(refused({.issuer = "i", .audience = "a", .algorithms = {algorithm}}));
    BOOST_TEST(refused({.issuer = "i", .audience = "a", .algorithms = {}}));
    BOOST_TEST(refused({.issuer = "i", .audience = "a", .skew = 11min}));
    BOOST_TEST(refused({.issuer = "i", .audience = "a", .realm = "a\r\nSet-Cookie: b"}));
    BOOST_TEST(refused({.issuer = "i", .audience = "a", .resource_metadata = "\""}));
}

BOOST_AUTO_TEST_CASE(keys_and_access_tokens_live_beside_each_other)
{
    Server const server{{.resource_metadata = "https://scim.example.com/.well-known/oauth-protected-resource/scim/v2"}};
    auto const both = jwt_or(
        server.by, bearer_authenticator({make_token_record("a-token-of-the-other-kind", {.subject = "k"}).value()}));
    auto const come = [&](std::string const& text)
    {
        auto const header = "Bearer " + text;
        auto const principal = both->authenticate({.authorization = header});
        return principal ? principal->subject : "401";
    };
    BOOST_TEST(come(signed_token()) == "idp-1");
    BOOST_TEST(come("a-token-of-the-other-kind") == "k");
    BOOST_TEST(come("a.token.of-no-kind") == "401");
    BOOST_TEST(come("nonsense-of-no-kind-at-all") == "401");
    BOOST_TEST(both->challenge() == "Bearer realm=\"scim\", resource_metadata=\"https://scim.example.com/.well-known/"
                                    "oauth-protected-resource/scim/v2\"");
    auto const document = parse_json(protected_resource_metadata(audience, {issuer}, {"scim", "users.read"})).value();
    BOOST_TEST(document.at("resource").as_string() == audience);
    BOOST_TEST(document.at("authorization_servers").as_array().front().as_string() == issuer);
}

BOOST_AUTO_TEST_SUITE_END()
