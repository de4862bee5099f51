// The token endpoint: who gets a token, for what, and for how long. A number in a name is that of the check of the
// security list that a case holds.
#include "token_endpoint_fixture.hpp"

#include <atomic>
#include <mutex>
#include <stdexcept>
#include <thread>

using namespace scimkit;
using namespace scimkit::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(token_endpoints)

BOOST_AUTO_TEST_CASE(a_secret_gets_a_token_of_the_clients_tenant_and_scopes_for_a_while,
                     *boost::unit_test::label("ipsie-21"))
{
    Issuing server;
    auto const issued = server.with_secret();
    BOOST_TEST(issued.status == 200);
    BOOST_TEST(issued.text("token_type") == "Bearer");
    BOOST_TEST(issued.text("scope") == "users.read groups.write");
    BOOST_TEST(issued.body.at("expires_in").to_number<int>() == 600);
    BOOST_TEST(issued.response.header("Cache-Control") == "no-store");
    auto const token = issued.text("access_token");
    auto const principal = server.come_in(token);
    BOOST_REQUIRE(principal.has_value());
    BOOST_TEST(principal->subject == "okta");
    BOOST_TEST(principal->tenant == "acme");
    BOOST_TEST((principal->scopes == std::vector<std::string>{"users.read", "groups.write"}));
    BOOST_TEST(server.ask("grant_type=client_credentials", basic("okta", secret)).status == 200);
    BOOST_TEST(server.come_in(other_secret).error().detail == "others"); // nobody's token is for the others to judge
    server.now += 599s;
    BOOST_TEST(server.come_in(token).has_value());
    server.now += 1s;
    BOOST_TEST(!server.come_in(token).has_value());
}

BOOST_AUTO_TEST_CASE(basic_credentials_are_encoded_as_in_a_form_before_they_are_joined)
{
    auto odd = okta();
    odd.id = "a:b%+c";
    Issuing const server{{odd}};
    BOOST_TEST(server.ask("grant_type=client_credentials", basic("a%3Ab%25%2Bc", secret)).status == 200);
    BOOST_TEST(server.ask("grant_type=client_credentials", basic("a:b%+c", secret)).status == 401);
}

BOOST_AUTO_TEST_CASE(whoever_is_not_let_in_learns_nothing_of_why_and_the_log_does)
{
    auto gone = okta();
    gone.id = "gone";
    gone.revoked = true;
    auto old = okta();
    old.id = "old";
    old.expires = noon;
    auto keys_only = okta();
    keys_only.id = "keys";
    keys_only.secret_sha256.clear();
    Issuing const server{{okta(), gone, old, keys_only}};
    auto const expected = server.with_secret({}, other_secret).response.body;
    BOOST_TEST(expected.find("invalid_client") != std::string::npos);
    auto const grant = std::string{"grant_type=client_credentials"};
    for (auto const& [body, authorization] : std::vector<std::pair<std::string, std::string>>{
             {grant, ""},
             {grant + "&client_id=okta", ""},
             {grant + "&client_id=okta&client_secret=short", ""},
             {grant + "&client_id=nobody&client_secret=" + secret, ""},
             {grant + "&client_id=gone&client_secret=" + secret, ""},
             {grant + "&client_id=old&client_secret=" + secret, ""},
             {grant + "&client_id=keys&client_secret=" + secret, ""},
             {grant + "&client_id=OKTA&client_secret=" + secret, ""},
             {grant + "&client_secret=" + secret, ""},
             {grant, basic("okta", other_secret)},
             {grant, basic("", secret)},
             {grant, basic("okta", "")},
             {grant, "Basic !"},
             {grant, "Bearer " + secret},
             {grant + "&client_id=other", basic("okta", secret)},
             {grant + "&client_assertion_type=x&client_assertion=y", ""},
             {grant + "&client_assertion=" + assertion(), ""},
             {grant + "&client_assertion_type=" + assertion_type, ""},
             {"grant_type=password&client_id=okta&client_secret=" + other_secret, ""}})
    {
        auto const refused = server.ask(body, authorization);
        BOOST_TEST(refused.status == 401, body);
        BOOST_TEST(refused.response.body == expected, body);
        BOOST_TEST(refused.response.header("WWW-Authenticate") != "", body);
    }
    auto const all = [&]
    {
        std::string text;
        for (auto const& line : server.log)
            text += line + "\n";
        return text;
    }();
    for (auto const* const about : {"no client of that name", "it is revoked", "it has expired", "secret is wrong"})
        BOOST_TEST(all.find(about) != std::string::npos, about);
    BOOST_TEST(all.find(secret) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_no_request_for_a_token_is_said)
{
    Issuing const server;
    auto const credentials = "&client_id=okta&client_secret=" + secret;
    auto const grant = "grant_type=client_credentials" + credentials;
    auto const error_of = [&](std::string const& body, std::string const& authorization = {})
    {
        auto const asked = server.ask(body, authorization);
        return std::to_string(asked.status) + " " + asked.text("error");
    };
    BOOST_TEST(error_of("") == "400 invalid_request");
    BOOST_TEST(error_of(credentials) == "400 invalid_request");
    BOOST_TEST(error_of("grant_type=password" + credentials) == "400 unsupported_grant_type");
    BOOST_TEST(error_of(grant + "&client_id=okta") == "400 invalid_request");
    BOOST_TEST(error_of(grant + "&x=%zz") == "400 invalid_request");
    BOOST_TEST(error_of(grant + "&x=%00") == "400 invalid_request");
    BOOST_TEST(error_of(grant, basic("okta", secret)) == "400 invalid_request"); // in two ways
    BOOST_TEST(error_of(grant + "&client_assertion=x") == "400 invalid_request");
    BOOST_TEST(error_of(grant + "&resource=https://other.example") == "400 invalid_target");
    BOOST_TEST(error_of(grant + "&resource=" + audience) == "200 ");
    BOOST_TEST(error_of(grant + "&x=" + std::string(70'000, 'x')) == "413 invalid_request");
    std::string many = grant;
    for (int i = 0; i < 20; ++i)
        many += "&x" + std::to_string(i) + "=1";
    BOOST_TEST(error_of(many) == "400 invalid_request");
    BOOST_TEST(server.ask(grant, {}, "GET").status == 405);
    BOOST_TEST(server.ask(grant, {}, "POST", "application/json").status == 400);
    BOOST_TEST(server.ask(grant, {}, "POST", "Application/X-WWW-form-urlencoded ; charset=utf-8").status == 200);
}

BOOST_AUTO_TEST_CASE(check_9_a_token_has_the_scopes_that_were_asked_for_and_no_more_than_the_client)
{
    auto everything = okta();
    everything.id = "all";
    everything.scopes = {"scim"};
    Issuing const server{{okta(), everything}};
    auto const scope_of = [&](std::string const& id, std::string const& scopes)
    {
        auto const asked = server.ask("grant_type=client_credentials&client_id=" + id + "&client_secret=" + secret +
                                      "&scope=" + scopes);
        return asked.status == 200 ? asked.text("scope") : asked.text("error");
    };
    BOOST_TEST(scope_of("okta", "users.read") == "users.read");
    BOOST_TEST(scope_of("okta", "groups.write+users.read") == "groups.write users.read");
    BOOST_TEST(scope_of("okta", "groups.create") == "groups.create");
    for (auto const* more : {"scim", "users.write", "users.read+scim", "users", "scim.read", "+", "users.read%0a"})
        BOOST_TEST(scope_of("okta", more) == "invalid_scope", more);
    BOOST_TEST(scope_of("all", "users.read+groups") == "users.read groups");
    for (auto const* none : {"users.reed", "badges", "SCIM"})
        BOOST_TEST(scope_of("all", none) == "invalid_scope", none);
    auto const narrow = server.with_secret("&scope=users.read").text("access_token");
    BOOST_TEST((server.come_in(narrow)->scopes == std::vector<std::string>{"users.read"}));
}

BOOST_AUTO_TEST_CASE(check_9_what_is_no_scope_of_a_type_is_no_part_of_scim)
{
    auto everything = okta();
    everything.id = "all";
    everything.scopes = {"scim"};
    auto watching = okta();
    watching.id = "watching";
    watching.scopes = {"scim.read", "events", "metrics"};
    Issuing const server{{everything, watching}};
    auto const asked = [&](std::string const& id, std::string const& scope)
    {
        return server
            .ask("grant_type=client_credentials&client_id=" + id + "&client_secret=" + secret + "&scope=" + scope)
            .status;
    };
    for (auto const* other : {"events", "metrics", "x", "events.read", "users.read+events"})
        BOOST_TEST(asked("all", other) == 400, other);
    for (auto const* own : {"events", "metrics", "events+users.read", "groups.read"})
        BOOST_TEST(asked("watching", own) == 200, own);
}

BOOST_AUTO_TEST_CASE(no_token_outlives_its_client_however_the_two_meet)
{
    Issuing const server;
    std::atomic<bool> stop{false};
    std::mutex mutex;
    std::vector<std::string> tokens;
    std::vector<std::thread> askers;
    for (int i = 0; i < 3; ++i)
        askers.emplace_back(
            [&]
            {
                while (!stop)
                    if (auto const asked = server.with_secret(); asked.status == 200)
                    {
                        std::lock_guard const lock{mutex};
                        tokens.push_back(asked.text("access_token"));
                    }
            });
    auto gone = okta();
    gone.revoked = true;
    for (int i = 0; i < 200; ++i)
    {
        BOOST_REQUIRE(server.endpoint->exchange({okta()}).has_value());
        std::this_thread::sleep_for(1ms);
        BOOST_REQUIRE(server.endpoint->exchange({gone}).has_value());
        std::lock_guard const lock{mutex};
        for (auto const& token : tokens)
            BOOST_REQUIRE(!server.come_in(token).has_value());
        tokens.clear();
    }
    stop = true;
    for (auto& each : askers)
        each.join();
}

BOOST_AUTO_TEST_CASE(a_client_has_a_few_tokens_at_once_and_the_oldest_ends)
{
    Issuing const server;
    std::vector<std::string> tokens;
    for (int i = 0; i < 4; ++i)
        tokens.push_back(server.with_secret().text("access_token"));
    BOOST_TEST(!server.come_in(tokens[0]).has_value());
    for (std::size_t i = 1; i < 4; ++i)
        BOOST_TEST(server.come_in(tokens[i]).has_value());
}

BOOST_AUTO_TEST_CASE(check_6_tokens_end_with_their_client_and_with_whatever_it_was)
{
    auto other = okta();
    other.id = "other";
    Issuing const server{{okta(), other}};
    auto const others = server.ask("grant_type=client_credentials&client_id=other&client_secret=" + secret);
    for (auto const change :
         std::initializer_list<void (*)(OAuthClient&)>{[](OAuthClient& client) { client.revoked = true; },
                                                       [](OAuthClient& client) { client.tenant = "globex"; },
                                                       [](OAuthClient& client) { client.scopes = {"users.read"}; },
                                                       [](OAuthClient& client) { client.secret_sha256.clear(); },
                                                       [](OAuthClient& client) { client.id = "renamed"; }})
    {
        BOOST_TEST(server.endpoint->exchange({okta(), other}).has_value());
        auto const token = server.with_secret().text("access_token");
        BOOST_TEST(server.endpoint->exchange({other, okta()}).has_value()); // nothing has changed
        BOOST_TEST(server.come_in(token).has_value());
        auto changed = okta();
        change(changed);
        BOOST_TEST(server.endpoint->exchange({changed, other}).has_value());
        BOOST_TEST(!server.come_in(token).has_value());
    }
    BOOST_TEST(server.come_in(others.text("access_token")).has_value());
}

BOOST_AUTO_TEST_CASE(the_metadata_says_what_there_is, *boost::unit_test::label("ipsie-20"))
{
    Issuing const server;
    auto const document = parse_json(server.endpoint->metadata()).value();
    BOOST_TEST(document.at("issuer").as_string() == issuer_url);
    BOOST_TEST(document.at("token_endpoint").as_string() == endpoint_url);
    BOOST_TEST(text_of(document.at("token_endpoint_auth_methods_supported")) ==
               R"(["client_secret_basic","client_secret_post","private_key_jwt"])");
    BOOST_TEST(text_of(document.at("grant_types_supported")) == R"(["client_credentials"])");
    BOOST_TEST(
        server.by->challenge() ==
        R"(Bearer realm="scim", resource_metadata="https://scim.example.com/.well-known/x", Basic realm="scim")");
}

BOOST_AUTO_TEST_CASE(clients_that_could_do_nothing_or_too_much_are_refused_and_the_old_ones_stay)
{
    Issuing const server;
    auto const refused = [&](auto change)
    {
        auto client = okta();
        change(client);
        BOOST_TEST(check_client(client).has_error());
        return server.endpoint->exchange({client}).has_error();
    };
    BOOST_TEST(refused([](OAuthClient& client) { client.id.clear(); }));
    BOOST_TEST(refused([](OAuthClient& client) { client.id = "a b"; }));
    BOOST_TEST(refused([](OAuthClient& client) { client.id = std::string(257, 'a'); }));
    BOOST_TEST(refused([](OAuthClient& client) { client.scopes.clear(); }));
    BOOST_TEST(refused([](OAuthClient& client) { client.scopes = {"user.reed"}; }));
    BOOST_TEST(refused([](OAuthClient& client) { client.secret_sha256 = "short"; }));
    BOOST_TEST(refused([](OAuthClient& client) { client.jwks = R"({"keys":[]})"; }));
    BOOST_TEST(refused(
        [](OAuthClient& client)
        {
            client.secret_sha256.clear();
            client.jwks.clear();
        }));
    BOOST_TEST(server.endpoint->exchange({okta(), okta()}).has_error());
    BOOST_TEST(server.with_secret().status == 200);

    TokenEndpointOptions const good{.issuer = issuer_url, .endpoint = endpoint_url};
    auto const is_wrong = [&](auto change)
    {
        auto options = good;
        change(options);
        auto const made = token_endpoint(options);
        return !made && made.error().code == ErrorCode::invalid_value;
    };
    BOOST_TEST(is_wrong([](TokenEndpointOptions& options) { options.issuer.clear(); }));
    BOOST_TEST(is_wrong([](TokenEndpointOptions& options) { options.endpoint.clear(); }));
    BOOST_TEST(is_wrong([](TokenEndpointOptions& options) { options.algorithms = {"none"}; }));
    BOOST_TEST(is_wrong([](TokenEndpointOptions& options) { options.algorithms = {"HS256"}; }));
    BOOST_TEST(is_wrong([](TokenEndpointOptions& options) { options.skew = 601s; }));
    BOOST_TEST(is_wrong([](TokenEndpointOptions& options) { options.lifetime = 0s; }));
    BOOST_TEST(is_wrong([](TokenEndpointOptions& options) { options.max_tokens_per_client = 0; }));
    BOOST_TEST(is_wrong([](TokenEndpointOptions& options) { options.resource_metadata = "\""; }));
    BOOST_CHECK_THROW(token_endpoint(good).value()->authenticator(nullptr), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
