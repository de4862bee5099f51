// Unique keys, index entries and orders must be made of the same values as filters see, or a search by index finds
// other resources than one without; so they are taken out in one place.
#include "attribute_values.hpp"

#include <scimkit/core/budget.hpp>
#include <scimkit/filter/evaluate.hpp>
#include <scimkit/schema/registry.hpp>

#include "../core/eight_bytes.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace scimkit
{
namespace
{

bool is_meta(AttributeRef const& attribute, std::string_view sub_attribute) noexcept
{
    return attribute.schema == &common_schema() && attribute.attribute->name == "meta" && attribute.sub_attribute &&
           attribute.sub_attribute->name == sub_attribute;
}

/// Calls `see` with each single value of the attribute within one element.
template <class See>
void see_element(json::value const& value, AttributeRef const& attribute, See const& see)
{
    json::value const* leaf = &value;
    if (attribute.sub_attribute)
    {
        auto const* object = value.if_object();
        leaf = object ? object->if_contains(attribute.sub_attribute->name) : nullptr;
        if (!leaf)
            return;
    }
    if (auto const* several = leaf->if_array())
        for (json::value const& one : *several)
            see(one);
    else
        see(*leaf);
}

template <class See>
void see_values(Resource const& resource, AttributeRef const& attribute, See const& see)
{
    json::object const* home = &resource.attributes;
    if (attribute.in_extension)
    {
        auto const* extension = home->if_contains(attribute.schema->id);
        home = extension ? extension->if_object() : nullptr;
        if (!home)
            return;
    }
    json::value const* value = home->if_contains(attribute.attribute->name);
    if (!value)
        return;
    if (auto const* elements = value->if_array())
        for (json::value const& element : *elements)
            see_element(element, attribute, see);
    else
        see_element(*value, attribute, see);
}

std::uint64_t weight_of(json::value const& value) noexcept
{
    auto const* text = value.if_string();
    if (!text)
        return 0;
    return text->size() * (is_ascii(*text) ? 1 : Budget::fold);
}

std::string text_of(Number const& number)
{
    std::array<char, 40> buffer{};
    auto const written = std::visit(
        [&](auto value)
        {
            if constexpr (std::is_same_v<decltype(value), double>)
            {
                // A whole double has the same key as the integer of that value.
                if (std::trunc(value) == value && std::abs(value) < 9007199254740992.0)
                    return std::to_chars(buffer.begin(), buffer.end(), static_cast<std::int64_t>(value));
            }
            return std::to_chars(buffer.begin(), buffer.end(), value);
        },
        number);
    return {buffer.data(), written.ptr};
}

} // namespace

bool is_timestamp(AttributeRef const& attribute) noexcept
{
    return is_meta(attribute, "created") || is_meta(attribute, "lastModified");
}

void for_each_value(Resource const& resource, AttributeRef const& attribute, function_ref<void(BoundLiteral&&)> sink)
{
    if (is_timestamp(attribute))
        return sink(attribute.sub_attribute->name == "created" ? resource.created : resource.last_modified);

    see_values(resource, attribute,
               [&](json::value const& one)
               {
                   if (auto literal = to_literal(attribute.leaf(), one); literal && literal->index() != 0)
                       sink(std::move(*literal));
               });
}

std::uint64_t weight_of_values(Resource const& resource, AttributeRef const& attribute) noexcept
{
    std::uint64_t weight = 0;
    see_values(resource, attribute, [&](json::value const& one) { weight += weight_of(one); });
    return weight;
}

std::string unique_key_of(BoundLiteral const& value)
{
    if (auto const* string = std::get_if<StringKey>(&value))
        return string->key;
    if (auto const* number = std::get_if<Number>(&value))
        return text_of(*number);
    if (auto const* instant = std::get_if<Instant>(&value))
        return std::to_string(instant->time_since_epoch().count());
    auto const* boolean = std::get_if<bool>(&value);
    return boolean && *boolean ? "true" : "false";
}

} // namespace scimkit
