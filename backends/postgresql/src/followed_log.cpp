// Each call is one statement, or a transaction that only reads. Commits of this store object wake who waits at once;
// those of other processes are looked for.
#include "followed_log.hpp"

#include "kv/layout.hpp"

#include <algorithm>
#include <limits>
#include <thread>
#include <utility>

namespace scimkit::postgresql
{
namespace
{

constexpr std::string_view begin_log_read = "begin isolation level repeatable read read only";
/// How often commits are looked for that this store has not made.
constexpr std::chrono::milliseconds look_every{500};
/// A commit that woke somebody may be behind another one that is still under way.
constexpr std::chrono::milliseconds first_pause{5};
constexpr std::int64_t changes_of_a_commit = 500;

/// A deadline ends a wait and no look, and a trim between two steps; but a server that hangs must not keep whoever
/// waits for the end of either. The first of each is what one takes at most, where the caller has less time; the second
/// where it has more.
using Bounds = std::pair<std::chrono::seconds, std::chrono::seconds>;
constexpr Bounds of_a_look{5, 60};
constexpr Bounds of_a_step{60, 600};

/// Ends a transaction that has only read, also when a sink throws.
class EndOfRead
{
public:
    explicit EndOfRead(Session& session) noexcept
        : session_(session)
    {
    }
    EndOfRead(EndOfRead const&) = delete;
    EndOfRead& operator=(EndOfRead const&) = delete;
    ~EndOfRead() { session_.connection().roll_back(); }

private:
    Session& session_;
};

result<void> check_names(std::string_view tenant, std::string_view reader)
{
    if (tenant.size() > kv::max_tenant_bytes)
        return Error{ErrorCode::invalid_value,
                     "The name of a tenant has at most " + std::to_string(kv::max_tenant_bytes) + " bytes."};
    if (reader.empty() || reader.size() > max_log_reader_bytes)
        return Error{ErrorCode::invalid_value,
                     "The name of a reader has 1 to " + std::to_string(max_log_reader_bytes) + " bytes."};
    return {};
}

CallContext within(Bounds const& bounds, CallContext const& context)
{
    auto const now = std::chrono::steady_clock::now();
    return {.now = context.now,
            .deadline = std::clamp(context.deadline, now + bounds.first, now + bounds.second),
            .actor = context.actor,
            .trace_id = context.trace_id};
}

bool is_late(CallContext const& context) { return std::chrono::steady_clock::now() >= context.deadline; }

std::int64_t number_of(LogPosition position) { return static_cast<std::int64_t>(position.number()); }
LogPosition position_of(std::int64_t number) { return LogPosition{static_cast<std::uint64_t>(number)}; }
std::int64_t number_of(Instant time) { return time.time_since_epoch().count(); }

} // namespace

result<void> FollowedLog::in_read(std::string_view tenant, CallContext const& context,
                                  function_ref<result<void>(Session&)> body)
{
    if (auto named = check_names(tenant, "-"); !named)
        return named;
    auto lease = pool_.acquire(context.deadline);
    if (!lease)
        return lease.error();
    Session session{**lease, nothing_, context, begin_log_read, tenant};
    EndOfRead const end{session};
    auto done = body(session);
    return session.failure() ? result<void>{*session.failure()} : done;
}

result<Rows> FollowedLog::run(std::string_view tenant, CallContext const& context, std::string_view sql,
                              function_ref<void(Params&)> add)
{
    auto lease = pool_.acquire(context.deadline);
    if (!lease)
        return lease.error();
    auto const number = tenant_number(**lease, tenant, true, context.deadline);
    if (!number)
        return number.error();
    Params params;
    params.integer(*number);
    add(params);
    return (*lease)->run(sql, params, context.deadline);
}

result<LogBounds> FollowedLog::bounds(std::string_view tenant, CallContext const& context)
{
    LogBounds found;
    auto const read = in_read(tenant, context,
                              [&](Session& session) -> result<void>
                              {
                                  auto const there = log_bounds(session);
                                  if (there)
                                      found = *there;
                                  return there ? result<void>{} : result<void>{there.error()};
                              });
    return read ? result<LogBounds>{found} : read.error();
}

result<LogExtent> FollowedLog::extent(std::string_view tenant, CallContext const& context)
{
    LogExtent found;
    auto const read = in_read(tenant, context,
                              [&](Session& session) -> result<void>
                              {
                                  auto const there = log_extent(session);
                                  if (there)
                                      found = *there;
                                  return there ? result<void>{} : result<void>{there.error()};
                              });
    return read ? result<LogExtent>{found} : read.error();
}

result<void> FollowedLog::read(std::string_view tenant, CallContext const& context, LogPosition after,
                               std::uint64_t limit, function_ref<bool(LoggedChange&&)> sink)
{
    return in_read(tenant, context, [&](Session& session) { return read_log(session, after, limit, sink); });
}

result<bool> FollowedLog::wait(std::string_view tenant, CallContext const& context, LogPosition after,
                               std::stop_token stop)
{
    auto seen = commits_.count();
    auto pause = look_every;
    for (;;)
    {
        auto const found = bounds(tenant, within(of_a_look, context));
        if (!found)
            return found.error();
        if (after < found->begin)
            return kv::log_is_trimmed(found->begin);
        if (after < found->end)
            return true;
        if (stop.stop_requested() || is_late(context))
            return false;
        commits_.wait(seen, std::min(context.deadline, std::chrono::steady_clock::now() + pause), stop);
        auto const now = commits_.count();
        pause = now != seen ? first_pause : std::min(pause * 2, look_every);
        seen = now;
    }
}

result<void> FollowedLog::acknowledge(std::string_view tenant, CallContext const& context, std::string_view reader,
                                      LogPosition position)
{
    if (auto named = check_names(tenant, reader); !named)
        return named;
    auto const found = bounds(tenant, context);
    if (!found)
        return found.error();
    if (position < found->begin)
        return kv::log_is_trimmed(found->begin);
    if (position > found->end)
        return Error{ErrorCode::invalid_value,
                     "The change log has not reached position " + std::to_string(position.number()) + " yet."};
    auto const kept =
        run(tenant, context,
            "insert into log_place (tenant, reader, position, acknowledged) values ($1, $2, $3, $4) "
            "on conflict (tenant, reader) do update set position = excluded.position, "
            "acknowledged = excluded.acknowledged",
            [&](Params& params) { params.bytes(reader).number(number_of(position)).number(number_of(context.now)); });
    return kept ? result<void>{} : result<void>{kept.error()};
}

result<std::optional<LogPosition>> FollowedLog::place(std::string_view tenant, CallContext const& context,
                                                      std::string_view reader)
{
    if (auto named = check_names(tenant, reader); !named)
        return named.error();
    auto const rows = run(tenant, context, "select position from log_place where tenant = $1 and reader = $2",
                          [&](Params& params) { params.bytes(reader); });
    if (!rows)
        return rows.error();
    return rows->empty() ? std::optional<LogPosition>{} : std::optional{position_of(rows->number(0, 0))};
}

result<void> FollowedLog::places(std::string_view tenant, CallContext const& context,
                                 function_ref<bool(LogPlace&&)> sink)
{
    if (auto named = check_names(tenant, "-"); !named)
        return named;
    auto const rows =
        run(tenant, context, "select reader, position, acknowledged from log_place where tenant = $1 order by reader",
            [](Params&) {});
    if (!rows)
        return rows.error();
    for (int row = 0; row < rows->size(); ++row)
    {
        LogPlace place{std::string{rows->bytes(row, 0)}, position_of(rows->number(row, 1)),
                       Instant{std::chrono::microseconds{rows->number(row, 2)}}};
        if (!sink(std::move(place)))
            return {};
    }
    return {};
}

result<bool> FollowedLog::forget(std::string_view tenant, CallContext const& context, std::string_view reader)
{
    if (auto named = check_names(tenant, reader); !named)
        return named.error();
    auto const rows = run(tenant, context, "delete from log_place where tenant = $1 and reader = $2 returning 1",
                          [&](Params& params) { params.bytes(reader); });
    if (!rows)
        return rows.error();
    return !rows->empty();
}

/// To add up a long log takes long: only where its size counts.
result<LogExtent> FollowedLog::extent_to_trim(std::string_view tenant, CallContext const& context, LogTrim const& what)
{
    if (what.most_bytes != LogTrim{}.most_bytes)
        return extent(tenant, context);
    auto const found = bounds(tenant, context);
    return found ? result<LogExtent>{LogExtent{.begin = found->begin, .end = found->end}} : found.error();
}

/// The oldest changes that may go; none of them: `last` is `begin`.
result<FollowedLog::Batch> FollowedLog::find_batch(std::string_view tenant, CallContext const& context,
                                                   LogTrim const& what, LogPosition begin, std::uint64_t left)
{
    Batch batch{.last = begin};
    auto const read = in_read(
        tenant, context,
        [&](Session& session) -> result<void>
        {
            auto const there = log_bounds(session);
            auto params = there ? session.params() : result<Params>{there.error()};
            if (!params)
                return params.error();
            params->number(number_of(begin)).number(number_of(there->end)).number(number_of(what.readers_since));
            params->number(changes_of_a_commit);
            auto const rows = session.run(
                "select c.position, c.time, length(c.entry) + 16, c.position <= coalesce((select min(p.position) "
                "from log_place p where p.tenant = $1 and p.acknowledged >= $4), c.position) from change c "
                "where c.tenant = $1 and c.position > $2 and c.position <= $3 order by c.position limit $5",
                *params);
            if (!rows)
                return rows.error();
            batch.ends = rows->size() < changes_of_a_commit;
            for (int row = 0; row < rows->size(); ++row)
            {
                bool const due = Instant{std::chrono::microseconds{rows->number(row, 1)}} < what.before ||
                                 left - batch.bytes > what.most_bytes;
                if (batch.ends = batch.ends || !due || rows->number(row, 3) == 0; !due || rows->number(row, 3) == 0)
                    return {};
                batch.last = position_of(rows->number(row, 0));
                batch.bytes += static_cast<std::uint64_t>(rows->number(row, 2));
            }
            return {};
        });
    return read ? result<Batch>{batch} : read.error();
}

result<LogTrimmed> FollowedLog::trim(std::string_view tenant, CallContext const& context, LogTrim const& what)
{
    CallBudget const budget{context};
    auto const before = extent_to_trim(tenant, within(of_a_step, context), what);
    if (!before)
        return before.error();
    LogTrimmed trimmed{.begin = before->begin};
    std::uint64_t left = before->bytes;
    for (bool done = false; !done;)
    {
        if (trimmed.more = !budget->spend(Budget::visit * changes_of_a_commit) || is_late(context); trimmed.more)
            break;
        auto const batch = find_batch(tenant, within(of_a_step, context), what, trimmed.begin, left);
        if (!batch)
            return batch.error();
        done = batch->ends;
        if (batch->last == trimmed.begin)
            break;
        // What went, and that it went, is one statement; a reader that has come meanwhile keeps it.
        auto const gone =
            run(tenant, within(of_a_step, context),
                "with gone as (delete from change where tenant = $1 and position <= $2 and not exists "
                "(select 1 from log_place p where p.tenant = $1 and p.acknowledged >= $3 and p.position < $2) "
                "returning 1), moved as (insert into log_trim as t (tenant, position) "
                "select $1, $2 where exists (select 1 from gone) "
                "on conflict (tenant) do update set position = greatest(t.position, excluded.position)) "
                "select count(*) from gone",
                [&](Params& params) { params.number(number_of(batch->last)).number(number_of(what.readers_since)); });
        if (!gone)
            return gone.error();
        if (gone->number(0, 0) == 0)
            break;
        left -= std::min(left, batch->bytes);
        trimmed.begin = batch->last;
        trimmed.changes += static_cast<std::uint64_t>(gone->number(0, 0));
    }
    if (trimmed.changes > 0)
        commits_.notify(); // who waits behind what went is told
    return trimmed;
}

} // namespace scimkit::postgresql
