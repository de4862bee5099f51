// What is made of the hosts in a connection string; nobody connects.
#include "hosts.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <string>
#include <vector>

namespace scimkit
{
namespace
{

/// Of each host, what a session has to take.
std::vector<std::string> attributes(std::string const& conninfo)
{
    std::vector<std::string> found;
    auto const hosts = postgresql::Hosts::parse(conninfo);
    BOOST_REQUIRE(hosts);
    for (auto const& one : hosts->all())
    {
        auto const said = one.find("target_session_attrs");
        found.push_back(one.at("host") + (said == one.end() ? "" : " " + said->second));
    }
    return found;
}

using Found = std::vector<std::string>;

/// The environment of one test, which is put back.
class Variable
{
public:
    Variable(char const* name, char const* value)
        : name_(name)
    {
        ::setenv(name, value, 1);
    }
    Variable(Variable const&) = delete;
    Variable& operator=(Variable const&) = delete;
    ~Variable() { ::unsetenv(name_); }

private:
    char const* name_;
};

BOOST_AUTO_TEST_SUITE(postgresql_hosts)

BOOST_AUTO_TEST_CASE(of_several_hosts_one_that_takes_writes_is_looked_for)
{
    BOOST_TEST((attributes("host=a,b dbname=x") == Found{"a read-write", "b read-write"}));
    BOOST_TEST((attributes("postgresql://a,b/x") == Found{"a read-write", "b read-write"}));
}

BOOST_AUTO_TEST_CASE(a_single_host_is_taken_as_it_is) { BOOST_TEST((attributes("host=a dbname=x") == Found{"a"})); }

BOOST_AUTO_TEST_CASE(what_the_string_or_the_environment_says_of_sessions_counts)
{
    BOOST_TEST((attributes("host=a,b target_session_attrs=any") == Found{"a any", "b any"}));
    BOOST_TEST((attributes("host=a,b target_session_attrs=primary") == Found{"a primary", "b primary"}));
    Variable const said{"PGTARGETSESSIONATTRS", "primary"};
    BOOST_TEST((attributes("host=a,b") == Found{"a primary", "b primary"}));
    BOOST_TEST((attributes("host=a,b target_session_attrs=any") == Found{"a any", "b any"}));
}

BOOST_AUTO_TEST_CASE(hosts_of_the_environment_are_hosts_of_the_string)
{
    Variable const hosts{"PGHOST", "a,b"};
    BOOST_TEST((attributes("dbname=x") == Found{"a read-write", "b read-write"}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit
