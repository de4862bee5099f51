// Asking the authoriser. What is computed from a resource is as much that resource's: a membership is read by whoever
// may read its group, and comes and goes by whoever may change it.
#pragma once

#include "call.hpp"

namespace scimkit::service
{

/// Errors: of the authoriser.
result<void> ask_leave(ServiceState const& state, Principal const& principal, Access const& access);

/// Whether that group may be changed. Of a membership that is to be made, only its body says which.
result<void> ask_leave_for_group(Call const& call, std::string_view group_id);

} // namespace scimkit::service
