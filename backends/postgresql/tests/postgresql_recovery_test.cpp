// What becomes of a store when connections break, answers are lost, and servers go away.
#include "users.hpp"

#include <chrono>
#include <future>
#include <thread>

namespace scimkit
{

using namespace test;
using postgresql::open_store;

BOOST_AUTO_TEST_SUITE(postgresql_recovery)

BOOST_AUTO_TEST_CASE(a_commit_whose_answer_was_lost_is_not_done_twice)
{
    Proxy proxy{cluster().port()};
    Users const users{open_store(through(proxy), {.schema = cluster().new_schema(), .max_connections = 1}).value()};
    sql("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() "
        "and backend_type = 'client backend'"); // a new connection spells its commit out
    proxy.cut(Proxy::Cut::after_commit);
    int runs = 0;
    BOOST_TEST(users.insert(users.make("1", "ada"), &runs).has_value());
    BOOST_TEST(proxy.has_cut());
    BOOST_TEST(runs == 1);
    BOOST_TEST(users.get("1").value().has_value());
}

BOOST_AUTO_TEST_CASE(a_commit_that_never_arrived_is_done_again)
{
    Proxy proxy{cluster().port()};
    Users const users{open_store(through(proxy), {.schema = cluster().new_schema(), .max_connections = 1}).value()};
    sql("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() "
        "and backend_type = 'client backend'");
    proxy.cut(Proxy::Cut::before_commit);
    int runs = 0;
    BOOST_TEST(users.insert(users.make("1", "ada"), &runs).has_value());
    BOOST_TEST(proxy.has_cut());
    BOOST_TEST(runs == 2);
    BOOST_TEST(users.get("1").value().has_value());
}

BOOST_AUTO_TEST_CASE(a_commit_that_the_server_answers_with_a_roll_back_is_not_acknowledged)
{
    Proxy proxy{cluster().port()};
    Users const users{open_store(through(proxy), {.schema = cluster().new_schema(), .max_connections = 1}).value()};
    sql("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() "
        "and backend_type = 'client backend'");
    proxy.cut(Proxy::Cut::rolls_back);
    Error const error = refusal(users.insert(users.make("1", "ada")));
    BOOST_TEST(proxy.has_cut());
    BOOST_TEST((error.code == ErrorCode::internal));
    BOOST_TEST(mentions(error, "rolled"));
    BOOST_TEST(!users.get("1").value().has_value());
}

BOOST_AUTO_TEST_CASE(an_outcome_that_nobody_can_tell_is_an_error_that_says_so)
{
    auto proxy = std::make_unique<Proxy>(cluster().port());
    Users const users{open_store(through(*proxy), {.schema = cluster().new_schema(), .max_connections = 1}).value()};
    auto const done = users.write(
        [&](WriteTransaction& transaction) -> result<void>
        {
            Resource user = users.make("1", "ada");
            auto const inserted = transaction.insert(user, users.rules.facts_of(user));
            proxy.reset(); // nobody comes through any more
            return inserted ? result<void>{} : result<void>{inserted.error()};
        },
        {.deadline = std::chrono::steady_clock::now() + std::chrono::seconds{1}});
    Error const error = refusal(done);
    BOOST_TEST((error.code == ErrorCode::unknown_outcome));
    BOOST_TEST(mentions(error, "answer to a commit was lost"));
}

/// Every commit waits for a standby that there is not, for as long as this lives.
struct NoStandby
{
    NoStandby() { say("nobody"); }
    ~NoStandby() { say(""); }
    static void say(std::string const& names)
    {
        sql("alter system set synchronous_standby_names = '" + names + "'");
        sql("select pg_reload_conf()");
        while (sql("show synchronous_standby_names") != names)
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
        std::this_thread::sleep_for(std::chrono::milliseconds{500}); // until it counts: no setting says that
    }
};

BOOST_AUTO_TEST_CASE(a_commit_whose_wait_for_a_standby_was_ended_is_not_acknowledged)
{
    Users const users{
        open_store(cluster().conninfo(), {.schema = cluster().new_schema(), .max_connections = 1}).value()};
    BOOST_REQUIRE(users.insert(users.make("0", "zoe")));
    NoStandby const none;
    auto inserted = std::async(std::launch::async, [&] { return users.insert(users.make("1", "ada")); });
    while (inserted.wait_for(std::chrono::milliseconds{20}) != std::future_status::ready)
        sql("select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep' "
            "and pid <> pg_backend_pid()");
    Error const error = refusal(inserted.get());
    BOOST_TEST((error.code == ErrorCode::unknown_outcome));
    BOOST_TEST(mentions(error, "a standby may not have it"));
    BOOST_TEST(users.get("1").value().has_value());
}

BOOST_AUTO_TEST_CASE(a_store_is_opened_and_read_while_a_standby_is_away)
{
    auto const schema = cluster().new_schema();
    {
        Users const users{open_store(cluster().conninfo(), {.schema = schema}).value()};
        BOOST_REQUIRE(users.insert(users.make("0", "zoe")));
    }
    NoStandby const none;
    auto opened = std::async(std::launch::async,
                             [&]
                             {
                                 Users const users{open_store(cluster().conninfo(), {.schema = schema}).value()};
                                 return users.get("0").value().has_value();
                             });
    bool const in_time = opened.wait_for(std::chrono::seconds{60}) == std::future_status::ready;
    BOOST_TEST(in_time, "what everybody waits for: " << sql(
                            "select string_agg(concat_ws(' ', pid, state, wait_event_type, wait_event, "
                            "left(query, 100)), '; ') from pg_stat_activity where pid <> pg_backend_pid()"));
    if (!in_time) // or nothing would ever end
        NoStandby::say("");
    BOOST_TEST(opened.get());
}

BOOST_AUTO_TEST_CASE(a_tenant_whose_removal_no_standby_heard_of_is_not_acknowledged)
{
    Users const users{
        open_store(cluster().conninfo(), {.schema = cluster().new_schema(), .max_connections = 1}).value()};
    BOOST_REQUIRE(users.insert(users.make("0", "zoe")));
    NoStandby const none;
    auto removed = std::async(std::launch::async, [&] { return users.store->remove_tenant("tenant", {}); });
    while (removed.wait_for(std::chrono::milliseconds{20}) != std::future_status::ready)
        sql("select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep' "
            "and pid <> pg_backend_pid()");
    BOOST_TEST((refusal(removed.get()).code == ErrorCode::unknown_outcome));
}

BOOST_AUTO_TEST_CASE(a_commit_that_waits_for_a_standby_beyond_its_deadline_counts_once_the_wait_is_over)
{
    Users const users{
        open_store(cluster().conninfo(), {.schema = cluster().new_schema(), .max_connections = 2}).value()};
    BOOST_REQUIRE(users.insert(users.make("0", "zoe")));
    auto const insert = [&](std::string const& id)
    {
        return users.write(
            [&, id](WriteTransaction& transaction) -> result<void>
            {
                Resource user = users.make(id, id);
                auto const done = transaction.insert(user, users.rules.facts_of(user));
                return done ? result<void>{} : result<void>{done.error()};
            },
            {.deadline = std::chrono::steady_clock::now() + std::chrono::seconds{1}});
    };
    {
        NoStandby const none;
        BOOST_TEST((refusal(insert("never")).code == ErrorCode::unknown_outcome));
    }
    std::optional<NoStandby> none{std::in_place};
    auto inserted = std::async(std::launch::async, insert, "later");
    std::this_thread::sleep_for(std::chrono::seconds{2}); // the deadline is over, and its outcome is looked for
    BOOST_TEST((inserted.wait_for(std::chrono::seconds{0}) == std::future_status::timeout));
    none.reset();
    BOOST_TEST(inserted.get().has_value());
    BOOST_TEST(users.get("later").value().has_value());
}

BOOST_AUTO_TEST_CASE(a_large_transaction_that_is_given_up_is_over_in_the_server)
{
    Users const users{
        open_store(cluster().conninfo(), {.schema = cluster().new_schema(), .max_connections = 1}).value()};
    Resource user = users.make("1", "ada");
    user.attributes["nickName"] = std::string(24U << 20U, 'x'); // more than sockets take
    auto const tried = users.write(
        [&](WriteTransaction& transaction) -> result<void>
        {
            auto const done = transaction.insert(user, users.rules.facts_of(user));
            return Error{done ? ErrorCode::invalid_value : done.error().code, "It was only to be tried."};
        });
    BOOST_TEST((refusal(tried).code == ErrorCode::invalid_value));
    auto const open_transactions = []
    {
        return sql("select count(*) from pg_stat_activity where pid <> pg_backend_pid() and state <> 'idle' "
                   "and backend_type = 'client backend'");
    };
    auto const end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (open_transactions() != "0" && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    BOOST_TEST(open_transactions() == "0");
    BOOST_TEST(!users.get("1").value().has_value());
    BOOST_TEST(users.insert(users.make("1", "ada")).has_value());
}

BOOST_AUTO_TEST_CASE(a_write_whose_deadline_is_over_is_not_committed)
{
    Users const users{open_store(cluster().conninfo(), {.schema = cluster().new_schema()}).value()};
    BOOST_REQUIRE(users.insert(users.make("0", "zoe"))); // the connection is there, and knows the tenant
    int runs = 0;
    auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds{2};
    auto const done = users.write(
        [&](WriteTransaction& transaction) -> result<void>
        {
            ++runs;
            Resource user = users.make("1", "ada");
            auto const inserted = transaction.insert(user, users.rules.facts_of(user));
            std::this_thread::sleep_until(deadline);
            return inserted ? result<void>{} : result<void>{inserted.error()};
        },
        {.deadline = deadline});
    Error const error = refusal(done);
    BOOST_TEST((error.code == ErrorCode::unavailable));
    BOOST_TEST(mentions(error, "nothing was changed"));
    BOOST_TEST(runs == 1);
    BOOST_TEST(!users.get("1").value().has_value());
}

BOOST_AUTO_TEST_CASE(a_server_that_went_away_is_found_again_without_help)
{
    test::PostgresqlCluster own;
    Users const users{open_store(own.conninfo(), {.connect_timeout = std::chrono::seconds{2}}).value()};
    BOOST_REQUIRE(users.insert(users.make("1", "ada")));
    own.kill();
    BOOST_TEST((refusal(users.get("1")).code == ErrorCode::unavailable));
    BOOST_TEST((refusal(users.insert(users.make("2", "bob"))).code == ErrorCode::unavailable));
    BOOST_TEST(users.store->health().has_error());
    own.start();
    auto const end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!users.store->health() && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    BOOST_TEST(users.store->health().has_value());
    BOOST_TEST(users.get("1").value().has_value());
    BOOST_TEST(users.insert(users.make("2", "bob")).has_value());
}

BOOST_AUTO_TEST_CASE(health_tells_of_tables_that_are_gone_and_found_again)
{
    auto const schema = cluster().new_schema();
    auto const elsewhere = cluster().new_schema();
    Users const users{open_store(cluster().conninfo(), {.schema = schema}).value()};
    BOOST_REQUIRE(users.insert(users.make("1", "ada")));
    BOOST_REQUIRE(users.store->health().has_value());
    sql("alter schema " + schema + " rename to " + elsewhere);
    BOOST_TEST((refusal(users.get("1")).code == ErrorCode::corrupt));
    BOOST_TEST(users.store->health().has_error());
    std::this_thread::sleep_for(std::chrono::milliseconds{1'200}); // a connection alone is no cure
    BOOST_TEST(users.store->health().has_error());
    sql("alter schema " + elsewhere + " rename to " + schema);
    auto const end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!users.store->health() && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    BOOST_TEST(users.store->health().has_value());
    BOOST_TEST(users.get("1").value().has_value());
}

BOOST_AUTO_TEST_CASE(a_restart_between_two_calls_is_not_noticed)
{
    test::PostgresqlCluster own;
    Users const users{open_store(own.conninfo()).value()};
    BOOST_REQUIRE(users.insert(users.make("1", "ada")));
    own.stop();
    own.start();
    BOOST_TEST(users.get("1").value().has_value());
    own.stop();
    own.start();
    BOOST_TEST(users.insert(users.make("2", "bob")).has_value());
}

BOOST_AUTO_TEST_CASE(who_finds_no_connection_free_waits_and_no_longer_than_said)
{
    Users const users{open_store(cluster().conninfo(), {.schema = cluster().new_schema(),
                                                        .max_connections = 1,
                                                        .acquire_timeout = std::chrono::milliseconds{100}})
                          .value()};
    std::promise<void> inside;
    std::promise<void> leave;
    std::thread holder{[&]
                       {
                           (void)users.store->read(*users.attachment, "tenant", {},
                                                   [&](ReadTransaction&) -> result<void>
                                                   {
                                                       inside.set_value();
                                                       leave.get_future().wait();
                                                       return {};
                                                   });
                       }};
    inside.get_future().wait();
    Error const error = refusal(users.get("1"));
    leave.set_value();
    holder.join();
    BOOST_TEST((error.code == ErrorCode::unavailable));
    BOOST_TEST(mentions(error, "1 connections"));
    BOOST_TEST(users.get("1").has_value());
}

BOOST_AUTO_TEST_CASE(a_statement_ends_at_the_deadline_of_its_call)
{
    std::string const schema = cluster().new_schema();
    Users const users{open_store(cluster().conninfo(), {.schema = schema}).value()};
    BOOST_REQUIRE(users.insert(users.make("1", "ada")));
    std::unique_ptr<PGconn, decltype(&PQfinish)> const other{PQconnectdb(cluster().conninfo().c_str()), PQfinish};
    PQclear(PQexec(other.get(), ("begin; lock table " + schema + ".resource").c_str()));
    auto const start = std::chrono::steady_clock::now();
    auto const done =
        users.store->read(*users.attachment, "tenant", {.deadline = start + std::chrono::milliseconds{300}},
                          [&](ReadTransaction& transaction) -> result<void>
                          {
                              auto const found = transaction.get(users.type(), "1", {});
                              return found ? result<void>{} : result<void>{found.error()};
                          });
    BOOST_TEST((refusal(done).code == ErrorCode::unavailable));
    BOOST_TEST((std::chrono::steady_clock::now() - start < std::chrono::seconds{30}));
    PQclear(PQexec(other.get(), "rollback"));
    BOOST_TEST(users.get("1").value().has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace scimkit
