// The computed attribute `groups` (RFC 7643 section 4.1.2): to which groups a resource belongs, directly or through
// other groups. Groups are the resources that refer to others through a large attribute.
#pragma once

#include "../resource/projection.hpp"
#include "scope.hpp"

#include <span>

namespace scimkit::membership
{

/// Puts `groups` into each resource; all are of the scope's type. Two questions per level of groups within groups where
/// the store finds references, for all resources at once; one pass over all groups where it does not. To any depth,
/// circles included. Errors:
/// those of the store, corrupt, too_many when there are more groups than `max_scanned` or the budget ends.
result<void> fill_groups(ReadTransaction& transaction, std::span<Resource> resources, Scope const& scope);

/// The same for one resource, if the projection shows them.
result<void> show_groups(ReadTransaction& transaction, Resource& resource, Projection const& projection,
                         Scope const& scope);

} // namespace scimkit::membership
