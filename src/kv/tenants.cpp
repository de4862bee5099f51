// All keys of a tenant begin alike, so a list is one seek per tenant, and a removal one walk. It takes several commits:
// one of a large tenant would hold up all other writers, and grow with the data.
#include "tenants.hpp"

#include "layout.hpp"

#include <string>
#include <vector>

namespace scimkit::kv
{
namespace
{

constexpr std::size_t batch = 1'000;

/// Up to a batch of keys that begin so, sound or damaged.
result<std::vector<std::string>> first_keys(Reader& reader, std::string const& prefix)
{
    std::vector<std::string> keys;
    auto cursor = reader.cursor();
    if (!cursor)
        return cursor.error();
    auto found = (*cursor)->seek(prefix);
    for (; found && *found && (*cursor)->key().starts_with(prefix) && keys.size() < batch; found = (*cursor)->next())
        keys.emplace_back((*cursor)->key());
    if (!found)
        return found.error();
    return keys;
}

} // namespace

result<void> list_tenants(Engine& engine, CallContext const& context, function_ref<bool(std::string_view)> sink)
{
    CallBudget const budget{context};
    return engine.read(
        [&](Reader& reader) -> result<void>
        {
            auto cursor = reader.cursor();
            if (!cursor)
                return cursor.error();
            std::string place{tenants_prefix};
            for (;;)
            {
                if (auto charged = budget->charge(Budget::visit); !charged)
                    return charged;
                auto const found = (*cursor)->seek(place);
                if (!found)
                    return found.error();
                if (!*found || !(*cursor)->key().starts_with(tenants_prefix))
                    return {};
                std::string_view const key = (*cursor)->key();
                std::string_view rest = key.substr(tenants_prefix.size());
                auto const name = take_text(rest);
                if (!name)
                    return Error{ErrorCode::corrupt, "a stored key belongs to no tenant"};
                place = std::string{key.substr(0, key.size() - rest.size())} + '\xFF';
                if (!sink(*name))
                    return {};
            }
        });
}

result<void> remove_tenant(Engine& engine, std::string_view tenant, CallContext const& context)
{
    auto const keys = TenantKeys::make(tenant, engine.max_key_size());
    if (!keys)
        return keys.error();
    CallBudget const budget{context};
    for (std::size_t erased = batch; erased == batch;)
    {
        if (auto charged = budget->charge(batch * Budget::visit); !charged)
            return charged;
        auto const written = engine.write(
            [&](Writer& writer) -> result<void>
            {
                auto const gone = first_keys(writer, keys->prefix());
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
