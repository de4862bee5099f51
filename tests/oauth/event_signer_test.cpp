// Signatures of security event tokens, looked at with what they are shown by.
#include <scimkit/core/base64.hpp>
#include <scimkit/oauth/event_signer.hpp>

#include "oauth/jwks.hpp"
#include "oauth/jws.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace scimkit;

BOOST_AUTO_TEST_SUITE(event_signers)

namespace
{

json::object const claims{{"iss", "https://example.com"}, {"jti", "1"}};

/// What a receiver makes of a token.
result<std::string> checked(EventSigner const& shown, std::string const& token)
{
    auto const keys = oauth::parse_jwks(shown.jwks());
    BOOST_REQUIRE(keys.has_value());
    auto const& key = keys->front();
    BOOST_TEST(key.algorithm == "ES256");
    return oauth::verified_claims(token, *key.jwk);
}

} // namespace

BOOST_AUTO_TEST_CASE(a_token_is_good_with_the_key_that_is_shown_and_with_no_other,
                     *boost::unit_test::label("8417-2.3-a") * boost::unit_test::label("8417-2.4-a") *
                         boost::unit_test::label("9967-5-d"))
{
    auto const signer = event_signer(new_signing_key().value()).value();
    auto const other = event_signer(new_signing_key().value()).value();
    auto const token = signer->sign(claims).value();
    BOOST_TEST(checked(*signer, token).value() == R"({"iss":"https://example.com","jti":"1"})");
    BOOST_TEST(checked(*other, token).has_error());
    auto encoded = token.substr(0, token.find('.'));
    std::ranges::replace(encoded, '-', '+');
    std::ranges::replace(encoded, '_', '/');
    encoded.append((4 - encoded.size() % 4) % 4, '=');
    auto const header = parse_json(decode_base64(encoded).value()).value();
    BOOST_TEST(header.at("typ") == "secevent+jwt");
    BOOST_TEST(header.at("alg") == "ES256");
    auto broken = token;
    broken[token.find('.') + 3] = broken[token.find('.') + 3] == 'A' ? 'B' : 'A';
    BOOST_TEST(checked(*signer, broken).has_error());
}

BOOST_AUTO_TEST_CASE(a_key_has_one_id_and_shows_no_private_part)
{
    auto const jwk = new_signing_key().value();
    auto const signer = event_signer(jwk).value();
    BOOST_TEST(signer->jwks() == event_signer(jwk).value()->jwks());
    auto const shown = parse_json(signer->jwks()).value();
    auto const& key = shown.at("keys").at(0).as_object();
    BOOST_TEST(!key.contains("d"));
    BOOST_TEST(key.at("kid").as_string().size() == 32U);
    auto const secret = parse_json(jwk).value().at("d").as_string();
    BOOST_TEST(signer->jwks().find(secret.c_str()) == std::string::npos);
    BOOST_TEST(new_signing_key().value() != jwk);
}

BOOST_AUTO_TEST_CASE(what_is_no_private_key_is_refused_and_not_repeated)
{
    auto const good = parse_json(new_signing_key().value()).value().as_object();
    auto const refused = [](json::value const& jwk)
    {
        std::string text;
        write_json(text, jwk);
        auto const made = event_signer(text);
        return made.has_error() && made.error().detail.find("canary") == std::string::npos;
    };
    BOOST_TEST(event_signer("").has_error());
    BOOST_TEST(event_signer("canary").has_error());
    BOOST_TEST(event_signer(std::string(5'000, ' ')).has_error());
    BOOST_TEST(refused(json::array{}));
    for (auto const* const part : {"kty", "crv", "d"})
    {
        auto without = good;
        without.erase(part);
        BOOST_TEST(refused(without), part);
        auto wrong = good;
        wrong[part] = "canary";
        BOOST_TEST(refused(wrong), part);
    }
}

BOOST_AUTO_TEST_CASE(whatever_a_key_says_of_its_public_part_it_signs_what_the_one_that_is_shown_checks)
{
    auto const good = parse_json(new_signing_key().value()).value().as_object();
    auto const other = parse_json(new_signing_key().value()).value().as_object();
    auto without = good;
    without.erase("x");
    auto odd = good;
    odd["x"] = "canary";
    auto of_two = good;
    of_two["x"] = other.at("x");
    of_two["y"] = other.at("y");
    for (auto const& jwk : {good, without, odd, of_two})
    {
        std::string text;
        write_json(text, jwk);
        if (auto const signer = event_signer(text))
            BOOST_TEST(checked(**signer, (*signer)->sign(claims).value()).has_value());
        else
            BOOST_TEST((jwk != good));
    }
}

BOOST_AUTO_TEST_SUITE_END()
