// All keys of a tenant begin alike, so a list is one seek per tenant, and a removal one walk.
#include "tenants.hpp"

#include "erase.hpp"
#include "layout.hpp"

namespace scimkit::kv
{

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
    return erase_all(engine, keys->prefix(), 1'000, *budget);
}

} // namespace scimkit::kv
