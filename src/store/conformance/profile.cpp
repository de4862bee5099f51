// What a profile says of resources. Values are compared and shown attribute by attribute, since "another content" tells
// the author of a store nothing.
#include "profile.hpp"

#include <scimkit/schema/registry.hpp>
#include <scimkit/store/attribute_map.hpp>

#include "fixture.hpp"

#include <algorithm>

namespace scimkit::conformance
{
namespace
{

std::string shown(json::value const* value)
{
    constexpr std::size_t most = 200;
    if (!value)
        return "nothing";
    std::string text;
    write_json(text, *value);
    if (text.size() > most)
        text = text.substr(0, most) + "... (" + std::to_string(text.size()) + " bytes)";
    return text;
}

std::string shown(Instant time) { return format_date_time(time); }

bool has_longer_text(json::value const& value, std::size_t longest)
{
    if (auto const* text = value.if_string())
        return text->size() > longest;
    if (auto const* list = value.if_array())
        return std::ranges::any_of(*list, [&](json::value const& each) { return has_longer_text(each, longest); });
    auto const* object = value.if_object();
    return object && std::ranges::any_of(*object, [&](json::key_value_pair const& each)
                                         { return has_longer_text(each.value(), longest); });
}

} // namespace

std::vector<std::string_view> paths_of(KeptType const& type)
{
    std::vector<std::string_view> paths;
    for (KeptAttribute const& attribute : type.attributes)
        paths.push_back(attribute.path);
    return paths;
}

std::shared_ptr<SchemaRegistry const> registry_of(ConformanceProfile const* profile)
{
    if (!profile)
        return conformance_registry();
    static auto const rfc = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    return profile->registry ? profile->registry : rfc;
}

ResourceType const& type_or_first(SchemaRegistry const& registry, std::string_view name)
{
    auto const* found = registry.find_resource_type(name);
    return found ? *found : *registry.resource_types().front();
}

KeptType const* find_type(ConformanceProfile const& profile, std::string_view name)
{
    auto const found = std::ranges::find(profile.types, name, &KeptType::name);
    return found == profile.types.end() ? nullptr : &*found;
}

std::optional<std::string> optional_text(ConformanceProfile const& profile, ResourceType const& type)
{
    auto const* kept = find_type(profile, type.name());
    for (KeptAttribute const& each : kept ? std::span{kept->attributes} : std::span<KeptAttribute const>{})
        if (auto const* attribute = type.schema().find_attribute(each.path);
            attribute && attribute->type == AttributeType::string && !attribute->multi_valued && !attribute->required &&
            attribute->uniqueness == Uniqueness::none && !attribute->only_canonical_values && each.examples.empty() &&
            each.if_absent.is_null())
            return attribute->name;
    return std::nullopt;
}

std::string why_not_kept(Resource const& resource, ConformanceProfile const& profile)
{
    auto const* type = find_type(profile, resource.type->name());
    if (!type)
        return "the profile has no " + resource.type->name();
    auto const map = AttributeMap::make(*resource.type, paths_of(*type));
    if (!map)
        return {}; // the cases of the profile say so
    Resource kept;
    kept.type = resource.type;
    for (std::size_t i = 0; i < map->size(); ++i)
        if (auto const* value = map->get(resource, i))
            map->set(kept, i, *value);
    for (auto const& [name, value] : resource.attributes)
    {
        auto const* left = kept.attributes.if_contains(name);
        if (has_longer_text(value, profile.longest_text))
            return "the profile has no text of that length";
        if (left && equal_json(*left, value))
            continue;
        bool const is_member =
            std::ranges::any_of(profile.members, [&, key = std::string_view{name}](KeptMembers const& each)
                                { return each.type == type->name && each.attribute == key && !each.must_exist; });
        if (!is_member)
            return "the profile does not have " + std::string{name} + " of " + type->name + " as it is used here";
    }
    return {};
}

void set_defaults(Resource& resource, ConformanceProfile const& profile)
{
    auto const* type = find_type(profile, resource.type->name());
    auto const map = type ? AttributeMap::make(*resource.type, paths_of(*type)) : result<AttributeMap>{AttributeMap{}};
    if (!map)
        return;
    for (std::size_t i = 0; i < map->size(); ++i)
        if (!map->get(resource, i))
            map->set(resource, i, type->attributes[i].if_absent);
}

std::string difference(std::string_view attribute, json::value const* sent, json::value const* found)
{
    if (sent && found ? equal_json(*sent, *found) : sent == found)
        return {};
    return "attribute " + std::string{attribute} + ": sent " + shown(sent) + ", found " + shown(found);
}

std::vector<std::string> differences(Resource const& sent, Resource const& found)
{
    std::vector<std::string> all;
    if (sent.type != found.type)
        all.push_back("it is of another type than was asked for");
    if (sent.id != found.id)
        all.push_back("id: sent " + sent.id + ", found " + found.id);
    if (sent.created != found.created)
        all.push_back("meta.created: sent " + shown(sent.created) + ", found " + shown(found.created));
    if (sent.last_modified != found.last_modified)
        all.push_back("meta.lastModified: sent " + shown(sent.last_modified) + ", found " + shown(found.last_modified));
    for (auto const& [name, value] : sent.attributes)
        if (auto text = difference(name, &value, found.attributes.if_contains(name)); !text.empty())
            all.push_back(std::move(text));
    for (auto const& [name, value] : found.attributes)
        if (!sent.attributes.contains(name))
            all.push_back(difference(name, nullptr, &value));
    return all;
}

} // namespace scimkit::conformance
