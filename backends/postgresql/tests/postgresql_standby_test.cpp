// A server that answers and takes no writes, beside one that takes them.
#include "users.hpp"

#include <chrono>

namespace scimkit
{
namespace
{

using namespace test;
using postgresql::open_store;
using std::chrono::steady_clock;

BOOST_AUTO_TEST_SUITE(postgresql_standby)

BOOST_AUTO_TEST_CASE(a_server_that_refuses_a_write_is_left_for_the_one_that_takes_it)
{
    PostgresqlCluster primary;
    PostgresqlCluster standby;
    Users const same_tables{open_store(standby.conninfo(), {.schema = "s"}).value()};
    sql("alter database postgres set default_transaction_read_only to on", standby);
    Users const users{open_store("host=127.0.0.1,127.0.0.1 port=" + std::to_string(primary.port()) + "," +
                                     std::to_string(standby.port()) +
                                     " user=scimkit dbname=postgres target_session_attrs=any",
                                 {.schema = "s"})
                          .value()};
    BOOST_REQUIRE(users.insert(users.make("1", "ada")));
    primary.kill();
    auto const end = steady_clock::now() + std::chrono::seconds{20};
    while (users.get("1").has_error() && steady_clock::now() < end)
        ;
    BOOST_TEST_REQUIRE(!users.get("1").value().has_value()); // from the other one, which has nobody
    primary.start();
    BOOST_TEST(users.insert(users.make("2", "bob")).has_value());
    BOOST_TEST(users.get("1").value().has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit
