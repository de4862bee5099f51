// How many elements large attributes have and will have: what edits in place cost, and how far they may let them grow.
#pragma once

#include "../patch/split.hpp"
#include "operation.hpp"
#include "scope.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace scimkit::service
{

/// Of each attribute that is replaced by others, before it is; none twice.
using ElementCounts = std::vector<std::pair<Attribute const*, std::uint64_t>>;

/// Costs nothing in proportion to them, and nothing at all where elements only come and go: a store behind a network
/// takes a round trip for each. Errors: those of the store.
result<ElementCounts> count_replaced(WriteTransaction& transaction, Scope const& scope, std::string_view id,
                                     std::span<LargeAttributeEdit const> edits);

/// Whether elements are to be compared with so many that it is better done before the transaction.
bool replaces_many(ElementCounts const& counts, Scope const& scope);

/// Whether so many go, or are in the answer, that it is better done elsewhere (Scope::elsewhere). Of those that go not
/// asked where a look may wait for a network. Errors: those of the store.
result<bool> touches_many(WriteTransaction& transaction, Scope const& scope, std::string_view id,
                          std::span<LargeAttributeEdit const> edits, Shown const& shown);

/// What edits that change something have made of the number of elements.
class ElementGrowth
{
public:
    void note(LargeAttributeEdit const& edit, std::uint64_t changed);

    /// After the edits; nothing is asked about what cannot have grown. Error: too_many, where an attribute has grown
    /// beyond ServiceLimits::max_elements.
    result<void> check(WriteTransaction& transaction, Scope const& scope, std::string_view id,
                       ElementCounts const& replaced) const;

private:
    std::vector<std::pair<Attribute const*, std::int64_t>> by_{}; // of what is replaced: nothing that counts
};

} // namespace scimkit::service
