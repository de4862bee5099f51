// Plan: how the matches of a filter are found. Legs are ranges of keys that lead to ids; what they find is complete,
// and exact where the plan says so: otherwise the filter decides on each record.
#pragma once

#include "session.hpp"

#include <vector>

namespace scimkit::kv
{

struct Leg
{
    enum class Kind
    {
        id,       ///< one record, by its id in `first`
        unique,   ///< at most one record, by the unique key in `first`
        value,    ///< index entries of one value, which begin with `first`; ids come in order
        range,    ///< index entries from `first` to before `last`; ids come in no order, and more than once
        reference ///< elements whose value is `test`'s literal, `first` being their keys' prefix; ids in order
    };

    Kind kind = Kind::range;
    std::string first;
    std::string last{};
    std::size_t index_size = 0;            ///< of the index's prefix within `first`; for range
    BoundComparison const* test = nullptr; ///< for reference

    /// True when ids come in ascending order, each once.
    bool ordered() const noexcept { return kind != Kind::range; }
};

struct Plan
{
    bool scan = true; ///< look at every record; otherwise at what any of the legs finds
    std::vector<Leg> any_of{};
    bool exact = false; ///< everything found matches
};

/// A null filter matches all. Both outlive the plan. Reads a little of the indexes to choose between legs.
result<Plan> make_plan(Session& session, Catalog::Type const& type, BoundFilter const* filter);

/// The ids that a leg finds, greater than `after`. `visit` returns false to stop; what it is given dies with the next
/// write.
result<void> walk_leg(Session& session, Catalog::Type const& type, Leg const& leg, std::string_view after,
                      function_ref<result<bool>(std::string_view id)> visit);

/// The large attributes of the type that the filter looks at.
SCIMKIT_API std::vector<AttributeRef> large_attributes_in(BoundFilter const& filter, ResourceType const& type);

} // namespace scimkit::kv
