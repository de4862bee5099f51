// What the server answers by itself, what it tells of itself, and the trace that it takes and gives back.
#include "fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <stdexcept>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(http_pages)

namespace
{

std::string request(std::string const& line, std::string const& headers = {})
{
    return line + " HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n";
}

http::ServerOptions with_pages()
{
    http::ServerOptions options;
    options.pages = {{"/metrics",
                      [](Request const& asked)
                      {
                          return Response{.status = 200,
                                          .headers = {{"Content-Type", "text/plain"}},
                                          .body = "asked " + std::string{asked.target}};
                      }},
                     {"/broken", [](Request const&) -> Response { throw std::runtime_error{"secret"}; }},
                     {"/odd", [](Request const&) -> Response { throw "secret"; }}};
    return options;
}

/// The traceparent of the answer to a request with one, or more.
std::string traceparent(Client& client, std::string const& sent)
{
    client.send(request("GET /healthz", "traceparent: " + sent + "\r\n"));
    return client.receive()["traceparent"];
}

} // namespace

BOOST_AUTO_TEST_CASE(a_page_is_answered_to_get_and_head_without_the_credentials_of_the_service)
{
    RunningServer server{with_pages()};
    auto client = server.connect();
    client.send(request("GET /metrics?x=1"));
    auto const got = client.receive();
    BOOST_TEST(got.result_int() == 200);
    BOOST_TEST(got.body() == "asked /metrics?x=1");
    client.send(request("HEAD /metrics"));
    auto const head = client.receive(true);
    BOOST_TEST(head.result_int() == 200);
    BOOST_TEST(head.body() == "");
    for (auto const* other : {"POST /metrics", "GET /metrics/", "GET /METRICS", "GET /metrics/x",
                              "GET /scim/v2/metrics", "GET /%6detrics", "GET //metrics", "DELETE /metrics"})
    {
        client.send(request(other));
        BOOST_TEST(client.receive().result_int() == 401, other);
    }
}

BOOST_AUTO_TEST_CASE(a_page_may_take_every_method_and_all_that_is_below_it)
{
    auto options = with_pages();
    auto const echo = [](Request const& asked)
    {
        return Response{.status = 200,
                        .body = std::string{asked.method} + " " + std::string{asked.target} + " " +
                                std::string{asked.body} + (asked.principal ? " somebody" : "")};
    };
    options.pages.push_back({.path = "/page", .answer = echo, .below = true, .every_method = true});
    RunningServer server{std::move(options)};
    auto client = server.connect();
    for (std::string const method : {"POST", "PUT", "PATCH", "DELETE"})
    {
        client.send(request(method + " /page/a/b?c", "Content-Length: 4\r\n") + "body");
        auto const got = client.receive();
        BOOST_TEST(got.result_int() == 200);
        BOOST_TEST(got.body() == method + " /page/a/b?c body");
    }
    for (auto const* own : {"GET /page", "GET /page?x=1", "GET /page/", "GET /page/a", "OPTIONS /page"})
    {
        client.send(request(own));
        BOOST_TEST(client.receive().result_int() == 200, own);
    }
    for (auto const* other : {"GET /pages", "GET /pag", "POST /metrics", "GET /metrics/x", "GET /scim/v2/page",
                              "POST /%70age", "POST /PAGE", "POST //page", "POST /healthz"})
    {
        client.send(request(other));
        BOOST_TEST(client.receive().result_int() == 401, other);
    }
}

BOOST_AUTO_TEST_CASE(the_body_for_a_page_is_bounded_as_any_other)
{
    auto options = with_pages();
    options.max_body_bytes = 10;
    options.pages.push_back(
        {.path = "/page", .answer = [](Request const&) { return Response{.status = 200}; }, .every_method = true});
    RunningServer server{std::move(options)};
    auto client = server.connect();
    client.send(request("POST /page", "Content-Length: 11\r\n") + "12345678901");
    BOOST_TEST(client.receive().result_int() == 413);
}

BOOST_AUTO_TEST_CASE(a_page_that_fails_is_a_503_without_its_reason)
{
    RunningServer server{with_pages()};
    auto client = server.connect();
    for (auto const* path : {"/broken", "/odd"})
    {
        client.send(request("GET " + std::string{path}));
        auto const failed = client.receive();
        BOOST_TEST(failed.result_int() == 503);
        BOOST_TEST(failed.body().find("secret") == std::string::npos);
    }
    client.send(request("GET /metrics"));
    BOOST_TEST(client.receive().result_int() == 200);
}

BOOST_AUTO_TEST_CASE(a_page_without_a_path_or_an_answer_is_refused)
{
    auto const service = make_service();
    http::ServerOptions options;
    options.pages = {{"metrics", [](Request const&) { return Response{}; }}};
    BOOST_TEST(!http::Server::start(options, service));
    options.pages = {{"/metrics", {}}};
    BOOST_TEST(!http::Server::start(options, service));
}

BOOST_AUTO_TEST_CASE(check_1_every_route_but_those_that_are_public_needs_a_credential)
{
    RunningServer server{with_pages()};
    auto client = server.connect();
    std::set<std::string> open;
    for (std::string const path : {"/",
                                   "/healthz",
                                   "/readyz",
                                   "/metrics",
                                   "/scim",
                                   "/scim/v2",
                                   "/scim/v2/",
                                   "/scim/v2/Users",
                                   "/scim/v2/Users/1",
                                   "/scim/v2/Users/.search",
                                   "/scim/v2/Groups",
                                   "/scim/v2/Groups/1",
                                   "/scim/v2/Bulk",
                                   "/scim/v2/Me",
                                   "/scim/v2/.search",
                                   "/scim/v2/Schemas",
                                   "/scim/v2/Schemas/x",
                                   "/scim/v2/ResourceTypes",
                                   "/scim/v2/ResourceTypes/User",
                                   "/scim/v2/ServiceProviderConfig",
                                   "/scim/v2/nothing",
                                   "/admin",
                                   "/.well-known/x",
                                   "/scim/v2/%2e%2e/metrics",
                                   "/healthz/x",
                                   "/scim/v2/healthz"})
        for (std::string const method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
        {
            client.send(request(method + " " + path));
            auto const answer = client.receive(method == "HEAD");
            if (answer.result_int() != 401)
                open.insert(method + " " + path);
            else
                BOOST_TEST(answer["WWW-Authenticate"] == "Bearer realm=\"scim\"", method << ' ' << path);
        }
    std::set<std::string> allowed;
    for (std::string const path : {"/healthz", "/readyz", "/metrics", "/scim/v2/ServiceProviderConfig"})
        for (std::string const method : {"GET ", "HEAD "})
            allowed.insert(method + path);
    for (std::string const method :
         {"POST ", "PUT ", "PATCH ", "DELETE ", "OPTIONS "}) // 405 or 204: the document is public
        open.erase(method + "/scim/v2/ServiceProviderConfig");
    BOOST_TEST(open == allowed, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(ready_is_what_takes_requests)
{
    RunningServer server{{}};
    auto client = server.connect();
    for (auto const* page : {"GET /healthz", "GET /readyz"})
    {
        client.send(request(page));
        auto const answer = client.receive();
        BOOST_TEST(answer.result_int() == 200);
        BOOST_TEST(answer.body() == "ok\n");
    }
}

BOOST_AUTO_TEST_CASE(the_server_counts_its_connections)
{
    RunningServer server{{}};
    BOOST_TEST(server.server->statistics().connections == 0U);
    auto first = server.connect();
    auto second = server.connect();
    for (auto* client : {&first, &second})
    {
        client->send(request("GET /healthz"));
        client->receive();
    }
    auto const now = server.server->statistics();
    BOOST_TEST(now.connections == 2U);
    BOOST_TEST(now.queued + now.queued_reads + now.queued_long_writes + now.queued_searches + now.queued_bulks == 0U);
    BOOST_TEST(now.buffered_bytes == 0U);
}

BOOST_AUTO_TEST_CASE(a_trace_goes_on_with_a_parent_of_our_own)
{
    RunningServer server{{}};
    auto client = server.connect();
    std::string const trace = "0af7651916cd43dd8448eb211c80319c";
    auto const first = traceparent(client, "00-" + trace + "-b7ad6b7169203331-01");
    BOOST_TEST(first.size() == 55U);
    BOOST_TEST(first.starts_with("00-" + trace + "-"));
    BOOST_TEST(first.ends_with("-01"));
    BOOST_TEST(first.substr(36, 16) != "b7ad6b7169203331");
    BOOST_TEST(traceparent(client, "00-" + trace + "-b7ad6b7169203331-01") != first);
    // A later version is continued as far as it is understood.
    BOOST_TEST(traceparent(client, "cc-" + trace + "-b7ad6b7169203331-00-more").starts_with("00-" + trace));
    client.send(request("GET /healthz"));
    BOOST_TEST(client.receive().count("traceparent") == 0U);
}

BOOST_AUTO_TEST_CASE(a_trace_that_cannot_be_read_is_none)
{
    RunningServer server{{}};
    auto client = server.connect();
    std::string const trace = "0af7651916cd43dd8448eb211c80319c";
    for (std::string const& odd :
         {std::string{}, trace, "00-" + trace, "00-" + trace + "-b7ad6b7169203331",
          "00-" + trace + "-b7ad6b7169203331-0", "00-" + trace + "-b7ad6b7169203331-01-",
          "00-" + trace + "-b7ad6b7169203331-01-x", "ff-" + trace + "-b7ad6b7169203331-01",
          "00-" + trace + "-0000000000000000-01", "00-" + std::string(32, '0') + "-b7ad6b7169203331-01",
          "00-" + std::string(32, 'A') + "-b7ad6b7169203331-01", "00_" + trace + "-b7ad6b7169203331-01",
          "0x-" + trace + "-b7ad6b7169203331-01", "cc-" + trace + "-b7ad6b7169203331-00more",
          "00-" + trace + "-b7ad6b716920333\"-01"})
        BOOST_TEST(traceparent(client, odd) == "", odd);
}

BOOST_AUTO_TEST_CASE(the_access_log_has_the_trace_beside_the_id)
{
    std::string id, trace;
    http::ServerOptions options;
    options.access_log = [&](http::AccessRecord const& record)
    {
        id = record.request_id;
        trace = record.trace_id;
    };
    RunningServer server{std::move(options)};
    auto client = server.connect();
    client.send(request("GET /healthz", "X-Request-Id: mine\r\ntraceparent: "
                                        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n"));
    client.receive();
    BOOST_TEST(id == "mine");
    BOOST_TEST(trace == "0af7651916cd43dd8448eb211c80319c");
}

BOOST_AUTO_TEST_SUITE_END()
