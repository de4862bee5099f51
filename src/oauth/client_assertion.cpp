// The other side of assertion.cpp: what is made here is what is taken there.
#include <scimkit/core/base64.hpp>
#include <scimkit/core/json.hpp>
#include <scimkit/oauth/client_assertion.hpp>

#include "private_key.hpp"

#include <sodium.h>

#include <array>
#include <cjose/cjose.h>
#include <cstdlib>
#include <memory>
#include <utility>

namespace scimkit
{
namespace
{

constexpr std::chrono::seconds longest_life{3'600}; // of an assertion; longer ones are not made

struct Releases
{
    void operator()(cjose_header_t* header) const noexcept { cjose_header_release(header); }
    void operator()(cjose_jws_t* jws) const noexcept { cjose_jws_release(jws); }
};

Error wrong(std::string why) { return {ErrorCode::invalid_value, std::move(why)}; }

std::string fresh_id()
{
    std::array<unsigned char, 16> bytes{};
    std::array<char, 2 * bytes.size() + 1> text{};
    randombytes_buf(bytes.data(), bytes.size());
    sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
    return text.data();
}

std::string usual_algorithm(oauth::Key const& key)
{
    if (!key.algorithm.empty())
        return key.algorithm;
    if (key.type == "RSA")
        return "RS256";
    return key.curve == "P-256" ? "ES256" : key.curve == "P-384" ? "ES384" : "ES512";
}

std::string claims_of(AssertionOptions const& options)
{
    auto const now = std::chrono::duration_cast<std::chrono::seconds>(
        (options.now ? options.now() : std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()))
            .time_since_epoch());
    std::string text;
    write_json(text, json::object{{"iss", options.client_id},
                                  {"sub", options.client_id},
                                  {"aud", options.audience},
                                  {"jti", fresh_id()},
                                  {"iat", now.count()},
                                  {"exp", (now + options.lifetime).count()}});
    return text;
}

result<std::string> signed_by(oauth::Key const& key, std::string const& id, std::string const& algorithm,
                              std::string const& claims)
{
    cjose_err error{};
    std::unique_ptr<cjose_header_t, Releases> const header{cjose_header_new(&error)};
    bool const ready = header && cjose_header_set(header.get(), "alg", algorithm.c_str(), &error) &&
                       cjose_header_set(header.get(), "typ", "JWT", &error) &&
                       (id.empty() || cjose_header_set(header.get(), "kid", id.c_str(), &error));
    std::unique_ptr<cjose_jws_t, Releases> const jws{
        ready ? cjose_jws_sign(key.jwk.get(), header.get(), reinterpret_cast<std::uint8_t const*>(claims.data()),
                               claims.size(), &error)
              : nullptr};
    char const* compact = nullptr; // is the JWS's
    if (!jws || !cjose_jws_export(jws.get(), &compact, &error))
        return wrong("The key of the client does not sign by " + algorithm + ".");
    return std::string{compact};
}

struct Signing
{
    oauth::Key key;
    std::string id;        ///< `kid`; may be empty
    std::string algorithm; ///< one of the key's
};

result<Signing> signing_of(AssertionOptions const& options)
{
    auto key = oauth::parse_private_key(options.key);
    if (!key)
        return key.error();
    auto algorithm = options.algorithm.empty() ? usual_algorithm(*key) : options.algorithm;
    if (!oauth::is_safe_algorithm(algorithm) || !oauth::fits(*key, algorithm))
        return wrong("The algorithm " + (algorithm.size() <= 20 ? algorithm : std::string{"that is asked for"}) +
                     " is none of the client's key.");
    auto id = options.key_id.empty() ? key->id : options.key_id;
    return Signing{std::move(*key), std::move(id), std::move(algorithm)};
}

} // namespace

result<std::string> client_assertion(AssertionOptions const& options)
{
    if (options.client_id.empty() || options.audience.empty())
        return wrong("An assertion needs a client and an audience.");
    if (options.lifetime < std::chrono::seconds{1} || options.lifetime > longest_life)
        return wrong("An assertion lives from a second to an hour.");
    if (sodium_init() < 0)
        return Error{ErrorCode::unavailable, "libsodium cannot be initialised."};
    auto const by = signing_of(options);
    if (!by)
        return by.error();
    return signed_by(by->key, by->id, by->algorithm, claims_of(options));
}

result<std::string> public_keys_of(AssertionOptions const& options)
{
    auto const by = signing_of(options);
    if (!by)
        return by.error();
    cjose_err error{};
    std::unique_ptr<char, decltype(&std::free)> const text{cjose_jwk_to_json(by->key.jwk.get(), false, &error),
                                                           &std::free};
    auto parsed = text ? parse_json(text.get()) : result<json::value>{wrong("")};
    if (!parsed || !parsed->is_object())
        return wrong("The key of the client cannot be written.");
    json::object jwk;
    for (char const* const name : {"kty", "n", "e", "crv", "x", "y"}) // nothing private by any mistake
        if (auto const* const part = parsed->get_object().if_contains(name))
            jwk[name] = *part;
    if (!by->id.empty())
        jwk["kid"] = by->id;
    jwk["alg"] = by->algorithm;
    jwk["use"] = "sig";
    json::array keys;
    keys.emplace_back(std::move(jwk));
    std::string set;
    write_json(set, json::object{{"keys", std::move(keys)}});
    return set;
}

} // namespace scimkit
