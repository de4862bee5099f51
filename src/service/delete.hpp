// DELETE (RFC 7644 section 3.6).
#pragma once

#include "operation.hpp"

namespace scimkit::service
{

struct PreparedDelete
{
    Addressed resource;
    Instant now;
};

PreparedDelete prepare_delete(Call const& call);
result<Outcome> apply(WriteTransaction& transaction, PreparedDelete const& prepared, Scope const& scope);
/// 204.
Response present(Outcome outcome, PreparedDelete const& prepared, Call const& call);

} // namespace scimkit::service
