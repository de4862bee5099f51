// What stops a server from starting.
#include "fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(http_options)

BOOST_AUTO_TEST_CASE(an_address_in_use_is_unavailable_and_named)
{
    RunningServer const first;
    auto const second = http::Server::start({.port = first.server->port()}, first.service);
    BOOST_REQUIRE(!second);
    BOOST_TEST((second.error().code == ErrorCode::unavailable));
    BOOST_TEST(second.error().detail.find(std::to_string(first.server->port())) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_address_of_another_machine_is_unavailable)
{
    auto const service = make_service();
    auto const server = http::Server::start({.address = "192.0.2.1"}, service);
    BOOST_REQUIRE(!server);
    BOOST_TEST((server.error().code == ErrorCode::unavailable));
}

BOOST_AUTO_TEST_CASE(nonsense_is_invalid)
{
    auto const service = make_service();
    for (auto const& options :
         {http::ServerOptions{.address = "localhost"}, http::ServerOptions{.address = ""},
          http::ServerOptions{.worker_threads = 0}, http::ServerOptions{.max_connections = 0},
          http::ServerOptions{.read_threads = 0}, http::ServerOptions{.max_client_share = 0},
          http::ServerOptions{.max_client_share = 101}, http::ServerOptions{.max_header_bytes = 10},
          http::ServerOptions{.max_pipelined = 0}, http::ServerOptions{.max_queued_requests = 0},
          http::ServerOptions{.max_queued_per_client = 0}, http::ServerOptions{.io_thread_work = 0},
          http::ServerOptions{.short_read_work = 0}, http::ServerOptions{.first_request_timeout = 0ms},
          http::ServerOptions{.handshake_timeout = 0ms}, http::ServerOptions{.idle_timeout = -1ms},
          http::ServerOptions{.read_timeout = 0ms}, http::ServerOptions{.write_timeout = 0ms}})
    {
        auto const server = http::Server::start(options, service);
        BOOST_REQUIRE(!server);
        BOOST_TEST((server.error().code == ErrorCode::invalid_value));
    }
}

BOOST_AUTO_TEST_CASE(ipv6_is_served_and_ipv4_peers_are_named_as_such)
{
    std::string peer;
    RunningServer server{
        {.address = "::", .access_log = [&](http::AccessRecord const& record) { peer = record.peer; }}};
    Client four{server.server->port()};
    four.send(get("/healthz"));
    BOOST_TEST(four.receive().result_int() == 200);
    BOOST_TEST(peer == "127.0.0.1");
    Client six{server.server->port(), "::1"};
    six.send(get("/healthz"));
    BOOST_TEST(six.receive().result_int() == 200);
    BOOST_TEST(peer == "::1");
}

BOOST_AUTO_TEST_SUITE_END()
