// Tenants: whose keys a database has, and the removal of all of one's.
#pragma once

#include <scimkit/core/function_ref.hpp>
#include <scimkit/kv/engine.hpp>
#include <scimkit/store/call_context.hpp>

namespace scimkit::kv
{

result<void> list_tenants(Engine& engine, CallContext const& context, function_ref<bool(std::string_view)> sink);

result<void> remove_tenant(Engine& engine, std::string_view tenant, CallContext const& context);

} // namespace scimkit::kv
