// `add` a member, then `remove` those whose type is "User": the type of the new one is computed, so it has to be known
// by then, or the removal is acknowledged and somebody stays.
#include "patch_operations.hpp"

#include "../filter/visit.hpp"
#include "../membership/reference_uris.hpp"
#include "../membership/references.hpp"
#include "../tolerance/rewriting.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace scimkit::service
{
namespace
{

bool mentions(json::value const& value, std::string_view text)
{
    if (auto const* string = value.if_string())
        return *string == text;
    if (auto const* array = value.if_array())
        return std::ranges::any_of(*array, [text](json::value const& each) { return mentions(each, text); });
    auto const* object = value.if_object();
    return object && std::ranges::any_of(*object, [text](json::key_value_pair const& each)
                                         { return mentions(each.value(), text); });
}

/// A fault of what the operations came to: that of the last one which names the culprit, else of the last one that
/// writes the attribute.
Error in_its_operation(Error error, std::span<PatchOperation const> operations, std::string_view culprit)
{
    PatchOperation const* guilty = nullptr;
    bool is_named = false;
    for (PatchOperation const& operation : operations)
    {
        AttributeRef whole = operation.path.attribute;
        whole.sub_attribute = nullptr;
        if (error.attribute.empty() || operation.op == PatchOp::remove || !whole.attribute ||
            !error.attribute.starts_with(whole.path()))
            continue;
        bool const names_it = mentions(operation.value, culprit);
        if (names_it || !is_named)
            guilty = &operation;
        is_named = is_named || names_it;
    }
    return guilty ? in_operation(std::move(error), guilty->position) : error;
}

membership::ReferenceAttribute const* reference_of(PatchOperation const& operation, Scope const& scope)
{
    for (membership::ReferenceAttribute const& reference : scope.type_rules->references)
        if (reference.attribute.attribute == operation.path.attribute.attribute)
            return &reference;
    return nullptr;
}

/// Whether it asks for what is computed of a reference. (`$ref` is `value` and `type` by now.)
bool asks_for_computed(PatchOperation const& operation, membership::ReferenceAttribute const& reference)
{
    auto const* named = operation.path.attribute.sub_attribute; // or whether it may be written
    bool asks = named && (named == reference.type_attribute || named == reference.uri_attribute);
    for (BoundFilter const& filter : operation.path.filter)
        for_each_attribute(filter,
                           [&](AttributeRef const& tested)
                           {
                               asks =
                                   asks || (tested.sub_attribute && (tested.sub_attribute == reference.type_attribute ||
                                                                     tested.sub_attribute == reference.uri_attribute));
                           });
    return asks;
}

/// References of which operations may have brought elements that are not settled yet.
class Brought
{
public:
    /// Whether they have to be settled before this one.
    bool is_asked_by(PatchOperation const& operation, membership::ReferenceAttribute const& reference) const
    {
        return std::ranges::find(attributes_, reference.attribute.attribute) != attributes_.end() &&
               asks_for_computed(operation, reference);
    }
    void note(PatchOperation const& operation, membership::ReferenceAttribute const& reference)
    {
        auto const* attribute = reference.attribute.attribute;
        if (operation.op != PatchOp::remove && std::ranges::find(attributes_, attribute) == attributes_.end())
            attributes_.push_back(attribute);
    }
    void forget() noexcept { attributes_.clear(); }

private:
    std::vector<Attribute const*> attributes_{};
};

result<void> settle_between(ReadTransaction& transaction, Scope const& scope,
                            std::span<PatchOperation const> operations, json::object& attributes,
                            json::object const& before)
{
    for (membership::ReferenceAttribute const& reference : scope.type_rules->references)
    {
        auto const* value = find_value(attributes, reference.attribute);
        auto const* elements = value ? value->if_array() : nullptr;
        if (auto charged = scope.context.charge((elements ? elements->size() : 1) * Budget::visit); !charged)
            return charged;
    }
    std::string culprit;
    auto settled = settle_references(transaction, attributes, &before, scope, UnknownMembers::keep, &culprit);
    return settled ? settled : in_its_operation(std::move(settled).error(), operations, culprit);
}

} // namespace

PatchOptions patch_options_of(Scope const& scope, Tolerance const& tolerance)
{
    auto const& limits = scope.state.options.limits;
    PatchOptions options = patch_options(tolerance);
    options.bind.refuse_null_characters = !scope.state.traits.null_characters;
    options.budget = scope.context.budget;
    options.canonical.budget = scope.context.budget;
    options.canonical.max_value_bytes = limits.max_value_bytes;
    options.canonical.id_of_uri = membership::id_of_uri(*scope.type_rules, scope.rules);
    options.max_operations = limits.max_patch_operations;
    options.filter.max_depth = limits.max_filter_depth;
    options.filter.max_terms = limits.max_filter_terms;
    return options;
}

Error in_operation(Error error, std::size_t position)
{
    if (!error.attribute.empty())
        error.detail.insert(0, "Operations[" + std::to_string(position) + "]: ");
    return error;
}

result<void> check_all_claims(ReadTransaction& transaction, Scope const& scope,
                              std::span<PatchOperation const> operations)
{
    auto const options = patch_options_of(scope, scope.tolerance()).canonical;
    for (PatchOperation const& operation : operations)
        if (auto checked = check_claims(transaction, operation, options, scope); !checked)
            return in_operation(std::move(checked).error(), operation.position);
    return {};
}

result<void> settle_change(ReadTransaction& transaction, Scope const& scope, std::span<PatchOperation const> operations,
                           json::object& attributes, json::object const& before)
{
    auto const options = patch_options_of(scope, scope.tolerance()).canonical;
    for (PatchOperation const& operation : operations)
        if (auto checked = check_remains(transaction, operation, before, options, scope); !checked)
            return in_operation(std::move(checked).error(), operation.position);
    std::string culprit;
    auto settled = settle_references(transaction, attributes, &before, scope, &culprit);
    return settled ? settled : in_its_operation(std::move(settled).error(), operations, culprit);
}

result<bool> apply_operations(ReadTransaction& transaction, Scope const& scope,
                              std::span<PatchOperation const> operations, Resource& resource,
                              json::object const& before)
{
    Brought brought;
    auto const settle = [&](std::size_t position) -> result<bool>
    {
        PatchOperation const& operation = operations[position];
        auto const* reference = reference_of(operation, scope);
        if (!reference)
            return false;
        bool const is_asked = brought.is_asked_by(operation, *reference);
        if (is_asked)
        {
            auto settled = settle_between(transaction, scope, operations.first(position), resource.attributes, before);
            if (!settled)
                return std::move(settled).error();
            brought.forget();
        }
        brought.note(operation, *reference);
        return is_asked;
    };
    return apply_patch(resource, operations, patch_options_of(scope, scope.tolerance()), settle);
}

} // namespace scimkit::service
