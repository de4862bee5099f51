#include "attribute_values.hpp"

#include <scimkit/schema/registry.hpp>

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

void give(json::value const& value, AttributeRef const& attribute, function_ref<void(BoundLiteral&&)> sink)
{
    json::value const* leaf = &value;
    if (attribute.sub_attribute)
    {
        auto const* object = value.if_object();
        leaf = object ? object->if_contains(attribute.sub_attribute->name) : nullptr;
        if (!leaf)
            return;
    }
    auto const each = [&](json::value const& one)
    {
        if (auto literal = to_literal(attribute.leaf(), one); literal && literal->index() != 0)
            sink(std::move(*literal));
    };
    if (auto const* several = leaf->if_array())
        for (json::value const& one : *several)
            each(one);
    else
        each(*leaf);
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
            give(element, attribute, sink);
    else
        give(*value, attribute, sink);
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
