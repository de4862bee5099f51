// What an assertion says of itself (RFC 7523 section 3).
#pragma once

#include <scimkit/oauth/token_endpoint.hpp>

#include "jwks.hpp"

#include <string>
#include <string_view>

namespace scimkit::oauth
{

/// What is left to look at when the signature and the claims are good.
struct GoodAssertion
{
    std::string id; ///< `jti`
    Instant expires;
};

/// The client that an assertion says it is of, before anything of it is believed. Empty: it says none.
std::string client_named_by(std::string_view assertion);

/// Error: the reason, for the log.
result<GoodAssertion> check_assertion(std::string_view assertion, OAuthClient const& client, Keys const& keys,
                                      TokenEndpointOptions const& options, Instant now);

} // namespace scimkit::oauth
