// Everything that changes is rewritten once, in the order of keys.
#include "upgrade.hpp"

#include "access.hpp"
#include "change_log.hpp"
#include "seal.hpp"

#include <map>
#include <utility>
#include <vector>

namespace scimkit::kv
{
namespace
{

constexpr std::size_t batch_entries = 10'000;
constexpr std::size_t batch_bytes = std::size_t{8} << 20;

using Entries = std::vector<std::pair<std::string, std::string>>;

/// To the first key after `last`.
result<bool> go_behind(Cursor& cursor, std::string const& last)
{
    auto found = cursor.seek(last.empty() ? tenants_prefix : std::string_view{last});
    if (found && *found && cursor.key() == last)
        return cursor.next();
    return found;
}

/// To the first entry of a change log, from where the cursor stands or behind it.
result<bool> go_to_change(Cursor& cursor, result<bool> found, std::size_t max_key_size)
{
    while (found && *found)
    {
        auto const keys = TenantKeys::of_stored_key(cursor.key(), max_key_size);
        if (!keys)
            return keys.error();
        std::string const changes = keys->changes();
        if (cursor.key().starts_with(changes))
            return true;
        found = cursor.seek(cursor.key() < changes ? changes : keys->prefix() + '\xFF');
    }
    return found;
}

/// The next entries after `last`: all of them, or those of change logs; nothing when there are no more.
result<Entries> next_batch(Writer& writer, std::string const& last, std::optional<std::size_t> changes_of_key_size)
{
    auto cursor = writer.cursor();
    if (!cursor)
        return cursor.error();
    Entries entries;
    std::size_t bytes = 0;
    auto const go_on = [&](result<bool> found) -> result<bool>
    {
        if (changes_of_key_size)
            return go_to_change(**cursor, std::move(found), *changes_of_key_size);
        return found; // not as part of a conditional expression: a copy made there says whether there is a value
    };
    auto found = go_on(go_behind(**cursor, last));
    for (; found && *found && entries.size() < batch_entries && bytes < batch_bytes; found = go_on((*cursor)->next()))
    {
        entries.emplace_back((*cursor)->key(), (*cursor)->value());
        bytes += entries.back().second.size();
    }
    if (!found)
        return found.error();
    return entries;
}

/// Calls `rewrite` with each batch, in a commit that also writes down in `place` how far it came.
template <class Rewrite>
result<void> in_batches(Engine& engine, CatalogRecord& record, std::optional<std::string> CatalogRecord::*place,
                        std::optional<std::size_t> changes_of_key_size, Rewrite const& rewrite)
{
    for (bool done = false; !done;)
    {
        std::string const last = (record.*place).value_or("");
        CatalogRecord next = record;
        auto written = engine.write(
            [&](Writer& writer) -> result<void>
            {
                auto const entries = next_batch(writer, last, changes_of_key_size);
                if (!entries)
                    return entries.error();
                done = entries->empty();
                next.*place = done ? std::nullopt : std::optional{entries->back().first};
                Budget unlimited; // the start of a service has no deadline
                Access access{writer, unlimited};
                if (auto rewritten = rewrite(access, *entries); !rewritten)
                    return rewritten;
                return writer.put(meta_key, encode_catalog(next));
            });
        if (!written)
            return written;
        record = std::move(next);
    }
    return {};
}

result<void> seal_all(Access& access, Entries const& entries)
{
    for (auto const& [key, value] : entries)
        if (auto sealed = access.put(key, value); !sealed)
            return sealed;
    return {};
}

/// What the log of each tenant takes is kept with its last version. Entries that are damaged stay so: who reads them is
/// told, as before.
result<void> rewrite_changes(Access& access, Entries const& entries, std::size_t max_key_size)
{
    std::map<std::string, std::uint64_t> logged; // by the key of the last version
    for (auto const& [key, sealed] : entries)
    {
        auto const value = open_seal(key, sealed);
        auto const entry = value ? entry_of_format_2(*value) : result<std::string>{Error{ErrorCode::corrupt, {}}};
        if (!entry)
            continue;
        auto const keys = TenantKeys::of_stored_key(key, max_key_size);
        if (!keys)
            return keys.error();
        logged[keys->revision()] += logged_bytes(key, *entry);
        if (auto put = access.put(key, *entry); !put)
            return put;
    }
    for (auto const& [key, bytes] : logged)
    {
        auto const stored = access.get(key);
        if (!stored)
            return stored.error();
        auto revision = *stored ? decode_revision(**stored) : LastRevision{};
        if (!revision)
            return revision.error();
        revision->logged = revision->logged.value_or(0) + bytes;
        if (auto put = access.put(key, encode_revision(*revision)); !put)
            return put;
    }
    return {};
}

} // namespace

result<void> upgrade(Engine& engine, CatalogRecord& record)
{
    if (record.format == 1 || record.sealed_to)
    {
        record.format = 2;
        if (auto sealed = in_batches(engine, record, &CatalogRecord::sealed_to, std::nullopt, seal_all); !sealed)
            return sealed;
    }
    if (record.format == 2 || record.rewritten_to)
    {
        record.format = 3;
        std::size_t const max_key_size = engine.max_key_size();
        auto const rewrite = [&](Access& access, Entries const& entries)
        { return rewrite_changes(access, entries, max_key_size); };
        if (auto done = in_batches(engine, record, &CatalogRecord::rewritten_to, max_key_size, rewrite); !done)
            return done;
    }
    if (record.format == 3) // nothing is another, but a former build would not understand what comes
    {
        record.format = 4;
        return engine.write([&](Writer& writer) { return writer.put(meta_key, encode_catalog(record)); });
    }
    return {};
}

} // namespace scimkit::kv
