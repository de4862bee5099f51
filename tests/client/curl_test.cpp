// The transport over libcurl against a server that misbehaves on the wire: slow, cut off, endless, or not HTTP at all.
#include "faulty_server.hpp"
#include "scripted.hpp"

using namespace scimkit;
using namespace scimkit::client;
using namespace scimkit::client::test;

BOOST_AUTO_TEST_SUITE(client_curl)

namespace
{

std::string const user = R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1","userName":"ada"})";

Client client_of(std::string const& url, std::function<void(ClientOptions&)> const& more = {}, CurlOptions curl = {})
{
    ClientOptions options{.base_url = url, .transport = curl_transport(std::move(curl)).value()};
    options.retry.max_attempts = 1;
    if (more)
        more(options);
    return Client::create(std::move(options)).value();
}

Failure failure_at(FaultyServer::Script script, std::function<void(ClientOptions&)> const& more = {},
                   CurlOptions curl = {})
{
    FaultyServer const server{std::move(script)};
    auto const client = client_of(server.url(), more, std::move(curl));
    auto const read = client.get("/Users", "1");
    BOOST_REQUIRE(!read);
    return read.error();
}

} // namespace

BOOST_AUTO_TEST_CASE(a_request_arrives_as_it_was_meant)
{
    std::string seen;
    FaultyServer const server{[&](FaultyServer::Socket& socket, std::string const& request)
                              {
                                  seen = request;
                                  FaultyServer::say(socket, FaultyServer::whole(200, user, "ETag: W/\"7\"\r\n"));
                              }};
    auto const client =
        client_of(server.url(), [](ClientOptions& options) { options.credentials = bearer(known("abc")); });
    auto const read = client.get("/Users", "a b", {.attributes = {"userName"}});
    BOOST_REQUIRE(read);
    BOOST_TEST(read->version == "W/\"7\"");
    BOOST_TEST(seen.starts_with("GET /scim/Users/a%20b?attributes=userName HTTP/1.1\r\n"));
    BOOST_TEST(seen.find("\r\nAuthorization: Bearer abc\r\n") != std::string::npos);
    BOOST_TEST(seen.find("\r\nUser-Agent: scimkit/") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(no_text_of_anybody_else_becomes_a_line_of_a_request)
{
    std::atomic<std::size_t> asked{0};
    FaultyServer const server{[&](FaultyServer::Socket& socket, std::string const&)
                              {
                                  ++asked;
                                  FaultyServer::say(socket, FaultyServer::whole(200, user));
                              }};
    auto const transport = curl_transport().value();
    HttpRequest const fine{.method = "GET", .url = server.url() + "/Users/1"};
    std::vector<HttpRequest> wrong(6, fine);
    wrong[0].headers.push_back({"If-Match", "W/\"1\"\r\nX-Other: 1"});
    wrong[1].headers.push_back({"If-Match", "W/\"1\"\nX-Other: 1"});
    wrong[2].headers.push_back({"X-Other: 1\r\nIf-Match", "*"});
    wrong[3].headers.push_back({"If-Match", std::string{"*\0x", 3}});
    wrong[4].method = "GET /scim/Users/2 HTTP/1.1\r\nX-Other: 1\r\n\r\nGET";
    wrong[5].url += "\r\nX-Other: 1";
    for (auto const& request : wrong)
    {
        auto const answer = transport->send(request);
        BOOST_REQUIRE(!answer);
        BOOST_TEST((answer.error().kind == FailureKind::misuse));
        BOOST_TEST(!answer.error().sent);
    }
    BOOST_TEST(asked == 0U);
    BOOST_TEST(transport->send(fine).has_value());
}

BOOST_AUTO_TEST_CASE(each_method_is_sent_as_itself)
{
    std::string line;
    FaultyServer const server{[&](FaultyServer::Socket& socket, std::string const& request)
                              {
                                  line = request.substr(0, request.find(' '));
                                  FaultyServer::say(socket, FaultyServer::whole(200, line == "HEAD" ? "" : user));
                              }};
    auto const client = client_of(server.url());
    BOOST_TEST(client.create("/Users", {{"userName", "ada"}}).has_value());
    BOOST_TEST(line == "POST");
    BOOST_TEST(client.replace("/Users", "1", {{"userName", "ada"}}).has_value());
    BOOST_TEST(line == "PUT");
    BOOST_TEST(client.patch("/Users", "1", {}).has_value());
    BOOST_TEST(line == "PATCH");
    BOOST_TEST(client.remove("/Users", "1").has_value());
    BOOST_TEST(line == "DELETE");
    BOOST_TEST(client.raw("HEAD", "/Users/1").has_value());
    BOOST_TEST(line == "HEAD");
}

BOOST_AUTO_TEST_CASE(nobody_there_is_unreachable_and_nothing_was_sent)
{
    std::string url;
    {
        FaultyServer const gone{[](FaultyServer::Socket&, std::string const&) {}};
        url = gone.url();
    }
    auto const client = client_of(url);
    auto const read = client.get("/Users", "1");
    BOOST_REQUIRE(!read);
    BOOST_TEST((read.error().kind == FailureKind::unreachable));
    BOOST_TEST(!read.error().sent);
    auto const nowhere = client_of("https://no-such-host.invalid/scim");
    BOOST_TEST((nowhere.get("/Users", "1").error().kind == FailureKind::unreachable));
}

BOOST_AUTO_TEST_CASE(an_answer_that_does_not_come_times_out)
{
    std::atomic<bool> done{false};
    auto const failure = failure_at(
        [&](FaultyServer::Socket&, std::string const&)
        {
            for (int i = 0; i < 500 && !done; ++i)
                std::this_thread::sleep_for(std::chrono::milliseconds{10});
        },
        [&](ClientOptions& options)
        {
            options.limits.request_timeout = std::chrono::milliseconds{300};
            options.on_attempt = [&](Attempt const&) { done = true; };
        });
    BOOST_TEST((failure.kind == FailureKind::timed_out), describe(failure));
    BOOST_TEST(failure.sent);
}

BOOST_AUTO_TEST_CASE(an_answer_that_drips_times_out)
{
    std::atomic<bool> done{false};
    auto const failure = failure_at(
        [&](FaultyServer::Socket& socket, std::string const&)
        {
            FaultyServer::say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
            for (int i = 0; i < 500 && !done; ++i)
            {
                FaultyServer::say(socket, " ");
                std::this_thread::sleep_for(std::chrono::milliseconds{20});
            }
        },
        [&](ClientOptions& options)
        {
            options.limits.request_timeout = std::chrono::milliseconds{700};
            options.on_attempt = [&](Attempt const&) { done = true; };
        });
    BOOST_TEST((failure.kind == FailureKind::timed_out), describe(failure));
}

BOOST_AUTO_TEST_CASE(an_answer_that_ends_too_early_is_cut_off)
{
    std::vector<std::string> const ends{
        "", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"id\"\r\n", "nonsense\r\n\r\n"};
    for (auto const& bytes : ends)
    {
        auto const failure =
            failure_at([&](FaultyServer::Socket& socket, std::string const&) { FaultyServer::say(socket, bytes); });
        BOOST_TEST((failure.kind == FailureKind::cut_off), bytes << ": " << describe(failure));
        BOOST_TEST(failure.sent);
    }
}

BOOST_AUTO_TEST_CASE(a_huge_answer_is_given_up_at_its_limit)
{
    std::size_t sent = 0;
    auto const failure = failure_at(
        [&](FaultyServer::Socket& socket, std::string const&)
        {
            FaultyServer::say(socket, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n");
            std::string const piece(65'536, ' ');
            boost::system::error_code error;
            while (!error && sent < (1u << 30))
                sent += socket.write_some(boost::asio::buffer(piece), error);
        },
        [](ClientOptions& options) { options.limits.max_response_bytes = 1u << 20; });
    BOOST_TEST((failure.kind == FailureKind::too_large), describe(failure));
    BOOST_TEST(sent < (64u << 20));
}

BOOST_AUTO_TEST_CASE(endless_headers_are_given_up)
{
    CurlOptions curl;
    curl.max_header_bytes = 10'000;
    auto const failure = failure_at(
        [](FaultyServer::Socket& socket, std::string const&)
        {
            std::string bytes = "HTTP/1.1 200 OK\r\n";
            for (int i = 0; i < 1'000; ++i)
                bytes += "X-" + std::to_string(i) + ": " + std::string(100, 'x') + "\r\n";
            FaultyServer::say(socket, bytes + "\r\n");
        },
        {}, curl);
    BOOST_TEST((failure.kind == FailureKind::too_large), describe(failure));
}

BOOST_AUTO_TEST_CASE(a_redirection_gets_no_credentials)
{
    unsigned elsewhere = 0;
    FaultyServer const other{[&](FaultyServer::Socket& socket, std::string const&)
                             {
                                 ++elsewhere;
                                 FaultyServer::say(socket, FaultyServer::whole(200, user));
                             }};
    auto const failure =
        failure_at([&](FaultyServer::Socket& socket, std::string const&)
                   { FaultyServer::say(socket, FaultyServer::whole(307, "", "Location: " + other.url() + "\r\n")); });
    BOOST_TEST((failure.kind == FailureKind::redirected));
    BOOST_TEST(elsewhere == 0);
}

BOOST_AUTO_TEST_CASE(a_fault_that_passes_is_survived_over_the_wire)
{
    unsigned count = 0;
    FaultyServer const server{[&](FaultyServer::Socket& socket, std::string const&)
                              {
                                  ++count;
                                  if (count == 1)
                                      return;
                                  FaultyServer::say(socket, count == 2
                                                                ? FaultyServer::whole(429, "", "Retry-After: 1\r\n")
                                                                : FaultyServer::whole(200, user));
                              }};
    auto const client = client_of(server.url(),
                                  [](ClientOptions& options)
                                  {
                                      options.retry.max_attempts = 4;
                                      options.wait = [](std::chrono::milliseconds) {};
                                  });
    BOOST_TEST(client.get("/Users", "1").has_value());
    BOOST_TEST(count == 3);
}

BOOST_AUTO_TEST_CASE(a_proxy_is_used_where_it_is_given)
{
    std::string seen;
    FaultyServer const proxy{[&](FaultyServer::Socket& socket, std::string const& request)
                             {
                                 seen = request.substr(0, request.find("\r\n"));
                                 FaultyServer::say(socket, FaultyServer::whole(200, user));
                             }};
    CurlOptions curl;
    curl.proxy = proxy.url().substr(0, proxy.url().size() - 5);
    auto const client = client_of(
        "http://scim.invalid/v2", [](ClientOptions& options) { options.allow_plain_http = true; }, curl);
    BOOST_TEST(client.get("/Users", "1").has_value());
    BOOST_TEST(seen == "GET http://scim.invalid/v2/Users/1 HTTP/1.1");
}

BOOST_AUTO_TEST_CASE(files_that_are_not_there_are_told_at_once)
{
    BOOST_TEST(!curl_transport({.ca_file = "/no/such/file"}));
    BOOST_TEST(!curl_transport({.client_certificate_file = "/no/such/file", .client_key_file = "/no/such/file"}));
    BOOST_TEST(!curl_transport({.client_key_file = SCIMKIT_TEST_DATA "/waivers.tsv"}));
}

BOOST_AUTO_TEST_SUITE_END()
