// The token endpoint of the built server: from a client that an administrator makes to a request with its token.
#include "oauth/tokens.hpp"
#include "sample_server.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>

using namespace scimkit;
using namespace scimkit::test;

namespace
{

std::string const grant = "grant_type=client_credentials";

struct WithEndpoint : Directory
{
    std::string owned(std::string const& name, std::string const& content) const
    {
        auto made = file(name, content);
        std::filesystem::permissions(made, static_cast<std::filesystem::perms>(0600));
        return made;
    }

    std::string log = (path / "log").string();
    std::string admin_port = std::to_string(free_port());
    std::string key_file = owned("key", admin_key + "\n");
    Process server{
        command({"--listen", "127.0.0.1:0", "--store", "memory", "--base-url", named_base, "--admin",
                 "127.0.0.1:" + admin_port, "--admin-token-file", owned("admins", admin_key + " root\n"), "--log-file",
                 log, "--token-endpoint", "--assertion-file", (path / "assertions").string()})};
    Client client = connect();

    Client connect()
    {
        BOOST_REQUIRE(server.read_line() == "listening on " + named_base);
        BOOST_REQUIRE(wait_for(log, "address=127.0.0.1:"));
        auto const text = content_of(log);
        return Client{static_cast<std::uint16_t>(std::stoi(text.substr(text.find("address=127.0.0.1:") + 18)))};
    }

    Finished admin(Arguments const& more) const
    {
        Arguments all{"admin", "--url", "http://127.0.0.1:" + admin_port + "/admin/scim/v2", "--key-file", key_file};
        all.insert(all.end(), more.begin(), more.end());
        return run(command(all));
    }

    std::pair<int, boost::json::object> ask(std::string const& body)
    {
        client.send("POST /oauth/token HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                    "Content-Length: " +
                    std::to_string(body.size()) + "\r\n\r\n" + body);
        auto const answer = client.receive();
        return {static_cast<int>(answer.result_int()), boost::json::parse(answer.body()).as_object()};
    }

    int status(std::string const& target, std::string const& bearer)
    {
        client.send("GET " + target + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + bearer + "\r\n\r\n");
        return static_cast<int>(client.receive().result_int());
    }

    /// Where nobody may find it.
    void expect_nowhere(std::string const& secret) const
    {
        for (auto const& entry : std::filesystem::recursive_directory_iterator{path})
            if (entry.is_regular_file())
                BOOST_TEST(content_of(entry.path().string()).find(secret) == std::string::npos, entry.path());
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(sample_server_tokens, WithEndpoint)

BOOST_AUTO_TEST_CASE(from_an_oauth_client_to_tokens_by_its_secret_and_back_again)
{
    auto const made = admin({"create-client", "okta", "--tenant", "default", "--scopes", "users.read"});
    BOOST_TEST(made.out.starts_with("scim_"), made.err);
    auto const secret = made.out.substr(0, made.out.find('\n'));
    auto const [code, answer] = ask(grant + "&client_id=okta&client_secret=" + secret);
    BOOST_REQUIRE(code == 200);
    auto const token = std::string{answer.at("access_token").as_string()};
    BOOST_TEST(status("/scim/v2/Users", token) == 200);
    BOOST_TEST(status("/scim/v2/Groups", token) == 403);
    BOOST_TEST(status("/scim/v2/Users", secret) == 401); // a secret is no token
    BOOST_TEST(admin({"list-clients"}).out.find("okta tenant=default") != std::string::npos);
    BOOST_TEST(admin({"create-client", "odd", "--tenant", "default", "--scopes", "user.reed"}).exit_code != 0);
    BOOST_TEST(admin({"revoke-client", "okta"}).exit_code == 0);
    BOOST_TEST(status("/scim/v2/Users", token) == 401); // at the next request
    BOOST_TEST(ask(grant + "&client_id=okta&client_secret=" + secret).first == 401);
    BOOST_TEST(wait_for(log, "it is revoked"));
    expect_nowhere(secret);
    expect_nowhere(token);
}

BOOST_AUTO_TEST_CASE(check_8_an_assertion_gets_one_token_at_the_built_server)
{
    auto const jwks = file("jwks.json", text_of(json::object{{"keys", json::array{pairs().rsa.published()}}}));
    BOOST_TEST(admin({"create-client", "entra", "--tenant", "default", "--public-keys", jwks}).exit_code == 0);
    auto const now =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    auto const assertion = signed_token({{"iss", "entra"},
                                         {"sub", "entra"},
                                         {"aud", "https://scim.example.com/oauth/token"},
                                         {"jti", "once"},
                                         {"iat", now},
                                         {"exp", now + 120}});
    auto const asserted = grant + "&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer" +
                          "&client_assertion=" + assertion;
    BOOST_TEST(ask(asserted).first == 200);
    BOOST_TEST(ask(asserted).first == 401);
    BOOST_TEST(wait_for(log, "its assertion was used before"));
    expect_nowhere(assertion);
}

BOOST_AUTO_TEST_CASE(who_has_no_token_finds_out_where_to_get_one_and_may_not_ask_for_ever)
{
    client.send("GET /scim/v2/Users HTTP/1.1\r\nHost: a\r\n\r\n");
    BOOST_TEST(std::string{client.receive()["WWW-Authenticate"]}.find(
                   "https://scim.example.com/.well-known/oauth-protected-resource/scim/v2") != std::string::npos);
    client.send("GET /.well-known/oauth-protected-resource/scim/v2 HTTP/1.1\r\nHost: a\r\n\r\n");
    auto const resource = boost::json::parse(client.receive().body());
    BOOST_TEST(resource.at("resource").as_string() == named_base);
    BOOST_TEST(resource.at("authorization_servers").as_array().front().as_string() == "https://scim.example.com");
    client.send("GET /.well-known/oauth-authorization-server HTTP/1.1\r\nHost: a\r\n\r\n");
    auto const server_metadata = boost::json::parse(client.receive().body());
    BOOST_TEST(server_metadata.at("token_endpoint").as_string() == "https://scim.example.com/oauth/token");
    int limited = 0;
    for (int i = 0; i < 60 && limited == 0; ++i)
        limited = ask(grant + "&client_id=okta&client_secret=x").first == 429;
    BOOST_TEST(limited == 1);
}

BOOST_AUTO_TEST_SUITE_END()
