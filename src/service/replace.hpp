// PUT (RFC 7644 section 3.5.1).
#pragma once

#include "change.hpp"

namespace scimkit::service
{

struct PreparedReplace
{
    Addressed resource;
    json::object incoming; ///< canonical
    Shown shown;
    Instant now;
    std::optional<ChangeAhead> ahead{}; ///< once it has turned out to be long
};

result<PreparedReplace> prepare_replace(Call const& call);
/// Hashes secrets. Errors besides: all that apply() would refuse.
result<PreparedReplace> look_ahead(Call const& call, PreparedReplace prepared);
/// These two as those of PATCH.
result<std::size_t> count_secrets(Call const& call, PreparedReplace& prepared);
result<void> hash_unseen(Call const& call, PreparedReplace& prepared);
/// Sets `ahead`. Errors: all that apply() would refuse.
result<PreparedReplace> work_ahead(Call const& call, PreparedReplace prepared);
result<Outcome> apply(WriteTransaction& transaction, PreparedReplace const& prepared, Scope const& scope);
result<Response> present(Outcome outcome, PreparedReplace const& prepared, Call const& call);

} // namespace scimkit::service
