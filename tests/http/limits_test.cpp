// What one client may ask for: sizes, time, connections.
#include "fixture.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <thread>

using namespace scimkit;
using namespace scimkit::test;
using namespace std::chrono_literals;

namespace
{

void expect_refusal(Client& client, unsigned status)
{
    auto const response = client.receive();
    BOOST_TEST(response.result_int() == status);
    BOOST_TEST(response["Content-Type"] == "application/scim+json");
    BOOST_TEST(boost::json::parse(response.body()).at("status").as_string() == std::to_string(status));
    BOOST_TEST(client.closed_by_server());
}

} // namespace

BOOST_AUTO_TEST_SUITE(http_limits)

BOOST_AUTO_TEST_CASE(headers_beyond_the_limit_are_431)
{
    RunningServer server{{.max_header_bytes = 1000}};
    auto client = server.connect();
    client.send("GET /healthz HTTP/1.1\r\nHost: a\r\nX: " + std::string(1000, 'x') + "\r\n\r\n");
    expect_refusal(client, 431);
}

BOOST_AUTO_TEST_CASE(headers_that_never_end_are_431)
{
    RunningServer server;
    auto client = server.connect();
    client.send("GET /healthz HTTP/1.1\r\nHost: a\r\n");
    std::string const line(100, 'x');
    for (int i = 0; i < 170; ++i)
        client.send(line + ": y\r\n");
    expect_refusal(client, 431);
}

BOOST_AUTO_TEST_CASE(headers_up_to_the_limit_are_served)
{
    RunningServer server{{.max_header_bytes = 1000}};
    auto client = server.connect();
    client.send("GET /healthz HTTP/1.1\r\nHost: a\r\nX: " + std::string(900, 'x') + "\r\n\r\n");
    BOOST_TEST(client.receive().result_int() == 200);
}

BOOST_AUTO_TEST_CASE(a_request_line_beyond_the_limit_is_414)
{
    RunningServer server{{.max_header_bytes = 1000}};
    auto client = server.connect();
    client.send("GET /" + std::string(2000, 'x'));
    expect_refusal(client, 414);
}

BOOST_AUTO_TEST_CASE(a_trailer_that_never_ends_is_431)
{
    RunningServer server{{.max_header_bytes = 1000}};
    auto client = server.connect();
    client.send("POST /scim/v2/Users HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ");
    client.send(std::string(20'000, 'x'));
    expect_refusal(client, 431);
}

BOOST_AUTO_TEST_CASE(an_announced_body_beyond_the_limit_is_413_before_it_is_sent,
                     *boost::unit_test::label("7644-3.12-p"))
{
    RunningServer server{{.max_body_bytes = 1000}};
    auto client = server.connect();
    client.send("POST /scim/v2/Users HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n");
    expect_refusal(client, 413);
}

BOOST_AUTO_TEST_CASE(the_client_reads_413_although_it_is_still_sending)
{
    RunningServer server{{.max_body_bytes = 1000}};
    auto client = server.connect();
    client.send(post("/scim/v2/Users", std::string(200'000, ' ')));
    expect_refusal(client, 413);
}

BOOST_AUTO_TEST_CASE(chunks_beyond_the_limit_are_413, *boost::unit_test::label("7644-3.12-p"))
{
    RunningServer server{{.max_body_bytes = 1000}};
    auto client = server.connect();
    std::string request{"POST /scim/v2/Users HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"};
    for (int i = 0; i < 3; ++i)
        request += "190\r\n" + std::string(400, ' ') + "\r\n";
    client.send(request);
    expect_refusal(client, 413);
}

BOOST_AUTO_TEST_CASE(a_body_of_exactly_the_limit_is_served)
{
    auto const body = user("just right");
    RunningServer server{{.max_body_bytes = body.size()}};
    auto client = server.connect();
    client.send(post("/scim/v2/Users", body));
    BOOST_TEST(client.receive().result_int() == 201);
}

BOOST_AUTO_TEST_CASE(half_a_header_is_408_in_time_however_busily_it_drips)
{
    RunningServer server{{.read_timeout = 200ms}};
    auto client = server.connect();
    auto const begin = std::chrono::steady_clock::now();
    client.send("GET /healthz HTTP/1.1\r\nHost: a\r\n");
    while (client.silent_for(20ms))
        client.send("X: y\r\n");
    expect_refusal(client, 408);
    BOOST_TEST((std::chrono::steady_clock::now() - begin < 2s));
}

BOOST_AUTO_TEST_CASE(half_a_body_is_408)
{
    RunningServer server{{.read_timeout = 200ms}};
    auto client = server.connect();
    client.send("POST /scim/v2/Users HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{");
    expect_refusal(client, 408);
}

BOOST_AUTO_TEST_CASE(an_idle_connection_is_closed_without_a_word)
{
    RunningServer server{{.idle_timeout = 200ms}};
    auto fresh = server.connect();
    auto used = server.connect();
    used.send(get("/healthz"));
    BOOST_TEST(used.receive().result_int() == 200);
    BOOST_TEST(fresh.closed_by_server());
    BOOST_TEST(used.closed_by_server());
}

BOOST_AUTO_TEST_CASE(the_idle_time_begins_anew_after_every_answer)
{
    RunningServer server{{.idle_timeout = 400ms, .read_timeout = 150ms}};
    auto client = server.connect();
    for (int i = 0; i < 4; ++i)
    {
        client.send(get("/healthz") + get("/healthz"));
        BOOST_TEST(client.receive().result_int() == 200);
        BOOST_TEST(client.receive().result_int() == 200);
        BOOST_TEST(client.silent_for(200ms)); // longer than the read timeout, which does not run now
    }
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_read_its_answer_is_dropped)
{
    RunningServer server{{.write_timeout = 200ms}};
    auto client = server.connect();
    std::string burst;
    for (int i = 0; i < 1000; ++i)
        burst += get("/scim/v2/Schemas");
    boost::system::error_code error;
    client.socket().non_blocking(true);
    auto const end = std::chrono::steady_clock::now() + 10s;
    // Far more answers than the kernel's buffers hold: the server must give up, and writing to it then fails.
    while (!error || error == boost::asio::error::would_block)
    {
        BOOST_REQUIRE((std::chrono::steady_clock::now() < end));
        client.socket().write_some(boost::asio::buffer(burst), error);
        if (error)
            std::this_thread::sleep_for(10ms);
    }
}

BOOST_AUTO_TEST_CASE(connections_beyond_the_cap_wait_until_one_ends)
{
    RunningServer server{{.max_connections = 2}};
    auto first = server.connect();
    auto second = server.connect();
    for (auto* client : {&first, &second})
    {
        client->send(get("/healthz"));
        BOOST_TEST(client->receive().result_int() == 200);
    }

    auto third = server.connect(); // the kernel takes it
    auto fourth = server.connect();
    third.send(get("/healthz"));
    fourth.send(get("/healthz"));
    BOOST_TEST(third.silent_for(200ms));

    first.socket().close();
    BOOST_TEST(third.receive().result_int() == 200);
    BOOST_TEST(fourth.silent_for(100ms));
    second.socket().close();
    BOOST_TEST(fourth.receive().result_int() == 200);
}

BOOST_AUTO_TEST_CASE(a_cap_of_one_serves_one_client_after_the_other)
{
    RunningServer server{{.max_connections = 1}};
    for (int i = 0; i < 30; ++i)
    {
        auto client = server.connect();
        client.send(get("/healthz"));
        BOOST_TEST(client.receive().result_int() == 200);
    }
}

BOOST_AUTO_TEST_SUITE_END()
