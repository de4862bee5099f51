// What the writing operations have in common: reading what is stored under preconditions, and storing what has become
// of it.
#pragma once

#include "operation.hpp"

#include <optional>

namespace scimkit::service
{

/// The stored resource that is addressed, if the client's conditions let it be written. Errors: not_found,
/// precondition_failed, corrupt.
result<Resource> load_for_write(ReadTransaction& transaction, Scope const& scope, Addressed const& addressed,
                                Wanted const& wanted);

/// The same, but not looked at: for DELETE, which must be able to take away what is malformed too, and for what has
/// been looked at before and is only compared by its version.
result<Resource> load_unread(ReadTransaction& transaction, Scope const& scope, Addressed const& addressed,
                             Wanted const& wanted);

/// What a write makes may not be larger than ServiceLimits::max_resource_bytes, large attributes left out, unless
/// `before` (null: nothing) was even larger. Error: payload_too_large.
result<void> check_size(json::object const& attributes, json::object const* before, Scope const& scope);

/// Brings the elements of large attributes into the order of their ids, and these attributes behind the others, as a
/// store that has the ability gives them back, so that the same elements in another order are no change in any store,
/// and the answer to a write is what a GET will say.
void order_large_attributes(Resource& resource, Scope const& scope);

/// check_resource() of a whole body, whose second primary value there is a setting for.
result<void> check_whole(json::object const& attributes, Scope const& scope);

/// Whether another resource of the type has a value that would have to be unique. Only a store decides, atomically,
/// when it writes; this is for looking before dear work is done. Errors: uniqueness, those of the store.
result<void> check_unique(ReadTransaction& transaction, Resource const& resource, Scope const& scope);

/// Paths of the top-level attributes in which two states differ, for the change log.
std::vector<std::string> changed_paths(json::object const& before, json::object const& after, ResourceType const& type);

/// `uniqueness` in words for the client, with the setting that made it so; every other error as it is.
Error explain(Error error, Scope const& scope);

} // namespace scimkit::service
