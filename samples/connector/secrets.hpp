// Secrets from the environment, a file or a command; from nowhere else, so that none is in a command line or a log.
#pragma once

#include "settings.hpp"

namespace connector
{

/// Failures (credentials): it is not there, it is empty, others may read the file, the command failed.
scimkit::client::Secret secret_from(SecretPlace const& place, std::string const& what);

} // namespace connector
