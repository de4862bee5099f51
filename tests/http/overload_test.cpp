// Long work, and much work: that others do not notice it.
#include "overload.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <thread>
#include <vector>

using namespace scimkit;
using namespace scimkit::test;
using namespace std::chrono_literals;

namespace
{

/// Which of two clients is answered first.
std::pair<Client*, Client*> first_answered(Client& one, Client& other)
{
    for (;;)
    {
        if (!one.silent_for(5ms))
            return {&one, &other};
        if (!other.silent_for(5ms))
            return {&other, &one};
    }
}

/// Eight clients that are one for the server, with a request each.
std::vector<std::unique_ptr<Client>> eight_clients(RunningServer const& server,
                                                   std::function<std::string(int)> const& request)
{
    std::vector<std::unique_ptr<Client>> all;
    for (int i = 0; i < 8; ++i)
    {
        all.push_back(std::make_unique<Client>(server.server->port()));
        all.back()->send(request(i));
    }
    return all;
}

std::string numbered(std::string const& name, int number) { return name + std::to_string(number); }

} // namespace

BOOST_FIXTURE_TEST_SUITE(http_overload, Overload)

BOOST_AUTO_TEST_CASE(a_read_that_turns_out_to_be_long_goes_on_elsewhere_and_is_answered_once)
{
    std::mutex mutex;
    std::vector<std::thread::id> threads;
    store->before_read = [&](CallContext const& context)
    {
        {
            std::lock_guard const lock{mutex};
            threads.push_back(std::this_thread::get_id());
        }
        return context.charge(long_work);
    };
    std::atomic<int> logged{0};
    RunningServer server{{.access_log = [&](http::AccessRecord const&) { ++logged; }}, make()};
    auto client = server.connect();
    client.send(get("/scim/v2/Users/nobody") + get("/scim/v2/Users"));
    BOOST_TEST(client.receive().result_int() == 404);
    BOOST_TEST(client.receive().result_int() == 200);
    BOOST_TEST(logged == 2);

    // The user: I/O thread, worker, search thread. The list: worker, search thread.
    BOOST_REQUIRE_EQUAL(threads.size(), 5U);
    BOOST_TEST((threads[0] != threads[1]));
    BOOST_TEST((threads[1] != threads[2]));
    BOOST_TEST((threads[3] != threads[4]));
}

BOOST_AUTO_TEST_CASE(a_read_that_meets_a_busy_store_is_tried_again_where_it_may_wait)
{
    std::mutex mutex;
    std::vector<std::thread::id> threads;
    store->before_read = [&](CallContext const&) -> result<void>
    {
        std::lock_guard const lock{mutex};
        threads.push_back(std::this_thread::get_id());
        if (threads.size() < 5)
            return Error{ErrorCode::busy, ""};
        return {};
    };
    RunningServer server{{}, make()};
    auto client = server.connect();
    client.send(get("/scim/v2/Users/nobody"));
    BOOST_TEST(client.receive().result_int() == 404);
    // Once on the I/O thread, once on a worker; a search thread may sleep.
    BOOST_REQUIRE_EQUAL(threads.size(), 5U);
    BOOST_TEST((threads[0] != threads[1]));
    BOOST_TEST((threads[1] != threads[2]));
    BOOST_TEST((threads[2] == threads[4]));
}

BOOST_AUTO_TEST_CASE(a_store_that_may_block_is_not_read_on_an_io_thread)
{
    store->blocks = true;
    store->before_read = [this](CallContext const&)
    {
        gate.pass();
        return result<void>{};
    };
    RunningServer server{{.io_threads = 1}, make()};
    auto reader = server.connect();
    reader.send(get("/scim/v2/Users/nobody"));
    gate.wait_for(1);
    auto other = server.connect();
    other.send(get("/healthz"));
    BOOST_TEST(other.receive().result_int() == 200);
    gate.open();
    BOOST_TEST(reader.receive().result_int() == 404);
}

BOOST_AUTO_TEST_CASE(searches_hold_up_neither_writes_nor_health_checks)
{
    make_searches_long();
    RunningServer server{{.io_threads = 1, .worker_threads = 1, .search_threads = 3}, make()};
    std::vector<std::unique_ptr<Client>> searchers;
    for (int i = 0; i < 8; ++i)
    {
        searchers.push_back(std::make_unique<Client>(server.server->port()));
        searchers.back()->send(get("/scim/v2/Users"));
    }
    gate.wait_for(2);
    auto writer = server.connect();
    writer.send(post("/scim/v2/Users", user("quick")) + get("/healthz"));
    BOOST_TEST(writer.receive().result_int() == 201);
    BOOST_TEST(writer.receive().result_int() == 200);
    gate.open();
    for (auto const& searcher : searchers)
        BOOST_TEST(searcher->receive().result_int() == 200);
}

BOOST_AUTO_TEST_CASE(long_writes_hold_up_neither_short_writes_nor_short_reads)
{
    std::atomic<bool> is_first{true};
    store->before_write = [&](CallContext const&)
    {
        if (is_first.exchange(false))
            gate.pass();
        return result<void>{};
    };
    RunningServer server{{.worker_threads = 1, .long_write_threads = 1, .short_body_bytes = 2'000}, make()};
    auto const long_user = [](std::string const& name)
    { return R"({"userName":")" + name + R"(","title":")" + std::string(3'000, 'x') + "\"}"; };
    auto one = server.connect();
    auto other = server.connect();
    one.send(post("/scim/v2/Users", long_user("long-1")));
    gate.wait_for(1);
    other.send(post("/scim/v2/Users", long_user("long-2")));
    auto client = server.connect();
    client.send(post("/scim/v2/Users", user("quick")));
    BOOST_TEST(client.receive().result_int() == 201);
    client.send(get("/scim/v2/Users?filter=userName%20eq%20%22quick%22"));
    BOOST_TEST(client.receive().result_int() == 200);
    BOOST_TEST(other.silent_for(0ms));
    gate.open();
    BOOST_TEST(one.receive().result_int() == 201);
    BOOST_TEST(other.receive().result_int() == 201);
}

BOOST_AUTO_TEST_CASE(writes_of_one_client_hold_up_neither_reads_nor_writes_of_others)
{
    store->before_write = one_client_waits();
    RunningServer server{{.worker_threads = 4, .read_threads = 1}, make()};
    auto const writers = eight_clients(server, [](int i) { return post("/scim/v2/Users", user(numbered("w", i))); });
    gate.wait_for(3);
    auto other = server.connect();
    other.send(by_another(post("/scim/v2/Users", user("quick"))));
    BOOST_TEST(other.receive().result_int() == 201);
    auto const search = get("/scim/v2/Users?filter=userName%20eq%20%22quick%22");
    other.send(by_another(search));
    BOOST_TEST(other.receive().result_int() == 200);
    other.send(search); // a read of the client that writes
    BOOST_TEST(other.receive().result_int() == 200);
    BOOST_TEST(gate.entered() == 3);
    gate.open();
    for (auto const& writer : writers)
        BOOST_TEST(writer->receive().result_int() == 201);
}

BOOST_AUTO_TEST_CASE(long_writes_of_one_client_leave_a_thread_to_those_of_others)
{
    store->before_write = one_client_waits();
    RunningServer server{{.long_write_threads = 2, .short_body_bytes = 10}, make()};
    auto const writers = eight_clients(server, [](int i) { return post("/scim/v2/Users", user(numbered("w", i))); });
    gate.wait_for(1);
    auto other = server.connect();
    other.send(by_another(post("/scim/v2/Users", user("other"))));
    BOOST_TEST(other.receive().result_int() == 201);
    BOOST_TEST(gate.entered() == 1);
    gate.open();
    for (auto const& writer : writers)
        BOOST_TEST(writer->receive().result_int() == 201);
}

BOOST_AUTO_TEST_CASE(searches_of_one_client_leave_a_thread_to_those_of_others)
{
    store->before_read = one_client_waits(long_work);
    RunningServer server{{.search_threads = 3}, make()};
    auto const searchers = eight_clients(server, [](int) { return get("/scim/v2/Users"); });
    gate.wait_for(2);
    auto other = server.connect();
    other.send(by_another(get("/scim/v2/Users")));
    BOOST_TEST(other.receive().result_int() == 200);
    BOOST_TEST(gate.entered() == 2);
    gate.open();
    for (auto const& searcher : searchers)
        BOOST_TEST(searcher->receive().result_int() == 200);
}

BOOST_AUTO_TEST_CASE(a_search_with_a_long_body_is_none_of_the_workers_affairs)
{
    make_searches_long();
    RunningServer server{{.worker_threads = 1, .search_threads = 1, .short_body_bytes = 200}, make()};
    auto searcher = server.connect();
    searcher.send(post("/scim/v2/Users/.search",
                       R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"title eq \")" +
                           std::string(300, 'x') + R"(\""})"));
    gate.wait_for(1);
    auto writer = server.connect();
    writer.send(post("/scim/v2/Users", user("quick")));
    BOOST_TEST(writer.receive().result_int() == 201);
    gate.open();
    BOOST_TEST(searcher.receive().result_int() == 200);
}

BOOST_AUTO_TEST_CASE(a_full_queue_is_503_with_retry_after_and_the_connection_stays)
{
    make_searches_long();
    RunningServer server{{.search_threads = 1, .max_queued_requests = 8, .max_queued_per_client = 1}, make()};
    auto running = server.connect();
    running.send(get("/scim/v2/Users"));
    gate.wait_for(1);
    auto one = server.connect();
    auto other = server.connect();
    one.send(get("/scim/v2/Users"));
    other.send(get("/scim/v2/Users"));
    auto const [refused, queued] = first_answered(one, other);
    auto const refusal = refused->receive();
    BOOST_TEST(refusal.result_int() == 503);
    BOOST_TEST(refusal["Retry-After"] == "1");
    refused->send(get("/healthz"));
    BOOST_TEST(refused->receive().result_int() == 200);
    gate.open();
    BOOST_TEST(queued->receive().result_int() == 200);
    BOOST_TEST(running.receive().result_int() == 200);
}

BOOST_AUTO_TEST_CASE(a_worker_without_memory_answers_503_and_goes_on)
{
    std::atomic<int> failures{2};
    store->before_write = [&](CallContext const&) -> result<void>
    {
        if (failures-- > 0)
            throw std::bad_alloc{};
        return {};
    };
    RunningServer server{{.worker_threads = 1}, make()};
    auto client = server.connect();
    for (unsigned const status : {503U, 503U, 201U})
    {
        client.send(post("/scim/v2/Users", user("heavy")));
        BOOST_TEST(client.receive().result_int() == status);
    }
}

BOOST_AUTO_TEST_CASE(healthz_tells_what_the_store_says)
{
    std::atomic<bool> failed{false};
    store->asked_for_health = [&]() -> result<void>
    {
        if (failed)
            return Error{ErrorCode::unavailable, "The disk of /var/lib/secret failed."};
        return {};
    };
    RunningServer server{{}, make()};
    auto client = server.connect();
    for (bool const fails : {false, true, false})
    {
        failed = fails;
        client.send(get("/healthz"));
        auto const response = client.receive();
        BOOST_TEST(response.result_int() == (fails ? 503U : 200U));
        BOOST_TEST(response.body() == (fails ? "unavailable\n" : "ok\n"));
    }
}

BOOST_AUTO_TEST_SUITE_END()
