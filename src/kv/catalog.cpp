// What is keyed, by the registry and the options, and what of it the database has already.
#include "catalog.hpp"

#include <scimkit/kv/indexes.hpp>

#include "../store/keyed_attribute.hpp"
#include "forms.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace scimkit::kv
{
namespace
{

/// The number of a name; a new one is added.
result<NameNumber> number_of(std::vector<std::string>& names, std::string_view name)
{
    auto const found = std::ranges::find(names, name);
    auto const position = found - names.begin();
    if (position > std::numeric_limits<NameNumber>::max())
        return Error{ErrorCode::unavailable, "The database has too many resource types."};
    if (found == names.end())
        names.emplace_back(name);
    return static_cast<NameNumber>(position);
}

/// How values are compared. Other names of the rule for text without letter case are those of older builds: "folded"
/// told widths apart, "mapped" did not, and had sharp s as ss.
std::string_view rule_of(Attribute const& leaf) noexcept
{
    if (leaf.case_exact)
        return " exact";
    return leaf.type == AttributeType::string ? " lower" : " folded";
}

constexpr std::string_view number_begins = " #";

/// All that decides what the entries of an index are: if any of it changes, they must be made anew.
std::string describe(Catalog::Index const& index)
{
    Attribute const& leaf = index.attribute.leaf();
    std::string fact = index.attribute.path();
    fact.append(number_begins).append(std::to_string(index.number)).append(" ").append(to_string(leaf.type));
    return fact.append(rule_of(leaf)).append(index.single_valued ? " one" : " many");
}

/// Queries rely on unique keys, so a change needs a rebuild too.
std::string describe(Catalog::Unique const& unique)
{
    return unique.path + std::string{rule_of(unique.attribute.leaf())} + " unique";
}

/// Attributes that the schemas say are unique.
std::vector<Catalog::Unique> unique_attributes(ResourceType const& type)
{
    std::vector<Catalog::Unique> unique;
    auto const collect = [&](Schema const& schema, bool in_extension)
    {
        auto const add = [&](AttributeRef const& attribute)
        {
            if (attribute.leaf().uniqueness != Uniqueness::none)
                unique.push_back({attribute, attribute.path()});
        };
        for (Attribute const& attribute : schema.attributes)
        {
            add({&schema, &attribute, nullptr, in_extension});
            for (Attribute const& sub_attribute : attribute.sub_attributes)
                add({&schema, &attribute, &sub_attribute, in_extension});
        }
    };
    collect(type.schema(), false);
    for (ResourceType::Extension const& extension : type.extensions())
        collect(*extension.schema, true);
    return unique;
}

std::string name_of_large(ResourceType const& type, AttributeRef const& large)
{
    return type.name() + "/" + large.attribute->name;
}

/// The names in `large` that are of that type, sorted.
std::vector<std::string> large_of(std::vector<std::string> const& large, std::string const& type)
{
    std::vector<std::string> names;
    std::ranges::copy_if(large, std::back_inserter(names),
                         [&](std::string const& name) { return name.substr(0, name.find('/')) == type; });
    std::ranges::sort(names);
    return names;
}

/// What the database says of types that the configuration has not: their data stays as it is.
void keep_others(CatalogRecord const& stored, SchemaRegistry const& registry, Forms& forms)
{
    Forms const before{stored.indexes};
    for (std::string const& name : stored.names)
    {
        if (name.find('/') != std::string::npos || registry.find_resource_type(name))
            continue;
        if (!before.known() || !before.same_room(forms))
            forms.distrust(name);
        else if (!before.of(name).empty())
            forms.set(name, before.of(name));
    }
}

/// Nothing where the type has no such attribute.
result<std::optional<Catalog::Index>> index_of(ResourceType const& type, std::string_view text, std::size_t number)
{
    auto const path = read_key_path("index", text);
    if (!path)
        return path.error();
    auto const attribute = type.resolve(*path);
    if (!attribute)
        return std::optional<Catalog::Index>{};
    if (auto ok = check_key_attribute("index", text, type, *attribute); !ok)
        return ok.error();
    bool const several =
        attribute->attribute->multi_valued || (attribute->sub_attribute && attribute->sub_attribute->multi_valued);
    return std::optional{Catalog::Index{number, *attribute, !several}};
}

/// The attributes of the type that have an index.
result<std::vector<Catalog::Index>> indexes_of(ResourceType const& type, std::vector<std::string> const& paths)
{
    std::vector<Catalog::Index> indexes;
    for (std::size_t i = 0; i < paths.size(); ++i)
    {
        auto const index = index_of(type, paths[i], i);
        if (!index)
            return index.error();
        if (*index)
            indexes.push_back(**index);
    }
    return indexes;
}

/// Those of which the database has the facts.
result<std::vector<Catalog::Index>> kept_indexes(ResourceType const& type, std::vector<std::string> const& facts)
{
    std::vector<Catalog::Index> indexes;
    for (std::string_view const fact : facts)
    {
        auto const end = fact.find(number_begins);
        if (end == std::string_view::npos)
            continue;
        std::string_view const path = fact.substr(0, end);
        std::string_view const rest = fact.substr(end + number_begins.size());
        std::size_t number = 0;
        std::from_chars(rest.data(), rest.data() + rest.size(), number);
        auto const index = index_of(type, path, number);
        if (!index)
            return index.error();
        if (!*index)
            return refused_key("index", path,
                               "is in the database, and is not an attribute of " + type.name() +
                                   " here: configure the schemas that the database was made with");
        indexes.push_back(**index);
    }
    std::ranges::sort(indexes, {}, &Catalog::Index::number);
    return indexes;
}

/// The first that only one of the two sorted lists has.
std::optional<std::string> first_difference(std::vector<std::string> const& a, std::vector<std::string> const& b)
{
    std::vector<std::string> difference;
    std::ranges::set_symmetric_difference(a, b, std::back_inserter(difference));
    return difference.empty() ? std::nullopt : std::optional{std::move(difference.front())};
}

/// What only one of the two says of the type.
std::optional<std::string> first_difference(CatalogRecord const& a, CatalogRecord const& b, std::string const& type)
{
    if (auto const large = first_difference(large_of(a.large, type), large_of(b.large, type)))
        return "large attribute " + large->substr(type.size() + 1);
    return first_difference(Forms{a.indexes}.of(type), Forms{b.indexes}.of(type));
}

} // namespace

result<void> check_indexes(std::span<std::string const> indexes, SchemaRegistry const& registry)
{
    for (std::string const& name : indexes)
    {
        bool is_known = false;
        for (auto const& type : registry.resource_types())
        {
            auto const index = index_of(*type, name, 0);
            if (!index)
                return index.error();
            is_known = is_known || *index;
        }
        if (!is_known)
            return refused_key("index", name, "is not an attribute of any resource type");
    }
    return {};
}

result<Catalog> Catalog::make(std::shared_ptr<SchemaRegistry const> registry, StoreOptions const& options,
                              CatalogRecord stored, std::size_t max_key_size)
{
    auto rules = UniqueKeyRules::make(*registry);
    if (!rules)
        return rules.error();

    Catalog catalog;
    catalog.rules_ = std::move(*rules);
    Forms forms{value_room(max_key_size)};
    keep_others(stored, *registry, forms);
    Forms const before{stored.indexes};
    catalog.record_ = std::move(stored);
    std::erase_if(catalog.record_.large, [&](std::string const& name)
                  { return registry->find_resource_type(name.substr(0, name.find('/'))) != nullptr; });

    for (auto const& type : registry->resource_types())
    {
        bool const keeps = options.keep_indexes && before.trusts(type->name()) &&
                           std::ranges::find(catalog.record_.names, type->name()) != catalog.record_.names.end();
        auto const number = number_of(catalog.record_.names, type->name());
        auto indexes = keeps ? kept_indexes(*type, before.of(type->name())) : indexes_of(*type, options.indexes);
        if (!number || !indexes)
            return number ? indexes.error() : number.error();
        Type entry{type.get(), *number, std::move(*indexes), {}, unique_attributes(*type)};
        for (Index const& index : entry.indexes)
            forms.add(type->name(), describe(index));
        for (Unique const& unique : entry.unique)
            forms.add(type->name(), describe(unique));
        for (AttributeRef const& large : type->large_attributes())
        {
            std::string const name = name_of_large(*type, large);
            auto const large_number = number_of(catalog.record_.names, name);
            if (!large_number)
                return large_number.error();
            entry.large.push_back({*large_number, large});
            catalog.record_.large.push_back(name);
        }
        catalog.types_.push_back(std::move(entry));
    }

    std::ranges::sort(catalog.record_.large);
    catalog.record_.indexes = forms.text();
    catalog.registry_ = std::move(registry);
    return catalog;
}

std::vector<Catalog::Type const*> Catalog::types_to_rebuild(CatalogRecord const& stored) const
{
    Forms const before{stored.indexes};
    Forms const now{record_.indexes};
    std::vector<Type const*> changed;
    for (Type const& type : types_)
    {
        std::string const& name = type.type->name();
        if (std::ranges::find(stored.names, name) == stored.names.end())
            continue; // new, and so without data
        if (!before.known() || !before.same_room(now) || before.of(name) != now.of(name) ||
            large_of(stored.large, name) != large_of(record_.large, name))
            changed.push_back(&type);
    }
    return changed;
}

result<void> Catalog::check_agreement(Catalog const& other) const
{
    for (Type const& type : types_)
        if (std::string const& name = type.type->name(); other.registry_->find_resource_type(name))
            if (auto const difference = first_difference(record_, other.record_, name))
                return Error{ErrorCode::invalid_value,
                             "The store is in use with another registry, which disagrees about " + name +
                                 ": only one of them has '" + *difference + "'."};
    return {};
}

result<void> Catalog::check_stored(CatalogRecord const& stored) const
{
    auto const has_number = [&](NameNumber number)
    { return number < stored.names.size() && stored.names[number] == record_.names[number]; };
    auto const others = [](std::string const& what) {
        return Error{ErrorCode::invalid_value, "The database was changed by somebody with other settings: " + what};
    };
    for (Type const& type : types_)
    {
        if (!has_number(type.number) ||
            !std::ranges::all_of(type.large, has_number, [](Large const& large) { return large.number; }))
            return others("it does not know " + type.type->name() + " as it did.");
        if (auto const difference = first_difference(record_, stored, type.type->name()))
            return others("of " + type.type->name() + ", only one of them has '" + *difference + "'.");
    }
    if (auto const changed = types_to_rebuild(stored); !changed.empty())
        return others("the indexes of " + changed.front()->type->name() + " are to be made anew.");
    return {};
}

Catalog::Index const* Catalog::find_index(ResourceType const& type, AttributeRef const& attribute) const noexcept
{
    for (Index const& index : of(type).indexes)
        if (index.attribute == attribute)
            return &index;
    return nullptr;
}

Catalog::Large const* Catalog::find_large(ResourceType const& type, Attribute const& attribute) const noexcept
{
    for (Large const& large : of(type).large)
        if (large.attribute.attribute == &attribute)
            return &large;
    return nullptr;
}

Catalog::LargeOf Catalog::large_by_number(NameNumber number) const noexcept
{
    for (Type const& type : types_)
        for (Large const& large : type.large)
            if (large.number == number)
                return {&type, &large};
    return {};
}

std::vector<NameNumber> Catalog::other_types() const
{
    std::vector<NameNumber> numbers;
    for (std::size_t i = 0; i < record_.names.size(); ++i)
        if (std::string const& name = record_.names[i];
            name.find('/') == std::string::npos && !registry_->find_resource_type(name))
            numbers.push_back(static_cast<NameNumber>(i));
    return numbers;
}

std::string_view Catalog::name_of(NameNumber number) const noexcept
{
    return number < record_.names.size() ? std::string_view{record_.names[number]} : std::string_view{};
}

} // namespace scimkit::kv
