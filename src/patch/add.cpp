// PATCH `add` (RFC 7644 section 3.5.2.1): elements that are not there yet, to what is known of an attribute from
// additions before, and those that the filter of a value path describes where none matches it.
#include "../resource/canonical_parts.hpp"
#include "edit.hpp"
#include "filter_values.hpp"
#include "patcher.hpp"

#include <algorithm>

namespace scimkit
{

namespace
{

constexpr std::size_t none = static_cast<std::size_t>(-1);

} // namespace

result<void> add_elements(json::array& elements, json::array incoming, AttributeRef const& attribute,
                          ElementIndex& present, Work& work)
{
    if (auto fine = check_one_primary(incoming, attribute); !fine)
        return fine;
    std::size_t new_primary = none;
    Searches searches{present, attribute, work};
    for (auto& element : incoming)
    {
        bool const primary = is_primary(element);
        auto position = present.find(elements, element);
        if (auto fine = searches.pay(present); !fine)
            return fine;
        if (!position)
        {
            position = elements.size();
            elements.push_back(std::move(element));
            present.added(elements);
        }
        else if (primary)
        {
            elements[*position].get_object()["primary"] = true;
        }
        if (primary)
            new_primary = *position;
    }
    if (new_primary != none)
    {
        if (auto fine = work.look_at(attribute, elements.size()); !fine)
            return fine;
        clear_other_primaries(elements, new_primary);
    }
    return {};
}

ElementIndex* Patcher::known_elements(AttributeRef const& target) noexcept
{
    auto const known =
        std::find_if(known_.begin(), known_.end(), [&](Known const& each) { return each.target == target; });
    return known == known_.end() ? nullptr : &known->elements;
}

void Patcher::forget_elements(AttributeRef const& target) noexcept
{
    std::erase_if(
        known_, [&](Known const& each)
        { return target.attribute ? each.target.attribute == target.attribute : each.target.schema == target.schema; });
}

result<void> Patcher::add_to(json::value& slot, json::array elements, AttributeRef const& target)
{
    auto& now = slot.is_array() ? slot.get_array() : slot.emplace_array();
    auto* known = known_elements(target);
    if (!known)
    {
        bool const by_value = known_by_value(*target.attribute) || resource_.type->is_large(*target.attribute);
        auto const match = by_value ? ElementMatch::value_first : ElementMatch::given;
        known = &known_.emplace_back(Known{target, ElementIndex{*target.attribute, match}}).elements;
    }
    return add_elements(now, std::move(elements), target, *known, work_);
}

result<void> Patcher::create(json::value& slot, PatchOperation const& operation, Change const& change)
{
    auto const& target = operation.path.attribute;
    bool const has_filter = !operation.path.filter.empty();
    bool const could_create = target.attribute->multi_valued && target.attribute->type == AttributeType::complex &&
                              (target.sub_attribute || operation.op == PatchOp::add);
    auto described = has_filter && could_create ? element_of(operation.path.filter.front()) : std::nullopt;
    if (has_filter && !(described && options_.create_on_no_match))
    {
        return patch_fault(target, ErrorCode::no_target, "no element matches the filter")
            .against(operation.op == PatchOp::add ? "7644-3.5.2.1-o" : "7644-3.5.2.3-k")
            .allowed_by(described ? "create-on-no-match=on" : "");
    }
    if (change.value.is_null() && (!change.members || change.members->empty()))
        return {}; // what would be cleared is not there
    AttributeRef element_ref = target;
    element_ref.sub_attribute = nullptr;
    json::value element(json::object_kind);
    if (described)
    {
        auto members = canonicalise_members(*described, element_ref, canonical_);
        if (!members)
            return members.error();
        element = std::move(*members);
    }
    if (auto edited = edit_item(element, operation, change); !edited)
        return edited;
    auto whole = canonicalise_element(element, element_ref, 0, canonical_);
    if (!whole)
        return whole.error();
    forget_elements(target);
    return add_to(slot, json::array{std::move(*whole)}, element_ref);
}

} // namespace scimkit
