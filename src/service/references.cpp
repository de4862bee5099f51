#include "references.hpp"

#include "target.hpp"

#include <algorithm>
#include <unordered_map>

namespace scimkit::service
{
namespace
{

constexpr std::size_t max_named = 10;

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

/// The elements that were there before, by `value`.
KnownElements known_elements(json::object const* before, ReferenceAttribute const& reference)
{
    KnownElements known;
    auto const* value = before != nullptr ? find_value(*before, reference.attribute) : nullptr;
    auto const* array = value != nullptr ? value->if_array() : nullptr;
    if (array == nullptr)
        return known;
    known.reserve(array->size());
    for (json::value const& element : *array)
        if (auto const* object = element.if_object())
            known.emplace(text_member(*object, "value"), object);
    return known;
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
    std::string_view const collection = uri.substr(0, slash);
    for (ResourceType const* type : reference.targets)
    {
        std::string_view const endpoint = type->endpoint();
        if (collection == endpoint.substr(1))
            return ReferenceTarget{type, uri.substr(slash + 1)};
        if (!collection.ends_with(endpoint))
            continue;
        std::string_view const base = collection.substr(0, collection.size() - endpoint.size());
        if (base.find("://") == std::string_view::npos || without_version(base) == without_version(base_url))
            return ReferenceTarget{type, uri.substr(slash + 1)};
    }
    return std::nullopt;
}

void drop_computed_reference(json::object& element, ReferenceAttribute const& reference, std::string_view base_url)
{
    if (reference.type_attribute == nullptr && reference.targets.size() != 1)
        return; // nothing computes it again
    auto const target = reference_target(text_member(element, "$ref"), reference, base_url);
    if (!target)
        return;
    std::string id;
    append_segment(id, text_member(element, "value"));
    if (target->id != id)
        return;
    if (reference.type_attribute != nullptr)
    {
        auto const type = text_member(element, "type");
        if (type.empty())
            element["type"] = target->type->name();
        else if (type != target->type->name())
            return;
    }
    element.stable_erase("$ref");
}

void drop_computed_references(json::object& attributes, TypePlan const& plan, std::string_view base_url)
{
    for (ReferenceAttribute const& reference : plan.references)
        if (auto* value = find_reference(attributes, reference))
            for_each_element(*value,
                             [&](json::object& element) { drop_computed_reference(element, reference, base_url); });
}

ReferenceCheck::ReferenceCheck(ReadTransaction& transaction, ReferenceAttribute const& reference, UnknownMembers policy)
    : transaction_{transaction}
    , reference_{reference}
    , policy_{policy}
{
}

result<bool> ReferenceCheck::admit(json::object& element)
{
    auto const value = text_member(element, "value");
    bool const lacks_type = reference_.type_attribute != nullptr && text_member(element, "type").empty();
    if (value.empty() || (policy_ == UnknownMembers::keep && !lacks_type))
        return true;
    for (ResourceType const* target : reference_.targets)
    {
        auto const found = transaction_.get(*target, value, {});
        if (!found)
            return found.error();
        if (*found)
        {
            if (lacks_type)
                element["type"] = target->name();
            return true;
        }
    }
    if (policy_ == UnknownMembers::reject && unknown_count_++ < max_named)
        unknown_.emplace_back(value);
    return policy_ != UnknownMembers::skip;
}

result<void> ReferenceCheck::finish() const
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

result<void> check_references(ReadTransaction& transaction, json::object& attributes, json::object const* before,
                              TypePlan const& plan, UnknownMembers policy)
{
    for (ReferenceAttribute const& reference : plan.references)
    {
        auto* value = find_reference(attributes, reference);
        auto* array = value != nullptr ? value->if_array() : nullptr;
        if (array == nullptr)
            continue;
        auto const known = known_elements(before, reference);
        ReferenceCheck check{transaction, reference, policy};
        bool some_left_out = false;
        for (json::value& element : *array)
        {
            auto& object = element.get_object();
            if (auto const stored = known.find(text_member(object, "value")); stored != known.end())
            {
                auto const* type = stored->second->if_contains("type");
                if (type != nullptr && !object.contains("type"))
                    object["type"] = *type;
                continue;
            }
            auto const admitted = check.admit(object);
            if (!admitted)
                return admitted.error();
            if (!*admitted)
            {
                element = nullptr; // an array of canonical elements has no null, so that it can mark one
                some_left_out = true;
            }
        }
        if (auto finished = check.finish(); !finished)
            return finished;
        if (some_left_out)
        {
            auto const gone = std::remove_if(array->begin(), array->end(),
                                             [](json::value const& element) { return element.is_null(); });
            array->erase(gone, array->end());
            if (array->empty())
                owner_of(attributes, reference)->stable_erase(reference.attribute.attribute->name);
        }
    }
    return {};
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
            if (candidate->name() == type)
                target = candidate;
    if (target == nullptr)
        return {};
    std::string uri = state.plan_of(*target).location_prefix;
    append_segment(uri, value);
    return uri;
}

void add_references(json::object& attributes, ReferenceAttribute const& reference, ServiceState const& state)
{
    if (auto* value = find_reference(attributes, reference))
        for_each_element(*value,
                         [&](json::object& element)
                         {
                             if (element.contains("$ref"))
                                 return; // it says something else
                             if (auto const uri = reference_uri(element, reference, state); !uri.empty())
                                 element["$ref"] = uri;
                         });
}

} // namespace scimkit::service
