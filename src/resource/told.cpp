// Secrets are recognised by the schema (RFC 7643 section 7: mutability writeOnly, returned never), never by their
// names.
#include "told.hpp"

#include <algorithm>

namespace scimkit
{

bool is_secret(Attribute const& attribute) noexcept
{
    return attribute.mutability == Mutability::write_only || attribute.returned == Returned::never;
}

bool holds_secret(Attribute const& attribute) noexcept
{
    return is_secret(attribute) || std::ranges::any_of(attribute.sub_attributes, holds_secret);
}

// Attributes nest two levels deep, so that the recursion ends by the schema.
json::value told_value(json::value const& stored, Attribute const& attribute)
{
    if (attribute.type != AttributeType::complex)
        return stored;
    if (auto const* object = stored.if_object())
        return told_members(*object, attribute.sub_attributes);
    json::array elements;
    if (auto const* array = stored.if_array())
        for (json::value const& element : *array)
            if (auto const* object = element.if_object())
                elements.push_back(told_members(*object, attribute.sub_attributes));
    return elements;
}

json::object told_members(json::object const& stored, std::vector<Attribute> const& attributes)
{
    json::object told;
    for (Attribute const& attribute : attributes)
        if (!is_secret(attribute))
            if (auto const* value = stored.if_contains(attribute.name))
                told[attribute.name] = told_value(*value, attribute);
    return told;
}

} // namespace scimkit
