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

/// Of which resources it will be asked whether they are there, as far as that can be told beforehand; hints for
/// Wanted::next_ids. Views of the edits.
struct AskedNext
{
    ResourceType const* type = nullptr;
    std::vector<std::string_view> ids{};
};
AskedNext asked_next(Scope const& scope, std::span<LargeAttributeEdit const> edits);

/// Of each attribute that is replaced by others, before it is; none twice.
using ElementCounts = std::vector<std::pair<Attribute const*, std::uint64_t>>;

/// Costs nothing in proportion to them, and nothing at all where elements only come and go: a store behind a network
/// takes a round trip for each. Errors: those of the store.
result<ElementCounts> count_replaced(WriteTransaction& transaction, Scope const& scope, std::string_view id,
                                     std::span<LargeAttributeEdit const> edits);

/// Whether elements are to be compared with so many that it is better done before the transaction.
bool replaces_many(ElementCounts const& counts, Scope const& scope);

struct Edited
{
    std::uint64_t changed = 0;  ///< how many elements
    ElementsChanged elements{}; ///< only where Scope::observed
};

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

/// Carries out one edit of the resource with this id. Errors:
/// invalid_value (references that contradict, unknown members that are refused), those of the store.
result<Edited> edit_in_place(WriteTransaction& transaction, Scope const& scope, std::string_view id,
                             LargeAttributeEdit const& edit);

} // namespace scimkit::service
