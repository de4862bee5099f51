// Tenants: listed, and removed with everything they hold.
#pragma once

#include <scimkit/core/function_ref.hpp>
#include <scimkit/store/call_context.hpp>

#include "pool.hpp"

namespace scimkit::postgresql
{

result<void> list_tenants(Pool& pool, CallContext const& context, function_ref<bool(std::string_view)> sink);

result<void> remove_tenant(Pool& pool, std::string_view tenant, CallContext const& context);

/// Of Catalog::other_types() those of which the tenant has resources.
result<std::vector<std::string>> types_beside(Pool& pool, kv::Catalog const& catalog, std::string_view tenant,
                                              CallContext const& context);

} // namespace scimkit::postgresql
