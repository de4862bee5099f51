// DELETE (RFC 7644 section 3.6).
#pragma once

#include "operation.hpp"

namespace scimkit::service
{

struct PreparedDelete
{
    Addressed resource;
    Instant now;
    bool at_once = false;  ///< in one commit, however many groups it is in
    bool has_left = false; ///< some of them, in a commit of its own
};

PreparedDelete prepare_delete(Call const& call);
/// Undecided where it is in more groups than one commit is to take it out of.
result<Outcome> apply(WriteTransaction& transaction, PreparedDelete const& prepared, Scope const& scope);
/// Takes it out of most groups, in commits that are short, while it is there still: so whoever is interrupted can go
/// on. Before the first it is looked whether it may go at all. Where that is refused for a part of the groups alone,
/// which may be left by what goes in the same commit, at_once is set. Errors: those of apply() and the store; then too
/// has_left says whether a commit went before.
result<void> leave_ahead(Call const& call, PreparedDelete& prepared);
/// 204.
Response present(Outcome const& outcome, PreparedDelete const& prepared, Call const& call);

} // namespace scimkit::service
