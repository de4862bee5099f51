// Writing of entries into the log, reading them in their order, and how far it is trimmed.
#include "change_log.hpp"

#include "../core/bytes.hpp"

#include <algorithm>

namespace scimkit::kv
{

result<void> log_write(Session& session, LoggedWrite const& write)
{
    if (!session.logs())
        return {};
    auto encoded =
        encode_log_entry(write, session.context(),
                         [&](NameNumber attribute) { return session.take_elements(attribute, write.resource.id); });
    if (!encoded)
        return encoded.error();
    std::string& entry = *encoded;
    std::string const key = session.keys().change(write.revision);
    if (auto counted = session.count_logged(logged_bytes(key, entry)); !counted)
        return counted;
    return session.access().seal_and_put_new(key, entry);
}

std::string encode_trimmed(LogTrimState const& state)
{
    std::string bytes;
    put_varint(bytes, state.position);
    put_varint(bytes, state.bytes);
    if (state.newest)
        put_time(bytes, *state.newest);
    return bytes;
}

result<LogTrimState> read_trimmed(Session& session)
{
    auto const stored = session.access().get(session.keys().trimmed());
    if (!stored)
        return stored.error();
    LogTrimState state;
    if (!*stored)
        return state;
    std::string_view in = **stored;
    bool sound = take_varint(in, state.position) && take_varint(in, state.bytes);
    if (sound && !in.empty())
        sound = take_time(in, state.newest.emplace()) && in.empty();
    if (!sound)
        return Error{ErrorCode::corrupt, "How far the change log is trimmed cannot be read."};
    return state;
}

result<LogExtent> log_extent(Session& session)
{
    auto const last = session.stored_revision();
    if (!last)
        return last.error();
    LogPosition const end{last->number};
    if (!last->logged)
        return LogExtent{end, end, 0};
    auto const trimmed = read_trimmed(session);
    if (!trimmed)
        return trimmed.error();
    return LogExtent{LogPosition{trimmed->position}, end, *last->logged - std::min(*last->logged, trimmed->bytes)};
}

Error log_is_trimmed(LogPosition begin)
{
    return {ErrorCode::trimmed,
            "The change log does not keep what is behind this place any more; it begins at position " +
                std::to_string(begin.number()) + "."};
}

result<void> read_log(Session& session, LogPosition after, std::uint64_t limit, function_ref<bool(LoggedChange&&)> sink)
{
    auto const extent = log_extent(session);
    if (!extent)
        return extent.error();
    if (after < extent->begin)
        return log_is_trimmed(extent->begin);
    if (limit == 0 || after >= extent->end)
        return {};
    std::string const tenant = session.keys().tenant();
    Walk walk{session.access(), session.keys().changes()};
    auto found = walk.seek(session.keys().change(after.number() + 1)); // what is at `after` may be damaged
    for (; found && *found; found = walk.next())
    {
        LoggedChange change;
        std::uint64_t type = 0;
        if (auto charged = session.charge_decoding(walk.value().size()); !charged)
            return charged;
        if (walk.rest().size() != 8 || !decode_log_entry(walk.value(), type, change))
            return Error{ErrorCode::corrupt, "A stored change cannot be read."};
        change.position = LogPosition{read_u64(walk.rest())};
        if (change.position > extent->end) // of this transaction
            return {};
        if (change.operation != LoggedChange::Operation::removed)
            change.after = Version{change.position.number()};
        auto name = session.name_of(static_cast<NameNumber>(type));
        if (!name)
            return name.error();
        change.resource_type = std::move(*name);
        change.tenant = tenant;
        walk.hold();
        if (!sink(std::move(change)) || --limit == 0)
            return {};
    }
    return found ? result<void>{} : result<void>{found.error()};
}

result<std::optional<Instant>> last_change(Reader& reader, Catalog const& catalog, std::size_t max_key_size)
{
    std::optional<Instant> latest;
    auto const note = [&](std::optional<Instant> time)
    {
        if (time)
            latest = std::max(latest.value_or(*time), *time);
    };
    auto cursor = reader.cursor();
    if (!cursor)
        return cursor.error();
    CallContext const context; // the start of a service has no deadline
    std::string place{tenants_prefix};
    for (;;)
    {
        auto const any = (*cursor)->seek(place);
        if (!any)
            return any.error();
        auto const keys = *any ? TenantKeys::of_stored_key((*cursor)->key(), max_key_size)
                               : result<TenantKeys>{Error{ErrorCode::not_found, {}}};
        if (!keys)
            return latest;
        Session session{catalog, *keys, reader, context};
        Walk walk{session.access(), keys->changes()};
        auto const found = walk.seek_before(end_of_prefix(keys->changes()));
        if (found && *found)
            note(time_of_entry(walk.value()));
        if (auto const trimmed = read_trimmed(session))
            note(trimmed->newest);
        place = keys->prefix() + '\xFF';
    }
}

} // namespace scimkit::kv
