// The shapes in which clients send a value that the RFC has another shape for. Only what can mean one thing is
// rewritten; everything else is left for validation to refuse.
#include "value_rewriter.hpp"

#include <scimkit/core/text.hpp>

#include "../core/json_in_text.hpp"
#include "../resource/canonical.hpp"

#include <algorithm>
#include <utility>

namespace scimkit::detail
{
namespace
{

/// The `value` sub-attribute; null if there is none that holds one simple value.
Attribute const* value_of(Attribute const& definition) noexcept
{
    auto const* value = definition.find_sub_attribute("value");
    return value && !value->multi_valued ? value : nullptr;
}

json::value* find_member(json::object& object, std::string_view name) noexcept
{
    if (auto* const exact = object.if_contains(name))
        return exact;
    for (auto& member : object)
        if (equal_ascii_ignoring_case(member.key(), name))
            return &member.value();
    return nullptr;
}

bool is_empty_string(json::value const& value) noexcept { return value.is_string() && value.get_string().empty(); }

/// {"value": ""}, with or without other members that say nothing either.
bool is_cleared(json::object& object, Attribute const& definition) noexcept
{
    auto const* const definition_of_value = value_of(definition);
    if (!definition_of_value)
        return false;
    auto const* const value = find_member(object, definition_of_value->name);
    return value && is_empty_string(*value) &&
           std::ranges::all_of(object, [](auto const& member)
                               { return member.value().is_null() || is_empty_string(member.value()); });
}

bool is_boolean(Attribute const& definition) noexcept { return definition.type == AttributeType::boolean; }

void keep_first_primary(json::array& elements, Attribute const& definition)
{
    auto const* const primary = definition.find_sub_attribute("primary");
    if (!primary || !is_boolean(*primary) || primary->multi_valued)
        return;
    bool seen = false;
    for (auto& element : elements)
    {
        auto* const object = element.if_object();
        auto* const value = object ? find_member(*object, primary->name) : nullptr;
        if (!value || !value->is_bool() || !value->get_bool())
            continue;
        if (std::exchange(seen, true))
            *value = false;
    }
}

// Text that looks like JSON is no id: whoever sends it means what is in it.
bool stands_for_complex(json::value const& value, Attribute const& definition) noexcept
{
    auto const* text = value.if_string();
    return text && !text->empty() && !(is_resource_reference(definition) && begins_as_json(*text));
}

} // namespace

void wrap_in_value(json::value& text, Attribute const& definition)
{
    json::object object;
    object.emplace(value_of(definition)->name, std::move(text));
    text = std::move(object);
}

void ValueRewriter::attribute(json::value& value, Attribute const& definition) const
{
    if (definition.multi_valued)
        multi_valued(value, definition);
    else if (definition.type == AttributeType::complex)
        single_complex(value, definition);
    else
    {
        unwrap(value);
        if (is_boolean(definition))
            boolean(value);
    }
}

void ValueRewriter::selected(json::value& value, Attribute const& definition) const
{
    unwrap(value);
    element(value, definition);
}

void ValueRewriter::base(json::value& value, ResourceType const& type) const
{
    if (auto* const object = value.if_object())
        for (auto& member : *object)
            if (auto const named = type.find_root_attribute(member.key()))
                attribute(member.value(), *named->attribute);
}

void ValueRewriter::element(json::value& value, Attribute const& definition) const
{
    if (auto* const object = value.if_object())
        sub_attributes(*object, definition);
    else if (is_boolean(definition))
        boolean(value);
    else if (tolerance_.string_for_complex && stands_for_complex(value, definition) &&
             is_resource_reference(definition))
        wrap_in_value(value, definition);
}

void ValueRewriter::extension(json::value& value, Schema const& schema) const
{
    if (auto* const object = value.if_object())
        for (auto& member : *object)
            if (auto const* const definition = schema.find_attribute(member.key()))
                attribute(member.value(), *definition);
}

// An array of exactly one, which says something: [null], [""] and [{}] do not, and would clear what they stand for.
bool ValueRewriter::unwrap(json::value& value) const
{
    auto* const array = value.if_array();
    if (!tolerance_.array_for_single || !array || array->size() != 1)
        return false;
    auto const& front = array->front();
    auto const* const object = front.if_object();
    if (front.is_null() || front.is_array() || is_empty_string(front) || (object && object->empty()))
        return false;
    auto only = std::move(array->front());
    value = std::move(only);
    return true;
}

void ValueRewriter::boolean(json::value& value) const
{
    auto const* const text = value.if_string();
    if (!text || !tolerance_.boolean_as_string)
        return;
    if (equal_ascii_ignoring_case(*text, "true"))
        value = true;
    else if (equal_ascii_ignoring_case(*text, "false"))
        value = false;
}

void ValueRewriter::single_complex(json::value& value, Attribute const& definition) const
{
    bool const may_clear = !unwrap(value) && tolerance_.empty_string_clears_complex;
    if (is_empty_string(value))
    {
        if (may_clear)
            value = nullptr;
    }
    else if (tolerance_.string_for_complex && stands_for_complex(value, definition) && value_of(definition))
        wrap_in_value(value, definition);

    if (auto* const object = value.if_object())
    {
        if (may_clear && is_cleared(*object, definition))
            value = nullptr;
        else
            sub_attributes(*object, definition);
    }
}

void ValueRewriter::multi_valued(json::value& value, Attribute const& definition) const
{
    if (auto* const elements = value.if_array())
    {
        if (rewrites_elements(definition))
            for (auto& each : *elements)
                element(each, definition);
        if (one_primary_ && tolerance_.several_primaries)
            keep_first_primary(*elements, definition);
    }
    else if (auto* const object = value.if_object())
    {
        sub_attributes(*object, definition);
        if (tolerance_.object_for_multi && definition.type == AttributeType::complex)
        {
            json::array one;
            one.push_back(std::move(value));
            value = std::move(one);
        }
    }
    else if (is_boolean(definition))
        boolean(value);
}

void ValueRewriter::sub_attributes(json::object& object, Attribute const& definition) const
{
    for (auto& member : object)
        if (auto const* const sub = definition.find_sub_attribute(member.key()))
            attribute(member.value(), *sub);
}

// A hundred thousand members need no look where nothing in them can change but a bare string.
bool ValueRewriter::rewrites_elements(Attribute const& definition) const noexcept
{
    return (tolerance_.boolean_as_string &&
            (is_boolean(definition) || std::ranges::any_of(definition.sub_attributes, is_boolean))) ||
           (tolerance_.string_for_complex && is_resource_reference(definition)) ||
           (tolerance_.array_for_single && definition.type == AttributeType::complex);
}

} // namespace scimkit::detail
