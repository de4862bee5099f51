// What follows from a resource's data and is therefore never stored: its `schemas` (RFC 7643 section 3), and its
// version as text (RFC 7644 section 3.14).
#include <scimkit/resource/resource.hpp>

namespace scimkit
{

result<void> unpack(Resource& resource)
{
    if (!resource.packed)
        return {};
    auto attributes = resource.packed.unpack(resource.attributes.storage());
    if (!attributes)
        return std::move(attributes).error();
    for (auto& [name, value] : resource.attributes)
        attributes->insert_or_assign(name, std::move(value));
    resource.attributes = std::move(*attributes);
    resource.packed = {};
    return {};
}

std::vector<std::string_view> schemas_of(ResourceType const& type, json::object const& attributes)
{
    std::vector<std::string_view> uris{type.schema().id};
    for (auto const& extension : type.extensions())
    {
        auto const* data = attributes.if_contains(extension.schema->id);
        if (data && data->is_object() && !data->get_object().empty())
            uris.push_back(extension.schema->id);
    }
    return uris;
}

std::string format_version(Version version)
{
    return version ? "W/\"" + std::to_string(version.number()) + '"' : std::string{};
}

json::value const* find_value(json::object const& attributes, AttributeRef const& attribute) noexcept
{
    auto const* members = &attributes;
    if (attribute.in_extension)
    {
        auto const* extension = attributes.if_contains(attribute.schema->id);
        if (!extension || !attribute.attribute)
            return extension;
        members = extension->if_object();
        if (!members)
            return nullptr;
    }
    auto const* value = members->if_contains(attribute.attribute->name);
    if (!value || !attribute.sub_attribute || attribute.attribute->multi_valued)
        return value;
    auto const* complex = value->if_object();
    return complex ? complex->if_contains(attribute.sub_attribute->name) : nullptr;
}

} // namespace scimkit
