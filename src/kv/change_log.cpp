// The entry of a change is written in the commit of the change, under a key that sorts by version, so that reading the
// log is a range scan that needs no index.
#include "change_log.hpp"

#include "bytes.hpp"

#include <algorithm>

namespace scimkit::kv
{
namespace
{

constexpr std::uint64_t kinds = 3;

bool decode(std::string_view in, std::uint64_t& type, Change& change)
{
    std::uint64_t previous = 0;
    std::uint64_t kind = 0;
    std::uint64_t time = 0;
    std::uint64_t paths = 0;
    std::string_view id;
    std::string_view actor;
    if (!take_varint(in, previous) || !take_varint(in, kind) || kind >= kinds || !take_varint(in, type) ||
        !take_string(in, id) || !take_string(in, actor) || !take_varint(in, time) || !take_varint(in, paths))
        return false;
    change.previous = Version{previous};
    change.kind = static_cast<Change::Kind>(kind);
    change.id = id;
    change.actor = actor;
    change.time = Instant{std::chrono::microseconds{unzigzag(time)}};
    for (; paths > 0; --paths)
    {
        std::string_view path;
        if (!take_string(in, path))
            return false;
        change.changed.emplace_back(path);
    }
    return in.empty();
}

} // namespace

result<void> log_change(Session& session, LoggedChange const& change)
{
    std::string entry;
    put_varint(entry, change.previous.number());
    put_varint(entry, static_cast<std::uint64_t>(change.kind));
    put_varint(entry, change.type);
    put_string(entry, change.id);
    put_string(entry, session.context().actor);
    put_varint(entry, zigzag(change.time.time_since_epoch().count()));
    put_varint(entry, change.changed.size());
    for (std::string const& path : change.changed)
        put_string(entry, path);
    return session.access().put_new(session.keys().change(change.revision), entry);
}

result<void> read_changes(Session& session, LogPosition after, std::uint64_t limit, function_ref<bool(Change&&)> sink)
{
    if (limit == 0)
        return {};
    Walk walk{session.access(), session.keys().changes()};
    auto found = walk.seek_after(session.keys().change(after.number()));
    for (; found && *found; found = walk.next())
    {
        Change change;
        std::uint64_t type = 0;
        if (walk.rest().size() != 8 || !decode(walk.value(), type, change))
            return Error{ErrorCode::corrupt, "a stored change cannot be read"};
        change.position = LogPosition{read_u64(walk.rest())};
        if (change.kind != Change::Kind::removed)
            change.version = Version{change.position.number()};
        auto name = session.name_of(static_cast<NameNumber>(type));
        if (!name)
            return name.error();
        change.resource_type = std::move(*name);
        walk.hold();
        if (!sink(std::move(change)) || --limit == 0)
            return {};
    }
    return found ? result<void>{} : result<void>{found.error()};
}

result<std::optional<Instant>> last_change(Reader& reader, Catalog const& catalog, std::size_t max_key_size)
{
    std::optional<Instant> latest;
    auto cursor = reader.cursor();
    if (!cursor)
        return cursor.error();
    Budget unlimited; // the start of a service has no deadline
    Access access{reader, unlimited, catalog.record().names};
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
        Walk walk{access, keys->changes()};
        auto const found = walk.seek_before(end_of_prefix(keys->changes()));
        Change change;
        std::uint64_t type = 0;
        if (found && *found && decode(walk.value(), type, change))
            latest = std::max(latest.value_or(change.time), change.time);
        place = keys->prefix() + '\xFF';
    }
}

} // namespace scimkit::kv
