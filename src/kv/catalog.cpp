// What is keyed, and how it is written down: text that any build can read as far as the format version.
#include "catalog.hpp"

#include "../store/keyed_attribute.hpp"
#include "forms.hpp"
#include "seal.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace scimkit::kv
{
namespace
{

constexpr std::string_view magic = "scimkit-kv";

json::array to_array(std::vector<std::string> const& names)
{
    json::array array;
    for (std::string const& name : names)
        array.emplace_back(name);
    return array;
}

bool read_names(json::object const& object, std::string_view member, std::vector<std::string>& out)
{
    auto const* value = object.if_contains(member);
    auto const* array = value ? value->if_array() : nullptr;
    if (!array)
        return false;
    for (json::value const& name : *array)
    {
        auto const* text = name.if_string();
        if (!text)
            return false;
        out.emplace_back(*text);
    }
    return true;
}

constexpr std::string_view check_member = ",\"check\":";

/// Whether the text ends with a checksum of what stands before it.
bool is_sound(std::string_view text)
{
    auto const place = text.rfind(check_member);
    if (place == std::string_view::npos)
        return false;
    std::string const checked = std::string{text.substr(0, place)} + "}";
    std::string const wanted = std::string{check_member} + std::to_string(seal_of(meta_key, checked)) + "}";
    return text.substr(place) == wanted;
}

std::string to_hex(std::string_view bytes)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (char const c : bytes)
    {
        auto const byte = static_cast<unsigned char>(c);
        text.append(1, digits[byte >> 4]).append(1, digits[byte & 0x0F]);
    }
    return text;
}

std::optional<std::string> from_hex(std::string_view text)
{
    std::string bytes;
    for (; text.size() >= 2; text.remove_prefix(2))
    {
        unsigned byte = 0;
        auto const [end, error] = std::from_chars(text.data(), text.data() + 2, byte, 16);
        if (error != std::errc{} || end != text.data() + 2)
            return std::nullopt;
        bytes.push_back(static_cast<char>(byte));
    }
    return text.empty() ? std::optional{std::move(bytes)} : std::nullopt;
}

/// A key, if it is there at all.
bool read_place(json::object const& object, std::string_view member, std::optional<std::string>& out)
{
    auto const* value = object.if_contains(member);
    if (value)
        out = value->is_string() ? from_hex(value->get_string()) : std::nullopt;
    return !value || out;
}

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

/// All that decides what the entries of an index are: if any of it changes, they must be made anew.
std::string describe(Catalog::Index const& index)
{
    Attribute const& leaf = index.attribute.leaf();
    std::string fact = index.attribute.path();
    fact.append(" #").append(std::to_string(index.number)).append(" ").append(to_string(leaf.type));
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
        if (name.find('/') != std::string::npos || registry.find_resource_type(name) != nullptr)
            continue;
        if (!before.known() || !before.same_room(forms))
            forms.distrust(name);
        else if (!before.of(name).empty())
            forms.set(name, before.of(name));
    }
}

/// The attributes of the type that have an index; `used` learns which of the options it used.
result<std::vector<Catalog::Index>> indexes_of(ResourceType const& type, std::vector<std::string> const& paths,
                                               std::vector<bool>& used)
{
    std::vector<Catalog::Index> indexes;
    for (std::size_t i = 0; i < paths.size(); ++i)
    {
        auto const path = read_key_path("index", paths[i]);
        if (!path)
            return path.error();
        auto const attribute = type.resolve(*path);
        if (!attribute)
            continue;
        if (auto ok = check_key_attribute("index", paths[i], type, *attribute); !ok)
            return ok.error();
        used[i] = true;
        bool const several =
            attribute->attribute->multi_valued || (attribute->sub_attribute && attribute->sub_attribute->multi_valued);
        indexes.push_back({i, *attribute, !several});
    }
    return indexes;
}

/// The first that only one of the two sorted lists has.
std::optional<std::string> first_difference(std::vector<std::string> const& a, std::vector<std::string> const& b)
{
    std::vector<std::string> difference;
    std::ranges::set_symmetric_difference(a, b, std::back_inserter(difference));
    return difference.empty() ? std::nullopt : std::optional{std::move(difference.front())};
}

} // namespace

std::string encode_catalog(CatalogRecord const& record)
{
    json::object object;
    object["magic"] = magic;
    object["format"] = record.format;
    object["names"] = to_array(record.names);
    object["large"] = to_array(record.large);
    object["indexes"] = record.indexes;
    if (record.sealed_to)
        object["sealed"] = to_hex(*record.sealed_to);
    if (record.rewritten_to)
        object["rewritten"] = to_hex(*record.rewritten_to);
    std::string text;
    write_json(text, object);
    if (record.format < 2)
        return text;
    std::string const check = std::to_string(seal_of(meta_key, text));
    text.pop_back();
    return text.append(check_member).append(check).append("}");
}

result<CatalogRecord> decode_catalog(std::string_view bytes)
{
    Error const foreign{ErrorCode::corrupt, "This is not a scimkit database."};
    auto const value = parse_json(bytes, {.max_bytes = std::size_t{16} << 20});
    auto const* object = value ? value->if_object() : nullptr;
    auto const* name = object ? object->if_contains("magic") : nullptr;
    if (!name || !name->is_string() || std::string_view(name->get_string()) != magic)
        return foreign;
    auto const* format = object->if_contains("format");
    if (!format || !format->is_int64())
        return foreign;
    CatalogRecord record;
    record.format = format->get_int64();
    if (record.format < 1 || record.format > database_format)
        return Error{ErrorCode::corrupt, "The database has format version " + std::to_string(record.format) +
                                             "; this build knows version " + std::to_string(database_format) + "."};
    if (record.format >= 2 && !is_sound(bytes))
        return Error{ErrorCode::corrupt, "The description of the database is damaged: its checksum does not fit."};
    if (!read_place(*object, "sealed", record.sealed_to) || !read_place(*object, "rewritten", record.rewritten_to))
        return foreign;
    auto const* indexes = object->if_contains("indexes");
    if (!indexes || !indexes->is_string() || !read_names(*object, "names", record.names) ||
        !read_names(*object, "large", record.large))
        return foreign;
    record.indexes = std::string_view(indexes->get_string());
    return record;
}

result<Catalog> Catalog::make(std::shared_ptr<SchemaRegistry const> registry, StoreOptions const& options,
                              CatalogRecord stored, std::size_t max_key_size)
{
    auto rules = UniqueKeyRules::make(*registry);
    if (!rules)
        return rules.error();

    Catalog catalog;
    catalog.rules_ = std::move(*rules);
    std::vector<bool> used(options.indexes.size(), false);
    Forms forms{value_room(max_key_size)};
    keep_others(stored, *registry, forms);
    catalog.record_ = std::move(stored);
    std::erase_if(catalog.record_.large, [&](std::string const& name)
                  { return registry->find_resource_type(name.substr(0, name.find('/'))) != nullptr; });

    for (auto const& type : registry->resource_types())
    {
        auto const number = number_of(catalog.record_.names, type->name());
        auto indexes = indexes_of(*type, options.indexes, used);
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

    // Registries without users are fine with the default list; anything else that names nothing is a typing error.
    StoreOptions const defaults;
    for (std::size_t i = 0; i < used.size(); ++i)
        if (!used[i] && std::ranges::find(defaults.indexes, options.indexes[i]) == defaults.indexes.end())
            return refused_key("index", options.indexes[i], "is not an attribute of any resource type");

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
    Forms const mine{record_.indexes};
    Forms const others{other.record_.indexes};
    for (Type const& type : types_)
    {
        std::string const& name = type.type->name();
        if (other.registry_->find_resource_type(name) == nullptr)
            continue;
        auto difference = first_difference(mine.of(name), others.of(name));
        if (auto large = first_difference(large_of(record_.large, name), large_of(other.record_.large, name)); large)
            difference = "large attribute " + large->substr(name.size() + 1);
        if (difference)
            return Error{ErrorCode::invalid_value, "The store is in use with another registry, which disagrees about " +
                                                       name + ": only one of them has '" + *difference + "'."};
    }
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

std::string_view Catalog::name_of(NameNumber number) const noexcept
{
    return number < record_.names.size() ? std::string_view{record_.names[number]} : std::string_view{};
}

} // namespace scimkit::kv
