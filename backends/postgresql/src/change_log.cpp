// Nothing here makes a writer wait for another: no counter is shared, and the size of the log is added up when somebody
// asks for it.
#include "change_log.hpp"

#include "kv/record_codec.hpp"
#include "layout.hpp"

#include <algorithm>
#include <limits>

namespace scimkit::postgresql
{
namespace
{

constexpr std::int64_t most_writes = 1 << 20; // of one transaction, that its log can number; refused beyond
constexpr std::int64_t changes_of_a_batch = 500;

constexpr std::string_view insert_entry =
    "insert into change (tenant, position, time, version, entry) select $1, "
    "((l.log_base + pg_current_xact_id()::text::bigint) << 20) + $2, $3, $4, $5 from layout l";

constexpr std::string_view insert_gap =
    "insert into log_trim as t (tenant, position) select $1, "
    "((l.log_base + pg_current_xact_id()::text::bigint) << 20) + 1048575 from layout l "
    "on conflict (tenant) do update set position = greatest(t.position, excluded.position)";

/// Beyond the second number are the changes of transactions that may still be under way.
constexpr std::string_view select_bounds =
    "select coalesce((select t.position from log_trim t where t.tenant = $1), 0), "
    "coalesce((select max(c.position) from change c where c.tenant = $1 and c.position < "
    "(select (l.log_base + pg_snapshot_xmin(pg_current_snapshot())::text::bigint) << 20 from layout l)), 0)";

constexpr std::string_view select_bytes = "select coalesce(sum(length(c.entry) + 16), 0)::bigint from change c "
                                          "where c.tenant = $1 and c.position > $2 and c.position <= $3";

constexpr std::string_view select_entries = "select position, version, entry from change where tenant = $1 "
                                            "and position > $2 and position <= $3 order by position limit $4";

std::int64_t bounded(std::uint64_t number)
{
    return static_cast<std::int64_t>(
        std::min<std::uint64_t>(number, static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())));
}

} // namespace

result<void> queue_log(Session& session, kv::LoggedWrite const& write, Version after)
{
    if (!session.logs())
        return {};
    auto const entry = kv::encode_log_entry(write, session.context(),
                                            [&](kv::NameNumber attribute)
                                            { return session.take_elements(attribute, write.resource.id); });
    if (!entry)
        return entry.error();
    auto const number = session.next_log_number();
    if (number >= most_writes)
        return Error{ErrorCode::too_many, "A transaction has more than " + std::to_string(most_writes) + " writes."};
    auto params = session.params();
    if (!params)
        return params.error();
    params->number(number).number(write.time.time_since_epoch().count());
    params->number(static_cast<std::int64_t>(after.number())).bytes(*entry);
    return session.queue(insert_entry, *params);
}

result<void> note_element(Session& session, kv::Catalog::Large const& large, std::string_view id, std::string value,
                          bool was_there, std::optional<std::string_view> now)
{
    kv::PendingElements::Edit edit{std::move(value), was_there, std::nullopt};
    if (now)
    {
        auto const element = kv::decode_object(*now);
        if (!element)
            return element.error();
        json::object space;
        json::object const& told = logged_element(*element, *large.attribute.attribute, space);
        auto bytes = &told == &*element ? result<std::string>{std::string{*now}} : kv::encode_object(told);
        if (!bytes)
            return bytes.error();
        edit.now = std::move(*bytes);
    }
    session.note_element(large.number, id, std::move(edit));
    return {};
}

result<void> queue_log_gap(Session& session)
{
    auto const params = session.params();
    return params ? session.queue(insert_gap, *params) : result<void>{params.error()};
}

result<LogBounds> log_bounds(Session& session)
{
    auto const params = session.params();
    if (!params)
        return params.error();
    auto const rows = session.run(select_bounds, *params);
    if (!rows)
        return rows.error();
    LogBounds bounds{LogPosition{static_cast<std::uint64_t>(rows->number(0, 0))},
                     LogPosition{static_cast<std::uint64_t>(rows->number(0, 1))}};
    bounds.end = std::max(bounds.begin, bounds.end);
    return bounds;
}

result<LogExtent> log_extent(Session& session)
{
    auto const bounds = log_bounds(session);
    auto params = bounds ? session.params() : result<Params>{bounds.error()};
    if (!params)
        return params.error();
    params->number(bounded(bounds->begin.number())).number(bounded(bounds->end.number()));
    auto const rows = session.run(select_bytes, *params);
    if (!rows)
        return rows.error();
    return LogExtent{bounds->begin, bounds->end, static_cast<std::uint64_t>(rows->number(0, 0))};
}

result<void> read_log(Session& session, LogPosition after, std::uint64_t limit, function_ref<bool(LoggedChange&&)> sink)
{
    auto const bounds = log_bounds(session);
    if (!bounds)
        return bounds.error();
    if (after < bounds->begin)
        return kv::log_is_trimmed(bounds->begin);
    std::int64_t last = bounded(after.number());
    while (limit > 0 && LogPosition{static_cast<std::uint64_t>(last)} < bounds->end)
    {
        auto params = session.params();
        if (!params)
            return params.error();
        auto const batch = static_cast<std::int64_t>(std::min<std::uint64_t>(limit, changes_of_a_batch));
        params->number(last).number(bounded(bounds->end.number())).number(batch);
        auto const rows = session.run(select_entries, *params);
        if (!rows)
            return rows.error();
        for (int row = 0; row < rows->size(); ++row)
        {
            last = rows->number(row, 0);
            LoggedChange change;
            std::uint64_t type = 0;
            if (!kv::decode_log_entry(rows->bytes(row, 2), type, change) ||
                type > std::numeric_limits<kv::NameNumber>::max())
                return Error{ErrorCode::corrupt, "A stored change cannot be read."};
            auto name = session.name_of(static_cast<kv::NameNumber>(type));
            if (!name)
                return name.error();
            change.position = LogPosition{static_cast<std::uint64_t>(last)};
            change.tenant = session.tenant_name();
            change.resource_type = std::move(*name);
            change.after = Version{static_cast<std::uint64_t>(rows->number(row, 1))};
            if (!sink(std::move(change)))
                return {};
        }
        if (rows->size() < batch)
            return {};
        limit -= static_cast<std::uint64_t>(rows->size());
    }
    return {};
}

result<void> continue_log(Connection& connection, bool keeps_log, Deadline deadline)
{
    // Nothing is written where nothing changes, so that whoever only opens the store waits for no standby.
    auto const moved = connection.run(
        "update layout set log_base = n.base from (select 1 - pg_current_xact_id()::text::bigint + "
        "(greatest((select max(m.p) from (select (select max(c.position) from change c where c.tenant = t.tenant) as p "
        "from tenant t) m), (select max(position) from log_trim), (select max(position) from log_place), 0) >> 20) "
        "as base) n where layout.log_base < n.base",
        {}, deadline);
    if (!moved)
        return moved.error();
    auto const marked =
        keeps_log
            ? connection.run("with l as (update layout set unlogged = false where unlogged returning log_base) "
                             "insert into log_trim as t (tenant, position) select n.tenant, "
                             "((l.log_base + pg_current_xact_id()::text::bigint) << 20) + 1048575 from tenant n, l "
                             "on conflict (tenant) do update set position = greatest(t.position, excluded.position)",
                             {}, deadline)
            : connection.run("update layout set unlogged = true where not unlogged", {}, deadline);
    return marked ? result<void>{} : result<void>{marked.error()};
}

} // namespace scimkit::postgresql
