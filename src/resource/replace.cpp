// PUT replaces what the client can see (RFC 7644 section 3.5.1). What it cannot see or change is carried over from the
// stored state, down to single elements, and they have to be found again to do so.
#include <scimkit/core/json.hpp>
#include <scimkit/core/text.hpp>
#include <scimkit/schema/registry.hpp>

#include "canonical.hpp"
#include "canonical_parts.hpp"
#include "elements.hpp"
#include "names_in_order.hpp"
#include "place.hpp"

#include <algorithm>
#include <unordered_map>

namespace scimkit
{

namespace
{

// Sub-attributes whose stored values outlive a value that does not repeat them.
bool outlives(Attribute const& sub) noexcept { return sub.mutability != Mutability::read_write; }

bool has_outliving(Attribute const& attribute) noexcept
{
    return std::any_of(attribute.sub_attributes.begin(), attribute.sub_attributes.end(), outlives);
}

// The immutable sub-attributes of an element as a key; elements without `value` are told apart by it.
std::string identity_of(json::object const& element, Attribute const& attribute)
{
    auto const* by_value = attribute.find_sub_attribute("value");
    std::string key;
    for (auto const& sub : attribute.sub_attributes)
    {
        if (by_value ? &sub != by_value : sub.mutability != Mutability::immutable)
            continue;
        auto const* value = element.if_contains(sub.name);
        if (!value)
            return {};
        std::string text;
        if (value->is_string() && sub.type == AttributeType::string)
            text = comparison_key(value->get_string(), sub.case_exact);
        else
            write_json(text, *value);
        key += std::to_string(text.size());
        key += ':';
        key += text;
    }
    return key;
}

// True of what the service computes from a reference's `value`: a claim of it says nothing of which element is meant.
bool is_computed(Attribute const& sub, Attribute const& attribute) noexcept
{
    return is_resource_reference(attribute) && (sub.name == "$ref" || sub.name == "type");
}

// An element that says otherwise about something immutable is another element.
bool contradicts(json::object const& incoming, json::object const& current, Attribute const& attribute)
{
    return std::any_of(attribute.sub_attributes.begin(), attribute.sub_attributes.end(),
                       [&](Attribute const& sub)
                       {
                           if (sub.mutability != Mutability::immutable || is_computed(sub, attribute))
                               return false;
                           auto const* a = incoming.if_contains(sub.name);
                           auto const* b = current.if_contains(sub.name);
                           return a && b && !same_value(*a, *b, sub);
                       });
}

void keep_members(json::object& incoming, json::object const& current, Attribute const& attribute)
{
    for (auto const& sub : attribute.sub_attributes)
    {
        if (!outlives(sub) || incoming.contains(sub.name))
            continue;
        if (auto const* stored = current.if_contains(sub.name))
            incoming.emplace(sub.name, *stored);
    }
}

// True when readOnly sub-attributes of the stored value (a manager's name) still describe the new one.
bool means_the_same(json::object const& incoming, json::object const& current, Attribute const& attribute)
{
    auto const* sub = attribute.find_sub_attribute("value");
    auto const* a = sub ? incoming.if_contains(sub->name) : nullptr;
    auto const* b = sub ? current.if_contains(sub->name) : nullptr;
    return !a || !b || same_value(*a, *b, *sub);
}

result<void> keep_in_complex(json::object& incoming, json::object const& current, AttributeRef const& attribute)
{
    bool const describes = means_the_same(incoming, current, *attribute.attribute);
    for (auto const& sub : attribute.attribute->sub_attributes)
    {
        auto const* stored = current.if_contains(sub.name);
        if (!stored || !outlives(sub) || (sub.mutability == Mutability::read_only && !describes))
            continue;
        auto const* sent = incoming.if_contains(sub.name);
        if (!sent)
        {
            incoming.emplace(sub.name, *stored);
        }
        else if (sub.mutability == Mutability::immutable && !same_state(*sent, *stored))
        {
            return Place{attribute}.sub_attribute(sub.name).fault(ErrorCode::mutability,
                                                                  "it is immutable and has another value");
        }
    }
    return {};
}

// One stored attribute against the incoming members of the same object.
result<void> keep_attribute(json::object& incoming, json::value const& stored, AttributeRef const& ref)
{
    auto const& attribute = *ref.attribute;
    auto* sent = incoming.if_contains(attribute.name);
    switch (attribute.mutability)
    {
    case Mutability::read_only:
        incoming[attribute.name] = stored;
        return {};
    case Mutability::write_only:
        if (!sent)
            incoming.emplace(attribute.name, stored);
        return {};
    case Mutability::immutable:
        if (!sent)
            incoming.emplace(attribute.name, stored);
        else if (!same_state(*sent, stored))
            return Place{ref}.fault(ErrorCode::mutability, "it is immutable and has another value");
        return {};
    case Mutability::read_write:
        break;
    }
    if (!sent || !has_outliving(attribute))
        return {};
    if (sent->is_object() && stored.is_object())
        return keep_in_complex(sent->get_object(), stored.get_object(), ref);
    if (sent->is_array() && stored.is_array())
        keep_unsent(sent->get_array(), stored.get_array(), attribute);
    return {};
}

result<void> keep_in_extension(json::object& incoming, json::object const& current, Schema const& schema)
{
    for (auto const& [name, stored] : current)
    {
        if (auto const* attribute = schema.find_attribute(name))
        {
            if (auto kept = keep_attribute(incoming, stored, {&schema, attribute, nullptr, true}); !kept)
                return kept;
        }
        else
        {
            incoming.emplace(name, stored);
        }
    }
    return {};
}

} // namespace

void keep_unsent(json::array& incoming, json::array const& current, Attribute const& attribute)
{
    if (!has_outliving(attribute))
        return;
    std::unordered_map<std::string, json::object const*> by_identity;
    by_identity.reserve(current.size());
    for (auto const& element : current)
    {
        if (auto const* object = element.if_object())
        {
            if (auto key = identity_of(*object, attribute); !key.empty())
                by_identity.emplace(std::move(key), object);
        }
    }
    for (auto& element : incoming)
    {
        auto* object = element.if_object();
        if (!object)
            continue;
        auto const found = by_identity.find(identity_of(*object, attribute));
        if (found != by_identity.end() && !contradicts(*object, *found->second, attribute))
            keep_members(*object, *found->second, attribute);
    }
}

result<json::object> merge_for_replace(json::object const& current, json::object incoming, ResourceType const& type)
{
    RootNames names{type};
    for (auto const& [name, stored] : current)
    {
        if (auto const attribute = names.find(name))
        {
            if (auto kept = keep_attribute(incoming, stored, *attribute); !kept)
                return kept.error();
            continue;
        }
        auto const* schema = type.find_extension(name);
        if (!schema)
        {
            incoming.emplace(name, stored); // of a schema that is not known here: nobody could send it
            continue;
        }
        auto const* members = stored.if_object();
        if (!members)
            continue;
        auto* sent = incoming.if_contains(schema->id);
        json::object none;
        auto& target = sent && sent->is_object() ? sent->get_object() : none;
        if (auto kept = keep_in_extension(target, *members, *schema); !kept)
            return kept.error();
        if (!none.empty())
            incoming[schema->id] = std::move(none);
    }
    return incoming;
}

} // namespace scimkit
