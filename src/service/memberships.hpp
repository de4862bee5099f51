// The computed attribute `groups` (RFC 7643 section 4.1.2): to which groups a resource belongs, directly or through
// other groups. Groups are the resources that refer to others through a large attribute.
#pragma once

#include "operation.hpp"

#include <span>

namespace scimkit::service
{

/// The `groups` attribute of a type that has one: readOnly, multi-valued, complex, with `value`.
std::optional<AttributeRef> groups_attribute(ResourceType const& type);

/// Puts `groups` into each resource; all are of the plan's type. One look-up per group where the store finds
/// references, one pass over all groups where it does not; groups within groups to any depth, circles included. Errors:
/// those of the store, corrupt, too_many when there are more groups than `max_scanned` or the budget of `context` ends.
result<void> fill_groups(ReadTransaction& transaction, std::span<Resource> resources, TypePlan const& plan,
                         ServiceState const& state, CallContext const& context);

/// The same for one resource, if the projection shows them.
result<void> show_groups(ReadTransaction& transaction, Resource& resource, Projection const& projection,
                         Scope const& scope);

/// Takes `id` out of all groups: their versions and times move. For stores without the ability it looks at all groups.
/// Those that it left are put into `left`, unless that is null.
result<void> remove_from_groups(WriteTransaction& transaction, std::string_view id, Instant now, Scope const& scope,
                                std::vector<LeftGroup>* left);

/// A change happens after the one before, whatever the clock says.
Instant time_of_change(Resource const& before, Instant now);

} // namespace scimkit::service
