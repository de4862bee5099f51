// The copy has one schema for all sources, so that a report can compare them. What does not fit into it must be told.
#include "copy_schema.hpp"

#include <scimkit/core/text.hpp>

#include "../resource/canonical.hpp"

namespace scimkit::connector
{

namespace
{

/// A copy takes what its source has.
void relax(std::vector<Attribute>& attributes)
{
    for (auto& attribute : attributes)
    {
        attribute.required = false;
        attribute.uniqueness = Uniqueness::none;
        if (attribute.mutability == Mutability::immutable)
            attribute.mutability = Mutability::read_write;
        relax(attribute.sub_attributes);
    }
}

result<std::shared_ptr<SchemaRegistry const>> relaxed_registry()
{
    SchemaRegistry::Builder builder;
    for (auto& schema : rfc7643_schemas())
        if (schema.id == urn::user || schema.id == urn::group || schema.id == urn::enterprise_user)
        {
            relax(schema.attributes);
            builder.add(std::move(schema));
        }
    for (auto& type : rfc7643_resource_types())
        builder.add(std::move(type));
    return builder.build();
}

ResourceType const* copy_type(std::string const& name)
{
    auto const& registry = copy_registry();
    return registry ? (*registry)->find_resource_type(name) : nullptr;
}

bool is_uri(std::string_view name) { return name.size() > 4 && equal_ascii_ignoring_case(name.substr(0, 4), "urn:"); }

/// Sub-attributes that `attribute` does not have, of one value or of all of a list.
void find_parts(std::string const& path, json::value const& value, Attribute const& attribute,
                std::set<std::string>& found)
{
    if (value.is_array())
        for (auto const& element : value.get_array())
            find_parts(path, element, attribute, found);
    if (!value.is_object() || attribute.type != AttributeType::complex)
        return;
    for (auto const& member : value.get_object())
        if (!attribute.find_sub_attribute(member.key()))
            found.insert(path + "." + std::string{member.key()});
}

/// The same of the object of an extension; `schema` null: the copy has none such, so that all of it is left out.
void find_members(std::string const& uri, json::object const& members, Schema const* schema,
                  std::set<std::string>& found)
{
    for (auto const& member : members)
    {
        auto const path = uri + ":" + std::string{member.key()};
        if (auto const* const attribute = schema ? schema->find_attribute(member.key()) : nullptr)
            find_parts(path, member.value(), *attribute, found);
        else
            found.insert(path);
    }
}

} // namespace

result<std::shared_ptr<SchemaRegistry const>> const& copy_registry()
{
    static auto const made = relaxed_registry();
    return made;
}

bool can_hold(std::string const& type, std::string_view path)
{
    auto const* const copy = copy_type(type);
    auto const parsed = parse_attribute_path(path);
    auto const found = copy && parsed ? copy->resolve(*parsed) : std::nullopt;
    if (!found || !found->attribute)
        return false;
    if (found->schema == &common_schema())
        return found->attribute->name == "externalId";
    return found->attribute->mutability != Mutability::read_only && found->leaf().mutability != Mutability::read_only;
}

std::set<std::string> left_out_of(std::string const& type, json::object const& attributes)
{
    std::set<std::string> found;
    auto const* const copy = copy_type(type);
    if (!copy)
        return found;
    for (auto const& member : attributes)
    {
        std::string const name{member.key()};
        auto const known = find_member(name, *copy);
        if (known && known->attribute)
            find_parts(name, member.value(), *known->attribute, found);
        else if (member.value().is_object() && (known || is_uri(name)))
            find_members(name, member.value().get_object(), known ? known->schema : nullptr, found);
        else
            found.insert(name);
    }
    return found;
}

} // namespace scimkit::connector
