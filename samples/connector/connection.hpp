// A connection of the settings as a client of the library.
#pragma once

#include <scimkit/client/discovery.hpp>

#include "output.hpp"
#include "settings.hpp"

namespace connector
{

outcome<scimkit::client::Client> connect(Connection const& connection);

/// Refuses, unless the connection has `write = true`.
outcome<void> check_write(Connection const& connection);

/// What a client has met, for `--json` and for a human.
scimkit::json::array deviations_of(scimkit::client::Client const& client);
void say_deviations(Output& output, scimkit::client::Client const& client);

} // namespace connector
