// `public-key`: what the authorization server is to know of the key that a connection signs its assertions with.
#include "commands.hpp"
#include "connection.hpp"

namespace connector
{

outcome<Exit> public_key(Connection const& connection, Output& output)
{
    auto const keys = public_keys_of(connection);
    if (!keys)
        return keys.error();
    output.say(*keys);
    auto parsed = scimkit::parse_json(*keys);
    output.finish({{"ok", true},
                   {"connection", connection.name},
                   {"jwks", parsed ? std::move(*parsed) : scimkit::json::value()}});
    return Exit::good;
}

} // namespace connector
