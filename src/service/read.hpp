// GET of one resource (RFC 7644 section 3.4.1).
#pragma once

#include "operation.hpp"

namespace scimkit::service
{

/// Views the call.
struct PreparedRead
{
    std::string_view id;
    Preconditions conditions;
    std::optional<Projection> chosen{};         ///< by the client; nothing: the type's own
    std::vector<AttributeRef> large_attributes; ///< those that are shown

    Projection const& projection(TypePlan const& plan) const noexcept { return chosen ? *chosen : plan.projection; }
};

result<PreparedRead> prepare_read(Call const& call);
/// The resource, with what is computed of it where that is shown. `memory`: as Wanted::memory.
result<Resource> apply(ReadTransaction& transaction, PreparedRead const& prepared, Scope const& scope,
                       json::storage_ptr const& memory);
result<Response> present(Resource&& resource, PreparedRead const& prepared, Call const& call);

} // namespace scimkit::service
