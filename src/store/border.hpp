// The border to the store: what a plug-in hands over is data like any other, and may not be what the contract says. A
// resource that is not in canonical form is a fault of the store, told by type and id in the log; it never leads to
// undefined behaviour.
#pragma once

#include <scimkit/resource/resource.hpp>

namespace scimkit
{

/// `corrupt`, with a detail for the log alone.
Error malformed_resource(ResourceType const& type, std::string_view id, std::string_view what);

/// Whether a resource that a store returned is of this type and its values have the kinds that their attributes have:
/// arrays where there are several, objects where they are complex. Unknown members are no fault. Error: corrupt.
result<void> check_stored(Resource const& resource, ResourceType const& type);

} // namespace scimkit
