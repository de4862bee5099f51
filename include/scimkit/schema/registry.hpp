// SchemaRegistry: all schemas and resource types of a service provider. Built once, checked, immutable, shared.
//
//     auto registry = SchemaRegistry::Builder{}.add_rfc7643().add(badge_schema).add(device_type).build();
//
// Ownership: everything that points into a registry (AttributeRef, BoundFilter, Projection, ResourceType) is
// valid while the registry lives; hold the shared_ptr. Threading: a built registry is immutable.
#pragma once

#include <scimkit/schema/resource_type.hpp>

#include <deque>
#include <filesystem>
#include <memory>
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

class SCIMKIT_API SchemaRegistry
{
public:
    class Builder;

    std::deque<Schema> const& schemas() const noexcept { return schemas_; }
    std::vector<std::unique_ptr<ResourceType const>> const& resource_types() const noexcept { return types_; }

    /// By URI, ignoring case; null if unknown.
    Schema const* find_schema(std::string_view uri) const noexcept;
    /// By name ("User"), exact; null if unknown.
    ResourceType const* find_resource_type(std::string_view name) const noexcept;
    /// By endpoint ("/Users"), exact unless `ignore_case`; null if unknown.
    ResourceType const* find_endpoint(std::string_view endpoint, bool ignore_case = false) const noexcept;

private:
    SchemaRegistry() = default;
    std::deque<Schema> schemas_; // a deque: addresses stay
    std::vector<std::unique_ptr<ResourceType const>> types_;
};

/// Collects definitions; build() checks them all. Functions return *this so that calls chain; an error met on
/// the way (a file that cannot be read) is kept and returned by build().
class SCIMKIT_API SchemaRegistry::Builder
{
public:
    /// The schemas and resource types of RFC 7643. Every registry has the discovery schemas anyway.
    Builder& add_rfc7643();
    Builder& add(Schema schema);
    Builder& add(ResourceTypeDefinition type);
    /// Adds an extension to a resource type that is, or will be, added.
    Builder& extend(std::string_view resource_type, std::string_view schema_uri, bool required = false);
    /// A file with one definition, an array of them or a ListResponse; schemas and resource types are told apart
    /// by their `schemas`. A resource type of a name that is known already replaces it.
    Builder& load(std::filesystem::path const& file);
    /// A file too: without this a literal could as well be a JSON string.
    Builder& load(char const* file) { return load(std::filesystem::path(file)); }
    Builder& load(json::value const& definitions);

    /// Error: invalid_value. Refused, with the reason and the place: no or bad names, a name twice (ignoring
    /// case), a common attribute in an extension (in a base schema it is ignored), sub-attributes of a type that is not
    /// complex or none of one that is, complex inside complex, unknown keywords, readOnly and required
    /// contradictions, uniqueness on what cannot be unique, unknown or repeated schema URIs and endpoints,
    /// endpoints that hide a protocol endpoint, large attributes without `value`.
    result<std::shared_ptr<SchemaRegistry const>> build() const;

private:
    void replace_or_add(ResourceTypeDefinition type);

    std::vector<Schema> schemas_;
    std::vector<ResourceTypeDefinition> types_;
    struct Extend
    {
        std::string type;
        ResourceTypeDefinition::Extension extension;
    };
    std::vector<Extend> extends_;
    std::vector<Error> errors_;
};

} // namespace scimkit
