// Legs: what a plan walks over, freed of what it would walk over twice.
#pragma once

#include "plan.hpp"

namespace scimkit::kv
{

/// The same ids from legs that have no key in common: equal ones once, ranges of one index that touch joined, and
/// values within a range left to the range. So the legs of a disjunction together cost no more than the indexes have
/// entries, however often a filter says the same.
std::vector<Leg> without_repetitions(std::vector<Leg> legs);

} // namespace scimkit::kv
