// Messages that are malformed, or that two parties could read in two ways (RFC 9112 sections 2, 3, 6, 7 and 11.2).
#include "fixture.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(http_framing)

namespace
{

struct Refused
{
    char const* what;
    std::string request;
    unsigned status = 400;

    friend std::ostream& operator<<(std::ostream& out, Refused const& refused) { return out << refused.what; }
};

std::vector<Refused> const refused_requests{
    {"not HTTP at all", "hello\r\n\r\n"},
    {"no version", "GET /healthz\r\n\r\n"},
    {"HTTP/2 in words", "GET /healthz HTTP/2.0\r\nHost: a\r\n\r\n"},
    {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
    {"TLS to a plain port", std::string{"\x16\x03\x01\x02\x00\x01\x00\x01", 8} + "\r\n\r\n"},
    {"blanks in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"a control character in the target", "GET /a\x01 HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"no Host", "GET /healthz HTTP/1.1\r\n\r\n"},
    {"two Hosts", "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
    {"a blank before the colon", "GET /healthz HTTP/1.1\r\nHost : a\r\n\r\n"},
    {"a header without a colon", "GET /healthz HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n"},
    {"NUL in a header", std::string{"GET /healthz HTTP/1.1\r\nHost: a\r\nX: a"} + '\0' + "b\r\n\r\n"},
    {"Content-Length is no number", "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n"},
    {"Content-Length is negative", "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"},
    {"Content-Length has a sign", "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx"},
    {"Content-Length overflows", "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n"},
    {"two Content-Lengths", "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx"},
    {"Content-Length before chunked",
     "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {"chunked before Content-Length",
     "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"},
    {"chunked twice",
     "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {"a coding after chunked", "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", 501},
    {"a coding before chunked", "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
     501},
    {"a coding that nobody knows", "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501},
    {"a coding with a vertical tab", "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n"},
    {"chunked in HTTP/1.0", "POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {"a chunk size that is no number", "POST /scim/v2/Users HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
                                       "a-secret-token-of-the-tests\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n"},
    {"a chunk longer than its size",
     "POST /scim/v2/Users HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
     "a-secret-token-of-the-tests\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n0\r\n\r\n"},
};

std::string chunked(std::string_view chunks, std::string_view more_headers = {})
{
    std::string request{"POST /scim/v2/Users HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "};
    request.append(token).append("\r\nContent-Type: application/scim+json\r\nTransfer-Encoding: chunked\r\n");
    return request.append(more_headers).append("\r\n").append(chunks);
}

} // namespace

BOOST_DATA_TEST_CASE(check_22_a_malformed_request_gets_a_scim_error_and_the_connection_ends, refused_requests)
{
    RunningServer server;
    auto client = server.connect();
    client.send(sample.request + get("/healthz")); // a second request, smuggled behind it
    auto const response = client.receive();
    BOOST_TEST(response.result_int() == sample.status);
    BOOST_TEST(response["Content-Type"] == "application/scim+json");
    BOOST_TEST(response["Connection"] == "close");
    auto const body = boost::json::parse(response.body());
    BOOST_TEST(body.at("schemas").at(0).as_string() == "urn:ietf:params:scim:api:messages:2.0:Error");
    BOOST_TEST(body.at("status").as_string() == std::to_string(sample.status));
    BOOST_TEST(client.closed_by_server());
}

BOOST_AUTO_TEST_CASE(equal_content_lengths_are_one)
{
    RunningServer server;
    auto client = server.connect();
    client.send(
        post("/scim/v2/Users", user("twice"), "Content-Length: " + std::to_string(user("twice").size()) + "\r\n"));
    BOOST_TEST(client.receive().result_int() == 201);
}

BOOST_AUTO_TEST_CASE(a_chunked_body_is_put_together)
{
    RunningServer server;
    auto client = server.connect();
    auto const body = user("chunky");
    std::string chunks;
    for (char const byte : body)
        chunks.append("1;ext=\"a;b\"\r\n").append({byte}).append("\r\n");
    client.send(chunked(chunks + "0\r\n\r\n") + get("/healthz"));
    BOOST_TEST(client.receive().result_int() == 201);
    BOOST_TEST(client.receive().body() == "ok\n");
}

BOOST_AUTO_TEST_CASE(fields_of_a_trailer_are_not_headers)
{
    RunningServer server;
    auto client = server.connect();
    client.send("POST /scim/v2/Users HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/scim+json\r\n"
                "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nAuthorization: Bearer " +
                std::string{token} + "\r\n\r\n");
    BOOST_TEST(client.receive().result_int() == 401);
}

BOOST_AUTO_TEST_CASE(a_client_that_waits_for_100_continue_gets_it)
{
    RunningServer server;
    auto client = server.connect();
    auto const request = post("/scim/v2/Users", user("patient"), "Expect: 100-continue\r\n");
    auto const header_size = request.find("\r\n\r\n") + 4;
    client.send(std::string_view{request}.substr(0, header_size));
    BOOST_TEST(client.receive().result_int() == 100);
    client.send(std::string_view{request}.substr(header_size));
    BOOST_TEST(client.receive().result_int() == 201);
}

BOOST_AUTO_TEST_CASE(no_100_continue_for_a_body_that_is_here_or_is_too_large)
{
    RunningServer server{{.max_body_bytes = 1000}};
    auto client = server.connect();
    client.send(post("/scim/v2/Users", user("impatient"), "Expect: 100-continue\r\n"));
    BOOST_TEST(client.receive().result_int() == 201);
    client.send("POST /scim/v2/Users HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1001\r\n\r\n");
    BOOST_TEST(client.receive().result_int() == 413);
    BOOST_TEST(client.closed_by_server());
}

BOOST_AUTO_TEST_CASE(a_target_in_absolute_form_is_understood)
{
    RunningServer server;
    auto client = server.connect();
    for (char const* target : {"http://example.com/healthz", "HTTPS://example.com/healthz?now"})
    {
        client.send(get(target));
        BOOST_TEST(client.receive().body() == "ok\n");
    }
    client.send(get("http://example.com"));
    BOOST_TEST(client.receive().result_int() == 404);
}

BOOST_AUTO_TEST_CASE(empty_lines_before_a_request_are_skipped)
{
    RunningServer server;
    auto client = server.connect();
    client.send("\r\n\r\n" + get("/healthz") + "\r\n");
    BOOST_TEST(client.receive().result_int() == 200);
    client.send(get("/healthz"));
    BOOST_TEST(client.receive().result_int() == 200);
}

BOOST_AUTO_TEST_SUITE_END()
