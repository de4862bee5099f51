#include <scimkit/store/facts.hpp>

#include "attribute_values.hpp"

#include <algorithm>

namespace scimkit
{
namespace
{

Error refused(std::string_view what, std::string_view path, std::string_view why)
{
    std::string detail{what};
    detail.append(" '").append(path).append("' ").append(why);
    return Error{ErrorCode::invalid_value, std::move(detail), std::string{path}};
}

result<AttributePath> read_path(std::string_view what, std::string_view path)
{
    auto parsed = parse_attribute_path(path);
    if (!parsed)
        return refused(what, path, "is not an attribute name: " + parsed.error().detail);
    return parsed;
}

/// What neither an index nor a unique key can be made of.
result<void> check_leaf(std::string_view what, std::string_view path, ResourceType const& type,
                        AttributeRef const& attribute)
{
    if (!attribute.attribute || attribute.leaf().type == AttributeType::complex)
        return refused(what, path, "is complex; name a sub-attribute");
    if (attribute.attribute->returned == Returned::never || attribute.leaf().returned == Returned::never)
        return refused(what, path, "is never returned, so nothing may look it up");
    if (type.is_large(*attribute.attribute))
        return refused(what, path, "is kept outside the resource, where it is found without an index");
    if (attribute.schema == &common_schema() && attribute.attribute->name != "externalId" && !is_timestamp(attribute))
        return refused(what, path, "is computed; resources are found by id without an index");
    return {};
}

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

bool value_less(BoundLiteral const& a, BoundLiteral const& b) noexcept
{
    if (a.index() != b.index())
        return a.index() < b.index();
    if (auto const* number = std::get_if<Number>(&a))
        return compare_numbers(*number, std::get<Number>(b)) < 0;
    if (auto const* string = std::get_if<StringKey>(&a))
        return string->key < std::get<StringKey>(b).key;
    if (auto const* instant = std::get_if<Instant>(&a))
        return *instant < std::get<Instant>(b);
    auto const* boolean = std::get_if<bool>(&a);
    return boolean && !*boolean && std::get<bool>(b);
}

} // namespace

result<FactRules> FactRules::make(SchemaRegistry const& registry, std::span<std::string const> indexes,
                                  std::span<AlsoUnique const> also_unique)
{
    auto rules = std::make_shared<std::vector<Rules>>(registry.resource_types().size());

    for (auto const& type : registry.resource_types())
    {
        std::vector<AttributeRef> unique;
        collect_unique(*type, type->schema(), false, unique);
        for (ResourceType::Extension const& extension : type->extensions())
            collect_unique(*type, *extension.schema, true, unique);
        for (AttributeRef const& attribute : unique)
            (*rules)[type->index()].unique.push_back({attribute, attribute.path()});
    }

    for (std::size_t i = 0; i < indexes.size(); ++i)
    {
        auto path = read_path("index", indexes[i]);
        if (!path)
            return path.error();
        for (auto const& type : registry.resource_types())
        {
            auto const attribute = type->resolve(*path);
            if (!attribute)
                continue;
            if (auto ok = check_leaf("index", indexes[i], *type, *attribute); !ok)
                return ok.error();
            (*rules)[type->index()].indexed.push_back({*attribute, i});
        }
    }

    for (AlsoUnique const& also : also_unique)
    {
        auto path = read_path("unique attribute", also.attribute);
        if (!path)
            return path.error();
        ResourceType const* type = registry.find_resource_type(also.resource_type);
        if (!type)
            return refused("unique attribute", also.attribute,
                           "is of the unknown resource type '" + also.resource_type + "'");
        auto const attribute = type->resolve(*path);
        if (!attribute)
            return refused("unique attribute", also.attribute,
                           "is not an attribute of resource type '" + type->name() + "'");
        if (auto ok = check_leaf("unique attribute", also.attribute, *type, *attribute); !ok)
            return ok.error();
        if (attribute->leaf().type == AttributeType::boolean || is_timestamp(*attribute))
            return refused("unique attribute", also.attribute, "cannot be unique by its type");
        auto& unique = (*rules)[type->index()].unique;
        if (std::ranges::none_of(unique, [&](Unique const& known) { return known.attribute == *attribute; }))
            unique.push_back({*attribute, attribute->path()});
    }

    FactRules made;
    made.rules_ = std::move(rules);
    return made;
}

Facts FactRules::facts_of(Resource const& resource) const
{
    Facts facts;
    Rules const& rules = (*rules_)[resource.type->index()];
    facts.index_entries.reserve(rules.indexed.size() + 2);
    for (Indexed const& indexed : rules.indexed)
    {
        auto const first = static_cast<std::ptrdiff_t>(facts.index_entries.size());
        for_each_value(resource, indexed.attribute,
                       [&](BoundLiteral&& value) {
                           facts.index_entries.push_back({indexed.index, std::move(value)});
                       });
        if (facts.index_entries.size() - static_cast<std::size_t>(first) < 2)
            continue;
        auto const less = [](IndexEntry const& a, IndexEntry const& b) { return value_less(a.value, b.value); };
        auto const equal = [&](IndexEntry const& a, IndexEntry const& b) { return !less(a, b) && !less(b, a); };
        std::sort(facts.index_entries.begin() + first, facts.index_entries.end(), less);
        facts.index_entries.erase(std::unique(facts.index_entries.begin() + first, facts.index_entries.end(), equal),
                                  facts.index_entries.end());
    }

    for (Unique const& unique : rules.unique)
    {
        auto const first = static_cast<std::ptrdiff_t>(facts.unique_keys.size());
        auto const add = [&](BoundLiteral const& value) {
            facts.unique_keys.push_back({unique.path, unique_key_of(value)});
        };

        // Case folding is the dear part: where the attribute is indexed too, the entry has the key already.
        auto const indexed = std::ranges::find(rules.indexed, unique.attribute, &Indexed::attribute);
        if (indexed != rules.indexed.end())
        {
            for (IndexEntry const& entry : facts.index_entries)
                if (entry.index == indexed->index)
                    add(entry.value);
            continue;
        }
        for_each_value(resource, unique.attribute, [&](BoundLiteral&& value) { add(value); });
        std::sort(facts.unique_keys.begin() + first, facts.unique_keys.end(),
                  [](UniqueKey const& a, UniqueKey const& b) { return a.value < b.value; });
        facts.unique_keys.erase(std::unique(facts.unique_keys.begin() + first, facts.unique_keys.end()),
                                facts.unique_keys.end());
    }
    return facts;
}

std::vector<BoundComparison> FactRules::unique_tests(Resource const& resource) const
{
    std::vector<BoundComparison> tests;
    for (Unique const& unique : (*rules_)[resource.type->index()].unique)
        for_each_value(resource, unique.attribute,
                       [&](BoundLiteral&& value) {
                           tests.push_back({unique.attribute, CompareOperator::eq, std::move(value)});
                       });
    return tests;
}

std::optional<std::size_t> FactRules::index_of(ResourceType const& type, AttributeRef const& attribute) const noexcept
{
    for (Indexed const& indexed : (*rules_)[type.index()].indexed)
        if (indexed.attribute == attribute)
            return indexed.index;
    return std::nullopt;
}

} // namespace scimkit
