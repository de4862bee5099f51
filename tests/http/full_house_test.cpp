// When all connections are taken, a newcomer must get in whatever those do who hold them.
#include "fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <deque>
#include <thread>

using namespace scimkit;
using namespace scimkit::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(full_house)

namespace
{

std::string const without_token = " HTTP/1.1\r\nHost: a\r\n";
constexpr std::size_t house = 8;

/// As many connections as the house has, each of which sends `bytes` and then does nothing.
std::deque<Client> fill(RunningServer const& server, std::string_view bytes, std::string_view then = {})
{
    std::deque<Client> guests;
    for (std::size_t i = 0; i < house; ++i)
    {
        guests.emplace_back(server.server->port());
        guests.back().send(bytes);
        if (!then.empty())
        {
            BOOST_TEST(guests.back().receive().result_int() != 0);
            guests.back().send(then);
        }
    }
    return guests;
}

/// Connections that ask and ask, and never read an answer, until the server cannot write any more.
std::deque<Client> fill_unread(RunningServer const& server, std::string const& request)
{
    std::string burst;
    while (burst.size() < 64 * 1024)
        burst += request;
    std::deque<Client> guests;
    for (std::size_t i = 0; i < house; ++i)
    {
        auto& socket = guests.emplace_back(server.server->port()).socket();
        socket.set_option(boost::asio::socket_base::receive_buffer_size{2048});
        socket.non_blocking(true);
        auto last = std::chrono::steady_clock::now();
        while (std::chrono::steady_clock::now() - last < 200ms)
        {
            boost::system::error_code error;
            if (socket.write_some(boost::asio::buffer(burst), error) > 0)
                last = std::chrono::steady_clock::now();
            else
                std::this_thread::sleep_for(5ms);
        }
    }
    return guests;
}

void expect_a_newcomer_gets_in(RunningServer const& server)
{
    for (int i = 0; i < 3; ++i)
    {
        auto newcomer = server.connect();
        newcomer.send(get("/healthz"));
        BOOST_TEST(newcomer.receive().result_int() == 200);
    }
}

} // namespace

BOOST_AUTO_TEST_CASE(strangers_with_half_a_body_for_a_public_endpoint_make_room)
{
    RunningServer const server{{.max_connections = house}};
    auto const guests =
        fill(server, "GET /scim/v2/ServiceProviderConfig" + without_token + "Content-Length: 100\r\n\r\nhalf");
    expect_a_newcomer_gets_in(server);
}

BOOST_AUTO_TEST_CASE(strangers_with_half_a_second_request_make_room)
{
    RunningServer const server{{.max_connections = house}};
    auto const guests = fill(server, "GET /scim/v2/Users" + without_token + "\r\n", "GET /scim");
    expect_a_newcomer_gets_in(server);
}

BOOST_AUTO_TEST_CASE(strangers_who_do_not_read_their_answers_make_room)
{
    for (std::string_view const target : {"/scim/v2/Users", "/scim/v2/ServiceProviderConfig", "/healthz"})
    {
        RunningServer const server{{.max_connections = house}};
        auto const guests = fill_unread(server, "GET " + std::string{target} + without_token + "\r\n");
        expect_a_newcomer_gets_in(server);
    }
}

BOOST_AUTO_TEST_CASE(callers_who_may_come_in_keep_their_place_for_a_while)
{
    RunningServer const server{{.max_connections = house}};
    auto guests = fill(server, "POST /scim/v2/Users HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " +
                                   std::string{token} + "\r\nContent-Length: 18\r\n\r\n");
    auto newcomer = server.connect();
    newcomer.send(get("/healthz"));
    BOOST_TEST(newcomer.silent_for(200ms));
    for (auto& guest : guests)
    {
        guest.send(R"({"userName":"ada"})");
        BOOST_TEST(guest.receive().result_int() >= 201U);
    }
    BOOST_TEST(newcomer.receive().result_int() == 200);
}

BOOST_AUTO_TEST_CASE(callers_who_may_come_in_make_room_when_they_are_slow)
{
    std::string const bearer = "Authorization: Bearer " + std::string{token} + "\r\n";
    RunningServer const server{{.max_connections = house, .first_request_timeout = 300ms}};
    {
        auto const guests =
            fill(server, "POST /scim/v2/Users HTTP/1.1\r\nHost: a\r\n" + bearer + "Content-Length: 100\r\n\r\n{");
        expect_a_newcomer_gets_in(server);
    }
    auto const guests = fill_unread(server, "GET /scim/v2/Schemas" + without_token + bearer + "\r\n");
    expect_a_newcomer_gets_in(server);
}

BOOST_AUTO_TEST_SUITE_END()
