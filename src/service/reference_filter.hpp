// Filters on `$ref`s that the service computes when it shows a resource, and that no store has.
#pragma once

#include <scimkit/filter/bind.hpp>

#include "state.hpp"

namespace scimkit::service
{

/// Lets each `$ref` test also look at `value`, from which the shown `$ref` is computed: `eq` and `ne` with the URI of
/// a resource of a type that the attribute may point to, and `pr`. Other operators see stored `$ref`s only.
void see_computed_references(BoundFilter& filter, TypePlan const& plan);

} // namespace scimkit::service
