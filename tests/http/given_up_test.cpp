// Work that nobody waits for any more, and work that does not end: searches are given up, writes that have begun are
// finished.
#include "becomes.hpp"
#include "overload.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <thread>

using namespace scimkit;
using namespace scimkit::test;
using namespace std::chrono_literals;

namespace
{

void reset(Client& client)
{
    client.socket().set_option(boost::asio::socket_base::linger{true, 0});
    client.socket().close();
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(http_given_up, Overload)

BOOST_AUTO_TEST_CASE(a_search_whose_client_has_gone_is_given_up)
{
    make_searches_endless();
    RunningServer server{{.search_threads = 1}, make()};
    auto client = std::make_unique<Client>(server.server->port());
    client->send(get("/scim/v2/Users"));
    gate.wait_for(1);
    client->send(get("/healthz")); // nobody reads it now: it must not hide the end
    client.reset();
    // The only search thread is free again, or this one would never begin.
    auto next = server.connect();
    next.send(get("/scim/v2/Users"));
    gate.wait_for(2);
    BOOST_TEST(next.silent_for(0ms));
}

BOOST_AUTO_TEST_CASE(a_search_whose_client_goes_while_it_waits_is_never_begun)
{
    make_searches_long();
    RunningServer server{{.search_threads = 1}, make()};
    auto running = server.connect();
    running.send(get("/scim/v2/Users"));
    gate.wait_for(1);
    auto impatient = server.connect();
    impatient.send(get("/scim/v2/Users"));
    impatient.half_close();
    BOOST_TEST(impatient.closed_by_server());
    auto patient = server.connect();
    patient.send(get("/scim/v2/Users"));
    gate.open();
    BOOST_TEST(running.receive().result_int() == 200);
    BOOST_TEST(patient.receive().result_int() == 200);
    BOOST_TEST(gate.entered() == 2);
}

BOOST_AUTO_TEST_CASE(a_write_whose_client_has_ended_its_side_is_done_and_answered)
{
    store->before_write = [this](CallContext const&)
    {
        gate.pass();
        return result<void>{};
    };
    RunningServer server{{}, make()};
    auto client = server.connect();
    client.send(post("/scim/v2/Users", user("last will")));
    client.half_close();
    gate.wait_for(1);
    BOOST_TEST(client.silent_for(600ms)); // three looks at the client
    gate.open();
    BOOST_TEST(client.receive().result_int() == 201);
}

BOOST_AUTO_TEST_CASE(a_write_that_has_begun_is_finished_when_its_client_has_gone_and_one_that_waits_is_dropped)
{
    store->before_commit = [this](CallContext const& context)
    {
        gate.pass();
        return context.charge(4 * Budget::look_every);
    };
    RunningServer server{{.worker_threads = 1}, make()};
    Client begun{server.server->port()};
    begun.send(post("/scim/v2/Users", user("begun")));
    gate.wait_for(1);
    Client waiting{server.server->port()};
    waiting.send(post("/scim/v2/Users", user("waiting")) + get("/healthz"));
    BOOST_TEST(waiting.silent_for(100ms)); // it has come, and waits
    reset(begun);
    reset(waiting);
    BOOST_TEST(
        becomes([&] { return server.server->statistics().connections == 0U; })); // it has seen that both are gone
    gate.open();

    // The only worker does this one after what was there before.
    auto client = server.connect();
    client.send(post("/scim/v2/Users", user("last")));
    BOOST_TEST(client.receive().result_int() == 201);
    client.send(get("/scim/v2/Users"));
    auto const users = client.receive().body();
    BOOST_TEST(users.find("\"begun\"") != std::string::npos);
    BOOST_TEST(users.find("\"waiting\"") == std::string::npos);
    BOOST_TEST(gate.entered() == 2);
}

BOOST_AUTO_TEST_CASE(a_write_that_never_ends_is_given_up_when_the_grace_period_ends)
{
    store->before_commit = [this](CallContext const& context)
    {
        gate.open();
        gate.pass();
        return charge_for_ever(context);
    };
    RunningServer server{{}, make()};
    auto client = server.connect();
    client.send(post("/scim/v2/Users", user("endless")));
    gate.wait_for(1);
    auto const begin = std::chrono::steady_clock::now();
    server.server->stop(100ms);
    BOOST_TEST((std::chrono::steady_clock::now() - begin < 5s));
    BOOST_TEST(client.closed_by_server());
}

BOOST_AUTO_TEST_CASE(what_still_runs_is_given_up_when_the_grace_period_ends)
{
    make_searches_endless();
    RunningServer server{{.search_threads = 1}, make()};
    auto running = server.connect();
    running.send(get("/scim/v2/Users"));
    gate.wait_for(1);
    auto waiting = server.connect();
    waiting.send(get("/scim/v2/Users"));
    auto const begin = std::chrono::steady_clock::now();
    server.server->stop(100ms);
    BOOST_TEST((std::chrono::steady_clock::now() - begin < 5s));
    BOOST_TEST(running.closed_by_server());
    BOOST_TEST(waiting.closed_by_server());
    BOOST_TEST(gate.entered() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
