// principal_required(): what stands where the application itself authenticates.
#include <scimkit/security/authentication.hpp>

#include <boost/test/unit_test.hpp>

#include <stdexcept>

using namespace scimkit;

BOOST_AUTO_TEST_SUITE(principal_required_)

BOOST_AUTO_TEST_CASE(no_credentials_are_good_enough)
{
    auto const gate = principal_required();
    for (char const* authorization : {"", "Bearer a-token-of-sixteen-bytes", "Basic dXNlcjpwYXNz"})
    {
        auto const entered = gate->authenticate({.authorization = authorization, .client_certificate_subject = "CN=x"});
        BOOST_REQUIRE(!entered);
        BOOST_TEST((entered.error().code == ErrorCode::unauthorized));
    }
    BOOST_TEST(!gate->may_block());
}

BOOST_AUTO_TEST_CASE(it_tells_what_the_front_tells)
{
    auto const gate = principal_required(
        {.challenge = "Bearer realm=\"shop\"",
         .schemes = {{.type = "oauth2", .name = "OAuth 2", .description = "Of the shop", .primary = true}}});
    BOOST_TEST(gate->challenge() == "Bearer realm=\"shop\"");
    BOOST_REQUIRE(gate->schemes().size() == 1u);
    BOOST_TEST(gate->schemes().front().type == "oauth2");
    BOOST_TEST(principal_required()->challenge() == "Bearer");
    BOOST_TEST(principal_required()->schemes().empty());
}

BOOST_AUTO_TEST_CASE(a_challenge_that_no_header_can_carry_is_a_mistake_of_the_program)
{
    for (std::string const& challenge : {std::string{}, std::string{"Bearer\r\nX: y"}, std::string{"B\0r", 3},
                                         std::string{"B\xc3\xa4r"}, std::string{"\x7f"}})
        BOOST_CHECK_THROW(principal_required({.challenge = challenge}), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
