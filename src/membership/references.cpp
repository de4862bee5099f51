// One rule for identity: what an element refers to is decided by its `value` and by what is stored, in one place, for
// every way in. Claims beside it are compared and dropped, so that nothing contradictory is ever stored.
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

constexpr std::size_t max_named = 10;
constexpr std::uint64_t look_up_work = 1'000; ///< of a resource by its id, in units of Budget

using KnownElements = std::unordered_map<std::string_view, json::object const*>;

/// The elements that were there before, by `value`. Points into `before`.
KnownElements known_elements(json::object const* before, ReferenceAttribute const& reference)
{
    KnownElements known;
    auto const* value = before != nullptr ? find_value(*before, reference.attribute) : nullptr;
    if (value == nullptr)
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
    for (json::value& element : elements)
    {
        auto* object = element.if_object();
        if (object == nullptr)
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

} // namespace

ReferenceRule::ReferenceRule(ReadTransaction& transaction, ReferenceAttribute const& reference, Scope const& scope,
                             UnknownMembers policy)
    : transaction_{transaction}
    , reference_{reference}
    , scope_{scope}
    , policy_{policy}
{
}

ResourceType const* ReferenceRule::target_named(std::string_view name) const noexcept
{
    for (ResourceType const* target : reference_.targets)
        if (equal_ascii_ignoring_case(target->name(), name))
            return target;
    return nullptr;
}

result<ResourceType const*> ReferenceRule::look_up(std::string_view value, ResourceType const* first) const
{
    ResourceType const* found = nullptr;
    auto const look_in = [&](ResourceType const& target) -> result<void>
    {
        if (auto charged = scope_.context.charge(look_up_work); !charged)
            return charged;
        auto const stored = transaction_.get(target, value, wanted_nothing());
        if (!stored)
            return stored.error();
        if (*stored)
            found = &target;
        return {};
    };
    if (first != nullptr)
        if (auto looked = look_in(*first); !looked)
            return looked.error();
    for (ResourceType const* target : reference_.targets)
        if (found == nullptr && target != first)
            if (auto looked = look_in(*target); !looked)
                return looked.error();
    return found;
}

result<void> ReferenceRule::contradiction(std::string_view sub_attribute) const
{
    if (scope_.rules.policy.contradicting_references)
        return {};
    std::string const path = reference_.attribute.path();
    return Error{ErrorCode::invalid_value, path + ": " + std::string{sub_attribute} + " contradicts value.", path};
}

result<bool> ReferenceRule::unknown(std::string_view value)
{
    if (policy_ == UnknownMembers::reject && unknown_count_++ < max_named)
        unknown_.emplace_back(value);
    return policy_ != UnknownMembers::skip;
}

result<bool> ReferenceRule::settle(json::object& element, json::object const* stored)
{
    if (auto charged = scope_.context.charge(Budget::visit); !charged)
        return std::move(charged).error();
    std::string const claimed_uri{text_member(element, "$ref")};
    std::string const claimed_type{reference_.type_attribute ? text_member(element, "type") : std::string_view{}};
    auto const target = reference_target(claimed_uri, reference_, scope_.rules.base_url);
    if (text_member(element, "value").empty())
    {
        if (!target || element.contains("value"))
        {
            if (stored != nullptr) // as one that was stored once
                return true;
            AttributeRef id = reference_.attribute;
            id.sub_attribute = reference_.value_attribute;
            return Error{ErrorCode::invalid_value, id.path() + ": it is required: it says what is meant.", id.path()};
        }
        element["value"] = target->id;
    }
    std::string const value{text_member(element, "value")};
    bool const same_target = target && target->id == value;

    // What is there already was looked up when it came, unless the client says something else of it now.
    auto const stored_type = stored != nullptr ? text_member(*stored, "type") : std::string_view{};
    bool const repeats = claimed_type.empty() || equal_ascii_ignoring_case(claimed_type, stored_type);
    ResourceType const* claim = target_named(claimed_type);
    if (claim == nullptr && same_target)
        claim = target->type;
    ResourceType const* type = repeats && reference_.type_attribute ? target_named(stored_type) : nullptr;
    bool known = type != nullptr;
    bool const checks_policy = stored == nullptr && policy_ != UnknownMembers::keep && reference_.is_multi_valued();
    if (!known && (checks_policy || reference_.targets.size() > 1))
    {
        auto const found = look_up(value, claim);
        if (!found)
            return found.error();
        known = *found != nullptr;
        type = known ? *found : claim != nullptr ? claim : target_named(stored_type);
        if (!known && stored == nullptr)
        {
            auto const stays = unknown(value);
            if (!stays || !*stays)
                return stays;
        }
    }
    else if (!known)
        type = reference_.targets.front();

    if (type == nullptr && computes_uri(reference_) && reference_.type_attribute == nullptr)
        type = reference_.targets.front();

    if (!repeats && type != nullptr && !equal_ascii_ignoring_case(type->name(), claimed_type))
        if (auto allowed = contradiction("type"); !allowed)
            return std::move(allowed).error();
    bool const uri_repeats = stored != nullptr && claimed_uri == text_member(*stored, "$ref");
    bool const uri_holds = type != nullptr ? same_target && target->type == type : !target || same_target;
    if (!claimed_uri.empty() && !uri_repeats && !uri_holds)
        if (auto allowed = contradiction("$ref"); !allowed)
            return std::move(allowed).error();

    if (reference_.type_attribute != nullptr && type != nullptr)
        element["type"] = type->name();
    if (type == nullptr ? !uri_holds : computes_uri(reference_)) // what is elsewhere is kept as it was sent
        element.stable_erase("$ref");
    else if (type != nullptr)
        element["$ref"] = uri_of(*type, value, scope_.rules);
    return true;
}

result<void> ReferenceRule::finish() const
{
    if (unknown_count_ == 0)
        return {};
    std::string const path = reference_.attribute.path();
    std::string detail = path + ": there are no resources with these ids: ";
    for (std::string const& id : unknown_)
        detail += (&id == &unknown_.front() ? "" : ", ") + id;
    if (unknown_count_ > unknown_.size())
        detail += " and " + std::to_string(unknown_count_ - unknown_.size()) + " more";
    return Error{ErrorCode::invalid_value, detail + ".", path};
}

result<void> settle_references(ReadTransaction& transaction, json::object& attributes, json::object const* before,
                               Scope const& scope)
{
    for (ReferenceAttribute const& reference : scope.type_rules->references)
    {
        auto* value = find_reference(attributes, reference);
        if (value == nullptr)
            continue;
        auto const known = known_elements(before, reference);
        ReferenceRule rule{transaction, reference, scope, scope.rules.policy.unknown_members};
        if (auto* object = value->if_object())
        {
            auto const settled = rule.settle(*object, find_known(known, text_member(*object, "value")));
            if (!settled)
                return settled.error();
        }
        else if (auto* array = value->if_array())
        {
            if (auto settled = settle_elements(*array, known, rule); !settled)
                return settled;
            if (array->empty())
                owner_of(attributes, reference)->stable_erase(reference.attribute.attribute->name);
        }
    }
    return {};
}

result<void> check_claims(ReadTransaction& transaction, json::value const& value, AttributeRef const& attribute,
                          Scope const& scope)
{
    if (attribute.sub_attribute != nullptr || scope.rules.policy.contradicting_references)
        return {};
    for (ReferenceAttribute const& reference : scope.type_rules->references)
    {
        if (reference.attribute.attribute != attribute.attribute)
            continue;
        ReferenceRule rule{transaction, reference, scope, UnknownMembers::keep};
        json::value claimed = value;
        result<void> checked;
        std::set<std::string> seen; // what comes again in one list is passed over, whatever it says
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
    return {};
}

} // namespace scimkit::membership
