// Security event tokens that are pushed (RFC 8935), beside those that are polled. The reader has a name of its own, so
// that who is pushed to and who polls have each their own place.
#pragma once

#include "configuration.hpp"
#include "deliveries.hpp"

namespace server
{

/// The secret of a target is the whole value of the header Authorization; an empty one: none is sent.
Posting event_posting(Configuration const& configuration);

/// "Bearer " and the first line of a file. Error: it is no token.
scimkit::result<std::string> read_push_token(std::string const& file);

} // namespace server
