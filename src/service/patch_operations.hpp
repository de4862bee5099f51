// What the operations of a PATCH make of a resource: one after the other, each on what those before it have come to,
// what the service computes of its references too (RFC 7644 section 3.5.2).
#pragma once

#include "../membership/scope.hpp"
#include "../patch/patch.hpp"
#include "scope.hpp"

#include <span>

namespace scimkit::service
{

PatchOptions patch_options_of(Scope const& scope, Tolerance const& tolerance);

/// What is not about an attribute is not the fault of an operation.
Error in_operation(Error error, std::size_t position);

/// Before anything is applied, so that the faults of a message come in one order in every store.
result<void> check_all_claims(ReadTransaction& transaction, Scope const& scope,
                              std::span<PatchOperation const> operations);

/// Settles what the operations came to.
result<void> settle_change(ReadTransaction& transaction, Scope const& scope, std::span<PatchOperation const> operations,
                           json::object& attributes, json::object const& before);

/// Whether anything changed. References are settled where a later operation looks at what is computed of them.
result<bool> apply_operations(ReadTransaction& transaction, Scope const& scope,
                              std::span<PatchOperation const> operations, Resource& resource,
                              json::object const& before);

} // namespace scimkit::service
