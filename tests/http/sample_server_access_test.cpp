// Who is let into the built server, from where and how often, and what it tells of that.
#include <scimkit/core/json.hpp>

#include "sample_server.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <csignal>

using namespace scimkit;
using namespace scimkit::test;

namespace
{

std::string with_key(std::string const& method, std::string const& target, std::string const& key,
                     std::string const& more = {})
{
    return method + " " + target + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + key + "\r\n" + more + "\r\n";
}

std::string const first_key = "first-key-of-the-tests";
std::string const second_key = "second-key-of-the-tests";

struct Served : Directory
{
    Arguments with_tokens(std::string const& lines, Arguments const& more = {}) const
    {
        auto const tokens = file("tokens", lines);
        std::filesystem::permissions(tokens, static_cast<std::filesystem::perms>(0600));
        Arguments all{"--listen", "127.0.0.1:0", "--store", "memory", "--token-file", tokens};
        all.insert(all.end(), more.begin(), more.end());
        return command(all);
    }
};

/// The errors until the end.
std::string log_of(Process& server)
{
    server.signal(SIGTERM);
    return server.wait().err;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(sample_server_access, Served)

BOOST_AUTO_TEST_CASE(a_token_line_may_narrow_its_token)
{
    Process server{with_tokens(first_key + " okta scopes=users.read,groups.write\n" + second_key +
                               " old acme expires=2020-01-01\n" + std::string{token} + " all\n")};
    Client client{port_of(server.read_line())};
    BOOST_TEST(status(client, with_key("GET", "/scim/v2/Users", first_key)) == 200);
    BOOST_TEST(status(client, with_key("GET", "/scim/v2/Groups", first_key)) == 200);
    BOOST_TEST(status(client, with_key("DELETE", "/scim/v2/Users/1", first_key)) == 403);
    BOOST_TEST(status(client, with_key("DELETE", "/scim/v2/Groups/1", first_key)) == 404);
    BOOST_TEST(status(client, with_key("DELETE", "/scim/v2/Users/1", std::string{token})) == 404);
    BOOST_TEST(status(client, with_key("GET", "/scim/v2/Users", second_key)) == 401);
    client.socket().close();
    auto const log = log_of(server);
    BOOST_TEST(log.find("the key of \\x22old\\x22") != std::string::npos, log);
    BOOST_TEST(log.find("expired at 2020-01-01") != std::string::npos);
    BOOST_TEST(log.find(second_key) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(me_is_the_user_that_is_called_as_the_subject_of_the_key,
                     *boost::unit_test::label("7644-3.11-c") * boost::unit_test::label("7644-3.11-g"))
{
    Process server{with_tokens(first_key + " ada\n" + second_key + " eve\n", {"--me", "userName"})};
    Client client{port_of(server.read_line())};
    std::string const body = R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada"})";
    BOOST_TEST(status(client, with_key("GET", "/scim/v2/Me", first_key)) == 403); // not yet
    BOOST_TEST(status(client, with_key("POST", "/scim/v2/Users", second_key,
                                       "Content-Type: application/scim+json\r\nContent-Length: " +
                                           std::to_string(body.size()) + "\r\n") +
                                  body) == 201);
    client.send(with_key("GET", "/scim/v2/Me", first_key));
    auto const me = client.receive();
    BOOST_TEST(me.result_int() == 200U);
    BOOST_TEST(boost::json::parse(me.body()).at("userName").as_string() == "ada");
    BOOST_TEST(std::string{me["Location"]}.ends_with("/Users/" +
                                                     std::string{boost::json::parse(me.body()).at("id").as_string()}));
    BOOST_TEST(status(client, with_key("GET", "/scim/v2/Me", second_key)) == 403); // no user is called so
}

BOOST_AUTO_TEST_CASE(check_5_a_new_token_is_a_key_that_is_stored_as_its_hash_alone)
{
    auto const made = run(command({"--new-token"})).out;
    BOOST_TEST(made.starts_with("scim_"));
    auto const key = made.substr(0, made.size() - 1);
    auto const hash = run(command({"--hash-token"}), made).out;
    BOOST_TEST(hash.find(key) == std::string::npos);
    Process server{with_tokens(hash.substr(0, hash.size() - 1) + " okta\n")};
    Client client{port_of(server.read_line())};
    BOOST_TEST(status(client, with_key("GET", "/scim/v2/Users", key)) == 200);
    client.socket().close();
    BOOST_TEST(log_of(server).find(key) == std::string::npos);
    expect_complaint(run(command({"--hash-token"}), key.substr(0, 50) + "\n"), "mistyped");
}

BOOST_AUTO_TEST_CASE(addresses_are_let_in_by_list_behind_a_proxy_too)
{
    Process server{
        good({"--trusted-proxy", "127.0.0.1", "--allow-address", "192.0.2.0/24", "--allow-address", "2001:db8::/32"})};
    Client client{port_of(server.read_line())};
    auto const from = [&](std::string const& address)
    {
        return status(client, with_key("GET", "/scim/v2/Users", std::string{token},
                                       address.empty() ? "" : "X-Forwarded-For: " + address + "\r\n"));
    };
    BOOST_TEST(from("192.0.2.7") == 200);
    BOOST_TEST(from("2001:db8::1") == 200);
    BOOST_TEST(from("198.51.100.7") == 403);
    BOOST_TEST(from("192.0.2.7, 198.51.100.7") == 403); // the client says that it is another
    BOOST_TEST(from("") == 403);
    BOOST_TEST(status(client, "GET /scim/v2/ServiceProviderConfig HTTP/1.1\r\nHost: a\r\n\r\n") == 403);
    BOOST_TEST(status(client, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n") == 200);
}

BOOST_AUTO_TEST_CASE(a_tenant_may_have_addresses_of_its_own)
{
    Process server{
        with_tokens(first_key + " a acme\n" + second_key + " b globex\n", {"--allow-address", "acme=192.0.2.0/24"})};
    Client client{port_of(server.read_line())};
    BOOST_TEST(status(client, with_key("GET", "/scim/v2/Users", first_key)) == 403);
    BOOST_TEST(status(client, with_key("GET", "/scim/v2/Users", second_key)) == 200);
}

BOOST_AUTO_TEST_CASE(check_21_rates_are_kept_and_one_tenant_does_not_use_up_that_of_another,
                     *boost::unit_test::label("ipsie-22") * boost::unit_test::label("7644-7.6-b"))
{
    Process server{with_tokens(first_key + " a acme\n" + second_key + " b globex\n", {"--rate-per-tenant", "0.5"})};
    Client client{port_of(server.read_line())};
    BOOST_TEST(status(client, with_key("GET", "/scim/v2/Users", first_key)) == 200);
    int refused = 0;
    for (int i = 0; i < 5; ++i)
    {
        client.send(with_key("GET", "/scim/v2/Users", first_key));
        auto const answer = client.receive();
        if (answer.result_int() != 429)
            continue;
        ++refused;
        BOOST_TEST(std::stoi(std::string{answer["Retry-After"]}) >= 1);
        BOOST_TEST(boost::json::parse(answer.body()).at("status").as_string() == "429");
    }
    BOOST_TEST(refused >= 4);
    BOOST_TEST(status(client, with_key("GET", "/scim/v2/Users", second_key)) == 200);
}

BOOST_AUTO_TEST_CASE(a_prefix_that_a_proxy_takes_away_is_no_part_of_targets_and_one_of_locations)
{
    Process server{good({"--path-prefix", "/v2", "--base-url", "https://scim.example.com/tenants/a/v2"})};
    BOOST_TEST(server.read_line() == "listening on https://scim.example.com/tenants/a/v2");
    auto const log = server.read_errors_until("tolerance=");
    auto const at = log.find("address=127.0.0.1:");
    BOOST_REQUIRE(at != std::string::npos);
    Client client{static_cast<std::uint16_t>(std::stoi(log.substr(at + 18)))};
    client.send(post("/v2/Users", user("proxied")));
    auto const created = client.receive();
    BOOST_TEST(created.result_int() == 201);
    BOOST_TEST(created["Location"].starts_with("https://scim.example.com/tenants/a/v2/Users/"));
    BOOST_TEST(status(client, get("/tenants/a/v2/Users")) == 404);
}

BOOST_AUTO_TEST_CASE(the_log_may_be_json_and_names_the_trace)
{
    Process server{good({"--log-format", "json"})};
    Client client{port_of(server.read_line())};
    std::string const trace = "0af7651916cd43dd8448eb211c80319c";
    BOOST_TEST(status(client, with_key("GET", "/scim/v2/Users/a%22b%5cc", std::string{token},
                                       "traceparent: 00-" + trace + "-b7ad6b7169203331-01\r\n")) == 404);
    BOOST_TEST(status(client, with_key("GET", "/scim/v2/Users", "wrong")) == 401);
    client.socket().close();
    auto const log = log_of(server);
    std::size_t requests = 0;
    for (std::size_t begin = 0; begin < log.size();)
    {
        auto const end = log.find('\n', begin);
        auto const line = boost::json::parse(log.substr(begin, end - begin)).as_object(); // each is one, or this throws
        BOOST_TEST(line.at("time").as_string().ends_with("Z"));
        BOOST_TEST(line.contains("level"));
        if (line.at("message").as_string() == "request" && ++requests == 1)
        {
            BOOST_TEST(line.at("status").as_int64() == 404);
            BOOST_TEST(line.at("trace").as_string() == trace);
            BOOST_TEST(line.at("path").as_string() == "/scim/v2/Users/a%22b%5cc");
        }
        begin = end + 1;
    }
    BOOST_TEST(requests == 2U);
    BOOST_TEST(log.find("serving: address=127.0.0.1:") != std::string::npos);
    BOOST_TEST(log.find("wrong") == std::string::npos);
}

#ifdef SCIMKIT_SERVER_METRICS
BOOST_AUTO_TEST_CASE(metrics_are_for_tokens_with_their_scope_and_have_no_secrets_in_them)
{
    Process server{
        with_tokens(first_key + " prometheus scopes=metrics\n" + second_key + " okta acme\n", {"--metrics"})};
    Client client{port_of(server.read_line())};
    BOOST_TEST(status(client, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n") == 401);
    BOOST_TEST(status(client, with_key("GET", "/metrics", second_key)) == 403);
    BOOST_TEST(status(client, with_key("GET", "/scim/v2/Users", first_key)) == 403);
    BOOST_TEST(status(client, with_key("GET", "/scim/v2/Users?filter=userName%20eq%20%22canary%22", second_key)) ==
               200);
    BOOST_TEST(status(client, with_key("GET", "/scim/v2/Users/1", second_key)) == 404);
    for (int i = 0; i < 100; ++i) // whatever strangers ask for makes no new series
        BOOST_TEST(status(client, "GET /x" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n") == 401);
    client.send(with_key("GET", "/metrics", first_key));
    auto const answer = client.receive();
    BOOST_TEST(answer.result_int() == 200);
    BOOST_TEST(answer["Content-Type"].starts_with("text/plain; version=0.0.4"));
    auto const& text = answer.body();
    for (std::string const line :
         {"scimkit_requests_total{operation=\"query\",status=\"200\",tenant=\"acme\",type=\"User\"} 1\n",
          "scimkit_requests_total{operation=\"read\",status=\"404\",tenant=\"acme\",type=\"User\"} 1\n",
          "scimkit_requests_total{operation=\"other\",status=\"401\",tenant=\"\",type=\"none\"} 100\n",
          "scimkit_request_duration_seconds_bucket{", "scimkit_store_up 1\n", "scimkit_connections 1\n",
          "scimkit_queued_requests{threads=\"workers\"}", "scimkit_log_lines_dropped_total 0\n", "scimkit_build_info{"})
        BOOST_TEST(text.find(line) != std::string::npos, line << text);
    for (std::string const& secret : {first_key, second_key, std::string{"canary"}})
        BOOST_TEST(text.find(secret) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(requests_beyond_a_rate_are_counted_as_those_of_their_tenant)
{
    Process server{with_tokens(first_key + " prometheus scopes=metrics\n" + second_key + " okta acme\n",
                               {"--metrics", "--rate-per-tenant", "1"})};
    Client client{port_of(server.read_line())};
    int last = 200;
    for (int i = 0; i < 100 && last == 200; ++i)
        last = status(client, with_key("GET", "/scim/v2/Users", second_key));
    BOOST_TEST(last == 429);
    client.send(with_key("GET", "/metrics", first_key));
    auto const text = client.receive().body();
    BOOST_TEST(
        text.find("scimkit_requests_total{operation=\"query\",status=\"429\",tenant=\"acme\",type=\"User\"} 1\n") !=
            std::string::npos,
        text);
    BOOST_TEST(text.find("scimkit_limits_hit_total{limit=\"rate\",tenant=\"acme\"} 1\n") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(metrics_name_each_kind_of_request_by_itself)
{
    Process server{
        with_tokens(first_key + " prometheus scopes=metrics\n" + second_key + " okta acme\n", {"--metrics"})};
    Client client{port_of(server.read_line())};
    struct Named
    {
        std::string method, path, operation, type;
    };
    std::vector<Named> const all{{"POST", "/scim/v2/Users/.search", "query", "User"},
                                 {"POST", "/scim/v2/.search", "query", "none"},
                                 {"POST", "/scim/v2/Groups/.delta", "delta", "Group"},
                                 {"POST", "/scim/v2/.delta", "delta", "none"},
                                 {"GET", "/scim/v2/Users/.deltaToken", "delta_token", "User"},
                                 {"GET", "/scim/v2/Groups/", "query", "Group"},
                                 {"DELETE", "/scim/v2/Groups/1", "delete", "Group"},
                                 {"POST", "/scim/v2/Bulk", "bulk", "none"},
                                 {"PUT", "/scim/v2/Me", "me", "none"},
                                 {"GET", "/scim/v2/Async/1", "async_result", "none"},
                                 {"POST", "/events", "events", "none"},
                                 {"GET", "/events/jwks.json", "discover", "none"},
                                 {"POST", "/oauth/token", "token", "none"},
                                 {"GET", "/.well-known/oauth-protected-resource/scim/v2", "discover", "none"},
                                 {"GET", "/.well-known/oauth-authorization-server", "discover", "none"},
                                 {"GET", "/scim/v2/Schemas/x", "discover", "none"},
                                 {"GET", "/healthz", "watch", "none"}};
    for (auto const& [method, path, operation, type] : all) // what is not offered is counted as what it was to be
        status(client, method + " " + path + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + second_key +
                           "\r\nContent-Length: 0\r\n\r\n");
    client.send(with_key("GET", "/metrics", first_key));
    auto const text = client.receive().body();
    for (auto const& [method, path, operation, type] : all)
    {
        auto const begin = text.find("scimkit_requests_total{operation=\"" + operation + "\"");
        BOOST_TEST(begin != std::string::npos, method << " " << path << "\n" << text);
        BOOST_TEST(text.find("scimkit_request_duration_seconds_count{operation=\"" + operation + "\",type=\"" + type +
                             "\"}") != std::string::npos,
                   method << " " << path << "\n"
                          << text);
    }
}

BOOST_AUTO_TEST_CASE(metrics_tell_which_limits_were_hit)
{
    Process server{
        with_tokens(first_key + " prometheus scopes=metrics\n" + second_key + " okta acme\n", {"--metrics"})};
    auto const port = port_of(server.read_line());
    Client client{port};
    auto const send = [&](std::string const& method, std::string const& target, std::string const& body)
    {
        client.send(method + " " + target + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + second_key +
                    "\r\nContent-Type: application/scim+json\r\nContent-Length: " + std::to_string(body.size()) +
                    "\r\n\r\n" + body);
        return client.receive();
    };
    auto const made = send("POST", "/scim/v2/Users", user("ada"));
    BOOST_TEST(made.result_int() == 201);
    std::string const location{made["Location"]};
    std::string operations = R"({"op":"remove","path":"title"})";
    for (int i = 0; i < 10'000; ++i)
        operations += R"(,{"op":"remove","path":"title"})";
    auto const refused =
        send("PATCH", location.substr(location.find("/scim/v2")),
             R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[)" + operations + "]}");
    BOOST_TEST(refused.result_int() == 400);
    BOOST_TEST(refused.body().find("tooMany") != std::string::npos, refused.body());
    BOOST_TEST(send("GET", "/scim/v2/Users?x=" + std::string(60'000, 'x'), {}).result_int() >= 414);
    Client watcher{port};
    watcher.send(with_key("GET", "/metrics", first_key));
    auto const text = watcher.receive().body();
    BOOST_TEST(text.find(R"(scimkit_limits_hit_total{limit="work",tenant="acme"} 1)") != std::string::npos, text);
    BOOST_TEST(text.find(R"(scimkit_limits_hit_total{limit="size",tenant=")") != std::string::npos, text);
    BOOST_TEST(text.find(R"(limit="rate")") == std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(without_the_option_there_are_no_metrics)
{
    Process server{with_tokens(first_key + " prometheus scopes=metrics\n")};
    Client client{port_of(server.read_line())};
    BOOST_TEST(status(client, with_key("GET", "/metrics", first_key)) == 404);
}
#endif

BOOST_AUTO_TEST_SUITE_END()
