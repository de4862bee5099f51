// All keys of a tenant begin alike, so a list is one seek per tenant, and a removal one walk.
#include "tenants.hpp"

#include "erase.hpp"
#include "layout.hpp"

#include <cstddef>

namespace scimkit::kv
{
namespace
{

constexpr std::size_t erased_at_once = 1'000;

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
                    return Error{ErrorCode::corrupt, "A stored key belongs to no tenant."};
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
    // References first. A write that comes in between, or after an interruption, cleans graves: it would take one whose
    // elements are gone for empty, and what the grave hides would be seen again.
    if (auto erased = erase_all(engine, keys->references(), erased_at_once, *budget); !erased)
        return erased;
    return erase_all(engine, keys->prefix(), erased_at_once, *budget);
}

} // namespace scimkit::kv
