// What `active` means here. RFC 7643 section 4.1.1 leaves that to the service provider, and all who act on it have to
// agree: the guard of deletions, tenants that may not deactivate, who joins and leaves, and what receivers are told.
//
// The ruling: `true` and nothing said at all both let somebody in, `false` does not; and to take `active` away is to
// deactivate, since many who read the resource take what is not true for false. So nobody gets round a guard that way,
// and sessions are rather ended once too often.
#pragma once

#include <scimkit/core/json.hpp>
#include <scimkit/store/change_log.hpp>

#include <optional>

namespace scimkit
{

/// Whether somebody who was in is out after it. Who never said it, or was out already, is not deactivated by saying
/// nothing.
bool deactivates(json::object const& before, json::object const& after);

/// Whether who was changed is in from now on. Nothing: the change does not say, or the log does not know.
std::optional<bool> activity_of(LoggedChange const& change);

} // namespace scimkit
