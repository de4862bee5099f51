// Assertions that are made here: the token endpoint takes each of them once, whatever form the key has.
#include <scimkit/oauth/client_assertion.hpp>

#include "oauth/jwt_claims.hpp"
#include "token_endpoint_fixture.hpp"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <set>

using namespace scimkit;
using namespace scimkit::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(client_assertions)

namespace
{

/// A private key in PEM, as OpenSSL writes it; with a password if there is one.
std::string pem_of(EVP_PKEY* key, char const* password = nullptr)
{
    BOOST_REQUIRE(key != nullptr);
    auto* const bio = BIO_new(BIO_s_mem());
    BOOST_REQUIRE(PEM_write_bio_PrivateKey(bio, key, password ? EVP_aes_128_cbc() : nullptr, nullptr, 0, nullptr,
                                           const_cast<char*>(password)) == 1);
    char* text = nullptr;
    auto const size = BIO_get_mem_data(bio, &text);
    std::string const pem{text, static_cast<std::size_t>(size)};
    BIO_free(bio);
    EVP_PKEY_free(key);
    return pem;
}

std::string const& rsa_pem()
{
    static std::string const pem = pem_of(EVP_RSA_gen(2'048));
    return pem;
}

AssertionOptions with_key(std::string key, std::string algorithm = {})
{
    AssertionOptions options{.key = std::move(key), .client_id = "okta", .audience = endpoint_url};
    options.algorithm = std::move(algorithm);
    options.now = [] { return noon; };
    return options;
}

/// An endpoint that knows okta by the public part of a key.
Issuing knowing(AssertionOptions const& options)
{
    auto client = okta();
    auto const keys = public_keys_of(options);
    BOOST_REQUIRE_MESSAGE(keys, (keys ? "" : keys.error().detail));
    client.jwks = *keys;
    return Issuing{{client}};
}

json::object part_of(std::string const& assertion, int part)
{
    auto rest = std::string_view{assertion};
    for (; part > 0; --part)
        rest.remove_prefix(rest.find('.') + 1);
    return parse_json(oauth::decode_base64url(rest.substr(0, rest.find('.'))).value()).value().get_object();
}

} // namespace

BOOST_AUTO_TEST_CASE(a_key_in_pem_or_jwk_signs_what_the_token_endpoint_takes_once)
{
    auto const private_jwk = text_of(pairs().rsa.published({}, true));
    auto const ec_jwk = text_of(pairs().ec.published({{"alg", "ES256"}}, true));
    for (auto const& [key, algorithm, expected] :
         std::vector<std::array<std::string, 3>>{{rsa_pem(), "", "RS256"},
                                                 {rsa_pem(), "PS256", "PS256"},
                                                 {pem_of(EVP_EC_gen("P-256")), "", "ES256"},
                                                 {private_jwk, "", "RS256"},
                                                 {" \n" + ec_jwk, "", "ES256"}})
    {
        auto options = with_key(key, algorithm);
        auto const server = knowing(options);
        auto const first = client_assertion(options), second = client_assertion(options);
        BOOST_REQUIRE_MESSAGE(first, (first ? "" : first.error().detail));
        BOOST_TEST(part_of(*first, 0).at("alg") == expected.c_str());
        BOOST_TEST(server.assert_with(*first).status == 200, (server.log.empty() ? "" : server.log.back()));
        BOOST_TEST(server.assert_with(*first).status == 401);
        BOOST_TEST(server.assert_with(*second).status == 200, (server.log.empty() ? "" : server.log.back()));
    }
}

BOOST_AUTO_TEST_CASE(other_curves_sign_by_their_own_algorithm)
{
    for (auto const& [group, algorithm] :
         {std::pair{"P-384", "ES384"}, std::pair{"P-521", "ES512"}, std::pair{"prime256v1", "ES256"}})
    {
        auto const options = with_key(pem_of(EVP_EC_gen(group)));
        auto const assertion = client_assertion(options);
        BOOST_REQUIRE_MESSAGE(assertion, (assertion ? "" : assertion.error().detail));
        BOOST_TEST(part_of(*assertion, 0).at("alg") == algorithm);
        BOOST_TEST((client_assertion(with_key(options.key, "RS256")).error().code == ErrorCode::invalid_value));
    }
}

BOOST_AUTO_TEST_CASE(an_assertion_says_who_to_whom_and_for_how_long_and_each_has_an_id_of_its_own)
{
    auto options = with_key(rsa_pem());
    options.key_id = "key 7";
    options.lifetime = 90s;
    std::set<std::string> ids;
    for (int i = 0; i < 20; ++i)
    {
        auto const assertion = client_assertion(options).value();
        BOOST_TEST(part_of(assertion, 0).at("kid") == "key 7");
        auto const claims = part_of(assertion, 1);
        BOOST_TEST(claims.at("iss") == "okta");
        BOOST_TEST(claims.at("sub") == "okta");
        BOOST_TEST(claims.at("aud") == endpoint_url);
        BOOST_TEST(claims.at("iat").to_number<std::int64_t>() == noon_seconds);
        BOOST_TEST(claims.at("exp").to_number<std::int64_t>() == noon_seconds + 90);
        ids.insert(std::string{claims.at("jti").as_string()});
    }
    BOOST_TEST(ids.size() == 20U);
}

BOOST_AUTO_TEST_CASE(what_is_published_of_a_key_is_its_public_part_alone)
{
    for (auto const& key : {rsa_pem(), pem_of(EVP_EC_gen("P-256")), text_of(pairs().rsa.published({}, true))})
    {
        auto options = with_key(key);
        options.key_id = "k";
        auto const set = parse_json(public_keys_of(options).value()).value();
        auto const& jwk = set.at("keys").as_array().at(0).as_object();
        for (char const* const name : {"d", "p", "q", "dp", "dq", "qi", "k"})
            BOOST_TEST(!jwk.contains(name), name);
        BOOST_TEST(jwk.at("kid") == "k");
        BOOST_TEST(jwk.at("use") == "sig");
    }
}

BOOST_AUTO_TEST_CASE(a_key_that_signs_nothing_is_said_to_be_so_and_nothing_of_it_is_told)
{
    std::string const hidden = "SECRETPART";
    auto public_jwk = pairs().rsa.published();
    auto for_encryption = pairs().rsa.published({{"use", "enc"}}, true);
    auto unknown = json::object{{"kty", "OKP"}, {"crv", "Ed25519"}, {"d", hidden}, {"x", hidden}};
    auto broken = pairs().ec.published({{"d", hidden}, {"x", "AA"}}, true);
    for (auto const& [key, code] : std::vector<std::pair<std::string, ErrorCode>>{
             {"", ErrorCode::invalid_value},
             {"   ", ErrorCode::invalid_value},
             {hidden, ErrorCode::invalid_value},
             {"-----BEGIN PRIVATE KEY-----\n" + hidden + "\n-----END PRIVATE KEY-----\n", ErrorCode::invalid_value},
             {std::string(70'000, 'x'), ErrorCode::invalid_value},
             {"{", ErrorCode::invalid_value},
             {"{}", ErrorCode::not_implemented},
             {text_of(public_jwk), ErrorCode::invalid_value},
             {text_of(for_encryption), ErrorCode::invalid_value},
             {text_of(unknown), ErrorCode::not_implemented},
             {text_of(broken), ErrorCode::invalid_value},
             {text_of(pairs().small.published({}, true)), ErrorCode::invalid_value},
             {pem_of(EVP_RSA_gen(1'024)), ErrorCode::invalid_value},
             {pem_of(EVP_RSA_gen(2'048), "password"), ErrorCode::invalid_value},
             {pem_of(EVP_EC_gen("secp256k1")), ErrorCode::not_implemented},
             {pem_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")), ErrorCode::not_implemented}})
    {
        auto const options = with_key(key);
        auto const made = client_assertion(options);
        BOOST_REQUIRE_MESSAGE(!made, key.substr(0, 40));
        BOOST_TEST((made.error().code == code), key.substr(0, 40) + ": " + made.error().detail);
        BOOST_TEST(made.error().detail.find(hidden) == std::string::npos);
        BOOST_TEST(!public_keys_of(options));
    }
}

BOOST_AUTO_TEST_CASE(an_assertion_without_a_client_an_audience_a_life_or_an_algorithm_of_its_key_is_not_made)
{
    auto const expect_refused = [](auto change)
    {
        auto options = with_key(rsa_pem());
        change(options);
        BOOST_TEST((client_assertion(options).error().code == ErrorCode::invalid_value));
    };
    expect_refused([](AssertionOptions& options) { options.client_id.clear(); });
    expect_refused([](AssertionOptions& options) { options.audience.clear(); });
    expect_refused([](AssertionOptions& options) { options.lifetime = 0s; });
    expect_refused([](AssertionOptions& options) { options.lifetime = 3'601s; });
    for (auto const* const algorithm : {"ES256", "HS256", "none", "EdDSA", "rs256"})
        expect_refused([&](AssertionOptions& options) { options.algorithm = algorithm; });
}

BOOST_AUTO_TEST_SUITE_END()
