// Filters see one resource through this: attributes that are stored, and id, meta and schemas, which are computed when
// they are asked for (RFC 7643 section 3.1). An absent value is none (RFC 7643 section 2.5).
#include "resource_values.hpp"

#include <scimkit/core/text.hpp>
#include <scimkit/schema/registry.hpp>

namespace scimkit::detail
{

bool has_value(json::value const& value) noexcept
{
    switch (value.kind())
    {
    case json::kind::null:
        return false;
    case json::kind::string:
        return !value.get_string().empty();
    case json::kind::array:
    {
        auto const& elements = value.get_array();
        return std::any_of(elements.begin(), elements.end(),
                           [](json::value const& element) { return has_value(element); });
    }
    case json::kind::object:
    {
        auto const& members = value.get_object();
        return std::any_of(members.begin(), members.end(),
                           [](json::key_value_pair const& member) { return has_value(member.value()); });
    }
    default:
        return true;
    }
}

bool is_computed(AttributeRef const& attribute) noexcept
{
    return attribute.schema == &common_schema() && attribute.attribute->name != "externalId";
}

json::value const* find_stored(AttributeRef const& attribute, ResourceView const& resource) noexcept
{
    json::object const* place = &resource.attributes;
    if (attribute.in_extension)
    {
        json::value const* const extension = place->if_contains(attribute.schema->id);
        place = extension ? extension->if_object() : nullptr;
    }
    json::value const* const value = place ? place->if_contains(attribute.attribute->name) : nullptr;
    return value && !value->is_null() ? value : nullptr;
}

json::value const* find_in_element(Attribute const& sub_attribute, json::value const& element, Absent absent) noexcept
{
    static json::value const not_primary(false);
    json::object const* const object = element.if_object();
    json::value const* const value = object ? object->if_contains(sub_attribute.name) : nullptr;
    if (value && !value->is_null())
        return value;
    bool const is_false = absent == Absent::primary_is_false && sub_attribute.type == AttributeType::boolean &&
                          equal_ascii_ignoring_case(sub_attribute.name, "primary");
    return object && is_false ? &not_primary : nullptr;
}

json::value computed_value(AttributeRef const& attribute, ResourceView const& resource)
{
    if (attribute.attribute->name == "schemas")
    {
        json::array uris;
        visit_computed(attribute, resource,
                       [&uris](auto const& uri)
                       {
                           if constexpr (std::is_same_v<std::decay_t<decltype(uri)>, std::string_view>)
                               uris.emplace_back(uri);
                           return false;
                       });
        return uris;
    }
    json::object meta;
    meta["resourceType"] = resource.type.name();
    meta["created"] = format_date_time(resource.created);
    meta["lastModified"] = format_date_time(resource.last_modified);
    if (resource.version != 0)
        meta["version"] = version_text(resource.version);
    if (!resource.location.empty())
        meta["location"] = resource.location;
    return meta;
}

std::string version_text(std::uint64_t version) { return "W/\"" + std::to_string(version) + '"'; }

bool has_extension(ResourceType::Extension const& extension, ResourceView const& resource) noexcept
{
    json::value const* const value = resource.attributes.if_contains(extension.schema->id);
    return value && value->is_object() && has_value(*value);
}

} // namespace scimkit::detail
