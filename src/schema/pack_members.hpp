// What packs of schemas change in the definitions of RFC 7643.
#pragma once

#include <scimkit/schema/resource_type.hpp>

#include <vector>

namespace scimkit
{

/// The schema of memberships as resources of their own: resources of a type that has it are computed from groups.
inline constexpr std::string_view group_membership_urn = "urn:ietf:params:scim:schemas:core:2.0:GroupMembership";

/// Lets `members` of Group name the resource types of packs that may be members, as far as they are among `types`.
void admit_members(std::vector<Schema>& schemas, std::vector<ResourceTypeDefinition> const& types);

} // namespace scimkit
