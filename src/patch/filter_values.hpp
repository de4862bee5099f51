// What the filter of a value path says about the element that it describes.
#pragma once

#include <scimkit/filter/bind.hpp>

#include <optional>
#include <string>
#include <vector>

namespace scimkit
{

/// The element for which a conjunction of equalities holds: `type eq "work" and primary eq true`. Nothing for any
/// other filter, and when two equalities contradict each other.
std::optional<json::object> element_of(BoundFilter const& filter);

/// The values that `value eq "1" or value eq "2"` selects. Nothing for any other filter.
std::optional<std::vector<std::string>> values_of(BoundFilter const& filter);

} // namespace scimkit
