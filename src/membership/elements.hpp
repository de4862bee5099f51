// Where the elements of a reference are within a resource.
#pragma once

#include "scope.hpp"

namespace scimkit::membership
{

/// The object that has the attribute: the attributes themselves, or the extension's object; null if that is missing.
inline json::object* owner_of(json::object& attributes, ReferenceAttribute const& reference)
{
    if (!reference.attribute.in_extension)
        return &attributes;
    auto* extension = attributes.if_contains(reference.attribute.schema->id);
    return extension ? extension->if_object() : nullptr;
}

inline json::value* find_reference(json::object& attributes, ReferenceAttribute const& reference)
{
    auto* owner = owner_of(attributes, reference);
    return owner ? owner->if_contains(reference.attribute.attribute->name) : nullptr;
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

} // namespace scimkit::membership
