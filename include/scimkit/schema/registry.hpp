// SchemaRegistry: all schemas and resource types of a service provider. Built once, checked, immutable, shared.
//
//     auto registry = SchemaRegistry::Builder{}.add_rfc7643().add(badge_schema).add(device_type).build();
//
// Ownership: everything that points into a registry (AttributeRef, BoundFilter, ResourceType) is
// valid while the registry lives; hold the shared_ptr. Threading: a built registry is immutable, and its functions may
// be called by any number of threads; a Builder belongs to one. Complexity: look-ups walk over schemas and types, which
// are few.
#pragma once

#include <scimkit/schema/resource_type.hpp>

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{

namespace urn
{
inline constexpr std::string_view user = "urn:ietf:params:scim:schemas:core:2.0:User";
inline constexpr std::string_view group = "urn:ietf:params:scim:schemas:core:2.0:Group";
inline constexpr std::string_view enterprise_user = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
inline constexpr std::string_view service_provider_config =
    "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
inline constexpr std::string_view resource_type = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";
inline constexpr std::string_view schema = "urn:ietf:params:scim:schemas:core:2.0:Schema";
} // namespace urn

/// The common attributes of RFC 7643 section 3.1 and 3: schemas, id, externalId, meta. Its id is empty.
SCIMKIT_API Schema const& common_schema();

/// The six schemas of RFC 7643 section 8.7 with the verified errata applied (docs/design.md lists them).
SCIMKIT_API std::vector<Schema> rfc7643_schemas();

/// The resource types User (with the enterprise extension, optional) and Group (members is large).
SCIMKIT_API std::vector<ResourceTypeDefinition> rfc7643_resource_types();

/// What a pack is wanted for; see packs.hpp.
enum class PackUse
{
    serve,   ///< as its document says: clients only read what is a catalogue
    maintain ///< catalogues can be written, by whoever keeps them
};

class SCIMKIT_API SchemaRegistry
{
public:
    class Builder;

    /// Those that were added, then the discovery schemas.
    std::span<Schema const> schemas() const noexcept { return schemas_; }
    /// In the order of their indexes; none is null.
    std::span<std::unique_ptr<ResourceType const> const> resource_types() const noexcept { return types_; }

    /// By URI, ignoring case; null if unknown.
    Schema const* find_schema(std::string_view uri) const noexcept;
    /// By name ("User"), exact; null if unknown.
    ResourceType const* find_resource_type(std::string_view name) const noexcept;
    /// By endpoint ("/Users"), exact unless `ignore_case`; null if unknown.
    ResourceType const* find_endpoint(std::string_view endpoint, bool ignore_case = false) const noexcept;

private:
    SchemaRegistry() = default;
    std::vector<Schema> schemas_; // complete before anything points into it
    std::vector<std::unique_ptr<ResourceType const>> types_;
    std::vector<std::unique_ptr<Schema const>> whole_schemas_; // those of ResourceType::before_keep_only()
};

/// Collects definitions; build() checks them all. Functions return *this so that calls chain; an error met on
/// the way (a file that cannot be read) is kept and returned by build().
///
/// Threading: of one thread. Lifetimes: it owns copies of all that it was given, another registry's definitions too; it
/// is a value, and a copy goes on by itself. Complexity: of each function, linear in what it is given.
class SCIMKIT_API SchemaRegistry::Builder
{
public:
    /// The schemas and resource types of RFC 7643. Every registry has the discovery schemas anyway.
    Builder& add_rfc7643();
    /// A schema, also one that only extends others. One of an id that is known already is refused by build().
    Builder& add(Schema schema);
    /// A resource type; its schemas may be added later. One of a name that is known already is refused by build().
    Builder& add(ResourceTypeDefinition type);
    /// All schemas and resource types of another registry, as they are there, with what keep_only() left out of them.
    Builder& add(SchemaRegistry const& other);
    /// Adds an extension to a resource type that is, or will be, added.
    Builder& extend(std::string_view resource_type, std::string_view schema_uri, bool required = false);
    /// A file with one definition, an array of them or a ListResponse; schemas and resource types are told apart
    /// by their `schemas`. A resource type of a name that is known already replaces it.
    Builder& load(std::filesystem::path const& file);
    /// A file too: without this a literal could as well be a JSON string.
    Builder& load(char const* file) { return load(std::filesystem::path(file)); }
    /// The same, as JSON that is there already.
    Builder& load(json::value const& definitions);

    /// The definitions of one of schema_packs(), by its name (scimkit/schema/packs.hpp).
    Builder& add_pack(std::string_view name, PackUse use = PackUse::serve);

    /// Takes from a resource type every attribute that is not named, so that a store over tables need not pretend: it
    /// is not announced, not answered, unknown in filters, and in bodies treated as any unknown attribute
    /// (docs/tolerance.md; `ignore-unkept-paths` is about PATCH paths). Names are in attribute notation: "userName",
    /// "emails.value", "urn:...:User:department", "externalId"; a whole extension by its URI. A complex attribute stays
    /// whole by its own name, or with the sub-attributes that are named. `$ref` stays beside the `value` of a
    /// reference, since it is computed; `id`, `meta` and `schemas` stay always. An extension of which nothing is left
    /// goes. Named again, the later list counts. attributes_of() in store/attribute_map.hpp makes the list from the
    /// paths of columns.
    Builder& keep_only(std::string_view resource_type, std::vector<std::string> attributes);

    /// The other way round: takes the attributes that are named from what a resource type has, or from what keep_only()
    /// leaves of it. Named again, the attributes of both lists go.
    Builder& leave_out(std::string_view resource_type, std::vector<std::string> attributes);

    /// Gives an attribute ("roles.type") of a schema canonical values, which are suggestions (RFC 7643 section 7).
    Builder& suggest_values(std::string_view schema_uri, std::string_view attribute, std::vector<std::string> values);

    /// Lets an attribute ("emails.type") of a schema have its canonical values only, which become `values` unless that
    /// is empty: Attribute::only_canonical_values, for definitions that are not your own.
    Builder& only_values(std::string_view schema_uri, std::string_view attribute, std::vector<std::string> values = {});

    /// The registry, if all is well. May be called again, also after more was added; each registry is its own.
    ///
    /// Complexity: linear in attributes and types, times their number where names are compared: some milliseconds.
    /// Errors: invalid_value, for the first of these, with the reason and the place:
    ///   load(), add_pack()  a file that cannot be read or has more than 16 MiB, or what is in it; no such pack.
    ///   Schemas             an id that is no URI, is there twice (ignoring case), or is that of a discovery schema
    ///                       which it differs from.
    ///   Attributes          no or bad names, a name twice (ignoring case), a common attribute in an extension (in a
    ///                       base schema it is ignored), sub-attributes of a type that is not complex or none of one
    ///                       that is, complex inside complex, unknown keywords, required and readOnly at once,
    ///                       writeOnly and always returned, uniqueness on what cannot be unique, reference types of
    ///                       what is no reference.
    ///   Resource types      names and endpoints that no URL can have as a segment, repeated ones (ignoring case),
    ///                       unknown or repeated schema URIs, endpoints that hide a protocol endpoint, large attributes
    ///                       that are secret or whose elements no `value` tells apart
    ///                       (ResourceTypeDefinition::large_attributes).
    ///   extend()            a resource type that there is not.
    ///   keep_only(), leave_out()
    ///                       what is required is not among what is kept, an attribute or a resource type that there
    ///                       is not, a part of a schema that other resource types have too.
    ///   only_values(), suggest_values()
    ///                       no values, two that are equal as the attribute compares, an attribute that is no text.
    result<std::shared_ptr<SchemaRegistry const>> build() const;

private:
    struct Keep
    {
        std::string type;
        std::vector<std::string> attributes{};
        std::vector<std::string> left_out{};
        bool all = false; ///< whatever `attributes` has
    };
    struct OnlyValues
    {
        std::string schema;
        std::string attribute;
        std::vector<std::string> values;
        bool only = true;
    };
    struct Kept;

    Keep& keep_of(std::string_view resource_type);
    void replace_or_add(ResourceTypeDefinition type);
    result<std::vector<ResourceTypeDefinition>> extended_types() const;
    static result<Kept> keep(Keep const& wanted, std::vector<ResourceTypeDefinition>& types, SchemaRegistry& registry);

    std::vector<Schema> schemas_;
    std::vector<ResourceTypeDefinition> types_;
    struct Extend
    {
        std::string type;
        ResourceTypeDefinition::Extension extension;
    };
    std::vector<Extend> extends_;
    std::vector<Keep> keeps_;
    std::vector<OnlyValues> only_values_;
    std::vector<Error> errors_;
};

} // namespace scimkit
