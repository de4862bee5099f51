// Addresses in every spelling that somebody may come up with: what is taken, and what it means.
#include <scimkit/security/address.hpp>

#include "mentions.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using scimkit::test::mentions;

namespace
{

bool is_in(std::string const& address, std::string const& range)
{
    return AddressList::parse(std::vector{range}).value().contains(std::string_view{address});
}

} // namespace

BOOST_AUTO_TEST_SUITE(addresses)

BOOST_AUTO_TEST_CASE(an_address_is_taken_in_full_and_in_no_other_spelling)
{
    for (auto const& [text, shortest] :
         std::vector<std::pair<std::string, std::string>>{{"192.0.2.7", "192.0.2.7"},
                                                          {"0.0.0.0", "0.0.0.0"},
                                                          {"255.255.255.255", "255.255.255.255"},
                                                          {"::", "::"},
                                                          {"::1", "::1"},
                                                          {"2001:DB8:0:0:0:0:0:7", "2001:db8::7"},
                                                          {"2001:db8::192.0.2.7", "2001:db8::c000:207"},
                                                          {"::ffff:192.0.2.7", "192.0.2.7"},
                                                          {"::FFFF:c000:0207", "192.0.2.7"},
                                                          {"0:0:0:0:0:ffff:192.0.2.7", "192.0.2.7"}})
    {
        auto const address = IpAddress::parse(text);
        BOOST_REQUIRE_MESSAGE(address, text);
        BOOST_TEST(address->text() == shortest);
    }
    for (std::string const text : {"",
                                   " ",
                                   "192.0.2",
                                   "192.0.2.7.1",
                                   "192.0.2.256",
                                   "192.0.2.-1",
                                   "192.0.2.07",
                                   "010.0.0.1",
                                   "0x0a.0.0.1",
                                   "10.1",
                                   "3221225991",
                                   "192.0.2.7 ",
                                   " 192.0.2.7",
                                   "192.0.2.7:80",
                                   "[::1]",
                                   "[::1]:80",
                                   ":::",
                                   "::1::",
                                   "fe80::1%eth0",
                                   "fe80::1%2",
                                   "1:2:3:4:5:6:7",
                                   "1:2:3:4:5:6:7:8:9",
                                   "12345::",
                                   "::ffff:192.0.2.256",
                                   "localhost",
                                   "example.com",
                                   "192,0,2,7",
                                   "１９２.0.2.7",
                                   "unknown",
                                   "_hidden",
                                   "::1/128",
                                   "192.0.2.7/32",
                                   "+1.0.0.1"})
        BOOST_TEST(!IpAddress::parse(text), text);
    BOOST_TEST(!IpAddress::parse(std::string_view{"192.0.2.7\0", 10}));
    BOOST_TEST(!IpAddress::parse(std::string(100'000, '1')));
    BOOST_TEST(IpAddress::parse(std::string(100'000, '1')).error().detail.size() < 400U);
}

BOOST_AUTO_TEST_CASE(a_range_has_what_its_prefix_says)
{
    BOOST_TEST(is_in("10.255.255.255", "10.0.0.0/8"));
    BOOST_TEST(!is_in("11.0.0.0", "10.0.0.0/8"));
    BOOST_TEST(is_in("192.0.2.129", "192.0.2.128/25"));
    BOOST_TEST(!is_in("192.0.2.127", "192.0.2.128/25"));
    BOOST_TEST(is_in("192.0.2.7", "192.0.2.7"));
    BOOST_TEST(is_in("192.0.2.7", "192.0.2.7/32"));
    BOOST_TEST(!is_in("192.0.2.6", "192.0.2.7/32"));
    BOOST_TEST(is_in("203.0.113.9", "0.0.0.0/0"));
    BOOST_TEST(is_in("2001:db8:ffff::1", "2001:db8::/32"));
    BOOST_TEST(!is_in("2001:db9::1", "2001:db8::/32"));
    BOOST_TEST(is_in("2001:db8:8000::1", "2001:db8:8000::/33"));
    BOOST_TEST(!is_in("2001:db8:7fff::1", "2001:db8:8000::/33"));
    BOOST_TEST(is_in("::1", "::1/128"));
}

BOOST_AUTO_TEST_CASE(one_address_is_one_address_in_either_family)
{
    BOOST_TEST(is_in("::ffff:10.1.2.3", "10.0.0.0/8"));
    BOOST_TEST(is_in("10.1.2.3", "::ffff:10.0.0.0/104"));
    BOOST_TEST(is_in("10.1.2.3", "::ffff:10.1.2.3"));
    BOOST_TEST(!is_in("10.1.2.3", "::/0")); // IPv6 is no IPv4
    BOOST_TEST(!is_in("::1", "0.0.0.0/0"));
    BOOST_TEST(!is_in("::10.1.2.3", "10.0.0.0/8")); // "compatible", which is something else
    BOOST_TEST(is_in("fe80::1%eth0", "fe80::/10")); // a client's zone is ours
    for (std::string const nobody : {"", "unknown", "10.0.0.1:80", "%", "%eth0"})
        BOOST_TEST(!is_in(nobody, "0.0.0.0/0"), nobody);
}

BOOST_AUTO_TEST_CASE(a_range_that_can_be_misread_is_refused_with_what_is_meant)
{
    for (auto const& [text, about] :
         std::vector<std::pair<std::string, std::string>>{{"10.0.0.1/8", "10.0.0.0/8"},
                                                          {"10.0.0.1/8", "10.0.0.1 alone"},
                                                          {"2001:db8::1/32", "2001:db8::/32"},
                                                          {"10.0.0.0/33", "0 to 32"},
                                                          {"::/129", "0 to 128"},
                                                          {"10.0.0.0/", "0 to 32"},
                                                          {"10.0.0.0/+8", "0 to 32"},
                                                          {"10.0.0.0/08", "0 to 32"},
                                                          {"10.0.0.0/ 8", "0 to 32"},
                                                          {"10.0.0.0/8/8", "0 to 32"},
                                                          {"10.0.0.0/-1", "0 to 32"},
                                                          {"10.0.0.0/255.0.0.0", "0 to 32"},
                                                          {"::ffff:0.0.0.0/0", "0.0.0.0/0"},
                                                          {"10.*", "no IP address"},
                                                          {"10.0.0.0-10.0.0.9", "no IP address"},
                                                          {"example.com", "no IP address"},
                                                          {"", "no IP address"},
                                                          {"/8", "no IP address"}})
    {
        auto const range = AddressRange::parse(text);
        BOOST_REQUIRE_MESSAGE(!range, text);
        BOOST_TEST(mentions(range.error().detail, about), text << ": " << range.error().detail);
    }
    BOOST_TEST(AddressList::parse({}).value().empty());
    BOOST_TEST(!AddressList::parse({}).value().contains("10.0.0.1"));
    BOOST_TEST(!AddressList::parse(std::vector<std::string>{"10.0.0.0/8", "nonsense"}));
}

BOOST_AUTO_TEST_SUITE_END()
