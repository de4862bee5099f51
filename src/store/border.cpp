// Everything behind this check may take values for what the schema says they are (get_array and get_object of
// Boost.JSON do not look). Writes check the whole resource, since PATCH and PUT reach everywhere; reads look where they
// go.
#include "border.hpp"

#include "../resource/names_in_order.hpp"

namespace scimkit
{
namespace
{

bool has_kind(json::value const& value, Attribute const& attribute) noexcept;

bool members_have_kinds(json::object const& object, std::vector<Attribute> const& attributes) noexcept
{
    NamesInOrder names{attributes};
    for (auto const& [name, value] : object)
        if (auto const* attribute = names.find(name))
        {
            auto const* elements = value.if_array();
            if (attribute->multi_valued != (elements != nullptr))
                return false;
            if (!elements && !has_kind(value, *attribute))
                return false;
            if (elements)
                for (json::value const& element : *elements)
                    if (!has_kind(element, *attribute))
                        return false;
        }
    return true;
}

/// One value, or one element. Attributes nest two levels deep, so that the recursion ends by the schema.
bool has_kind(json::value const& value, Attribute const& attribute) noexcept
{
    switch (attribute.type)
    {
    case AttributeType::complex:
        return value.is_object() && members_have_kinds(value.get_object(), attribute.sub_attributes);
    case AttributeType::boolean:
        return value.is_bool();
    case AttributeType::integer:
    case AttributeType::decimal:
        return value.is_number();
    default:
        return value.is_string();
    }
}

} // namespace

Error malformed_resource(ResourceType const& type, std::string_view id, std::string_view what)
{
    std::string detail = "The store returned the " + type.name() + " \"";
    detail.append(id).append("\" with a malformed ").append(what).append(".");
    return {ErrorCode::corrupt, std::move(detail)};
}

result<void> check_stored(Resource const& resource, ResourceType const& type)
{
    if (resource.type != &type)
        return malformed_resource(type, resource.id, "resource type");
    if (!members_have_kinds(resource.attributes, type.schema().attributes))
        return malformed_resource(type, resource.id, "value");
    for (auto const& extension : type.extensions())
        if (auto const* value = resource.attributes.if_contains(extension.schema->id))
            if (!value->is_object() || !members_have_kinds(value->get_object(), extension.schema->attributes))
                return malformed_resource(type, resource.id, "extension");
    return {};
}

} // namespace scimkit
