// One rule for identity: what an element refers to is decided by its `value` and by what is stored, in one place, for
// every way in. Claims beside it are compared and dropped, so that nothing contradictory is ever stored (RFC 7643
// section 2.3.7).
#include "references.hpp"

#include <scimkit/core/text.hpp>

#include "elements.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>

namespace scimkit::membership
{
namespace
{

using KnownElements = std::unordered_map<std::string_view, json::object const*>;

/// The elements that were there before, by `value`. Points into `before`.
KnownElements known_elements(json::object const* before, ReferenceAttribute const& reference)
{
    KnownElements known;
    auto const* value = before ? find_value(*before, reference.attribute) : nullptr;
    if (!value)
        return known;
    auto const add = [&](json::value const& element)
    {
        if (auto const* object = element.if_object())
            known.emplace(text_member(*object, "value"), object);
    };
    if (auto const* array = value->if_array())
        for (json::value const& element : *array)
            add(element);
    else
        add(*value);
    return known;
}

json::object const* find_known(KnownElements const& known, std::string_view value)
{
    auto const found = known.find(value);
    return found == known.end() ? nullptr : found->second;
}

/// Settles the elements of one multi-valued reference.
result<void> settle_elements(json::array& elements, KnownElements const& known, ReferenceRule& rule)
{
    std::unordered_set<std::string> seen;
    json::array settled(elements.storage());
    settled.reserve(elements.size());
    std::vector<std::string_view> fresh;
    for (json::value const& element : elements)
        if (auto const* object = element.if_object())
            if (auto const value = text_member(*object, "value"); !find_known(known, value))
                fresh.push_back(value);
    if (auto looked = rule.look_ahead(fresh); !looked)
        return looked;
    for (json::value& element : elements)
    {
        auto* object = element.if_object();
        if (!object)
        {
            settled.push_back(std::move(element)); // not for this rule to judge
            continue;
        }
        auto const stays = rule.settle(*object, find_known(known, text_member(*object, "value")));
        if (!stays)
            return stays.error();
        auto const value = text_member(*object, "value");
        if (*stays && (value.empty() || seen.emplace(value).second))
            settled.push_back(std::move(element));
    }
    elements = std::move(settled);
    return rule.finish();
}

/// The reference that an operation adds to, or replaces, as a whole; null if it does not.
ReferenceAttribute const* listed_reference(PatchOperation const& operation, Scope const& scope)
{
    AttributeRef const& target = operation.path.attribute;
    if (operation.op == PatchOp::remove || !operation.path.filter.empty() || target.sub_attribute)
        return nullptr;
    for (ReferenceAttribute const& reference : scope.type_rules->references)
        if (reference.attribute.attribute == target.attribute)
            return &reference;
    return nullptr;
}

/// The operation's value in canonical form; nothing if it has none, which whoever applies it tells.
std::optional<json::value> read_listed(PatchOperation const& operation, CanonicalOptions const& options)
{
    AttributeRef const& target = operation.path.attribute;
    bool const is_one = target.attribute->multi_valued && !operation.value.is_array() && !operation.value.is_null();
    auto read = is_one ? canonicalise_element(operation.value, target, 0, options)
                       : canonicalise_value(operation.value, target, options);
    return read ? std::optional{std::move(*read)} : std::nullopt;
}

/// Whether an element of this `value` is there.
result<bool> is_listed(std::string_view value, json::object const& before, ReferenceAttribute const& reference,
                       Scope const& scope)
{
    auto const* listed = find_value(before, reference.attribute);
    auto const* elements = listed ? listed->if_array() : nullptr;
    if (!elements)
        return false;
    if (auto charged = scope.context.charge(elements->size() * Budget::visit); !charged)
        return std::move(charged).error();
    return std::ranges::any_of(*elements,
                               [&](json::value const& element)
                               {
                                   auto const* object = element.if_object();
                                   return object && text_member(*object, "value") == value;
                               });
}

/// Whether something remains of a list where unknown ones are left out.
result<void> check_remains(ReadTransaction& transaction, json::value const& read, json::object const& before,
                           ReferenceAttribute const& reference, Scope const& scope)
{
    if (read.is_null())
        return {};
    ReferenceRule rule{transaction, reference, scope, UnknownMembers::skip};
    json::array const one(read.is_array() ? 0 : 1, read);
    for (json::value const& element : read.is_array() ? read.get_array() : one)
    {
        json::object claimed = element.get_object(); // canonical elements of a reference are objects
        auto stays = rule.settle(claimed, nullptr);
        if (stays && !*stays)
            stays = is_listed(text_member(claimed, "value"), before, reference, scope);
        if (!stays || *stays)
            return stays ? result<void>{} : stays.error();
    }
    return rule.finish();
}

/// Whether elements claim what contradicts their `value`.
result<void> check_claims(ReadTransaction& transaction, json::value const& read, ReferenceAttribute const& reference,
                          Scope const& scope)
{
    ReferenceRule rule{transaction, reference, scope, UnknownMembers::keep};
    result<void> checked;
    std::set<std::string> seen; // what comes again in one list is passed over, whatever it says
    json::value claimed = read;
    for_each_element(claimed,
                     [&](json::object& element)
                     {
                         bool const is_new = seen.emplace(text_member(element, "value")).second;
                         if (!is_new || (!element.contains("$ref") && !element.contains("type")))
                             return;
                         if (auto const settled = rule.settle(element, nullptr); checked && !settled)
                             checked = settled.error();
                     });
    return checked;
}

} // namespace

result<void> settle_references(ReadTransaction& transaction, json::object& attributes, json::object const* before,
                               Scope const& scope, std::string* culprit)
{
    return settle_references(transaction, attributes, before, scope, scope.rules.policy.unknown_members, culprit);
}

result<void> settle_references(ReadTransaction& transaction, json::object& attributes, json::object const* before,
                               Scope const& scope, UnknownMembers unknown, std::string* culprit)
{
    for (ReferenceAttribute const& reference : scope.type_rules->references)
    {
        auto* value = find_reference(attributes, reference);
        if (!value)
            continue;
        auto const known = known_elements(before, reference);
        ReferenceRule rule{transaction, reference, scope, unknown};
        result<void> settled;
        if (auto* object = value->if_object())
        {
            if (auto one = rule.settle(*object, find_known(known, text_member(*object, "value"))); !one)
                settled = std::move(one).error();
        }
        else if (auto* array = value->if_array())
            settled = settle_elements(*array, known, rule);
        if (!settled && culprit)
            *culprit = rule.culprit();
        if (!settled)
            return settled;
    }
    return {};
}

result<void> check_claims(ReadTransaction& transaction, PatchOperation const& operation,
                          CanonicalOptions const& options, Scope const& scope)
{
    auto const* reference = scope.rules.policy.contradicting_references ? nullptr : listed_reference(operation, scope);
    auto const read = reference ? read_listed(operation, options) : std::nullopt;
    return read ? check_claims(transaction, *read, *reference, scope) : result<void>{};
}

result<void> check_remains(ReadTransaction& transaction, PatchOperation const& operation, json::object const& before,
                           CanonicalOptions const& options, Scope const& scope)
{
    bool const is_asked = scope.rules.policy.unknown_members == UnknownMembers::skip;
    auto const* reference = is_asked ? listed_reference(operation, scope) : nullptr;
    if (!reference || !reference->is_multi_valued())
        return {};
    auto const read = read_listed(operation, options);
    return read ? check_remains(transaction, *read, before, *reference, scope) : result<void>{};
}

} // namespace scimkit::membership
