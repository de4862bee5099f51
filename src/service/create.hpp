// POST to an endpoint (RFC 7644 section 3.3).
#pragma once

#include "operation.hpp"

namespace scimkit::service
{

struct PreparedCreate
{
    /// With its id, so that others can refer to it before it is stored. Only a store with ids of its own replaces it.
    Resource resource;
    Shown shown;
};

result<PreparedCreate> prepare_create(Call const& call);
/// Hashes secrets. Errors besides: uniqueness.
result<PreparedCreate> look_ahead(Call const& call, PreparedCreate prepared);
result<Outcome> apply(WriteTransaction& transaction, PreparedCreate const& prepared, Scope const& scope);
result<Response> present(Outcome outcome, PreparedCreate const& prepared, Call const& call);

} // namespace scimkit::service
