// Everything but the catalogue's own entry is rewritten once, in the order of keys.
#include "upgrade.hpp"

#include "access.hpp"

#include <utility>
#include <vector>

namespace scimkit::kv
{
namespace
{

constexpr std::size_t batch_entries = 10'000;
constexpr std::size_t batch_bytes = std::size_t{8} << 20;

using Entries = std::vector<std::pair<std::string, std::string>>;

/// The next entries after `last`; nothing when all are sealed.
result<Entries> next_batch(Writer& writer, std::string const& last)
{
    auto cursor = writer.cursor();
    if (!cursor)
        return cursor.error();
    Entries entries;
    std::size_t bytes = 0;
    auto found = (*cursor)->seek(last.empty() ? tenants_prefix : std::string_view{last});
    if (found && *found && (*cursor)->key() == last)
        found = (*cursor)->next();
    for (; found && *found && entries.size() < batch_entries && bytes < batch_bytes; found = (*cursor)->next())
    {
        entries.emplace_back((*cursor)->key(), (*cursor)->value());
        bytes += entries.back().second.size();
    }
    if (!found)
        return found.error();
    return entries;
}

} // namespace

result<void> upgrade(Engine& engine, CatalogRecord& record)
{
    if (record.format == database_format && !record.sealed_to)
        return {};
    record.format = database_format;
    for (bool done = false; !done;)
    {
        std::string const last = record.sealed_to.value_or("");
        CatalogRecord next = record;
        auto const written = engine.write(
            [&](Writer& writer) -> result<void>
            {
                auto const entries = next_batch(writer, last);
                if (!entries)
                    return entries.error();
                done = entries->empty();
                next.sealed_to = done ? std::nullopt : std::optional{entries->back().first};
                Budget unlimited; // the start of a service has no deadline
                Access access{writer, unlimited};
                for (auto const& [key, value] : *entries)
                    if (auto sealed = access.put(key, value); !sealed)
                        return sealed;
                return writer.put(meta_key, encode_catalog(next));
            });
        if (!written)
            return written;
        record = std::move(next);
    }
    return {};
}

} // namespace scimkit::kv
