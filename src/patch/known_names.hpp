// Names of members that are paths to what a resource type has, whether or not the rest of them leads anywhere.
#pragma once

#include <scimkit/schema/resource_type.hpp>

#include <string_view>

namespace scimkit
{

/// "name.x", "meta.x", "emails[...].x", "URI:manager.x", "URI.manager.x", and "manager.x" where such names are taken:
/// whatever x is, an attribute that there is stands before it.
bool leads_into_known(std::string_view name, ResourceType const& type, NameResolution how);

} // namespace scimkit
