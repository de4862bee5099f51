// A resource type with its extensions (RFC 7643 sections 3.3 and 6), and the table by which names are resolved: case,
// aliases of schema URIs and extensions cost one look-up, whatever the request says.
#include <scimkit/schema/registry.hpp>
#include <scimkit/schema/resource_type.hpp>

#include "names.hpp"

#include <algorithm>
#include <unordered_map>

namespace scimkit
{
namespace
{

// The URIs that drafts of SCIM 2.0, and SCIM 1.1 before them, used for a schema of RFC 7643: with and without
// the name of the resource type at the end.
std::vector<std::string> legacy_uris_of(std::string_view id)
{
    std::vector<std::string> uris;
    for (std::string const kind : {"core", "extension:enterprise"})
    {
        auto const prefix = "urn:ietf:params:scim:schemas:" + kind + ":2.0:";
        if (!equal_ascii_ignoring_case(id.substr(0, prefix.size()), prefix))
            continue;
        for (std::string const version : {"1.0", "2.0"})
        {
            std::string draft = "urn:scim:schemas:" + kind;
            draft.append(":").append(version);
            uris.push_back(draft);
            uris.push_back(draft.append(":").append(id.substr(prefix.size())));
        }
    }
    return uris;
}

std::optional<AttributeRef> with_sub_attribute(AttributeRef ref, std::string_view sub_attribute)
{
    if (sub_attribute.empty())
        return ref;
    ref.sub_attribute = ref.attribute->find_sub_attribute(sub_attribute);
    if (!ref.sub_attribute)
        return std::nullopt;
    return ref;
}

} // namespace

// Every question about names is one look into a hash table. Keys are views of the schemas, which stay in place.
struct ResourceType::NameTable
{
    template <class Key, class Value>
    using Table = std::unordered_map<Key, Value, NameHash, NameEqual>;
    using Attributes = Table<std::string_view, AttributeRef>;

    /// What a URI stands for: the base schema or an extension.
    struct Space
    {
        Schema const* schema;
        Attributes const* attributes;
        bool is_extension;
    };

    Attributes root;                       ///< base and common attributes
    std::vector<Attributes> extensions;    ///< in the order of the resource type's
    Attributes unprefixed;                 ///< attributes of one extension only, and not of the root
    Table<std::string, Space> uris;        ///< schema URIs
    Table<std::string, Space> legacy_uris; ///< their aliases

    NameTable(Schema const& base, std::span<Extension const> extension_list, bool has_external_id)
    {
        add_attributes(root, common_schema(), false);
        if (!has_external_id)
            root.erase("externalId");
        add_attributes(root, base, false);
        add_space({.schema = &base, .attributes = &root, .is_extension = false});
        extensions.resize(extension_list.size());
        for (std::size_t i = 0; i < extension_list.size(); ++i)
        {
            auto const& schema = *extension_list[i].schema;
            add_attributes(extensions[i], schema, true);
            add_space({.schema = &schema, .attributes = &extensions[i], .is_extension = true});
        }
        fill_unprefixed();
    }

    template <class Uri>
    Space const* find_space(Uri const& uri, bool with_legacy) const noexcept
    {
        if (auto const found = uris.find(uri); found != uris.end())
            return &found->second;
        if (with_legacy)
            if (auto const found = legacy_uris.find(uri); found != legacy_uris.end())
                return &found->second;
        return nullptr;
    }

    static AttributeRef const* find(Attributes const& attributes, std::string_view name) noexcept
    {
        auto const found = attributes.find(name);
        return found == attributes.end() ? nullptr : &found->second;
    }

private:
    static void add_attributes(Attributes& table, Schema const& schema, bool in_extension)
    {
        for (auto const& attribute : schema.attributes)
            table.emplace(attribute.name,
                          AttributeRef{.schema = &schema, .attribute = &attribute, .in_extension = in_extension});
    }

    void add_space(Space const& space)
    {
        uris.emplace(space.schema->id, space);
        for (auto& alias : legacy_uris_of(space.schema->id))
            legacy_uris.emplace(std::move(alias), space);
    }

    void fill_unprefixed()
    {
        Attributes ambiguous;
        for (auto const& extension : extensions)
            for (auto const& [name, ref] : extension)
                if (!root.contains(name) && !unprefixed.emplace(name, ref).second)
                    ambiguous.emplace(name, ref);
        for (auto const& entry : ambiguous)
            unprefixed.erase(entry.first);
    }
};

ResourceType::ResourceType(ResourceTypeDefinition definition, Schema const* schema, std::vector<Extension> extensions,
                           std::size_t index, bool has_external_id)
    : definition_(std::move(definition))
    , schema_(schema)
    , extensions_(std::move(extensions))
    , index_(index)
    , names_(std::make_unique<NameTable const>(*schema_, extensions_, has_external_id))
{
    large_attributes_.reserve(definition_.large_attributes.size());
    for (auto const& name : definition_.large_attributes)
        large_attributes_.push_back({.schema = schema_, .attribute = schema_->find_attribute(name)});
}

ResourceType::~ResourceType() = default;

bool ResourceType::is_large(Attribute const& attribute) const noexcept
{
    return std::any_of(large_attributes_.begin(), large_attributes_.end(),
                       [&attribute](AttributeRef const& large) { return large.attribute == &attribute; });
}

std::optional<AttributeRef> ResourceType::resolve(AttributePath const& path, NameResolution const& how) const
{
    AttributeRef const* found = nullptr;
    if (path.uri.empty())
    {
        found = NameTable::find(names_->root, path.name);
        if (!found && how.unprefixed_extension_attribute)
            found = NameTable::find(names_->unprefixed, path.name);
    }
    else
    {
        auto const* whole = names_->find_space(JoinedUri{path.uri, path.name}, how.legacy_schema_uris);
        if (whole && !path.sub_attribute.empty() && how.dot_after_schema_uri)
        {
            auto const* attribute = NameTable::find(*whole->attributes, path.sub_attribute);
            return attribute ? std::optional{*attribute} : std::nullopt;
        }
        if (whole && whole->is_extension)
            return path.sub_attribute.empty()
                       ? std::optional{AttributeRef{.schema = whole->schema, .in_extension = true}}
                       : std::nullopt;
        if (auto const* space = names_->find_space(std::string_view{path.uri}, how.legacy_schema_uris))
            found = NameTable::find(*space->attributes, path.name);
    }
    return found ? with_sub_attribute(*found, path.sub_attribute) : std::nullopt;
}

std::optional<AttributeRef> ResourceType::find_root_attribute(std::string_view name) const noexcept
{
    auto const* found = NameTable::find(names_->root, name);
    return found ? std::optional{*found} : std::nullopt;
}

Schema const* ResourceType::find_extension(std::string_view uri, bool legacy_schema_uris) const noexcept
{
    auto const* space = names_->find_space(uri, legacy_schema_uris);
    return space && space->is_extension ? space->schema : nullptr;
}

bool ResourceType::is_base_schema(std::string_view uri, bool legacy_schema_uris) const noexcept
{
    auto const* space = names_->find_space(uri, legacy_schema_uris);
    return space && !space->is_extension;
}

} // namespace scimkit
