// The unique keys of resources, and what keys can be made of at all.
#include <scimkit/filter/bind.hpp>
#include <scimkit/store/unique_keys.hpp>

#include "attribute_values.hpp"
#include "keyed_attribute.hpp"

#include <algorithm>

namespace scimkit
{
namespace
{

bool has_uniqueness(Attribute const& attribute) noexcept
{
    return attribute.uniqueness != Uniqueness::none && attribute.type != AttributeType::complex &&
           attribute.type != AttributeType::boolean;
}

/// The attributes of one schema that say "uniqueness": "server" or "global".
void collect_unique(ResourceType const& type, Schema const& schema, bool in_extension, std::vector<AttributeRef>& out)
{
    for (Attribute const& attribute : schema.attributes)
    {
        if (type.is_large(attribute))
            continue;
        if (has_uniqueness(attribute))
            out.push_back({&schema, &attribute, nullptr, in_extension});
        for (Attribute const& sub : attribute.sub_attributes)
            if (has_uniqueness(sub))
                out.push_back({&schema, &attribute, &sub, in_extension});
    }
}

result<AttributeRef> find_unique(ResourceType const& type, std::string_view name)
{
    constexpr std::string_view what = "unique attribute";
    auto path = read_key_path(what, name);
    if (!path)
        return path.error();
    auto const attribute = type.resolve(*path);
    if (!attribute)
        return refused_key(what, name, "is not an attribute of resource type '" + type.name() + "'");
    if (auto ok = check_key_attribute(what, name, type, *attribute); !ok)
        return ok.error();
    if (attribute->leaf().type == AttributeType::boolean || is_timestamp(*attribute))
        return refused_key(what, name, "cannot be unique by its type");
    return *attribute;
}

} // namespace

Error refused_key(std::string_view what, std::string_view path, std::string_view why)
{
    std::string detail{"The "};
    detail.append(what).append(" '").append(path).append("' ").append(why).append(why.ends_with('.') ? "" : ".");
    return Error{ErrorCode::invalid_value, std::move(detail), std::string{path}};
}

result<AttributePath> read_key_path(std::string_view what, std::string_view path)
{
    auto parsed = parse_attribute_path(path);
    if (!parsed)
        return refused_key(what, path, "is not an attribute name: " + parsed.error().detail);
    return parsed;
}

result<void> check_key_attribute(std::string_view what, std::string_view path, ResourceType const& type,
                                 AttributeRef const& attribute)
{
    if (!attribute.attribute || attribute.leaf().type == AttributeType::complex)
        return refused_key(what, path, "is complex; name a sub-attribute");
    if (attribute.attribute->returned == Returned::never || attribute.leaf().returned == Returned::never)
        return refused_key(what, path, "is never returned, so nothing may look it up");
    if (type.is_large(*attribute.attribute))
        return refused_key(what, path, "is kept outside the resource, where it is found without an index");
    if (attribute.schema == &common_schema() && attribute.attribute->name != "externalId" && !is_timestamp(attribute))
        return refused_key(what, path, "is computed; resources are found by id without an index");
    return {};
}

result<UniqueKeyRules> UniqueKeyRules::make(SchemaRegistry const& registry, std::span<AlsoUnique const> also_unique)
{
    auto rules = std::make_shared<std::vector<std::vector<AttributeRef>>>(registry.resource_types().size());
    for (auto const& type : registry.resource_types())
    {
        auto& unique = (*rules)[type->index()];
        collect_unique(*type, type->schema(), false, unique);
        for (ResourceType::Extension const& extension : type->extensions())
            collect_unique(*type, *extension.schema, true, unique);
    }
    for (AlsoUnique const& also : also_unique)
    {
        ResourceType const* type = registry.find_resource_type(also.resource_type);
        if (!type)
            return refused_key("unique attribute", also.attribute,
                               "is of the unknown resource type '" + also.resource_type + "'");
        auto const attribute = find_unique(*type, also.attribute);
        if (!attribute)
            return attribute.error();
        auto& unique = (*rules)[type->index()];
        if (std::ranges::find(unique, *attribute) == unique.end())
            unique.push_back(*attribute);
    }
    UniqueKeyRules made;
    made.unique_ = std::move(rules);
    return made;
}

Facts UniqueKeyRules::facts_of(Resource const& resource) const
{
    Facts facts;
    for (AttributeRef const& unique : (*unique_)[resource.type->index()])
    {
        auto const first = static_cast<std::ptrdiff_t>(facts.unique_keys.size());
        for_each_value(resource, unique,
                       [&](BoundLiteral&& value) {
                           facts.unique_keys.push_back({unique, unique_key_of(value)});
                       });
        if (facts.unique_keys.end() - facts.unique_keys.begin() - first < 2)
            continue;
        std::sort(facts.unique_keys.begin() + first, facts.unique_keys.end(),
                  [](UniqueKey const& a, UniqueKey const& b) { return a.value < b.value; });
        facts.unique_keys.erase(std::unique(facts.unique_keys.begin() + first, facts.unique_keys.end()),
                                facts.unique_keys.end());
    }
    return facts;
}

std::vector<BoundComparison> UniqueKeyRules::unique_tests(Resource const& resource) const
{
    std::vector<BoundComparison> tests;
    for (AttributeRef const& unique : (*unique_)[resource.type->index()])
        for_each_value(resource, unique,
                       [&](BoundLiteral&& value) {
                           tests.push_back({unique, CompareOperator::eq, std::move(value)});
                       });
    return tests;
}

} // namespace scimkit
