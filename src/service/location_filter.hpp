// Tests of meta.location, which no store knows, become tests of the id that it is made of.
#pragma once

#include <scimkit/filter/bind.hpp>

#include "state.hpp"

namespace scimkit::service
{

/// The same filter with `meta.location eq` and `ne` as tests of `id`, wherever they stand; `meta` in brackets is
/// opened. What asks for a part of the location stays.
BoundFilter with_ids_for_locations(BoundFilter filter, TypePlan const& plan);

bool is_location(AttributeRef const& attribute) noexcept;

} // namespace scimkit::service
