// The end of an asynchronous request, as a part of the transaction that carries it out: so it is carried out once.
#pragma once

#include "async_records.hpp"
#include "bulk_entry.hpp"
#include "call.hpp"
#include "operation.hpp"

#include <span>

namespace scimkit::service
{

/// Of one operation, which is a request, or a part of a Bulk (Call::part): adds its result, and takes the request away
/// if that is all of it. REQUIRES: Request::carries_out. Errors: conflict (somebody else has carried it out), those of
/// the store.
result<void> end_async(WriteTransaction& transaction, Call const& call, Outcome const& outcome, int status);

/// The result of an operation of a Bulk that is done.
result<void> settle_entry(WriteTransaction& transaction, BulkEntry const& entry, Call const& bulk);

/// What was done of the Bulk before it was interrupted: sets BulkEntry::settled, its state, and the id of what it made.
/// What has failed is written down when all is over. So where there is any of it nothing more is to be done: true.
result<bool> restore_settled(std::span<BulkEntry> entries, Call const& bulk);

/// The results of all that has none yet, of the Bulk as a whole, and the end of the request. `interrupted`: it was over
/// before, and what has not been done has changed nothing. The answer is for nobody.
result<Response> end_bulk(std::span<BulkEntry const> entries, Call const& bulk, bool interrupted);

} // namespace scimkit::service
