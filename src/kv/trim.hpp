// Trim: takes the oldest entries of a change log away, a batch at a time.
#pragma once

#include <scimkit/store/change_log.hpp>

#include "session.hpp"

namespace scimkit::kv
{

/// The named readers of the session's tenant, in the order of their names. Error: corrupt.
result<void> read_places(Session& session, function_ref<bool(LogPlace&&)> sink);

struct TrimmedBatch
{
    LogPosition begin{};
    std::uint64_t changes = 0;
    bool done = false; ///< nothing more may go
};

/// One commit's worth: short, whatever there is to go.
result<TrimmedBatch> trim_batch(Session& session, LogTrim const& what);

} // namespace scimkit::kv
