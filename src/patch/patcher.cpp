// What one operation does to one attribute. Elements are named by position and looked up anew, since a place in an
// array ends with its next growth (RFC 7644 section 3.5.2).
#include "patcher.hpp"

#include <scimkit/filter/evaluate.hpp>

#include "../filter/visit.hpp"
#include "../resource/canonical_parts.hpp"
#include "edit.hpp"
#include "filter_values.hpp"
#include "special_targets.hpp"

namespace scimkit
{

namespace
{

// The URI of a reference by itself says what is meant, as its id does.
bool is_uri_of_reference(AttributeRef const& target) noexcept
{
    return target.sub_attribute && target.sub_attribute->name == "$ref" && is_resource_reference(*target.attribute);
}

// A replace that leaves nothing of what was there clears what it does not name, as far as clients may write it.
void clear_unnamed(json::object& members, Attribute const& attribute)
{
    for (Attribute const& sub : attribute.sub_attributes)
        if (sub.mutability != Mutability::read_only && !members.contains(sub.name))
            members[sub.name] = nullptr;
}

} // namespace

bool is_read_only(AttributeRef const& attribute) noexcept
{
    return attribute.attribute->mutability == Mutability::read_only ||
           attribute.leaf().mutability == Mutability::read_only;
}

result<void> Patcher::apply(PatchOperation const& operation)
{
    auto const& target = operation.path.attribute;
    if (operation.op != PatchOp::add || target.sub_attribute || !operation.path.filter.empty())
        forget_elements(target);
    if (!target.attribute)
        return remove_extension(draft_, *resource_.type, *target.schema, options_);
    if (is_common(target, "schemas"))
        return check_schemas_change(operation, *resource_.type, options_);
    if (is_read_only(target))
        return judge_read_only(operation);
    return change(operation, [&](json::value& slot) { return apply_to(slot, operation); });
}

result<void> Patcher::change(PatchOperation const& operation, function_ref<result<void>(json::value&)> edit)
{
    auto const& target = operation.path.attribute;
    auto& slot = draft_.value(target);
    if (auto charged = charge(operation, slot); !charged)
        return charged;
    bool const is_fixed = target.attribute->mutability == Mutability::immutable && !slot.is_null();
    auto const before = is_fixed ? slot : json::value{};
    if (auto edited = edit(slot); !edited)
        return edited;
    if (is_fixed && !same_state(before, slot))
        return patch_fault(target, ErrorCode::mutability, "it is immutable and has a value")
            .against(operation.op == PatchOp::remove ? "7644-3.5.2.2-k" : "7644-3.5.2-p");
    if (slot.is_null() && target.attribute->required && operation.op != PatchOp::add)
        return patch_fault(target, ErrorCode::mutability, "it is required and cannot be removed")
            .against("7644-3.5.2.2-i");
    return {};
}

result<void> Patcher::charge(PatchOperation const& operation, json::value const& slot)
{
    auto const& target = operation.path.attribute;
    auto const& filter = operation.path.filter;
    bool const is_addition = operation.op == PatchOp::add && filter.empty() && !target.sub_attribute;
    bool const is_known =
        is_addition && target.attribute->mutability != Mutability::immutable && known_elements(target);
    if (is_known)
        return {}; // add_elements pays for what it compares
    std::uint64_t const terms = filter.empty() ? 1 : count_terms(filter.front());
    if (auto fine = work_.look_at(target, count_elements(slot, target) * terms); !fine)
        return fine;
    return work_.read(target, weight_of(slot) * terms);
}

result<void> Patcher::judge_read_only(PatchOperation const& operation) const
{
    auto const& target = operation.path.attribute;
    bool const is_echo = operation.implicit && options_.ignore_readonly_echo;
    bool const is_other_id = is_common(target, "id") && operation.value != json::value(resource_.id);
    if (is_echo && !is_other_id)
        return {};
    return patch_fault(target, ErrorCode::mutability, "it is readOnly")
        .against(operation.op == PatchOp::remove ? "7644-3.5.2.2-j" : "7644-3.5.2-o")
        .allowed_by(operation.implicit && !is_other_id ? "ignore-readonly-echo=on" : "");
}

result<void> Patcher::apply_to(json::value& slot, PatchOperation const& operation)
{
    auto const& target = operation.path.attribute;
    bool const is_whole = operation.path.filter.empty() && !target.sub_attribute;
    bool const is_list = // the listed ones that are selected
        target.attribute->multi_valued && !target.sub_attribute && !operation.value.is_null();
    if (operation.op == PatchOp::remove && (is_whole || is_list))
        return remove_whole(slot, operation);
    if (is_whole && target.attribute->multi_valued)
        return set_elements(slot, operation);
    auto change = read_change(operation);
    if (!change)
        return change.error();
    if (operation.op == PatchOp::remove || target.attribute->multi_valued || !operation.path.filter.empty())
        return edit_items(slot, operation, *change);
    if (target.sub_attribute && slot.is_null() && !change->value.is_null())
        slot.emplace_object();
    else if (change->members && slot.is_null() && !change->members->empty())
        slot.emplace_object();
    forget_claims(slot, operation, *change);
    auto edited = edit_item(slot, operation, *change);
    prune(slot, *target.attribute);
    return edited;
}

result<Patcher::Change> Patcher::read_change(PatchOperation const& operation) const
{
    auto const& target = operation.path.attribute;
    auto const& leaf = target.leaf();
    Change change;
    if (operation.value.is_null())
        return change;
    if (operation.op == PatchOp::remove && !leaf.multi_valued)
    {
        auto said = read_said(operation);
        if (!said)
            return said.error();
        change.said = std::move(*said);
        return change;
    }
    if (operation.op == PatchOp::remove)
    {
        auto unwanted = read_unwanted(operation, canonical_);
        if (!unwanted)
            return unwanted.error();
        change.unwanted = std::move(*unwanted);
        return change;
    }
    if (leaf.multi_valued && target.sub_attribute)
    {
        auto elements = read_elements(operation, canonical_);
        if (!elements)
            return elements.error();
        change.value = elements->empty() ? json::value{} : json::value(std::move(*elements));
        return change;
    }
    bool const is_uri = is_uri_of_reference(target) && canonical_.id_of_uri;
    if (leaf.type == AttributeType::complex || is_uri)
    {
        auto whole = target;
        whole.sub_attribute = nullptr;
        auto members = canonicalise_members(is_uri ? json::object{{leaf.name, operation.value}} : operation.value,
                                            whole, canonical_);
        if (!members)
            return members.error();
        change.members = std::move(*members);
        bool const says_nothing = change.members->empty(); // {}, or what is readOnly and left out
        if (operation.op == PatchOp::replace && !options_.replace_merges && !is_uri && !says_nothing)
            clear_unnamed(*change.members, *target.attribute);
        return change;
    }
    auto value = leaf.multi_valued ? canonicalise_element(operation.value, target, 0, canonical_)
                                   : canonicalise_value(operation.value, target, canonical_);
    if (!value)
        return value.error();
    change.value = std::move(*value);
    return change;
}

// A reference that gets another `value`: what was said of the one before it goes with that.
void Patcher::forget_claims(json::value& item, PatchOperation const& operation, Change const& change)
{
    auto const& target = operation.path.attribute;
    auto* complex = is_resource_reference(*target.attribute) ? item.if_object() : nullptr;
    bool const is_of_value = target.sub_attribute && target.sub_attribute->name == "value";
    auto const* value = change.members ? change.members->if_contains("value") : is_of_value ? &change.value : nullptr;
    if (!complex || !value || (value->is_null() && operation.op == PatchOp::add))
        return;
    auto const* now = complex->if_contains("value");
    if (!now || *now != *value)
    {
        for (auto const* name : {"$ref", "type"})
            if (auto const claim = complex->find(name); claim != complex->end())
                complex->stable_erase(claim);
    }
}

result<void> Patcher::edit_item(json::value& item, PatchOperation const& operation, Change const& change)
{
    auto const& target = operation.path.attribute;
    if (auto fine = check_said(item, change.said, target); !fine)
        return fine;
    if (change.members)
    {
        auto* complex = item.if_object();
        return complex ? merge_members(*complex, *change.members, target, operation.op, work_) : result<void>{};
    }
    if (target.sub_attribute)
    {
        auto* complex = item.if_object();
        if (!complex)
            return {};
        if (operation.op == PatchOp::remove && is_uri_of_reference(target) && complex->contains("value"))
            return patch_fault(target, ErrorCode::mutability, "it is computed from \"value\", and goes with that")
                .against("7644-3.5.2.2-j");
        return change.unwanted ? remove_from_member(*complex, target, *change.unwanted, work_)
                               : edit_member(*complex, target, change.value, operation.op, work_);
    }
    if (!change.value.is_null() || operation.op != PatchOp::add)
        item = change.value;
    return {};
}

void Patcher::prune(json::value& value, Attribute const& attribute)
{
    if (auto* elements = value.if_array())
    {
        prune_elements(*elements, attribute);
        if (elements->empty())
            value = nullptr;
    }
    else if (value.is_object() && value.get_object().empty())
    {
        value = nullptr;
    }
}

} // namespace scimkit
