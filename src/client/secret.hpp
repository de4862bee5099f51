// Asking for a secret, and judging what comes.
#pragma once

#include <scimkit/client/credentials.hpp>

namespace scimkit::client
{

Failure no_credentials(std::string detail);

/// The secret; never empty, without control characters.
outcome<std::string> ask(Secret const& secret);

} // namespace scimkit::client
