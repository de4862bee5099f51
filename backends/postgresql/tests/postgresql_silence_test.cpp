// Servers that vanish without a word: nobody refuses, nobody closes, nothing comes.
#include <scimkit/store/change_log.hpp>

#include "users.hpp"

#include <chrono>
#include <future>
#include <latch>
#include <thread>
#include <vector>

namespace scimkit
{
namespace
{

using namespace test;
using postgresql::open_store;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

/// Two hosts: through the proxy first, and straight to the server.
std::string by_way_of(Proxy const& proxy)
{
    return "host=127.0.0.1,127.0.0.1 port=" + std::to_string(proxy.port()) + "," + std::to_string(cluster().port()) +
           " user=scimkit dbname=postgres target_session_attrs=read-write";
}

result<void> read(
    Users const& users, milliseconds patience, function_ref<void()> inside = [] {})
{
    return users.store->read(*users.attachment, "tenant", {.deadline = steady_clock::now() + patience},
                             [&](ReadTransaction& transaction) -> result<void>
                             {
                                 auto const found = transaction.get(users.type(), "1", {});
                                 inside();
                                 return found ? result<void>{} : result<void>{found.error()};
                             });
}

BOOST_AUTO_TEST_SUITE(postgresql_silence)

BOOST_AUTO_TEST_CASE(a_first_host_that_keeps_silent_has_its_share_of_the_time_and_is_not_asked_again)
{
    Proxy proxy{cluster().port()};
    proxy.swallow();
    Users const users{
        open_store(by_way_of(proxy), {.schema = cluster().new_schema(), .connect_timeout = seconds{4}}).value()};
    BOOST_REQUIRE(users.insert(users.make("1", "ada")));
    auto const begin = steady_clock::now();
    std::latch together{3};
    std::vector<std::future<result<void>>> readers; // more connections
    readers.reserve(3);
    for (int i = 0; i < 3; ++i)
        readers.push_back(std::async(std::launch::async,
                                     [&] { return read(users, seconds{30}, [&] { together.arrive_and_wait(); }); }));
    for (auto& reader : readers)
        BOOST_TEST(reader.get().has_value());
    BOOST_TEST((steady_clock::now() - begin < seconds{2}));
}

BOOST_AUTO_TEST_CASE(idle_connections_to_a_server_that_vanished_cost_one_request_its_deadline_and_no_more)
{
    Proxy proxy{cluster().port()};
    Users const users{
        open_store(by_way_of(proxy), {.schema = cluster().new_schema(), .connect_timeout = seconds{4}}).value()};
    BOOST_REQUIRE(users.insert(users.make("1", "ada")));
    std::latch together{4};
    std::vector<std::future<result<void>>> readers;
    readers.reserve(4);
    for (int i = 0; i < 4; ++i)
        readers.push_back(std::async(std::launch::async,
                                     [&] { return read(users, seconds{30}, [&] { together.arrive_and_wait(); }); }));
    for (auto& reader : readers)
        BOOST_REQUIRE(reader.get().has_value());
    proxy.swallow();
    auto begin = steady_clock::now();
    BOOST_TEST((refusal(read(users, milliseconds{500})).code == ErrorCode::unavailable));
    BOOST_TEST((steady_clock::now() - begin < seconds{2})); // cancelling it, too, meets silence
    begin = steady_clock::now();
    for (int i = 0; i < 4; ++i)
        BOOST_TEST(read(users, seconds{30}).has_value());
    BOOST_TEST((steady_clock::now() - begin < seconds{4}));
    BOOST_TEST(users.insert(users.make("2", "bob")).has_value());
}

BOOST_AUTO_TEST_CASE(a_caller_without_time_for_a_connection_does_not_make_the_database_look_gone)
{
    Users const users{
        open_store(cluster().conninfo(), {.schema = cluster().new_schema(), .max_connections = 2}).value()};
    result<void> hurried;
    auto const held = read(users, seconds{30}, // so that the other one needs a connection of its own
                           [&] { std::thread{[&] { hurried = read(users, milliseconds{0}); }}.join(); });
    BOOST_TEST(held.has_value());
    BOOST_TEST((refusal(hurried).code == ErrorCode::unavailable));
    for (auto const end = steady_clock::now() + seconds{2}; steady_clock::now() < end;)
    {
        BOOST_TEST_REQUIRE(users.store->health().has_value());
        std::this_thread::sleep_for(milliseconds{20});
    }
}

BOOST_AUTO_TEST_CASE(a_database_that_vanished_is_told_by_health_also_where_all_callers_are_in_a_hurry)
{
    Proxy proxy{cluster().port()};
    Users const users{
        open_store(through(proxy), {.schema = cluster().new_schema(), .connect_timeout = seconds{2}}).value()};
    BOOST_REQUIRE(read(users, seconds{30}).has_value());
    proxy.swallow();
    for (auto const end = steady_clock::now() + seconds{30};
         users.store->health().has_value() && steady_clock::now() < end;)
        BOOST_TEST(read(users, milliseconds{50}).has_error());
    BOOST_TEST(users.store->health().has_error());
}

BOOST_AUTO_TEST_CASE(who_waits_for_the_log_of_a_database_that_hangs_is_not_kept_for_long_beyond_its_deadline)
{
    Proxy proxy{cluster().port()};
    Users const users{open_store(through(proxy), {.schema = cluster().new_schema()}).value()};
    BOOST_REQUIRE(users.insert(users.make("1", "ada")));
    auto& log = *users.store->change_log();
    auto const end = log.extent("tenant", {}).value().end;
    auto const wait = [&] { return log.wait("tenant", {.deadline = steady_clock::now() + seconds{1}}, end, {}); };
    BOOST_TEST(!wait().value());
    proxy.swallow();
    auto const begin = steady_clock::now();
    BOOST_TEST((refusal(wait()).code == ErrorCode::unavailable));
    BOOST_TEST((steady_clock::now() - begin < seconds{15}));
}

BOOST_AUTO_TEST_CASE(a_statement_that_is_given_up_is_cancelled_in_the_server)
{
    std::string const schema = cluster().new_schema();
    Users const users{open_store(cluster().conninfo(), {.schema = schema}).value()};
    BOOST_REQUIRE(users.insert(users.make("1", "ada")));
    std::unique_ptr<PGconn, decltype(&PQfinish)> const other{PQconnectdb(cluster().conninfo().c_str()), PQfinish};
    PQclear(PQexec(other.get(), ("begin; lock table " + schema + ".resource").c_str()));
    BOOST_TEST(read(users, milliseconds{300}).has_error());
    std::string waiting;
    for (auto const end = steady_clock::now() + seconds{20}; steady_clock::now() < end && waiting != "0";)
        waiting = sql("select count(*) from pg_locks l join pg_class c on c.oid = l.relation join pg_namespace n "
                      "on n.oid = c.relnamespace where n.nspname = '" +
                      schema + "' and not l.granted");
    BOOST_TEST(waiting == "0");
    PQclear(PQexec(other.get(), "rollback"));
}

BOOST_AUTO_TEST_CASE(lists_of_hosts_that_do_not_fit_each_other_are_refused_as_libpq_does)
{
    Error const error = refusal(open_store("host=a,b,c port=1,2 dbname=x connect_timeout=1"));
    BOOST_TEST((error.code == ErrorCode::unavailable));
    BOOST_TEST(mentions(error, "port"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit
