// Single values in canonical form, for PATCH: the same reader as for whole bodies.
#include "canonical_parts.hpp"
#include "value_reader.hpp"

namespace scimkit
{

result<json::value> canonicalise_value(json::value const& value, Attribute const& attribute, std::string_view path,
                                       CanonicalOptions const& options)
{
    return ValueReader{options, nullptr}.read(value, attribute, nullptr, Place{path});
}

result<json::value> canonicalise_value(json::value const& value, AttributeRef const& attribute,
                                       CanonicalOptions const& options)
{
    Place const place{attribute};
    ValueReader const reader{options, attribute.schema};
    if (!attribute.sub_attribute)
        return reader.read(value, *attribute.attribute, nullptr, place);
    return reader.read(value, *attribute.sub_attribute, attribute.attribute,
                       place.sub_attribute(attribute.sub_attribute->name));
}

result<json::value> canonicalise_element(json::value const& element, AttributeRef const& attribute, std::size_t index,
                                         CanonicalOptions const& options)
{
    Place const place{attribute};
    ValueReader const reader{options, attribute.schema};
    if (!attribute.sub_attribute)
        return reader.read_element(element, *attribute.attribute, nullptr, place.element(index));
    auto const sub_place = place.sub_attribute(attribute.sub_attribute->name);
    return reader.read_element(element, *attribute.sub_attribute, attribute.attribute, sub_place.element(index));
}

result<json::object> canonicalise_members(json::value const& complex, AttributeRef const& attribute,
                                          CanonicalOptions const& options)
{
    return ValueReader{options, attribute.schema}.read_members(complex, *attribute.attribute, Place{attribute}, true);
}

} // namespace scimkit
