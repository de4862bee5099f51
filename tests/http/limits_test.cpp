// What one client may ask for: sizes, time, connections.
#include "fixture.hpp"
#include "hooked_store.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <deque>
#include <future>
#include <thread>

using namespace scimkit;
using namespace scimkit::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(http_limits)

namespace
{

/// What begins a request with a body in chunks, with a token: strangers are refused before their body is looked at.
std::string const chunked_head = "POST /scim/v2/Users HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " +
                                 std::string{token} + "\r\nTransfer-Encoding: chunked\r\n\r\n";

/// `limit`: what the detail names in bytes; 0: nothing.
void expect_refusal(Client& client, unsigned status, std::size_t limit = 0)
{
    auto const response = client.receive();
    if (limit > 0)
        BOOST_TEST(response.body().find(" may have " + std::to_string(limit) + " bytes at most.") != std::string::npos,
                   response.body());
    BOOST_TEST(response.result_int() == status);
    BOOST_TEST(response["Content-Type"] == "application/scim+json");
    BOOST_TEST(boost::json::parse(response.body()).at("status").as_string() == std::to_string(status));
    BOOST_TEST(client.closed_by_server());
}

/// Its list is more than the buffers of the kernel take.
Service with_large_users()
{
    auto service = make_service();
    add_large_users(service);
    return service;
}

} // namespace

BOOST_AUTO_TEST_CASE(headers_beyond_the_limit_are_431)
{
    RunningServer server{{.max_header_bytes = 1000}};
    auto client = server.connect();
    client.send("GET /healthz HTTP/1.1\r\nHost: a\r\nX: " + std::string(1000, 'x') + "\r\n\r\n");
    expect_refusal(client, 431, 1000);
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
    expect_refusal(client, 414, 1000);
}

BOOST_AUTO_TEST_CASE(a_trailer_that_never_ends_is_431)
{
    RunningServer server{{.max_header_bytes = 1000}};
    auto client = server.connect();
    client.send(chunked_head + "0\r\nX: ");
    client.send(std::string(20'000, 'x'));
    expect_refusal(client, 431, 1000);
}

BOOST_AUTO_TEST_CASE(an_announced_body_beyond_the_limit_is_413_before_it_is_sent,
                     *boost::unit_test::label("7644-3.12-p"))
{
    RunningServer server{{.max_body_bytes = 1000}};
    auto client = server.connect();
    client.send("POST /scim/v2/Users HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n");
    expect_refusal(client, 413, 1000);
}

BOOST_AUTO_TEST_CASE(a_bulk_beyond_the_limit_is_told_it_by_its_name, *boost::unit_test::label("7644-3.7.4-c"))
{
    RunningServer server{{.max_body_bytes = 1000}};
    for (auto const* target : {"/scim/v2/Bulk", "/scim/v2/Bulk?x=y"})
    {
        auto client = server.connect();
        client.send("POST " + std::string{target} + " HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n");
        auto const response = client.receive();
        BOOST_TEST(response.result_int() == 413);
        BOOST_TEST(response.body().find("maxPayloadSize is 1000.") != std::string::npos, response.body());
    }
}

BOOST_AUTO_TEST_CASE(the_client_reads_413_although_it_is_still_sending)
{
    RunningServer server{{.max_body_bytes = 1000}};
    auto client = server.connect();
    client.send(post("/scim/v2/Users", std::string(200'000, ' ')));
    expect_refusal(client, 413, 1000);
}

BOOST_AUTO_TEST_CASE(chunks_beyond_the_limit_are_413,
                     *boost::unit_test::label("7644-3.12-p") * boost::unit_test::label("7644-3.7.4-d"))
{
    RunningServer server{{.max_body_bytes = 1000}};
    auto client = server.connect();
    std::string request = chunked_head;
    for (int i = 0; i < 3; ++i)
        request += "190\r\n" + std::string(400, ' ') + "\r\n";
    client.send(request);
    expect_refusal(client, 413, 1000);
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
    auto const request = post("/scim/v2/Users", "{         ");
    client.send(request.substr(0, request.size() - 9));
    expect_refusal(client, 408);
}

BOOST_AUTO_TEST_CASE(an_idle_connection_is_closed_without_a_word)
{
    RunningServer server{{.idle_timeout = 200ms}};
    auto used = server.connect();
    used.send(get("/healthz"));
    BOOST_TEST(used.receive().result_int() == 200);
    BOOST_TEST(used.closed_by_server());
}

BOOST_AUTO_TEST_CASE(a_first_request_must_come_soon)
{
    RunningServer server{{.first_request_timeout = 200ms}};
    auto used = server.connect();
    used.send(get("/healthz"));
    BOOST_TEST(used.receive().result_int() == 200);
    auto silent = server.connect();
    auto slow = server.connect();
    slow.send("GET /healthz HTTP/1.1\r\n");
    BOOST_TEST(silent.closed_by_server());
    expect_refusal(slow, 408);
    used.send(get("/healthz")); // it has shown that it means it
    BOOST_TEST(used.receive().result_int() == 200);
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

BOOST_AUTO_TEST_CASE(a_client_that_reads_slowly_but_steadily_gets_all_of_it)
{
    RunningServer server{{.write_timeout = 500ms}, with_large_users()};
    auto client = server.connect();
    client.send(get("/scim/v2/Users?count=100"));
    auto const begin = std::chrono::steady_clock::now();
    std::string received;
    std::string piece(64 * 1024, ' ');
    std::size_t end = 0;
    while (end == 0 || received.size() < end)
    {
        received.append(piece, 0, client.socket().read_some(boost::asio::buffer(piece)));
        if (auto const body = received.find("\r\n\r\n"); end == 0 && body != std::string::npos)
            end = body + 4 + std::stoul(received.substr(received.find("Content-Length: ") + 16));
        std::this_thread::sleep_for(10ms); // it is the client that is slow
    }
    BOOST_TEST((std::chrono::steady_clock::now() - begin > 1s), "it took no longer than the timeout");
    BOOST_TEST(end > 8'000'000U);
}

BOOST_AUTO_TEST_CASE(answers_beyond_what_all_may_hold_together_are_503)
{
    RunningServer server{{.max_unsent_bytes = 14'000'000}, with_large_users()};
    auto slow = server.connect();
    slow.send(get("/scim/v2/Users?count=100"));
    BOOST_TEST(!slow.silent_for(10s)); // its answer is under way, and larger than what the kernel takes
    auto other = server.connect();
    other.send(get("/scim/v2/Users?count=100") + get("/scim/v2/Users?count=1"));
    auto const refusal = other.receive();
    BOOST_TEST(refusal.result_int() == 503);
    BOOST_TEST(refusal["Retry-After"] == "1");
    BOOST_TEST(other.receive().result_int() == 200); // little is always possible

    BOOST_TEST(slow.receive(false, 20'000'000).result_int() == 200);
    slow.send(get("/healthz")); // answered only when all of the list is out
    BOOST_TEST(slow.receive().result_int() == 200);
    other.send(get("/scim/v2/Users?count=100"));
    BOOST_TEST(other.receive(false, 20'000'000).result_int() == 200);
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

BOOST_AUTO_TEST_CASE(a_full_house_closes_who_has_been_idle_longest)
{
    RunningServer server{
        {.io_threads = 1, .max_connections = 3}}; // one thread: it sees things in the order of the test
    auto first = server.connect();                // silent from the beginning
    auto second = server.connect();
    auto third = server.connect();
    for (auto* client : {&second, &third, &second})
    {
        client->send(get("/healthz"));
        BOOST_TEST(client->receive().result_int() == 200);
    }
    auto fourth = server.connect();
    fourth.send(get("/healthz"));
    BOOST_TEST(fourth.receive().result_int() == 200);
    BOOST_TEST(first.closed_by_server());
    auto fifth = server.connect();
    fifth.send(get("/healthz"));
    BOOST_TEST(fifth.receive().result_int() == 200);
    BOOST_TEST(third.closed_by_server());
    second.send(get("/healthz"));
    BOOST_TEST(second.receive().result_int() == 200);
}

BOOST_AUTO_TEST_CASE(health_can_be_asked_for_while_one_client_holds_all_connections)
{
    RunningServer server{{.max_connections = 20}};
    std::deque<Client> silent;
    for (int i = 0; i < 60; ++i)
    {
        silent.emplace_back(server.server->port());
        if (i % 2 == 0)
            silent.back().send("GET /"); // not a request yet
    }
    auto prober = server.connect();
    prober.send(get("/healthz"));
    BOOST_TEST(prober.receive().result_int() == 200);
}

BOOST_AUTO_TEST_CASE(connections_beyond_the_cap_wait_while_all_have_a_request_under_way)
{
    auto const store = std::make_shared<HookedStore>();
    std::promise<void> gate;
    std::atomic<int> entered{0};
    store->before_write = [&, opened = gate.get_future().share()](CallContext const&)
    {
        ++entered;
        opened.wait();
        return result<void>{};
    };
    RunningServer server{{.max_connections = 2}, make_service(store)};
    auto first = server.connect();
    auto second = server.connect();
    first.send(post("/scim/v2/Users", user("first")));
    second.send(post("/scim/v2/Users", user("second")));
    while (entered < 2)
        std::this_thread::yield();

    auto third = server.connect(); // the kernel takes it
    third.send(get("/healthz"));
    BOOST_TEST(third.silent_for(200ms));
    gate.set_value();
    BOOST_TEST(first.receive().result_int() == 201);
    BOOST_TEST(second.receive().result_int() == 201);
    BOOST_TEST(third.receive().result_int() == 200); // one of them is idle now
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
