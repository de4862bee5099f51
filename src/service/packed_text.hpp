// Packed attributes as text: what an answer shows of them, without making objects of them first. Byte for byte what
// Projection::apply() and the presenter make of the same attributes unpacked.
#pragma once

#include "../core/json_text.hpp"
#include "../resource/projection.hpp"
#include "state.hpp"

namespace scimkit::service
{

/// Whether a sub-attribute of a reference is shown.
bool shows(Projection const& projection, ReferenceAttribute const& reference, Attribute const* sub);

/// Whether an answer can be written from packed attributes. Not where a `$ref` is shown without what it is computed of,
/// and not where a large attribute would have to be told from one that is missing.
bool reads_packed(Projection const& projection, TypePlan const& plan, ServiceState const& state);

/// Appends the members that are shown of resource.packed, each behind a comma. `extensions` becomes those of which
/// there are data, shown or not, as they come. REQUIRES: reads_packed(). Error: corrupt.
result<void> write_packed_attributes(JsonText& out, Resource const& resource, Projection const& projection,
                                     TypePlan const& plan, ServiceState const& state,
                                     std::vector<Schema const*>& extensions);

} // namespace scimkit::service
