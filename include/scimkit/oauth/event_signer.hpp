// EventSigner: signs Security Event Tokens (RFC 8417), and shows the key that others check them with. Part of
// scimkit::oauth; the signatures are libcjose's.
#pragma once

#include <scimkit/core/json.hpp>
#include <scimkit/export.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace scimkit
{

/// Threading: from any number of threads.
class SCIMKIT_API EventSigner
{
public:
    virtual ~EventSigner() = default;

    /// A compact JWS of type "secevent+jwt", signed by ES256. Errors: internal.
    virtual result<std::string> sign(json::object const& claims) const = 0;

    /// The public key, as a JWK Set (RFC 7517).
    virtual std::string jwks() const = 0;
};

/// `jwk`: a private key of P-256, as new_signing_key() makes it. One without a `kid` gets the SHA-256 of its public
/// part. Error: invalid_value, which never has a part of the key.
SCIMKIT_API result<std::shared_ptr<EventSigner>> event_signer(std::string_view jwk);

/// A new private key as a JWK. Keep it where the service's account alone can read it.
SCIMKIT_API std::string new_signing_key();

} // namespace scimkit
