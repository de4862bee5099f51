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

struct Edited
{
    std::uint64_t changed = 0;  ///< how many elements
    ElementsChanged elements{}; ///< only where Scope::observed
};

/// Carries out one edit of the resource with this id. Errors:
/// invalid_value (references that contradict, unknown members that are refused), those of the store.
result<Edited> edit_in_place(WriteTransaction& transaction, Scope const& scope, std::string_view id,
                             LargeAttributeEdit const& edit);

} // namespace scimkit::service
