// Access tokens at the built server: what they open, and what a client without one is told.
#include "oauth/tokens.hpp"
#include "sample_server.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <chrono>

using namespace scimkit;
using namespace scimkit::test;

namespace
{

struct WithIssuer : Directory
{
    std::string jwks = file("jwks.json", text_of(json::object{{"keys", json::array{pairs().rsa.published()}}}));

    Arguments start(Arguments const& more = {}) const
    {
        Arguments all{"--listen", "127.0.0.1:0",    "--store", "memory",     "--base-url",
                      named_base, "--oauth-issuer", issuer,    "--log-file", (path / "log").string()};
        all.insert(all.end(), more.begin(), more.end());
        return command(all);
    }

    Client connect(Process& server) const
    {
        BOOST_REQUIRE(server.read_line() == "listening on " + named_base);
        BOOST_REQUIRE(wait_for((path / "log").string(), "address=127.0.0.1:"));
        auto const log = content_of((path / "log").string());
        return Client{static_cast<std::uint16_t>(std::stoi(log.substr(log.find("address=127.0.0.1:") + 18)))};
    }

    static std::string access_token(json::object const& more = {})
    {
        auto const now =
            std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
                .count();
        json::object claims{{"aud", named_base}, {"iat", now}, {"exp", now + 600}, {"scope", "users.read"}};
        for (auto const& [name, value] : more)
            claims[name] = value;
        return scimkit::test::signed_token(claims);
    }
};

int status(Client& client, std::string const& target, std::string const& bearer)
{
    client.send("GET " + target + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + bearer + "\r\n\r\n");
    return static_cast<int>(client.receive().result_int());
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(sample_server_oauth, WithIssuer)

BOOST_AUTO_TEST_CASE(an_access_token_opens_what_its_scopes_say_beside_tokens_of_the_server)
{
    Process server{start({"--oauth-jwks", jwks, "--token", "a-token-of-the-server"})};
    auto client = connect(server);
    BOOST_TEST(status(client, "/scim/v2/Users", access_token()) == 200);
    BOOST_TEST(status(client, "/scim/v2/Groups", access_token()) == 403);
    BOOST_TEST(status(client, "/scim/v2/Users", access_token({{"aud", "https://other.example"}})) == 401);
    BOOST_TEST(status(client, "/scim/v2/Users", access_token({{"exp", 1'000}})) == 401);
    BOOST_TEST(status(client, "/scim/v2/Users", "a-token-of-the-server") == 200);
    BOOST_TEST(wait_for((path / "log").string(), "it is for another audience"));
    BOOST_TEST(content_of((path / "log").string()).find("eyJ") == std::string::npos); // no token
}

BOOST_AUTO_TEST_CASE(who_has_no_token_is_told_whose_are_wanted)
{
    Process server{start({"--oauth-jwks", jwks})};
    auto client = connect(server);
    client.send("GET /scim/v2/Users HTTP/1.1\r\nHost: a\r\n\r\n");
    auto const refused = client.receive();
    BOOST_TEST(refused.result_int() == 401);
    std::string const url = "https://scim.example.com/.well-known/oauth-protected-resource/scim/v2";
    BOOST_TEST(refused["WWW-Authenticate"] == "Bearer realm=\"scim\", resource_metadata=\"" + url + "\"");
    client.send("GET /.well-known/oauth-protected-resource/scim/v2 HTTP/1.1\r\nHost: a\r\n\r\n");
    auto const document = boost::json::parse(client.receive().body());
    BOOST_TEST(document.at("resource").as_string() == named_base);
    BOOST_TEST(document.at("authorization_servers").as_array().front().as_string() == issuer);
}

BOOST_AUTO_TEST_CASE(check_7_the_resource_that_a_tenants_document_names_is_an_audience_of_that_tenant_alone)
{
    std::string const of_acme = "https://scim.example.com/acme/scim/v2";
    auto const tenants =
        file("tenants.toml", "[acme]\nbase-url = \"" + of_acme +
                                 "\"\n[globex]\nbase-url = \"https://scim.example.com/globex/scim/v2\"\n");
    Process server{start({"--oauth-jwks", jwks, "--oauth-tenant-claim", "tenant", "--tenants", tenants})};
    auto client = connect(server);
    client.send("GET /.well-known/oauth-protected-resource/acme/scim/v2 HTTP/1.1\r\nHost: a\r\n\r\n");
    BOOST_TEST(boost::json::parse(client.receive().body()).at("resource").as_string() == of_acme);
    auto const users_of = [&](std::string const& root, json::object const& claims)
    { return status(client, "/" + root + "/scim/v2/Users", access_token(claims)); };
    BOOST_TEST(users_of("acme", {{"tenant", "acme"}, {"aud", of_acme}}) == 200);
    BOOST_TEST(users_of("globex", {{"tenant", "acme"}, {"aud", of_acme}}) == 404);
    BOOST_TEST(users_of("globex", {{"tenant", "globex"}, {"aud", of_acme}}) == 401);
    BOOST_TEST(users_of("acme", {{"tenant", "globex"}, {"aud", of_acme}}) == 401);
    BOOST_TEST(users_of("globex", {{"tenant", "globex"}}) == 200); // the audience of all
}

BOOST_AUTO_TEST_CASE(me_is_the_user_that_a_claim_of_the_token_names,
                     *boost::unit_test::label("7644-3.11-c") * boost::unit_test::label("7644-3.11-g"))
{
    for (auto const& [attribute, claim, value] : std::vector<std::array<std::string, 3>>{
             {"userName", "preferred_username", "ada"}, {"externalId", "sub", "x-1"}, {"id", "sub", ""}})
    {
        Arguments more{"--oauth-jwks", jwks, "--token", "a-token-of-the-server", "--me", attribute};
        if (claim != "sub")
            more.insert(more.end(), {"--oauth-subject-claim", claim});
        Process server{start(more)};
        auto client = connect(server);
        std::string const body = R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada",)"
                                 R"("externalId":"x-1"})";
        client.send("POST /scim/v2/Users HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a-token-of-the-server\r\n"
                    "Content-Type: application/scim+json\r\nContent-Length: " +
                    std::to_string(body.size()) + "\r\n\r\n" + body);
        auto const made = boost::json::parse(client.receive().body());
        std::string const id{made.at("id").as_string()};
        auto const token_of = [&](std::string const& who)
        {
            json::object claims{{"sub", "other"}};
            claims[claim] = who;
            return access_token(claims);
        };
        client.send("GET /scim/v2/Me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " +
                    token_of(value.empty() ? id : value) + "\r\n\r\n");
        auto const me = client.receive();
        BOOST_TEST(me.result_int() == 200U, me.body());
        BOOST_TEST(boost::json::parse(me.body()).at("id").as_string() == id);
        BOOST_TEST(me["Location"] == named_base + "/Users/" + id);
        BOOST_TEST(status(client, "/scim/v2/Me", token_of("nobody")) == 403);
        std::filesystem::remove(path / "log"); // the next server has another port
    }
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_said)
{
    auto const tenants = file("tenants.toml", "[acme]\nbase-url = \"https://scim.example.com/acme\"\n");
    for (auto const& [more, about] : std::vector<std::pair<Arguments, std::string>>{
             {{}, "--oauth-jwks"},
             {{"--oauth-jwks", "/no/such/file"}, "/no/such/file"},
             {{"--oauth-jwks", file("empty.json", "")}, "no JWK Set"},
             {{"--oauth-jwks", file("none.json", R"({"keys":[]})")}, "no key that signs"},
             {{"--oauth-jwks", file("secret.json", R"({"keys":[{"kty":"oct","k":"AAAA"}]})")}, "no key that signs"},
             {{"--oauth-jwks", "http://login.example.com/keys"}, "https://"},
             {{"--oauth-jwks", jwks, "--token-endpoint"}, "--admin"},
             {{"--oauth-jwks", jwks, "--assertion-file", "x"}, "--token-endpoint"},
             {{"--oauth-jwks", jwks, "--tenants", tenants}, "--oauth-tenant-claim"}})
    {
        auto all = start(more);
        all.insert(all.begin() + 1, "--check-config");
        auto const finished = run(all);
        BOOST_TEST(finished.exit_code > 0);
        BOOST_TEST(finished.err.find(about) != std::string::npos, finished.err);
    }
    expect_complaint(run(command({"--store", "memory", "--token", "a-token-of-the-server", "--oauth-jwks", jwks})),
                     "--oauth-issuer");
    expect_complaint(
        run(command({"--store", "memory", "--token", "a-token-of-the-server", "--oauth-subject-claim", "email"})),
        "--oauth-issuer");
}

BOOST_AUTO_TEST_SUITE_END()
