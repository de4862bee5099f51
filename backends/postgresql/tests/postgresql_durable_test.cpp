// A store that was opened durable, over a server whose configuration becomes another one.
#include "users.hpp"

#include <chrono>
#include <thread>

namespace scimkit
{
namespace
{

using namespace test;
using postgresql::open_store;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// A server that waits for its disk, with the tables of a store that note how its sessions commit.
struct OwnServer
{
    explicit OwnServer(std::string const& synchronous_commit = "on")
        : server({"fsync = on", "synchronous_commit = " + synchronous_commit})
    {
    }

    Users open() const
    {
        Users users{open_store(server.conninfo(), {.schema = "s"}).value()};
        say("create table public.seen (how text)");
        say("create function public.note() returns trigger language plpgsql as 'begin insert into public.seen "
            "values (current_setting(''synchronous_commit'')); return new; end'");
        say("create trigger note after insert on s.resource for each row execute function public.note()");
        return users;
    }

    std::string say(std::string const& statement) const { return sql(statement, server); }

    void set(std::string const& setting) const
    {
        say("alter system set " + setting);
        say("select pg_reload_conf()");
        std::this_thread::sleep_for(milliseconds{300});
    }

    void end_sessions() const
    {
        say("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() "
            "and backend_type = 'client backend'");
        std::this_thread::sleep_for(milliseconds{300});
    }

    std::string seen() const { return say("select string_agg(how, ' ') from public.seen"); }

    PostgresqlCluster server;
};

bool recovers(Users const& users)
{
    auto const end = steady_clock::now() + std::chrono::seconds{20};
    while (users.store->health().has_error() && steady_clock::now() < end)
        std::this_thread::sleep_for(milliseconds{50});
    return users.store->health().has_value();
}

BOOST_AUTO_TEST_SUITE(postgresql_durable)

BOOST_AUTO_TEST_CASE(commits_of_a_durable_store_go_on_to_wait_whatever_the_configuration_becomes)
{
    OwnServer const own;
    Users const users = own.open();
    BOOST_REQUIRE(users.store->traits().durable);
    own.set("synchronous_commit to off");
    BOOST_TEST(users.insert(users.make("1", "ada")).has_value()); // over a connection that was there
    own.end_sessions();
    BOOST_TEST(users.insert(users.make("2", "bob")).has_value());
    BOOST_TEST(own.seen() == "on on");
    BOOST_TEST(users.store->health().has_value());
}

BOOST_AUTO_TEST_CASE(a_store_that_was_not_durable_commits_as_the_server_has_it)
{
    OwnServer const own{"off"};
    Users const users = own.open();
    BOOST_TEST(!users.store->traits().durable);
    BOOST_TEST(users.insert(users.make("1", "ada")).has_value());
    own.end_sessions();
    BOOST_TEST(users.insert(users.make("2", "bob")).has_value());
    BOOST_TEST(own.seen() == "off off");
    BOOST_TEST(users.store->health().has_value());
}

BOOST_AUTO_TEST_CASE(health_tells_of_a_server_that_does_not_wait_for_its_disk_any_more)
{
    OwnServer const own;
    Users const users = own.open();
    own.set("fsync to off");
    own.end_sessions();
    BOOST_TEST(users.insert(users.make("1", "ada")).has_value());
    BOOST_TEST(mentions(refusal(users.store->health()), "fsync is off"));
    std::this_thread::sleep_for(milliseconds{1'500}); // somebody has looked again
    BOOST_TEST(users.store->health().has_error());
    own.set("fsync to on");
    BOOST_TEST(recovers(users));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit
