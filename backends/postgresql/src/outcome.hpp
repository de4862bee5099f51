// Outcome: what became of a commit whose answer was lost.
//
// Each transaction that writes leaves its mark in the row of its writer, in the same commit. Who does not hear of its
// commit looks for the mark over another connection, and in the same statement puts another one there: so the mark
// either was there, and the commit happened; or it cannot come any more, since the transaction's snapshot is older than
// what took its place. No clock, no transaction number is trusted, so the answer is right after a failover too.
#pragma once

#include "mark.hpp"
#include "pool.hpp"

namespace scimkit::postgresql
{

/// Queues the mark. `writer` is the row, of nobody else but this transaction as long as it runs.
result<void> queue_mark(Connection& connection, std::string const& writer, std::string const& work);

/// Whether the work with that mark was committed. Errors: unavailable (nobody can be asked until the deadline).
result<bool> was_committed(Pool& pool, std::string const& writer, std::string const& work, Deadline deadline);

} // namespace scimkit::postgresql
