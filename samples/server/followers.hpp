// Who follows the changes of a tenant: receivers that are posted to or poll, and the audit log. For the page and
// Prometheus.
#pragma once

#include <scimkit/core/json.hpp>

#include "configuration.hpp"
#include "log_lag.hpp"

#include <string_view>

namespace server
{

/// The readers that this server has, and which of them follow a tenant. Whoever polls follows from the first
/// acknowledgement on.
OwnReadersOf own_readers(Configuration const& configuration);

/// What the page shows of them: for each its lag, where it posts to, what became of that, and what failed last.
/// Errors: those of look_at_log().
scimkit::result<scimkit::json::object> followers_of(Configuration const& configuration, std::string_view tenant);

} // namespace server
