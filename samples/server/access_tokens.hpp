// Access tokens of an OAuth issuer, beside the tokens of the server's own.
#pragma once

#include "configuration.hpp"

#include <memory>

namespace server
{

/// `tokens`, and access tokens as --oauth-issuer and the like say, if they say so; then the server has a page of
/// metadata (RFC 9728) too. Errors: one sentence for the operator.
scimkit::result<std::shared_ptr<scimkit::Authenticator>>
with_access_tokens(std::shared_ptr<scimkit::Authenticator> tokens, Configuration& made, Settings const& settings);

} // namespace server
