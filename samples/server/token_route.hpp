// The token endpoint as routes of the server, where --token-endpoint asks for it.
#pragma once

#include "configuration.hpp"

#include <memory>

namespace server
{

/// `inner` with issued tokens beside; itself without --token-endpoint. Adds pages and the endpoint to `made`. Errors:
/// one sentence for the operator.
scimkit::result<std::shared_ptr<scimkit::Authenticator>>
with_token_endpoint(std::shared_ptr<scimkit::Authenticator> inner, Configuration& made, Settings const& settings);

/// Opens the file of assertions that were used, which may be in the store's directory, once that is there. Errors: one
/// sentence for the operator.
scimkit::result<void> open_assertions(Configuration const& made);

} // namespace server
