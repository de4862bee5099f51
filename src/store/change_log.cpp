// What a log tells of values, once for all stores that keep one: they differ in how they store it only.
#include <scimkit/store/change_log.hpp>

#include "../resource/names_in_order.hpp"
#include "../resource/told.hpp"

#include <algorithm>

namespace scimkit
{
namespace
{

using Sink = function_ref<void(std::string_view path, json::value const& value, bool told)>;

json::value const no_value{};

void tell(Attribute const& attribute, std::string_view path, json::value const* value, Sink sink)
{
    if (is_secret(attribute))
        sink(path, no_value, false);
    else if (!value)
        sink(path, no_value, true);
    else if (holds_secret(attribute))
        sink(path, told_value(*value, attribute), true);
    else
        sink(path, *value, true);
}

void tell_extension(Schema const* extension, json::value const& value, Sink sink)
{
    auto const* members = extension ? value.if_object() : nullptr;
    if (!members)
        return;
    std::string path = extension->id + ':'; // AttributeRef::path() of each, without a string of its own
    auto const prefix = path.size();
    for (auto const& [name, member] : *members)
        if (auto const* attribute = extension->find_attribute(name))
        {
            path.replace(prefix, std::string::npos, attribute->name);
            tell(*attribute, path, &member, sink);
        }
}

void tell_all(Resource const& resource, Sink sink)
{
    ResourceType const& type = *resource.type;
    RootNames names{type};
    for (auto const& [name, value] : resource.attributes)
    {
        auto const root = names.find(name);
        if (!root)
            tell_extension(type.find_extension(name), value, sink);
        else if (!type.is_large(*root->attribute))
            tell(*root->attribute, root->attribute->name, &value, sink);
    }
}

void tell_path(Resource const& resource, std::string_view path, Sink sink)
{
    ResourceType const& type = *resource.type;
    if (Schema const* extension = type.find_extension(path))
    {
        for (Attribute const& attribute : extension->attributes)
        {
            AttributeRef const ref{extension, &attribute, nullptr, true};
            tell(attribute, ref.path(), find_value(resource.attributes, ref), sink);
        }
        return;
    }
    auto const parsed = parse_attribute_path(path);
    auto attribute = parsed ? type.resolve(*parsed) : std::nullopt;
    if (!attribute || !attribute->attribute || type.is_large(*attribute->attribute))
        return;
    attribute->sub_attribute = nullptr; // the log tells of top-level attributes
    tell(*attribute->attribute, attribute->path(), find_value(resource.attributes, *attribute), sink);
}

bool is_mark(Attribute const& attribute) noexcept
{
    return attribute.type == AttributeType::boolean && attribute.mutability == Mutability::read_only &&
           !attribute.multi_valued && !is_secret(attribute);
}

std::string identifying(Resource const& resource, std::string_view name)
{
    auto const attribute = resource.type->find_root_attribute(name);
    auto const* value = attribute && !is_secret(*attribute->attribute)
                            ? resource.attributes.if_contains(attribute->attribute->name)
                            : nullptr;
    auto const* text = value ? value->if_string() : nullptr;
    return text ? std::string{*text} : std::string{};
}

} // namespace

void logged_values(Resource const& resource, std::optional<std::span<std::string const>> paths, Sink sink)
{
    if (!paths)
        return tell_all(resource, sink);
    for (std::string const& path : *paths)
        tell_path(resource, path, sink);
}

void logged_kept(Resource const& resource, std::span<std::string const> changed, bool everything,
                 function_ref<void(std::string_view, json::value const&)> sink)
{
    auto const stayed = [&](std::string_view path)
    {
        return std::ranges::none_of(changed,
                                    [&](std::string_view const other)
                                    {
                                        if (path.size() <= other.size()) // or a whole extension
                                            return path == other;
                                        return path.starts_with(other) && path[other.size()] == ':';
                                    });
    };
    if (everything)
        return tell_all(resource,
                        [&](std::string_view path, json::value const& value, bool told)
                        {
                            if (told && stayed(path))
                                sink(path, value);
                        });
    ResourceType const& type = *resource.type;
    auto const tell_marks = [&](Schema const& schema, bool in_extension)
    {
        for (Attribute const& attribute : schema.attributes)
        {
            if (!is_mark(attribute))
                continue;
            AttributeRef const ref{&schema, &attribute, nullptr, in_extension};
            auto const* const value = find_value(resource.attributes, ref);
            if (value && stayed(ref.path()))
                sink(ref.path(), *value);
        }
    };
    tell_marks(type.schema(), false);
    for (auto const& extension : type.extensions())
        tell_marks(*extension.schema, true);
}

json::object const& logged_element(json::object const& element, Attribute const& attribute, json::object& space)
{
    if (!holds_secret(attribute))
        return element;
    space = told_members(element, attribute.sub_attributes);
    return space;
}

LoggedChange::Identity logged_identity(Resource const& resource)
{
    return {identifying(resource, "externalId"), identifying(resource, "userName"),
            identifying(resource, "displayName")};
}

} // namespace scimkit
