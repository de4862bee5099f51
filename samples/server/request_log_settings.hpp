// --request-log: what is kept of requests, and where.
#pragma once

#include "configuration.hpp"

namespace server
{

/// Opens the store of the request log, and lets `made`'s server tell it of each request. Nothing without --admin, where
/// nobody could look. Errors: one sentence for the operator; a store that cannot be opened is none, since the log can
/// do without.
scimkit::result<void> keep_requests(Configuration& made, Settings const& settings);

} // namespace server
