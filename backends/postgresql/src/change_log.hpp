// The change log as rows: one for each write, in its transaction, in the form of the key-value store's entries.
//
// Positions. A change has to have a greater one than whatever it may have seen, and no reader may be told of a change
// and later of one before it, although many commit at the same time and none waits for another. So a position is the
// number of the transaction, and the number of the write within it: who sees what another one wrote, or writes over it,
// began after that one was committed, and has got a greater number. A reader is told of the changes of transactions
// before the oldest that is still under way; of the others when that has ended. A database that came out of a dump
// counts its transactions anew: `log_base` is added, so that positions go on.
#pragma once

#include <scimkit/store/change_log.hpp>

#include "kv/change_log.hpp"
#include "session.hpp"

namespace scimkit::postgresql
{

/// Queues the entry of a write; nothing where the session keeps no log. `after`: the version of the resource now.
result<void> queue_log(Session& session, kv::LoggedWrite const& write, Version after);

/// Notes an edit of a large attribute for the entry of its owner. `now`: what the element became, as it is stored.
result<void> note_element(Session& session, kv::Catalog::Large const& large, std::string_view id, std::string value,
                          bool was_there, std::optional<std::string_view> now);

/// Queues that the log of the tenant begins behind this transaction, since it is not told there.
result<void> queue_log_gap(Session& session);

struct LogBounds
{
    LogPosition begin{};
    LogPosition end{};
};

result<LogBounds> log_bounds(Session& session);
result<LogExtent> log_extent(Session& session);
result<void> read_log(Session& session, LogPosition after, std::uint64_t limit,
                      function_ref<bool(LoggedChange&&)> sink);

class LogView final : public ChangeLogView
{
public:
    explicit LogView(Session& session) noexcept
        : session_(&session)
    {
    }

    result<LogExtent> extent() override { return log_extent(*session_); }
    result<void> read(LogPosition after, std::uint64_t limit, function_ref<bool(LoggedChange&&)> sink) override
    {
        return read_log(*session_, after, limit, sink);
    }

private:
    Session* session_;
};

/// At the start of a store, in a transaction: positions go on, and what was written while no log was kept is a gap.
result<void> continue_log(Connection& connection, bool keeps_log, Deadline deadline);

} // namespace scimkit::postgresql
