// Plan: how the matches of a filter are found. What its legs find is complete, and exact where the plan says so:
// otherwise the filter decides on each record.
#pragma once

#include "legs.hpp"

#include <vector>

namespace scimkit::kv
{

struct Plan
{
    bool scan = true; ///< look at every record; otherwise at what any of the legs finds
    std::vector<Leg> any_of{};
    /// What is found matches if each of these finds it too, by any of its legs: the other operands of an `and` that
    /// indexes alone can decide.
    std::vector<std::vector<Leg>> and_of{};
    bool exact = false; ///< everything found, by and_of too, matches
};

/// A null filter matches all. Both outlive the plan. Reads a little of the indexes to choose between legs.
result<Plan> make_plan(Session& session, Catalog::Type const& type, BoundFilter const* filter);

/// The large attributes of the type that the filter looks at.
SCIMKIT_API std::vector<AttributeRef> large_attributes_in(BoundFilter const& filter, ResourceType const& type);

} // namespace scimkit::kv
