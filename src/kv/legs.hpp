// Leg: a range of keys that leads to the ids of resources which pass a test of a filter.
#pragma once

#include "session.hpp"

#include <string>
#include <string_view>
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

/// The ids that a leg finds, greater than `after`. `visit` returns false to stop; what it is given dies with the next
/// write.
result<void> walk_leg(Session& session, Catalog::Type const& type, Leg const& leg, std::string_view after,
                      function_ref<result<bool>(std::string_view id)> visit);

/// Whether a leg finds an id can be asked with one look at a key.
bool is_probe(Leg const& leg) noexcept;
result<bool> probe(Session& session, Leg const& leg, std::string_view id);

/// The same ids from legs that have no key in common: equal ones once, ranges of one index that touch joined, and
/// values within a range left to the range. So the legs of a disjunction together cost no more than the indexes have
/// entries, however often a filter says the same.
std::vector<Leg> without_repetitions(std::vector<Leg> legs);

} // namespace scimkit::kv
