// Behind a proxy: who is believed to be the client, in which spelling, and that nobody can make himself another.
#include "fixture.hpp"
#include "http/forwarded.hpp"

#include <boost/test/unit_test.hpp>

#include <mutex>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(http_proxy)

namespace
{

http::ServerOptions behind(std::vector<std::string> const& proxies, bool standard = false)
{
    http::ServerOptions options;
    options.trusted_proxies = AddressList::parse(proxies).value();
    options.proxy_header = standard ? http::ProxyHeader::forwarded : http::ProxyHeader::x_forwarded_for;
    return options;
}

http::ServerOptions const proxies = behind({"10.0.0.0/8", "2001:db8:f::/48"});
http::ServerOptions const by_standard = behind({"10.0.0.0/8", "2001:db8:f::/48"}, true);

std::string client(std::string_view peer, std::vector<std::string> const& lines)
{
    std::vector<Header> headers;
    for (std::string const& line : lines)
        headers.push_back({"x-forwarded-FOR", line});
    return http::client_behind(peer, headers, proxies);
}

std::string client_by_standard(std::vector<std::string> const& lines)
{
    std::vector<Header> headers;
    for (std::string const& line : lines)
        headers.push_back({"Forwarded", line});
    return http::client_behind("10.0.0.1", headers, by_standard);
}

} // namespace

BOOST_AUTO_TEST_CASE(a_trusted_proxy_is_believed_and_nobody_else)
{
    BOOST_TEST(client("10.0.0.1", {"192.0.2.7"}) == "192.0.2.7");
    BOOST_TEST(client("192.0.2.1", {"192.0.2.7"}) == "192.0.2.1");
    BOOST_TEST(client("2001:db8:f::1", {"2001:DB8::0:7"}) == "2001:db8::7");
    BOOST_TEST(client("10.0.0.1", {}) == "10.0.0.1");
}

BOOST_AUTO_TEST_CASE(what_a_client_says_of_itself_stays_unread)
{
    BOOST_TEST(client("10.0.0.1", {"127.0.0.1, 192.0.2.7"}) == "192.0.2.7");
    BOOST_TEST(client("10.0.0.1", {"127.0.0.1", "192.0.2.7"}) == "192.0.2.7"); // two lines are one list
    BOOST_TEST(client("10.0.0.1", {"127.0.0.1, 192.0.2.7, 10.0.0.2,10.0.0.3"}) == "192.0.2.7");
    BOOST_TEST(client("10.0.0.1", {"127.0.0.1, 10.9.9.9, 192.0.2.7, 10.0.0.3"}) == "192.0.2.7");
    BOOST_TEST(client("10.0.0.1", {"10.0.0.3, 10.0.0.2"}) == "10.0.0.3"); // all are ours
}

BOOST_AUTO_TEST_CASE(what_is_no_address_ends_the_chain_at_the_last_that_was_believed)
{
    for (std::string const odd :
         {"unknown", "", " ", "_hidden", "192.0.2", "192.0.2.07", "0x7f.0.0.1", "localhost", "192.0.2.7;x", "<script>",
          "192.0.2.7\t192.0.2.8", "[::1", "::1]", "[::1]x", "1.2.3.4:5:6", "fe80::1%eth0", "127.1", "2130706433"})
    {
        BOOST_TEST(client("10.0.0.1", {odd}) == "10.0.0.1", odd);
        BOOST_TEST(client("10.0.0.1", {"127.0.0.1," + odd + ",10.0.0.2"}) == "10.0.0.2", odd);
    }
    BOOST_TEST(client("10.0.0.1", {"127.0.0.1,,"}) == "10.0.0.1");
    std::string const many = []
    {
        std::string list = "127.0.0.1";
        for (int i = 0; i < 5'000; ++i)
            list += ",10.0.0.2";
        return list;
    }();
    BOOST_TEST(client("10.0.0.1", {many}) == "10.0.0.2");
}

BOOST_AUTO_TEST_CASE(ports_and_brackets_are_left_out)
{
    BOOST_TEST(client("10.0.0.1", {"192.0.2.7:4711"}) == "192.0.2.7");
    BOOST_TEST(client("10.0.0.1", {"[2001:db8::7]:4711"}) == "2001:db8::7");
    BOOST_TEST(client("10.0.0.1", {"[2001:db8::7]"}) == "2001:db8::7");
    BOOST_TEST(client("10.0.0.1", {"::ffff:192.0.2.7"}) == "192.0.2.7");
    BOOST_TEST(client("10.0.0.1", {"\t192.0.2.7 \t"}) == "192.0.2.7");
}

BOOST_AUTO_TEST_CASE(forwarded_is_read_where_it_is_what_the_proxy_sets)
{
    BOOST_TEST(client_by_standard({"for=192.0.2.7"}) == "192.0.2.7");
    BOOST_TEST(client_by_standard({"For=\"[2001:db8::7]:4711\"; proto=https;by=10.0.0.1"}) == "2001:db8::7");
    BOOST_TEST(client_by_standard({"for=127.0.0.1, proto=https; FOR = x , for=192.0.2.7;host=a"}) == "192.0.2.7");
    BOOST_TEST(client_by_standard({"for=127.0.0.1", "for=192.0.2.7"}) == "192.0.2.7");
    BOOST_TEST(client_by_standard({"for=unknown"}) == "10.0.0.1");
    BOOST_TEST(client_by_standard({"proto=https"}) == "10.0.0.1");
    BOOST_TEST(client_by_standard({"for=\"192.0.2.7, for=192.0.2.8\""}) == "10.0.0.1"); // never out of a text's middle
    std::vector<Header> const both{{"X-Forwarded-For", "127.0.0.1"}, {"Forwarded", "for=192.0.2.7"}};
    BOOST_TEST(http::client_behind("10.0.0.1", both, by_standard) == "192.0.2.7");
    BOOST_TEST(http::client_behind("10.0.0.1", both, proxies) == "127.0.0.1");
}

BOOST_AUTO_TEST_CASE(the_client_is_the_peer_of_each_request_by_itself)
{
    std::mutex mutex;
    std::vector<std::string> peers;
    auto options = behind({"127.0.0.1"});
    options.access_log = [&](http::AccessRecord const& record)
    {
        std::lock_guard const lock{mutex};
        peers.emplace_back(record.peer);
    };
    RunningServer server{std::move(options)};
    auto client = server.connect();
    auto const request = [](std::string const& header)
    {
        return "GET /scim/v2/Users HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + std::string{token} + "\r\n" +
               header + "\r\n";
    };
    client.send(request("X-Forwarded-For: 192.0.2.7\r\n"));
    client.receive();
    client.send(request(""));
    client.receive();
    client.send(post("/scim/v2/Users", user("x"), "X-Forwarded-For: 192.0.2.8\r\n"));
    client.receive();
    client.send("nonsense\r\n\r\n");
    client.receive();
    BOOST_TEST((peers == std::vector<std::string>{"192.0.2.7", "127.0.0.1", "192.0.2.8", "127.0.0.1"}));
}

BOOST_AUTO_TEST_CASE(without_trusted_proxies_the_header_means_nothing)
{
    std::string peer;
    http::ServerOptions options;
    options.access_log = [&](http::AccessRecord const& record) { peer = record.peer; };
    RunningServer server{std::move(options)};
    auto client = server.connect();
    client.send("GET /healthz HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.7\r\nForwarded: for=192.0.2.7\r\n\r\n");
    client.receive();
    BOOST_TEST(peer == "127.0.0.1");
}

BOOST_AUTO_TEST_SUITE_END()
