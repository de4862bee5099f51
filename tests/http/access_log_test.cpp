// The access log says who asked for what, and keeps their secrets.
#include "fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <mutex>
#include <vector>

using namespace scimkit;
using namespace scimkit::test;

namespace
{

/// Copies of records: their views live only during the call.
struct Line
{
    std::string peer, method, path, subject;
    int status;
    std::size_t request_bytes, response_bytes;

    std::string text() const { return peer + method + path + subject; }
};

struct LoggedServer
{
    std::mutex mutex;
    std::vector<Line> lines;
    RunningServer server{{.max_header_bytes = 1000,
                          .access_log = [this](http::AccessRecord const& record)
                          {
                              std::lock_guard const lock{mutex};
                              lines.push_back({std::string{record.peer}, std::string{record.method},
                                               std::string{record.path}, std::string{record.subject}, record.status,
                                               record.request_bytes, record.response_bytes});
                          }}};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(http_access_log, LoggedServer)

BOOST_AUTO_TEST_CASE(a_record_tells_who_what_and_how_much)
{
    auto client = server.connect();
    auto const body = user("logged");
    client.send(post("/scim/v2/Users", body));
    auto const created = client.receive();

    BOOST_REQUIRE(lines.size() == 1U);
    BOOST_TEST(lines[0].peer == "127.0.0.1");
    BOOST_TEST(lines[0].method == "POST");
    BOOST_TEST(lines[0].path == "/scim/v2/Users");
    BOOST_TEST(lines[0].subject == "tester");
    BOOST_TEST(lines[0].status == 201);
    BOOST_TEST(lines[0].request_bytes == body.size());
    BOOST_TEST(lines[0].response_bytes == created.body().size());
}

BOOST_AUTO_TEST_CASE(neither_token_nor_query_are_logged,
                     *boost::unit_test::label("7644-7.5.1-a") * boost::unit_test::label("7644-7.4-e"))
{
    auto client = server.connect();
    client.send(get("/scim/v2/Users?filter=userName%20eq%20%22private%22") +
                get("http://example.com/scim/v2/Users?filter=private") +
                "GET /scim/v2/Users?private HTTP/1.1\r\nAuthorization: Bearer " + std::string{token} + "\r\n\r\n");
    for (int i = 0; i < 3; ++i)
        client.receive();
    BOOST_TEST(lines.size() == 3U);
    for (auto const& line : lines)
    {
        BOOST_TEST(line.path == "/scim/v2/Users");
        BOOST_TEST(line.text().find("private") == std::string::npos);
        BOOST_TEST(line.text().find(token) == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(refusals_are_logged_with_what_is_known_of_the_request)
{
    auto first = server.connect();
    first.send(get("/healthz"));
    BOOST_TEST(first.receive().result_int() == 200);
    first.send("nonsense\r\n\r\n");
    BOOST_TEST(first.receive().result_int() == 400);
    auto second = server.connect();
    second.send("GET /healthz?x HTTP/1.1\r\nX: " + std::string(2000, 'x') + "\r\n\r\n");
    BOOST_TEST(second.receive().result_int() == 431);

    BOOST_REQUIRE(lines.size() == 3U);
    BOOST_TEST(lines[1].status == 400);
    BOOST_TEST(lines[1].path == ""); // not that of the request before
    BOOST_TEST(lines[2].status == 431);
    BOOST_TEST(lines[2].method == "GET");
    BOOST_TEST(lines[2].path == "/healthz");
}

BOOST_AUTO_TEST_CASE(an_unauthenticated_caller_has_no_subject)
{
    auto client = server.connect();
    client.send("GET /scim/v2/Users HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer wrong-wrong-wrong-wrong\r\n\r\n");
    BOOST_TEST(client.receive().result_int() == 401);
    BOOST_REQUIRE(lines.size() == 1U);
    BOOST_TEST(lines[0].subject == "");
}

BOOST_AUTO_TEST_CASE(a_log_that_throws_costs_one_connection_only)
{
    auto const service = make_service();
    int calls = 0;
    auto const fragile = http::Server::start({.io_threads = 1,
                                              .access_log =
                                                  [&](http::AccessRecord const&)
                                              {
                                                  if (++calls == 1)
                                                      throw std::runtime_error{"disk full"};
                                              }},
                                             service)
                             .value();
    Client unlucky{fragile->port()};
    unlucky.send(get("/healthz"));
    BOOST_TEST(unlucky.closed_by_server());
    Client lucky{fragile->port()};
    lucky.send(get("/healthz"));
    BOOST_TEST(lucky.receive().result_int() == 200);
}

BOOST_AUTO_TEST_SUITE_END()
