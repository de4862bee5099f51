// In several commits: one of a large tenant, or of its indexes, would hold up all other writers, and grow with the
// data.
#include "erase.hpp"

#include <vector>

namespace scimkit::kv
{
namespace
{

result<std::vector<std::string>> first_keys(Reader& reader, std::string const& prefix, std::size_t most)
{
    std::vector<std::string> keys;
    auto cursor = reader.cursor();
    if (!cursor)
        return cursor.error();
    auto found = (*cursor)->seek(prefix);
    for (; found && *found && (*cursor)->key().starts_with(prefix) && keys.size() < most; found = (*cursor)->next())
        keys.emplace_back((*cursor)->key());
    if (!found)
        return found.error();
    return keys;
}

} // namespace

result<void> erase_all(Engine& engine, std::string const& prefix, std::size_t batch, Budget& budget)
{
    for (std::size_t erased = batch; erased == batch;)
    {
        if (auto charged = budget.charge(batch * Budget::visit); !charged)
            return charged;
        auto const written = engine.write(
            [&](Writer& writer) -> result<void>
            {
                auto const gone = first_keys(writer, prefix, batch);
                if (!gone)
                    return gone.error();
                for (std::string const& key : *gone)
                    if (auto done = writer.erase(key); !done)
                        return done.error();
                erased = gone->size();
                return {};
            });
        if (!written)
            return written;
    }
    return {};
}

} // namespace scimkit::kv
