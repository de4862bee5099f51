// A connection of the settings as a client of the library.
#pragma once

#include <scimkit/connector/import.hpp>

#include "output.hpp"
#include "settings.hpp"

namespace connector
{

outcome<scimkit::client::Client> connect(Connection const& connection);

/// What a command works with that talks to a connection.
struct Begun
{
    std::filesystem::path directory; ///< the connection's
    scimkit::client::Client source;
    scimkit::client::Discovery discovery;
};

/// How such a command begins.
outcome<Begun> begin(Settings const& settings, Connection const& connection);

/// The connection as the library reads it, with its mapping. Refers to `begun`.
outcome<Source> source_of(Connection const& connection, Begun const& begun);

/// The public part of the key that its assertions are signed with, a JWK Set.
outcome<std::string> public_keys_of(Connection const& connection);

/// Refuses, unless the connection has `write = true`.
outcome<void> check_write(Connection const& connection);

/// What a client has met, for `--json` and for a human.
scimkit::json::array deviations_of(scimkit::client::Client const& client);
void say_deviations(Output& output, scimkit::client::Client const& client);

/// What a run did, as a table.
void say(Output& output, Run const& run);

} // namespace connector
