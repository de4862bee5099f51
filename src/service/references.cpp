// One rule for identity: what an element refers to is decided by its `value` and by what is stored, in one place, for
// every way in. Claims beside it are compared and dropped, so that nothing contradictory is ever stored.
#include "references.hpp"

#include <scimkit/core/text.hpp>

#include "target.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>

namespace scimkit::service
{
namespace
{

void add_reference(std::vector<ReferenceAttribute>& references, AttributeRef attribute, SchemaRegistry const& registry)
{
    Attribute const& definition = *attribute.attribute;
    auto const* uri = definition.find_sub_attribute("$ref");
    auto const* value = definition.find_sub_attribute("value");
    if (definition.mutability == Mutability::read_only || uri == nullptr || value == nullptr)
        return;
    ReferenceAttribute reference{.attribute = attribute,
                                 .value_attribute = value,
                                 .uri_attribute = uri,
                                 .type_attribute = definition.find_sub_attribute("type")};
    for (std::string const& name : uri->reference_types)
        if (auto const* target = registry.find_resource_type(name))
            reference.targets.push_back(target);
    if (!reference.targets.empty())
        references.push_back(std::move(reference));
}

/// The object that has the attribute: the attributes themselves, or the extension's object; null if that is missing.
json::object* owner_of(json::object& attributes, ReferenceAttribute const& reference)
{
    if (!reference.attribute.in_extension)
        return &attributes;
    auto* extension = attributes.if_contains(reference.attribute.schema->id);
    return extension != nullptr ? extension->if_object() : nullptr;
}

json::value* find_reference(json::object& attributes, ReferenceAttribute const& reference)
{
    auto* owner = owner_of(attributes, reference);
    return owner != nullptr ? owner->if_contains(reference.attribute.attribute->name) : nullptr;
}

/// Calls `visit` with each element of an attribute, or with its single value.
template <class Visit>
void for_each_element(json::value& value, Visit visit)
{
    if (auto* object = value.if_object())
        visit(*object);
    else if (auto* array = value.if_array())
        for (json::value& element : *array)
            if (auto* member = element.if_object())
                visit(*member);
}

/// Without a version segment at its end: URIs that differ only in it mean the same resource (RFC 7643 section 2.4).
std::string_view without_version(std::string_view base)
{
    auto const slash = base.rfind('/');
    std::string_view const last = slash == std::string_view::npos ? base : base.substr(slash + 1);
    bool const version = last.size() >= 2 && (last.front() == 'v' || last.front() == 'V') &&
                         last.find_first_not_of("0123456789", 1) == std::string_view::npos;
    return version && slash != std::string_view::npos ? base.substr(0, slash) : base;
}

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

/// The reference that an operation adds to, or replaces, as a whole; null if it does not.
ReferenceAttribute const* listed_reference(PatchOperation const& operation, Call const& call)
{
    AttributeRef const& target = operation.path.attribute;
    if (operation.op == PatchOp::remove || !operation.path.filter.empty() || target.sub_attribute != nullptr)
        return nullptr;
    for (ReferenceAttribute const& reference : call.plan().references)
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
                       Call const& call)
{
    auto const* listed = find_value(before, reference.attribute);
    auto const* elements = listed != nullptr ? listed->if_array() : nullptr;
    if (elements == nullptr)
        return false;
    if (auto charged = call.context.charge(elements->size() * Budget::visit); !charged)
        return std::move(charged).error();
    return std::ranges::any_of(*elements,
                               [&](json::value const& element)
                               {
                                   auto const* object = element.if_object();
                                   return object != nullptr && text_member(*object, "value") == value;
                               });
}

/// Whether something remains of a list where unknown ones are left out.
result<void> check_remains(ReadTransaction& transaction, json::value const& read, json::object const& before,
                           ReferenceAttribute const& reference, Call const& call)
{
    if (read.is_null())
        return {};
    ReferenceRule rule{transaction, reference, call, UnknownMembers::skip};
    json::array const one(read.is_array() ? 0 : 1, read);
    for (json::value const& element : read.is_array() ? read.get_array() : one)
    {
        json::object claimed = element.get_object(); // canonical elements of a reference are objects
        auto stays = rule.settle(claimed, nullptr);
        if (stays && !*stays)
            stays = is_listed(text_member(claimed, "value"), before, reference, call);
        if (!stays || *stays)
            return stays ? result<void>{} : stays.error();
    }
    return rule.finish();
}

/// Whether elements claim what contradicts their `value`.
result<void> check_claims(ReadTransaction& transaction, json::value const& read, ReferenceAttribute const& reference,
                          Call const& call)
{
    ReferenceRule rule{transaction, reference, call, UnknownMembers::keep};
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

std::string_view text_member(json::object const& object, std::string_view name) noexcept
{
    auto const* value = object.if_contains(name);
    auto const* text = value != nullptr ? value->if_string() : nullptr;
    return text != nullptr ? std::string_view{*text} : std::string_view{};
}

std::vector<ReferenceAttribute> reference_attributes(ResourceType const& type, SchemaRegistry const& registry)
{
    std::vector<ReferenceAttribute> references;
    for (Attribute const& attribute : type.schema().attributes)
        add_reference(references, {&type.schema(), &attribute}, registry);
    for (auto const& extension : type.extensions())
        for (Attribute const& attribute : extension.schema->attributes)
            add_reference(references, {extension.schema, &attribute, nullptr, true}, registry);
    return references;
}

std::optional<ReferenceTarget> reference_target(std::string_view uri, ReferenceAttribute const& reference,
                                                std::string_view base_url)
{
    auto const slash = uri.rfind('/');
    if (slash == std::string_view::npos || slash + 1 == uri.size())
        return std::nullopt;
    if (uri.find_first_of("?#") != std::string_view::npos)
        return std::nullopt; // no part of a path, so of no id either
    auto id = decode_segment(uri.substr(slash + 1));
    if (!id || !is_valid_utf8(*id))
        return std::nullopt;
    std::string_view const collection = uri.substr(0, slash);
    for (ResourceType const* type : reference.targets)
    {
        std::string_view const endpoint = type->endpoint();
        if (collection == endpoint.substr(1))
            return ReferenceTarget{type, std::move(*id)};
        if (!collection.ends_with(endpoint))
            continue;
        std::string_view const base = collection.substr(0, collection.size() - endpoint.size());
        if (base.find("://") == std::string_view::npos || without_version(base) == without_version(base_url))
            return ReferenceTarget{type, std::move(*id)};
    }
    return std::nullopt;
}

std::string location_of(ResourceType const& type, std::string_view id, ServiceState const& state)
{
    std::string uri = state.plan_of(type).location_prefix;
    append_segment(uri, id);
    return uri;
}

std::function<std::optional<std::string>(Attribute const&, std::string_view)> id_of_uri(TypePlan const& plan,
                                                                                        std::string const& base_url)
{
    return [&plan, &base_url](Attribute const& attribute, std::string_view uri) -> std::optional<std::string>
    {
        for (ReferenceAttribute const& reference : plan.references)
            if (reference.attribute.attribute == &attribute)
                if (auto target = reference_target(uri, reference, base_url))
                    return std::move(target->id);
        return std::nullopt;
    };
}

bool computes_uri(ReferenceAttribute const& reference) noexcept
{
    return reference.type_attribute != nullptr || reference.targets.size() == 1;
}

result<void> settle_references(ReadTransaction& transaction, json::object& attributes, json::object const* before,
                               Call const& call, std::string* culprit)
{
    for (ReferenceAttribute const& reference : call.plan().references)
    {
        auto* value = find_reference(attributes, reference);
        if (value == nullptr)
            continue;
        auto const known = known_elements(before, reference);
        ReferenceRule rule{transaction, reference, call, call.tolerance().unknown_members};
        result<void> settled;
        if (auto* object = value->if_object())
        {
            if (auto one = rule.settle(*object, find_known(known, text_member(*object, "value"))); !one)
                settled = std::move(one).error();
        }
        else if (auto* array = value->if_array())
            settled = settle_elements(*array, known, rule);
        if (!settled && culprit != nullptr)
            *culprit = rule.culprit();
        if (!settled)
            return settled;
    }
    return {};
}

result<void> check_claims(ReadTransaction& transaction, PatchOperation const& operation,
                          CanonicalOptions const& options, Call const& call)
{
    auto const* reference = call.tolerance().contradicting_references ? nullptr : listed_reference(operation, call);
    auto const read = reference != nullptr ? read_listed(operation, options) : std::nullopt;
    return read ? check_claims(transaction, *read, *reference, call) : result<void>{};
}

result<void> check_remains(ReadTransaction& transaction, PatchOperation const& operation, json::object const& before,
                           CanonicalOptions const& options, Call const& call)
{
    bool const is_asked = call.tolerance().unknown_members == UnknownMembers::skip;
    auto const* reference = is_asked ? listed_reference(operation, call) : nullptr;
    if (reference == nullptr || !reference->is_multi_valued())
        return {};
    auto const read = read_listed(operation, options);
    return read ? check_remains(transaction, *read, before, *reference, call) : result<void>{};
}

std::string reference_uri(json::object const& element, ReferenceAttribute const& reference, ServiceState const& state)
{
    auto const value = text_member(element, "value");
    if (value.empty())
        return {};
    ResourceType const* target = nullptr;
    if (reference.type_attribute == nullptr)
        target = reference.targets.size() == 1 ? reference.targets.front() : nullptr;
    else
        for (auto const type = text_member(element, "type"); ResourceType const* candidate : reference.targets)
            if (equal_ascii_ignoring_case(candidate->name(), type))
                target = candidate;
    return target != nullptr ? location_of(*target, value, state) : std::string{};
}

void add_references(json::object& attributes, ReferenceAttribute const& reference, ServiceState const& state)
{
    if (auto* value = find_reference(attributes, reference))
        for_each_element(*value,
                         [&](json::object& element)
                         {
                             if (auto const uri = reference_uri(element, reference, state); !uri.empty())
                                 element["$ref"] = uri;
                         });
}

} // namespace scimkit::service
