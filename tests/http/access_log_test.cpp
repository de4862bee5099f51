// The access log says who asked for what, and keeps their secrets.
#include "fixture.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <mutex>
#include <set>
#include <vector>

using namespace scimkit;
using namespace scimkit::test;

namespace
{

/// Copies of records: their views live only during the call.
struct Line
{
    std::string peer, method, path, subject, tenant, request_id, scim_type, detail;
    int status;
    std::size_t request_bytes, response_bytes;

    std::string text() const { return peer + method + path + subject + tenant + request_id + scim_type + detail; }
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
                                               std::string{record.path}, std::string{record.subject},
                                               std::string{record.tenant}, std::string{record.request_id},
                                               std::string{record.scim_type}, std::string{record.detail}, record.status,
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

BOOST_AUTO_TEST_CASE(a_record_says_why_a_request_was_refused_and_whose_data_it_was_about)
{
    auto client = server.connect();
    client.send(post("/scim/v2/Users", user("once")) + post("/scim/v2/Users", user("once")) +
                get("/scim/v2/Users/none"));
    auto const created = client.receive();
    auto const conflict = client.receive();
    auto const missing = client.receive();
    client.send("nonsense\r\n\r\n");
    auto const malformed = client.receive();

    BOOST_REQUIRE(lines.size() == 4U);
    BOOST_TEST(lines[0].tenant == "default");
    BOOST_TEST(lines[0].scim_type == "");
    BOOST_TEST(lines[0].detail == "");
    BOOST_TEST(lines[1].scim_type == "uniqueness");
    BOOST_TEST(lines[1].tenant == "default");
    std::size_t i = 1;
    for (auto const& answer : {conflict, missing, malformed})
    {
        BOOST_TEST(lines[i].detail != "");
        BOOST_TEST(lines[i++].detail == std::string{boost::json::parse(answer.body()).at("detail").as_string()});
    }
}

BOOST_AUTO_TEST_CASE(every_request_has_an_id_that_the_answer_carries_too)
{
    auto client = server.connect();
    client.send(get("/healthz") + get("/scim/v2/Users") + post("/scim/v2/Users", "{"));
    for (int i = 0; i < 3; ++i)
        client.receive();
    client.send("nonsense\r\n\r\n");
    std::string const of_nonsense{client.receive()["X-Request-Id"]};

    BOOST_REQUIRE(lines.size() == 4U);
    std::set<std::string> ids;
    for (auto const& line : lines)
    {
        BOOST_TEST(line.request_id.size() == 16U);
        ids.insert(line.request_id);
    }
    BOOST_TEST(ids.size() == 4U);
    BOOST_TEST(lines[3].request_id == of_nonsense);
}

BOOST_AUTO_TEST_CASE(an_id_that_the_request_brings_is_kept_if_it_is_harmless)
{
    struct Case
    {
        std::string headers, kept; // empty: one of our own
    };
    std::string const trace = "0af7651916cd43dd8448eb211c80319c";
    std::string const parent = "traceparent: 00-" + trace + "-b7ad6b7169203331-01\r\n";
    auto client = server.connect();
    for (auto const& [headers, kept] : std::vector<Case>{
             {"X-Request-Id: abc-DEF_1.2~3:4+5/6=7@8\r\n", "abc-DEF_1.2~3:4+5/6=7@8"},
             {"x-request-id: " + std::string(64, 'x') + "\r\n", std::string(64, 'x')},
             {"X-Request-Id: " + std::string(65, 'x') + "\r\n", ""},
             {"X-Request-Id:\r\n", ""},
             {"X-Request-Id: a b\r\n", ""},
             {"X-Request-Id: a\"b\r\n", ""},
             {"X-Request-Id: \xC3\xA9\r\n", ""},
             {parent, trace},
             {"X-Request-Id: mine\r\n" + parent, "mine"},
             {parent + "X-Request-Id: mine\r\n", "mine"},
             {"X-Request-Id: a b\r\n" + parent, trace},
             {"traceparent: 00-" + std::string(32, '0') + "-b7ad6b7169203331-01\r\n", ""},
             {"traceparent: 00-" + std::string(32, 'X') + "-b7ad6b7169203331-01\r\n", ""},
             {"traceparent: " + trace + "\r\n", ""},
         })
    {
        client.send("GET /healthz HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n");
        std::string const id{client.receive()["X-Request-Id"]};
        BOOST_TEST((kept.empty() ? id.size() == 16 : id == kept), headers << "gives " << id);
        BOOST_TEST(lines.back().request_id == id);
    }
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

BOOST_AUTO_TEST_CASE(whoever_keeps_exchanges_gets_all_of_the_request_and_of_the_answer_and_nothing_of_the_one_before)
{
    struct Kept
    {
        std::string method, target, headers, body, answer;
        int status = 0;
    };
    std::vector<Kept> kept;
    auto const keep = [&](http::ExchangeRecord const& record)
    {
        Kept one{std::string{record.request.method},
                 std::string{record.request.target},
                 {},
                 std::string{record.request.body},
                 record.response.body,
                 record.access.status};
        for (auto const& header : record.request.headers)
            one.headers.append(header.name).append("=").append(header.value).append(";");
        kept.push_back(std::move(one));
    };
    RunningServer const keeping{{.io_threads = 1, .max_header_bytes = 1000, .exchange_log = keep}};
    auto client = keeping.connect();
    client.send(post("/scim/v2/Users?attributes=id", user("kept")));
    auto const created = client.receive();
    client.send("nonsense\r\n\r\n");
    auto const malformed = client.receive();
    auto large = keeping.connect();
    large.send(get("/scim/v2/Users"));
    large.receive();
    large.send("GET /healthz HTTP/1.1\r\nX: " + std::string(2000, 'x') + "\r\n\r\n");
    BOOST_TEST(large.receive().result_int() == 431);

    BOOST_REQUIRE(kept.size() == 4U);
    BOOST_TEST(kept[0].method == "POST");
    BOOST_TEST(kept[0].target == "/scim/v2/Users?attributes=id");
    BOOST_TEST(kept[0].headers.find("Authorization=Bearer ") != std::string::npos);
    BOOST_TEST(kept[0].body == user("kept"));
    BOOST_TEST(kept[0].answer == created.body());
    BOOST_TEST(kept[0].status == 201);
    BOOST_TEST(kept[1].answer == malformed.body());
    for (auto const* const refused : {&kept[1], &kept[3]})
    {
        BOOST_TEST(refused->headers == "");
        BOOST_TEST(refused->body == "");
    }
}

BOOST_AUTO_TEST_SUITE_END()
