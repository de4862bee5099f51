// What may go is decided within the write that takes it away, so that a reader that comes meanwhile is not overlooked.
#include "trim.hpp"

#include "../core/bytes.hpp"
#include "change_log.hpp"
#include "seal.hpp"

#include <algorithm>

namespace scimkit::kv
{
namespace
{

constexpr std::size_t most_entries = 500; // changes that one commit takes away, so that nobody waits long for it
constexpr std::size_t most_bytes = std::size_t{4} << 20; // of changes that one commit takes away

/// The place behind which a named reader needs everything.
result<LogPosition> kept_back(Session& session, Instant readers_since)
{
    LogPosition least{std::numeric_limits<std::uint64_t>::max()};
    auto const read = read_places(session,
                                  [&](LogPlace&& place)
                                  {
                                      if (place.acknowledged >= readers_since)
                                          least = std::min(least, place.position);
                                      return true;
                                  });
    if (!read)
        return read.error();
    return least;
}

struct Entry
{
    std::string key;
    std::uint64_t position = 0;
    std::uint64_t bytes = 0;
    std::optional<Instant> time{}; // nothing: it is damaged, and older than everything
};

/// The oldest entries. Damaged ones too: nobody gets past them otherwise.
result<std::vector<Entry>> oldest(Session& session)
{
    std::string const prefix = session.keys().changes();
    auto cursor = session.access().cursor();
    if (!cursor)
        return cursor.error();
    std::vector<Entry> entries;
    std::size_t bytes = 0;
    auto found = (*cursor)->seek(prefix);
    for (; found && *found && entries.size() < most_entries && bytes < most_bytes; found = (*cursor)->next())
    {
        std::string_view const key = (*cursor)->key();
        if (!key.starts_with(prefix))
            break;
        if (!session.budget().spend(Budget::visit + key.size()))
            return session.budget().error();
        Entry entry{.key = std::string{key}};
        if (key.size() == prefix.size() + 8)
            entry.position = read_u64(key.substr(prefix.size()));
        if (auto const value = open_seal(key, (*cursor)->value()))
        {
            entry.bytes = logged_bytes(key, *value);
            entry.time = time_of_entry(*value);
        }
        bytes += (*cursor)->value().size();
        entries.push_back(std::move(entry));
    }
    if (!found)
        return found.error();
    return entries;
}

result<LogPlace> decode_place(std::string_view name, std::string_view bytes)
{
    LogPlace place;
    std::uint64_t position = 0;
    std::uint64_t time = 0;
    auto reader = take_text(name);
    if (!reader || !name.empty() || !take_varint(bytes, position) || !take_varint(bytes, time) || !bytes.empty())
        return Error{ErrorCode::corrupt, "The place of a reader of the change log cannot be read."};
    place.reader = std::move(*reader);
    place.position = LogPosition{position};
    place.acknowledged = Instant{std::chrono::microseconds{unzigzag(time)}};
    return place;
}

} // namespace

result<void> read_places(Session& session, function_ref<bool(LogPlace&&)> sink)
{
    Walk walk{session.access(), session.keys().places()};
    auto found = walk.first();
    for (; found && *found; found = walk.next())
    {
        auto place = decode_place(walk.rest(), walk.value());
        if (!place)
            return place.error();
        walk.hold();
        if (!sink(std::move(*place)))
            return {};
    }
    return found ? result<void>{} : result<void>{found.error()};
}

result<TrimmedBatch> trim_batch(Session& session, LogTrim const& what)
{
    auto const extent = log_extent(session);
    auto state = read_trimmed(session);
    auto const kept = kept_back(session, what.readers_since);
    auto const entries = oldest(session);
    if (!extent || !state || !kept || !entries)
        return !extent ? extent.error() : !state ? state.error() : !kept ? kept.error() : entries.error();

    TrimmedBatch batch{.begin = extent->begin};
    std::uint64_t left = extent->bytes;
    for (Entry const& entry : *entries)
    {
        LogPosition const position{entry.position};
        bool const gone = position <= extent->begin; // nobody can read it any more
        bool const due = entry.time.value_or(Instant::min()) < what.before || left > what.most_bytes;
        if (!gone && (!due || position > *kept))
        {
            batch.done = true;
            break;
        }
        if (auto erased = session.access().erase(entry.key); !erased)
            return erased.error();
        state->newest = entry.time && entry.time > state->newest ? entry.time : state->newest;
        if (gone)
            continue;
        left -= std::min(left, entry.bytes);
        state->position = entry.position;
        state->bytes += entry.bytes;
        batch.begin = position;
        ++batch.changes;
    }
    if (batch.begin == extent->end)
        state->bytes += left; // of what was damaged
    batch.done = batch.done || entries->empty();
    if (entries->empty())
        return batch;
    if (auto put = session.access().put(session.keys().trimmed(), encode_trimmed(*state)); !put)
        return put.error();
    return batch;
}

} // namespace scimkit::kv
