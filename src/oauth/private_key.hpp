// The private key of a client, as it lies in a file.
#pragma once

#include <scimkit/core/error.hpp>

#include "jwks.hpp"

#include <string_view>

namespace scimkit::oauth
{

/// A key that signs, from a JWK or PEM. Errors: invalid_value, not_implemented, as client_assertion() says them.
result<Key> parse_private_key(std::string_view text);

} // namespace scimkit::oauth
