// What a client of the token endpoint has sent may wait for a day. Whether it may still be carried out goes by what the
// client is for by then.
#include "samples/server/standing_clients.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using server::StandingClients;

BOOST_AUTO_TEST_SUITE(standing_clients)

namespace
{

Instant at(int seconds) { return Instant{std::chrono::seconds{seconds}}; }

Principal principal(std::string tenant, std::vector<std::string> scopes)
{
    return {.subject = "hr", .tenant = std::move(tenant), .scopes = std::move(scopes)};
}

} // namespace

BOOST_AUTO_TEST_CASE(a_client_covers_what_it_is_for_until_it_expires)
{
    StandingClients clients;
    clients.exchange({{"hr", {.tenant = "acme", .scopes = {"users.write", "events"}, .expires = at(100)}}});
    BOOST_TEST(clients.covers(principal("acme", {"users.create"}), "default", at(99)));
    BOOST_TEST(clients.covers(principal("acme", {"events"}), "default", at(99)));
    BOOST_TEST(!clients.covers(principal("acme", {"users.create"}), "default", at(100)), "it has expired");
    BOOST_TEST(!clients.covers(principal("acme", {"users.create", "groups"}), "default", at(1)), "it is for less");
    BOOST_TEST(!clients.covers(principal("globex", {"users.create"}), "default", at(1)), "it is another tenant's");
    BOOST_TEST(!clients.covers(principal("", {"users.create"}), "default", at(1)));
    clients.exchange({});
    BOOST_TEST(!clients.covers(principal("acme", {"users.create"}), "default", at(1)), "it is gone");
}

BOOST_AUTO_TEST_CASE(a_client_of_no_tenant_is_of_the_default_one)
{
    StandingClients clients;
    clients.exchange({{"hr", {.scopes = {"scim"}}}});
    for (auto const* tenant : {"", "default"})
        BOOST_TEST(clients.covers(principal(tenant, {"users.read"}), "default", at(1)), tenant);
    BOOST_TEST(!clients.covers(principal("acme", {"users.read"}), "default", at(1)));
}

BOOST_AUTO_TEST_SUITE_END()
