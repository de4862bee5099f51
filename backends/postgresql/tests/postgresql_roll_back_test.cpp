// What a transaction that is given up leaves to whoever uses its connection next: nothing, neither its failures nor its
// locks.
#include "../src/connection.hpp"
#include "../src/hosts.hpp"
#include "users.hpp"

namespace scimkit
{
namespace
{

using namespace test;
using postgresql::Connection;
using postgresql::Deadline;

Deadline soon() { return std::chrono::steady_clock::now() + std::chrono::seconds{20}; }

/// Somebody who holds the rows of a statement until told to let go.
struct Holder
{
    explicit Holder(std::string const& statement)
        : connection(PQconnectdb(cluster().conninfo().c_str()), PQfinish)
    {
        run("begin");
        run(statement);
    }
    void run(std::string const& statement) const
    {
        std::unique_ptr<PGresult, decltype(&PQclear)> const done{PQexec(connection.get(), statement.c_str()), PQclear};
        auto const status = PQresultStatus(done.get());
        BOOST_REQUIRE_MESSAGE(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK,
                              PQerrorMessage(connection.get()));
    }
    std::unique_ptr<PGconn, decltype(&PQfinish)> connection;
};

struct OneConnection
{
    std::string schema = cluster().new_schema();
    Users users{postgresql::open_store(cluster().conninfo(), {.schema = schema, .max_connections = 1}).value()};

    result<void> replace_and(std::string const& id, function_ref<result<void>()> end) const
    {
        return users.write(
            [&](WriteTransaction& transaction) -> result<void>
            {
                auto const user = users.make(id, "name of " + id);
                if (auto const put =
                        transaction.replace(user, {}, users.rules.facts_of(user), LargeAttributes::keep, {});
                    !put)
                    return put.error();
                return end();
            });
    }
};

struct Raw
{
    postgresql::Cancelling cancelling{};
    postgresql::Hosts hosts = postgresql::Hosts::parse(cluster().conninfo()).value();
    std::unique_ptr<Connection> connection =
        Connection::open(hosts.all().front(), "public", cancelling, soon()).value();

    std::int64_t seven() const { return connection->run("select 7::int4", {}, soon()).value().number(0, 0); }
    std::string open_transactions() const
    {
        return sql("select count(*) from pg_stat_activity where backend_type = 'client backend' and "
                   "state like 'idle in transaction%' and pid <> pg_backend_pid()");
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(postgresql_roll_back)

BOOST_FIXTURE_TEST_CASE(a_write_that_gives_up_lets_nobody_wait_for_the_rows_of_others, OneConnection)
{
    BOOST_REQUIRE(users.insert(users.make("1", "ada")));
    Holder const other{"update " + schema + ".resource set version = version"};
    for (int turn = 0; turn < 2; ++turn)
    {
        auto const given_up = replace_and("1", [] { return Error{ErrorCode::conflict, "Nothing is to be stored."}; });
        BOOST_TEST((refusal(given_up).code == ErrorCode::conflict));
        auto const found = users.get("1");
        BOOST_REQUIRE(found.has_value());
        BOOST_TEST(found->value().attributes.at("userName").as_string() == "ada");
    }
    other.run("commit");
    BOOST_TEST(replace_and("1", []() -> result<void> { return {}; }).has_value());
    BOOST_TEST(users.get("1")->value().attributes.at("userName").as_string() == "name of 1");
}

BOOST_FIXTURE_TEST_CASE(what_is_thrown_out_of_a_write_leaves_the_connection_sound, OneConnection)
{
    BOOST_REQUIRE(users.insert(users.make("1", "ada")));
    BOOST_CHECK_THROW((void)replace_and("1", []() -> result<void> { throw std::runtime_error{"of the body"}; }),
                      std::runtime_error);
    BOOST_TEST(users.get("1")->value().attributes.at("userName").as_string() == "ada");
    BOOST_TEST(users.insert(users.make("2", "bob")).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_failure_that_nobody_asked_for_is_not_told_to_the_next, Raw)
{
    BOOST_REQUIRE(connection->queue("begin"));
    BOOST_REQUIRE(connection->ask("select 1 / 0"));
    connection->roll_back();
    BOOST_TEST(connection->usable());
    BOOST_TEST(seven() == 7);
    BOOST_TEST(seven() == 7);
    BOOST_TEST(open_transactions() == "0");
}

BOOST_FIXTURE_TEST_CASE(rows_that_nobody_asked_for_are_not_given_to_the_next, Raw)
{
    BOOST_REQUIRE(connection->ask("select 1::int4"));
    connection->roll_back();
    BOOST_TEST(seven() == 7);
}

BOOST_FIXTURE_TEST_CASE(what_is_queued_and_given_up_is_never_sent, Raw)
{
    auto const before = connection->round_trips();
    BOOST_REQUIRE(connection->queue("begin"));
    BOOST_REQUIRE(connection->queue("create table public.of_nobody (x integer)"));
    connection->roll_back();
    BOOST_TEST(seven() == 7);
    BOOST_TEST(connection->round_trips() == before + 1);
    BOOST_TEST(sql("select count(*) from pg_class where relname = 'of_nobody'") == "0");
}

BOOST_FIXTURE_TEST_CASE(a_connection_that_comes_back_within_a_transaction_is_taken_out_of_it, Raw)
{
    BOOST_REQUIRE(connection->queue("begin"));
    BOOST_TEST(seven() == 7);
    BOOST_TEST(open_transactions() == "1");
    BOOST_TEST(connection->usable());
    BOOST_TEST(seven() == 7);
    BOOST_TEST(open_transactions() == "0");
}

BOOST_FIXTURE_TEST_CASE(what_a_refused_commit_has_ended_is_not_ended_again, Raw)
{
    sql("create table public.late (x integer unique deferrable initially deferred)");
    auto const pid = connection->run("select pg_backend_pid()", {}, soon()).value().number(0, 0);
    BOOST_REQUIRE(connection->queue("begin"));
    BOOST_REQUIRE(connection->queue("insert into late values (1), (1)"));
    BOOST_TEST(connection->commit(soon()).has_error());
    connection->roll_back();
    BOOST_TEST(connection->usable());
    BOOST_TEST(sql("select query from pg_stat_activity where pid = " + std::to_string(pid)) == "commit");
    BOOST_TEST(seven() == 7);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace scimkit
