// How bound filters are put together. Private to the room.
#pragma once

#include <scimkit/filter/bind.hpp>

#include <vector>

namespace scimkit::detail
{

BoundFilter constant(bool always);

/// A BoundConjunction or a BoundDisjunction of these, or something simpler that means the same: one in another is made
/// flat, a constant decides or vanishes, and what was said before is not said again.
template <class Junction>
BoundFilter joined(std::vector<BoundFilter>&& operands);

BoundFilter negated(BoundFilter&& operand);

} // namespace scimkit::detail
