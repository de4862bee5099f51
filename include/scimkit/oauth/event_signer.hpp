// EventSigner: signs Security Event Tokens (RFC 8417), and shows the key that others check them with. Part of
// scimkit::oauth; the signatures are libcjose's.
//
//     auto const signer = event_signer(text_of_the_key_file).value();
//     EventStreamOptions options{.store = store, .registry = registry}; // events/security_event.hpp
//     options.sign = [=](json::object const& claims) { return signer->sign(claims); };
//     ... serve signer->jwks() where receivers look for it ...
#pragma once

#include <scimkit/core/json.hpp>
#include <scimkit/export.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace scimkit
{

/// Has one key, and signs by one algorithm, ES256, so that nothing can be negotiated down. For a key elsewhere, in a
/// module or a vault, derive from it.
///
/// Threading: all functions from any number of threads.
class SCIMKIT_API EventSigner
{
public:
    virtual ~EventSigner() = default;

    /// A compact JWS (RFC 7515) of type "secevent+jwt" with the key's `kid`. The claims are the caller's: they go in as
    /// they are.
    ///
    /// Errors: internal. Complexity: one signature; linear in the claims.
    virtual result<std::string> sign(json::object const& claims) const = 0;

    /// The public key, as the text of a JWK Set (RFC 7517 section 5) with `kid`, `alg` and `use`. Always the same.
    virtual std::string jwks() const = 0;
};

/// `jwk`: a private key of P-256, as new_signing_key() makes it, of at most 4,096 bytes. One without a `kid` gets one
/// that is made of the SHA-256 of its public part.
///
/// Threading: any. Lifetimes: keeps a copy of the key, not of the text.
/// Errors: invalid_value (no such key; a public part that is of another one), which never has a part of the key.
SCIMKIT_API result<std::shared_ptr<EventSigner>> event_signer(std::string_view jwk);

/// A new private key as a JWK. Keep it where the service's account alone can read it.
///
/// Threading: any. Errors: internal, where the system has no randomness. Complexity: constant, well below a
/// millisecond.
SCIMKIT_API result<std::string> new_signing_key();

} // namespace scimkit
