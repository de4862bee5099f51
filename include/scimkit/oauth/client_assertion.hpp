// client_assertion(): who an OAuth client is, as a JWT that it signs with a private key of its own, instead of a secret
// that it shares (RFC 7523 section 2.2). Part of scimkit::oauth; the signature is libcjose's.
//
//     OAuthOptions options{.token_url = url, .client_id = "governance"};
//     AssertionOptions const signed_by{.key = pem, .client_id = "governance", .audience = url};
//     options.assertion = secret_of([=] { return client_assertion(signed_by); });
//
// An assertion is worth one token, once, soon, and at one place: it has a `jti` of its own, lives for a minute, and is
// for one audience. So it is made anew for each token.
#pragma once

#include <scimkit/core/date_time.hpp>
#include <scimkit/core/error.hpp>

#include <chrono>
#include <functional>
#include <string>

namespace scimkit
{

/// What an assertion says, and what it is signed with. A value; whoever has it has the key.
struct AssertionOptions
{
    /// The private key: a JWK (RFC 7517), or PEM (PKCS #8 or the older forms) without a password. RSA of at least 2,048
    /// bits, or EC on P-256, P-384 or P-521.
    std::string key{};
    std::string key_id{};              ///< `kid` of the header; empty: the JWK's, or none
    std::string algorithm{};           ///< as JwtOptions::algorithms; empty: the JWK's `alg`, else RS256 or the curve's
    std::string client_id{};           ///< `iss` and `sub`
    std::string audience{};            ///< `aud`: the URL of the token endpoint, or the issuer's name
    std::chrono::seconds lifetime{60}; ///< until `exp`; 1 second to an hour. Many endpoints take five minutes at most
    /// Default: the system's clock.
    std::function<Instant()> now{};
};

/// A signed assertion with a fresh `jti` of 128 random bits.
///
/// Threading: any number of threads at once. Lifetimes: nothing of the options is kept.
/// Errors: invalid_value (a key that is none, has a password, is public or too small; an algorithm that is not of the
/// key; no client or audience; a lifetime that is none), not_implemented (Ed25519 and other keys that libcjose does not
/// sign with), unavailable (the system has no source of randomness). No detail has anything of the key in it.
/// Complexity: one signature; about a millisecond with RSA.
SCIMKIT_API result<std::string> client_assertion(AssertionOptions const& options);

/// What the authorization server is to know of the key: a JWK Set (RFC 7517 section 5) with its public part, and with
/// `kid` and `alg` as assertions have them. Of the options, key, key_id and algorithm have a meaning here.
///
/// Threading: any number of threads at once. Errors: as client_assertion().
SCIMKIT_API result<std::string> public_keys_of(AssertionOptions const& options);

} // namespace scimkit
