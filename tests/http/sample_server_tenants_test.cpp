// The built server with a file of tenants.
#include "sample_server.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <csignal>

using namespace scimkit;
using namespace scimkit::test;

namespace
{

std::string const acme_key = "key-of-acme-for-tests";
std::string const globex_key = "key-of-globex-for-tests";

int status(Client& client, std::string const& method, std::string const& target, std::string const& key)
{
    client.send(method + " " + target + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + key + "\r\n\r\n");
    return static_cast<int>(client.receive().result_int());
}

struct WithTenants : Directory
{
    std::string secret(std::string const& name, std::string const& content) const
    {
        auto const made = file(name, content);
        std::filesystem::permissions(made, static_cast<std::filesystem::perms>(0600));
        return made;
    }

    std::string tokens = secret("tokens", acme_key + " a acme\n" + globex_key + " g globex\n");

    Arguments start(std::string const& tenants, Arguments const& more = {}) const
    {
        Arguments all{"--listen",     "127.0.0.1:0", "--store",   "memory",
                      "--token-file", tokens,        "--tenants", secret("tenants.toml", tenants)};
        all.insert(all.end(), more.begin(), more.end());
        return command(all);
    }

    std::uint16_t port(Process& server) const
    {
        server.read_line();
        auto const log = server.read_errors_until("tolerance=");
        return static_cast<std::uint16_t>(std::stoi(log.substr(log.find("address=127.0.0.1:") + 18)));
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(sample_server_tenants, WithTenants)

BOOST_AUTO_TEST_CASE(a_file_of_tenants_that_is_exchanged_counts_without_a_signal)
{
    Process server{start("[acme]\n", {"--reload-interval", "1"})};
    Client client{port(server)};
    BOOST_TEST(status(client, "GET", "/globex/scim/v2/Users", globex_key) == 404);
    secret("tenants.toml", "[acme");
    server.read_errors_until("a file has changed: goes on with the old tenants");
    BOOST_TEST(status(client, "GET", "/acme/scim/v2/Users", acme_key) == 200);
    secret("tenants.toml", "[globex]\n");
    server.read_errors_until("a file has changed: took the tenants anew");
    BOOST_TEST(status(client, "GET", "/globex/scim/v2/Users", globex_key) == 200);
    BOOST_TEST(status(client, "GET", "/acme/scim/v2/Users", acme_key) == 404);
}

BOOST_AUTO_TEST_CASE(a_tenant_of_the_file_says_from_where_and_how_often_its_clients_come)
{
    std::string const both = "[acme]\nallow-address = [\"192.0.2.0/24\"]\n[globex]\nrate = 0.1\n";
    Process server{start(both, {"--reload-interval", "1"})};
    Client client{port(server)};
    BOOST_TEST(status(client, "GET", "/acme/scim/v2/Users", acme_key) == 403);
    BOOST_TEST(status(client, "GET", "/globex/scim/v2/Users", globex_key) == 200);
    BOOST_TEST(status(client, "GET", "/globex/scim/v2/Users", globex_key) == 429);
    secret("tenants.toml", "[acme]\nallow-address = [\"127.0.0.1\"]\n[globex]\n");
    server.read_errors_until("a file has changed: took the tenants anew");
    BOOST_TEST(status(client, "GET", "/acme/scim/v2/Users", acme_key) == 200);
    BOOST_TEST(status(client, "GET", "/globex/scim/v2/Users", globex_key) == 200);
}

BOOST_AUTO_TEST_CASE(what_is_kept_of_a_tenants_requests_is_a_number_within_reason)
{
    Process server{start("[acme]\nrequest-log = 5\nrequest-log-days = 0\n")};
    Client client{port(server)};
    BOOST_TEST(status(client, "GET", "/acme/scim/v2/Users", acme_key) == 200);
    for (std::string const line :
         {"request-log = -1", "request-log = \"5\"", "request-log-days = 100001", "request-log = 1.5"})
        expect_complaint(run(start("[acme]\n" + line + "\n")), "has a value that it cannot have");
    expect_complaint(run(start("[acme]\nrequest-logs = 5\n")), "was 'request-log' meant?");
}

BOOST_AUTO_TEST_CASE(each_tenant_of_the_file_has_its_root_and_what_it_is_given, *boost::unit_test::label("7644-6.1-b"))
{
    Process server{start("[acme]\ntypes = [\"User\"]\ndelete = false\n[globex]\nstrict = true\n")};
    Client client{port(server)};
    BOOST_TEST(status(client, "GET", "/acme/scim/v2/Users", acme_key) == 200);
    BOOST_TEST(status(client, "GET", "/acme/scim/v2/Groups", acme_key) == 404);
    BOOST_TEST(status(client, "DELETE", "/acme/scim/v2/Users/1", acme_key) == 403);
    BOOST_TEST(status(client, "GET", "/globex/scim/v2/Groups", globex_key) == 200);
    BOOST_TEST(status(client, "GET", "/globex/scim/v2/Groups", acme_key) == 404);
    BOOST_TEST(status(client, "GET", "/scim/v2/Users", acme_key) == 404);
    client.send("GET /somewhere HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + acme_key + "\r\n\r\n");
    auto const lost = client.receive();
    BOOST_TEST(lost.body().find("/acme/scim/v2") != std::string::npos, lost.body()); // where the root is
    client.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
    BOOST_TEST(client.receive().result_int() == 200);
}

BOOST_AUTO_TEST_CASE(sighup_switches_a_tenant_off_and_a_bad_file_changes_nothing)
{
    auto const log = (path / "log").string();
    Process server{start("[acme]\n[globex]\n", {"--log-file", log})};
    server.read_line();
    BOOST_REQUIRE(wait_for(log, "tenants=acme,globex"));
    auto const started = content_of(log);
    Client client{static_cast<std::uint16_t>(std::stoi(started.substr(started.find("address=127.0.0.1:") + 18)))};
    BOOST_TEST(status(client, "GET", "/acme/scim/v2/Users", acme_key) == 200);
    secret("tenants.toml", "[acme]\nenabled = false\n[globex]\n");
    server.signal(SIGHUP);
    BOOST_TEST(wait_for(log, "SIGHUP: took the tenants anew"));
    BOOST_TEST(status(client, "GET", "/acme/scim/v2/Users", acme_key) == 403);
    BOOST_TEST(status(client, "GET", "/globex/scim/v2/Users", globex_key) == 200);
    secret("tenants.toml", "[acme]\nenabeld = true\n");
    server.signal(SIGHUP);
    BOOST_TEST(wait_for(log, "was 'enabled' meant?"));
    BOOST_TEST(status(client, "GET", "/globex/scim/v2/Users", globex_key) == 200);
}

BOOST_AUTO_TEST_CASE(a_tenant_of_the_file_has_a_profile_and_switches_on_top)
{
    Process server{start("[acme]\nprofile = \"interop-02\"\n[acme.tolerance]\nop-letter-case = true\n[globex]\n")};
    Client client{port(server)};
    auto const announces = [&](std::string const& tenant)
    {
        client.send("GET /" + tenant + "/scim/v2/ServiceProviderConfig HTTP/1.1\r\nHost: a\r\n\r\n");
        return client.receive().body().find("\"interopProfileConformant\":true") != std::string::npos;
    };
    BOOST_TEST(announces("acme"));
    BOOST_TEST(!announces("globex"));
}

BOOST_AUTO_TEST_CASE(a_bulk_is_all_or_nothing_as_header_tenant_and_server_say_in_this_order)
{
    Process server{start("[acme]\n[globex]\natomic-bulk = false\n", {"--atomic-bulk"})};
    Client client{port(server)};
    std::string const body = R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[)"
                             R"({"method":"DELETE","path":"/Users/none"}]})";
    auto const sent = [&](std::string const& tenant, std::string const& key, std::string const& header = {})
    {
        client.send("POST /" + tenant + "/scim/v2/Bulk HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + key +
                    "\r\nContent-Type: application/scim+json\r\nContent-Length: " + std::to_string(body.size()) +
                    "\r\n" + header + "\r\n" + body);
        return client.receive().result_int(); // of each operation by itself within a 200; of all together the error
    };
    BOOST_TEST(sent("acme", acme_key) == 404U);
    BOOST_TEST(sent("globex", globex_key) == 200U);
    BOOST_TEST(sent("acme", acme_key, "SCIM-Bulk-Atomic: false\r\n") == 200U);
    BOOST_TEST(sent("globex", globex_key, "SCIM-Bulk-Atomic: true\r\n") == 404U);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_in_the_file_is_told_with_its_tenant)
{
    for (auto const& [content, about] : std::vector<std::pair<std::string, std::string>>{
             {"", "no tenant"},
             {"[acme\n", "line 1"},
             {"acme = 1\n", "is no table"},
             {"[acme]\nenabled = \"no\"\n", "'enabled'"},
             {"[acme]\ntypes = []\n", "'types'"},
             {"[acme]\ntypes = [\"Usr\"]\n", "acme cannot be served"},
             {"[acme]\ndeleet = false\n", "was 'delete' meant?"},
             {"[acme]\nmax-page-size = 0\n", "'max-page-size'"},
             {"[acme]\nallow-address = []\n", "'allow-address'"},
             {"[acme]\nallow-address = [\"10.0.0.1/8\"]\n", "tenant acme: allow-address: "},
             {"[acme]\nrate = 0\n", "'rate'"},
             {"[acme]\nrate-per-credential = 2e7\n", "tenant acme: rate-per-credential has to be from 0.001"},
             {"[acme.tolerance]\nno-such = true\n", "no-such"},
             {"[acme]\nstrict = 1\n", "strict"},
             {"[acme]\natomic-bulk = \"yes\"\n", "'atomic-bulk'"},
             {"[acme]\nprofile = 2\n", "profile has to be a string"},
             {"[acme]\nprofile = \"interop\"\n", "there are default"},
             {"[acme]\nprofile = \"interop-02\"\n[acme.tolerance]\npathless-operations = true\n",
              "tenant acme: The profile interop-02, row 11: the tolerance pathless-operations has to be off."},
             {"[acme]\nprofile = \"ipsie-al1\"\nrate = 5\n",
              "tenant acme: The profile ipsie-al1, row 22: rate has to be at least 25"},
             {"[acme]\nprofile = \"interop-02\"\nmax-page-size = 50\n", "row 10: default_page_size"},
             {"[\"a/b\"]\n", "a/b"},
             {"[\"..\"]\n", ".."},
             {"[acme]\nbase-url = \"https://example.com/x\"\n[globex]\nbase-url = \"https://example.com/x\"\n",
              "has the path"}})
    {
        auto all = start(content);
        all.insert(all.begin() + 1, "--check-config");
        auto const finished = run(all);
        BOOST_TEST(finished.exit_code > 0, content);
        BOOST_TEST(finished.out == "");
        BOOST_TEST(finished.err.find(about) != std::string::npos,
                   "'" << finished.err << "' should speak of '" << about << "'");
    }
    auto missing = start("[acme]\n", {"--base-url", "https://example.com/scim"});
    missing.insert(missing.begin() + 1, "--check-config");
    BOOST_TEST(run(missing).err.find("{tenant}") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_host_may_be_the_tenants_name)
{
    auto all = start("[acme]\n", {"--base-url", "https://{tenant}.example.com/scim/v2"});
    all.insert(all.begin() + 1, "--check-config");
    auto const finished = run(all);
    BOOST_TEST(finished.exit_code == 0, finished.err);
}

BOOST_AUTO_TEST_CASE(a_token_of_a_tenant_that_there_is_not_is_warned_of_with_the_one_that_was_meant)
{
    auto all = start("[acme]\n[globx]\n");
    all.insert(all.begin() + 1, "--check-config");
    auto const finished = run(all);
    BOOST_TEST(finished.exit_code == 0);
    BOOST_TEST(finished.err.find("was globx meant?") != std::string::npos, finished.err);
    BOOST_TEST(finished.out.find("tenants=acme,globx") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
