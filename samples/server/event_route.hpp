// Security event tokens (RFC 9967) as routes of the server, where --event-key-file asks for them: /events, which
// receivers poll, and /events/jwks.json, which says by which key they are signed.
#pragma once

#include "configuration.hpp"

namespace server
{

inline constexpr auto events_scope = "events"; ///< of a receiver's token; it opens nothing else

/// Adds the pages to `made`, whose store is open, and what the service announces. Errors: one sentence for the
/// operator.
scimkit::result<void> configure_events(Configuration& made, Settings const& settings);

/// --new-signing-key. Error: this server is built without libcjose.
scimkit::result<std::string> make_signing_key();

} // namespace server
