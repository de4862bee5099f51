// Edits of large attributes without loading them: what a PATCH of a group's members comes to in a store that keeps each
// member as an entry of its own (store/store.hpp, LargeAttributeWriter).
#pragma once

#include "../patch/patch.hpp"
#include "../patch/split.hpp"
#include "operation.hpp"

namespace scimkit::service
{

/// Whether edits may undo each other, so that only the whole attribute shows if anything changed: a replace beside
/// others, a value both added and removed.
bool may_cancel_out(std::span<LargeAttributeEdit const> edits);

/// Of each attribute that is edited; none twice.
using ElementCounts = std::vector<std::pair<Attribute const*, std::uint64_t>>;

/// Costs nothing in proportion to them. Errors: those of the store.
result<ElementCounts> count_elements(WriteTransaction& transaction, Scope const& scope, std::string_view id,
                                     std::span<LargeAttributeEdit const> edits);

/// Whether elements are to be compared with so many that it is better done before the transaction.
bool replaces_many(ElementCounts const& counts, std::span<LargeAttributeEdit const> edits, Scope const& scope);

/// After the edits. Error: too_many, where an attribute has grown beyond ServiceLimits::max_elements.
result<void> check_counts(WriteTransaction& transaction, Scope const& scope, std::string_view id,
                          ElementCounts const& before);

struct Edited
{
    bool changed = false;
    ElementsChanged elements{}; ///< only where Scope::observed
};

/// Carries out one edit of the resource with this id. Errors:
/// invalid_value (references that contradict, unknown members that are refused), those of the store.
result<Edited> edit_in_place(WriteTransaction& transaction, Scope const& scope, std::string_view id,
                             LargeAttributeEdit const& edit);

} // namespace scimkit::service
