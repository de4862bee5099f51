// Builder::keep_only() and only_values(): what an application's tables do not hold is taken out of the definitions
// themselves, so that discovery, bodies, filters and PATCH cannot disagree about it.
#include "keep.hpp"

#include <scimkit/core/text.hpp>

#include "validation.hpp"

#include <algorithm>

namespace scimkit
{
namespace
{

Error invalid(std::string detail, std::string attribute = {})
{
    return {ErrorCode::invalid_value, std::move(detail), std::move(attribute)};
}

bool names_whole(AttributeRef const& named, Attribute const& attribute)
{
    return named.attribute == &attribute && !named.sub_attribute;
}

/// What an attribute becomes; an empty name: nothing of it is kept. `$ref` is computed from the value beside it.
Attribute kept_of(Attribute const& attribute, std::span<AttributeRef const> named)
{
    if (std::ranges::any_of(named, [&](AttributeRef const& each) { return names_whole(each, attribute); }))
        return attribute;
    Attribute kept = attribute;
    auto const is_named = [&](std::string_view sub)
    {
        return std::ranges::any_of(named, [&](AttributeRef const& each)
                                   { return each.attribute == &attribute && each.sub_attribute->name == sub; });
    };
    bool const is_reference = is_resource_reference(attribute);
    std::erase_if(kept.sub_attributes, [&](Attribute const& sub)
                  { return !is_named(sub.name) && !(is_reference && sub.name == "$ref" && is_named("value")); });
    if (kept.sub_attributes.empty())
        kept.name.clear();
    return kept;
}

result<void> check_required(Attribute const& whole, Attribute const& kept, std::string_view type)
{
    auto const refuse = [&](std::string const& path) {
        return invalid("keep_only: " + path + " of " + std::string{type} + " is required and cannot be left out.",
                       path);
    };
    if (kept.name.empty())
        return whole.required ? result<void>{refuse(whole.name)} : result<void>{};
    for (Attribute const& sub : whole.sub_attributes)
        if (sub.required && !kept.find_sub_attribute(sub.name))
            return refuse(whole.name + "." + sub.name);
    return {};
}

/// Error: something that is required is not among what is named.
result<Schema> kept_of(Schema const& whole, std::span<AttributeRef const> named, std::string_view type)
{
    bool const is_named =
        std::ranges::any_of(named, [&](AttributeRef const& each) { return each.schema == &whole && !each.attribute; });
    if (is_named)
        return whole;
    Schema kept = whole;
    kept.attributes.clear();
    for (Attribute const& attribute : whole.attributes)
    {
        auto left = kept_of(attribute, named);
        if (auto checked = check_required(attribute, left, type); !checked)
            return std::move(checked).error();
        if (!left.name.empty())
            kept.attributes.push_back(std::move(left));
    }
    return kept;
}

result<std::vector<AttributeRef>> resolve_all(std::vector<std::string> const& names, ResourceType const& type,
                                              std::string const& what)
{
    std::vector<AttributeRef> resolved;
    for (std::string const& name : names)
    {
        auto const path = parse_attribute_path(name);
        auto const attribute = path ? type.resolve(*path) : std::nullopt;
        if (!attribute)
            return invalid(what + ": " + type.name() + " has no attribute \"" + name + "\".", name);
        resolved.push_back(*attribute);
    }
    return resolved;
}

/// What stands for itself: simple attributes, and the sub-attributes of complex ones.
std::vector<AttributeRef> leaves_of(ResourceType const& type)
{
    std::vector<AttributeRef> leaves;
    auto const add = [&](Schema const& schema, bool in_extension)
    {
        for (Attribute const& attribute : schema.attributes)
        {
            AttributeRef const whole{&schema, &attribute, nullptr, in_extension};
            if (attribute.sub_attributes.empty())
                leaves.push_back(whole);
            for (Attribute const& sub : attribute.sub_attributes)
                leaves.push_back({&schema, &attribute, &sub, in_extension});
        }
    };
    add(type.schema(), false);
    for (auto const& extension : type.extensions())
        add(*extension.schema, true);
    if (auto const external_id = type.find_root_attribute("externalId"))
        leaves.push_back(*external_id);
    return leaves;
}

bool is_part_of(AttributeRef const& leaf, AttributeRef const& named)
{
    if (!named.attribute)
        return leaf.schema == named.schema;
    return leaf.attribute == named.attribute && (!named.sub_attribute || leaf.sub_attribute == named.sub_attribute);
}

/// A schema that others use too cannot lose attributes for one of them.
result<void> check_alone(ResourceTypeDefinition const& type, std::string const& uri,
                         std::vector<ResourceTypeDefinition> const& types)
{
    for (ResourceTypeDefinition const& other : types)
        if (&other != &type && (equal_ascii_ignoring_case(other.schema, uri) ||
                                std::ranges::any_of(other.extensions, [&](auto const& extension)
                                                    { return equal_ascii_ignoring_case(extension.schema, uri); })))
            return invalid("keep_only: the schema " + uri + " of " + type.name + " is one of " + other.name + " too.");
    return {};
}

Attribute* find(std::vector<Attribute>& attributes, std::string_view name)
{
    auto const found = std::ranges::find_if(attributes, [&](Attribute const& each)
                                            { return equal_ascii_ignoring_case(each.name, name); });
    return found == attributes.end() ? nullptr : &*found;
}

} // namespace

std::vector<std::string> schema_uris(ResourceTypeDefinition const& type)
{
    std::vector<std::string> uris{type.schema};
    for (auto const& extension : type.extensions)
        uris.push_back(extension.schema);
    return uris;
}

result<void> keep_named(ResourceTypeDefinition& type, ResourceType const& whole, std::vector<std::string> const& names,
                        std::vector<ResourceTypeDefinition> const& types, std::vector<Schema>& schemas)
{
    auto const named = resolve_all(names, whole, "keep_only");
    if (!named)
        return named.error();
    for (std::string const& uri : schema_uris(type))
    {
        bool const is_base = whole.is_base_schema(uri);
        Schema const& before = is_base ? whole.schema() : *whole.find_extension(uri);
        auto kept = kept_of(before, *named, type.name);
        if (!kept)
            return std::move(kept).error();
        if (*kept == before)
            continue;
        auto const place =
            std::ranges::find_if(schemas, [&](Schema const& each) { return equal_ascii_ignoring_case(each.id, uri); });
        auto const alone = check_alone(type, uri, types);
        if (!is_base && kept->attributes.empty())
        {
            auto const extension = std::ranges::find(type.extensions, uri, &ResourceTypeDefinition::Extension::schema);
            if (extension->required)
                return invalid("keep_only: the extension " + uri + " of " + type.name +
                               " is required and cannot be left out.");
            type.extensions.erase(extension);
            if (alone) // else others have it still
                schemas.erase(place);
            continue;
        }
        if (!alone)
            return alone;
        *place = std::move(*kept);
        if (is_base)
            std::erase_if(type.large_attributes,
                          [&](std::string const& name) { return place->find_attribute(name) == nullptr; });
    }
    return {};
}

std::vector<std::string> all_names(ResourceType const& type)
{
    std::vector<std::string> names;
    for (AttributeRef const& leaf : leaves_of(type))
        names.push_back(leaf.path());
    return names;
}

result<std::vector<std::string>> names_without(std::vector<std::string> const& names,
                                               std::vector<std::string> const& left_out, ResourceType const& type)
{
    auto const kept = resolve_all(names, type, "keep_only");
    if (!kept)
        return kept.error();
    auto const gone = resolve_all(left_out, type, "leave_out");
    if (!gone)
        return gone.error();
    std::vector<std::string> left;
    for (AttributeRef const& leaf : leaves_of(type))
    {
        auto const covers = [&](AttributeRef const& named) { return is_part_of(leaf, named); };
        if (std::ranges::any_of(*kept, covers) && std::ranges::none_of(*gone, covers))
            left.push_back(leaf.path());
    }
    return left;
}

result<void> set_values(std::vector<Schema>& schemas, std::string_view uri, std::string_view name,
                        std::vector<std::string> const& values, bool only)
{
    std::string const what = (only ? "only_values: the schema " : "suggest_values: the schema ") + std::string{uri};
    auto const schema =
        std::ranges::find_if(schemas, [&](Schema const& each) { return equal_ascii_ignoring_case(each.id, uri); });
    if (schema == schemas.end())
        return invalid(what + " is not known.");
    auto const dot = name.find('.');
    auto* attribute = find(schema->attributes, name.substr(0, dot));
    if (attribute && dot != std::string_view::npos)
        attribute = find(attribute->sub_attributes, name.substr(dot + 1));
    if (!attribute)
        return invalid(what + " has no attribute \"" + std::string{name} + "\".", std::string{name});
    attribute->only_canonical_values = attribute->only_canonical_values || only;
    if (!values.empty())
        attribute->canonical_values = values;
    return check_schema(*schema);
}

} // namespace scimkit
