// The elements that a path with brackets, or with a sub-attribute of all of them, selects. What an edit leaves of one
// is judged as one that was sent (RFC 7644 section 3.5.2).
#include <scimkit/filter/evaluate.hpp>

#include "../resource/value_reader.hpp"
#include "edit.hpp"
#include "patcher.hpp"

namespace scimkit
{

result<void> Patcher::edit_items(json::value& slot, PatchOperation const& operation, Change const& change)
{
    auto const& target = operation.path.attribute;
    auto const selects = [&](json::value const& item)
    { return operation.path.filter.empty() || matches_element(operation.path.filter.front(), item); };
    auto* elements = slot.if_array();
    std::vector<std::size_t> selected;
    std::size_t const count = elements ? elements->size() : slot.is_null() ? 0 : 1;
    for (std::size_t i = 0; i < count; ++i)
        if (selects(elements ? (*elements)[i] : slot))
            selected.push_back(i);
    if (!options_.several_matches && selected.size() > 1 && !operation.path.filter.empty())
        return patch_fault(target, ErrorCode::invalid_filter, "the filter selects more than one element")
            .allowed_by("several-matches=on");
    if (selected.empty())
        return operation.op == PatchOp::remove ? nothing_to_remove(operation) : create(slot, operation, change);
    for (auto const i : selected)
    {
        auto& item = elements ? (*elements)[i] : slot;
        forget_claims(item, operation, change);
        if (auto edited = edit_item(item, operation, change); !edited)
            return edited;
        if (auto fine = elements ? check_edited((*elements)[i], target) : result<void>{}; !fine)
            return fine;
    }
    if (elements && sets_primary(target, change))
    {
        if (selected.size() > 1)
            return patch_fault(target, ErrorCode::invalid_value, "only one element can be primary")
                .against("7644-3.5.2-z");
        clear_other_primaries(*elements, selected.front());
    }
    prune(slot, *target.attribute);
    return {};
}

result<void> Patcher::check_edited(json::value const& element, AttributeRef const& target) const
{
    auto const* members = element.if_object();
    if (element.is_null() || (members && members->empty()))
        return {}; // comes to nothing, which is what was asked for
    return ValueReader{canonical_, target.schema}.check_element(element, *target.attribute, Place{target});
}

} // namespace scimkit
