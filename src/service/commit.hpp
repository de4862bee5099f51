// A prepared write from its look ahead to its commit, as a transaction of its own.
#pragma once

#include "create.hpp"
#include "delete.hpp"
#include "patch.hpp"
#include "replace.hpp"

namespace scimkit::service
{

/// All but the answer. Errors: those of look_ahead(), apply() and the store; busy.
result<Outcome> carry_out(Call const& call, PreparedCreate prepared);
result<Outcome> carry_out(Call const& call, PreparedReplace prepared);
result<Outcome> carry_out(Call const& call, PreparedPatch prepared);
result<Outcome> carry_out(Call const& call, PreparedDelete prepared);

} // namespace scimkit::service
