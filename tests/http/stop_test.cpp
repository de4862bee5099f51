// Stopping: what is in flight finishes, what is idle goes, and no later than the grace period.
#include <scimkit/store/forwarding_store.hpp>

#include "fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <thread>

using namespace scimkit;
using namespace scimkit::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(http_stop)

namespace
{

/// A store whose writes wait until they are let go.
class GatedStore final : public ForwardingStore
{
public:
    GatedStore()
        : ForwardingStore(memory::make_store())
    {
    }

    result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                       Body<WriteTransaction> body) override
    {
        entered_.set_value();
        gate_.get_future().wait();
        return ForwardingStore::write(attachment, tenant, context, body);
    }

    void wait_for_a_write() { entered_.get_future().wait(); }
    void let_go() { gate_.set_value(); }

private:
    std::promise<void> entered_;
    std::promise<void> gate_;
};

/// Sends the beginning of a request, and returns when the server has read it: the answer to a whole one that came in
/// the same piece says so.
void send_and_let_read(Client& client, std::string const& beginning)
{
    client.send(get("/healthz") + beginning);
    BOOST_TEST(client.receive().result_int() == 200);
}

} // namespace

BOOST_AUTO_TEST_CASE(an_idle_server_stops_at_once_and_only_once)
{
    RunningServer server;
    auto fresh = server.connect();
    auto used = server.connect();
    used.send(get("/healthz"));
    BOOST_TEST(used.receive().result_int() == 200);

    auto const begin = std::chrono::steady_clock::now();
    server.server->stop(10s);
    BOOST_TEST((std::chrono::steady_clock::now() - begin < 2s));
    BOOST_TEST(fresh.closed_by_server());
    BOOST_TEST(used.closed_by_server());
    server.server->stop();
    BOOST_CHECK_THROW(server.connect(), boost::system::system_error);
}

BOOST_AUTO_TEST_CASE(a_server_without_connections_stops_at_once)
{
    RunningServer server;
    auto const begin = std::chrono::steady_clock::now();
    server.server.reset();
    BOOST_TEST((std::chrono::steady_clock::now() - begin < 2s));
}

BOOST_AUTO_TEST_CASE(a_write_in_flight_is_finished_and_answered)
{
    auto const store = std::make_shared<GatedStore>();
    RunningServer server{{}, make_service(store)};
    auto busy = server.connect();
    auto idle = server.connect();
    idle.send(get("/healthz"));
    BOOST_TEST(idle.receive().result_int() == 200);
    busy.send(post("/scim/v2/Users", user("slow")) + get("/healthz"));
    store->wait_for_a_write();

    std::thread stopping{[&] { server.server->stop(10s); }};
    BOOST_TEST(idle.closed_by_server()); // long before the write ends
    BOOST_TEST(busy.silent_for(50ms));
    store->let_go();

    auto const response = busy.receive();
    BOOST_TEST(response.result_int() == 201);
    BOOST_TEST(response["Connection"] == "close");
    BOOST_TEST(busy.closed_by_server());
    busy.socket().close();
    stopping.join();
}

BOOST_AUTO_TEST_CASE(a_request_that_is_half_here_is_still_read_and_answered)
{
    RunningServer server;
    auto client = server.connect();
    auto const request = post("/scim/v2/Users", user("half"));
    send_and_let_read(client, request.substr(0, 40));
    std::thread stopping{[&] { server.server->stop(10s); }};
    BOOST_TEST(client.silent_for(50ms));
    client.send(std::string_view{request}.substr(40));
    BOOST_TEST(client.receive().result_int() == 201);
    client.socket().close();
    stopping.join();
}

BOOST_AUTO_TEST_CASE(healthz_says_503_while_the_server_stops)
{
    RunningServer server;
    auto client = server.connect();
    auto idle = server.connect();
    idle.send(get("/healthz"));
    BOOST_TEST(idle.receive().result_int() == 200);
    send_and_let_read(client, "GET /healthz HTTP/1.1\r\n");
    std::thread stopping{[&] { server.server->stop(10s); }};
    BOOST_TEST(idle.closed_by_server()); // so it has begun, however busy the machine is
    BOOST_TEST(client.silent_for(50ms));
    client.send("Host: a\r\n\r\n");
    BOOST_TEST(client.receive().result_int() == 503);
    client.socket().close();
    stopping.join();
}

BOOST_AUTO_TEST_CASE(connections_are_cut_when_the_grace_period_ends)
{
    RunningServer server;
    auto client = server.connect();
    send_and_let_read(client, "POST /scim/v2/Users HTTP/1.1\r\n");
    auto const begin = std::chrono::steady_clock::now();
    server.server->stop(200ms);
    BOOST_TEST((std::chrono::steady_clock::now() - begin < 2s));
    BOOST_TEST(client.closed_by_server());
}

BOOST_AUTO_TEST_CASE(a_write_that_outlives_the_grace_period_is_waited_for_but_not_answered)
{
    auto const store = std::make_shared<GatedStore>();
    RunningServer server{{}, make_service(store)};
    auto client = server.connect();
    client.send(post("/scim/v2/Users", user("too slow")));
    store->wait_for_a_write();
    std::thread stopping{[&] { server.server->stop(100ms); }};
    BOOST_TEST(client.closed_by_server());
    store->let_go();
    stopping.join();
}

BOOST_AUTO_TEST_CASE(a_write_does_not_hold_up_reads_on_the_same_thread)
{
    auto const store = std::make_shared<GatedStore>();
    RunningServer server{{.io_threads = 1}, make_service(store)};
    auto writer = server.connect();
    writer.send(post("/scim/v2/Users", user("slow")));
    store->wait_for_a_write();
    auto reader = server.connect();
    reader.send(get("/scim/v2/ServiceProviderConfig"));
    BOOST_TEST(reader.receive().result_int() == 200);
    store->let_go();
    BOOST_TEST(writer.receive().result_int() == 201);
}

BOOST_AUTO_TEST_SUITE_END()
