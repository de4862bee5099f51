// Filters on `$ref`s that the service computes when it shows a resource, and that no store has.
#pragma once

#include <scimkit/filter/bind.hpp>

#include "scope.hpp"

#include <string_view>

namespace scimkit::membership
{

/// Lets each `$ref` test also look at `value` and `type`, from which the shown `$ref` is computed: `eq` and `ne` with
/// the URI of a resource of this service, and `pr`. `inside_element`: the filter is that of a value path. Error:
/// invalid_filter for any other operator, since nothing that is stored could answer it.
result<void> see_computed_references(BoundFilter& filter, TypeRules const& rules, std::string_view base_url,
                                     bool inside_element);

} // namespace scimkit::membership
