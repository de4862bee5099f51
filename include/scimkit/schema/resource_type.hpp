// ResourceType: an endpoint, its schema and its extensions (RFC 7643 section 6), resolved and immutable; and how the
// attributes of one are named, by a client (AttributePath) and once resolved (AttributeRef).
//
// Threading: values, and what is immutable; any thread reads. Lifetimes: a ResourceType is part of its SchemaRegistry
// (schema/registry.hpp), and whatever refers to it or to its attributes may not outlive that. Errors: what is wrong
// with a definition is said by SchemaRegistry::Builder::build(); only parse_attribute_path() has an error here.
#pragma once

#include <scimkit/schema/schema.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{

/// What an application declares; names are resolved when SchemaRegistry is built. A value.
struct ResourceTypeDefinition
{
    struct Extension
    {
        std::string schema;    ///< the extension's schema URI
        bool required = false; ///< a resource without it is refused (RFC 7643 section 6, schemaExtensions.required)

        friend bool operator==(Extension const&, Extension const&) = default;
    };

    std::string name;          ///< "User"; also the id at /ResourceTypes
    std::string endpoint;      ///< "/Users", relative to the root of the service
    std::string schema;        ///< URI of the base schema
    std::string description{}; ///< for /ResourceTypes
    std::vector<Extension> extensions{};
    /// Multi-valued complex attributes of the base schema that may grow large ("members"): stores keep them outside the
    /// record, one entry per `value`, and tell of them by it. So each has a single `value` that its elements are known
    /// by: it names a resource (is_resource_reference()) or is immutable. Neither it nor the attribute is writeOnly or
    /// never returned.
    std::vector<std::string> large_attributes{};
    /// A catalogue: clients read and search it, and anything else is 405. Its resources come by a service with a
    /// registry in which this is off.
    bool read_only = false;

    friend bool operator==(ResourceTypeDefinition const&, ResourceTypeDefinition const&) = default;
};

/// A resolved attribute: which schema it belongs to, the attribute, and perhaps one sub-attribute. A value of pointers
/// into the SchemaRegistry, which must outlive it. Equality is identity of the definitions: references of two
/// registries are never equal, whatever they are called.
struct AttributeRef
{
    Schema const* schema = nullptr;           ///< common_schema() for id, externalId, meta, schemas
    Attribute const* attribute = nullptr;     ///< null only when a whole extension is meant
    Attribute const* sub_attribute = nullptr; ///< null: the attribute itself is meant
    bool in_extension = false;                ///< the value is found in the object named by the schema URI

    /// The definition that says type, case rule and so on: the sub-attribute's where there is one. Requires that no
    /// whole extension is meant.
    Attribute const& leaf() const noexcept { return sub_attribute ? *sub_attribute : *attribute; }

    /// "userName", "name.familyName", "urn:...:User:manager.value": standard attribute notation of RFC 7644
    /// section 3.10 in schema spelling; the URI only for extensions, and alone where a whole one is meant.
    /// Complexity: linear in the text, which is made anew.
    SCIMKIT_API std::string path() const;

    friend bool operator==(AttributeRef const&, AttributeRef const&) = default;
};

/// An attribute as a client wrote it (RFC 7644 section 3.10): [URI ":"] name ["." sub]. Spelling is kept. A value.
struct AttributePath
{
    std::string uri{};           ///< empty: none was written
    std::string name{};          ///< of a path that is the URI of a whole extension: what is behind its last colon
    std::string sub_attribute{}; ///< empty: none was written

    friend bool operator==(AttributePath const&, AttributePath const&) = default;
};

/// How generously names are resolved; all are off by default, which is what the RFC says.
struct NameResolution
{
    /// A name without URN may be an extension's, if the base schema has none of that name and exactly one
    /// extension has it.
    bool unprefixed_extension_attribute = false;
    /// urn:scim:schemas:core:1.0 and the other draft URIs are aliases of today's.
    bool legacy_schema_uris = false;
    /// An attribute may follow its schema's URI after a dot instead of a colon: "urn:...:User.employeeNumber".
    bool dot_after_schema_uri = false;
};

class SchemaRegistry;

/// One of SchemaRegistry::resource_types(). It is neither made nor copied by others; its address is what it is known by
/// (Resource::type, AttributeRef).
///
/// Threading: immutable; share freely. Lifetimes: lives in, and as long as, its SchemaRegistry; what its functions give
/// back by reference, pointer, span or AttributeRef does too. Complexity: constant, where nothing else is said.
class SCIMKIT_API ResourceType
{
public:
    struct Extension
    {
        Schema const* schema = nullptr; ///< never null in use
        bool required = false;          ///< a resource without it is refused
    };

    ResourceType(ResourceType const&) = delete;
    ResourceType& operator=(ResourceType const&) = delete;
    ~ResourceType();

    std::string const& name() const noexcept { return definition_.name; }
    std::string const& endpoint() const noexcept { return definition_.endpoint; }
    /// As it was declared.
    ResourceTypeDefinition const& definition() const noexcept { return definition_; }
    /// The base schema.
    Schema const& schema() const noexcept { return *schema_; }
    /// In the order of the definition.
    std::span<Extension const> extensions() const noexcept { return extensions_; }

    /// Large multi-valued attributes, in the order of the definition.
    std::span<AttributeRef const> large_attributes() const noexcept { return large_attributes_; }
    /// Whether that attribute is one of them, by its address: one of another registry is none.
    /// Complexity: linear in the number of large attributes.
    bool is_large(Attribute const& attribute) const noexcept;

    /// Position in SchemaRegistry::resource_types(); stable for the registry's life, below their number.
    std::size_t index() const noexcept { return index_; }

    /// Resolves a name without regard to case. A path whose URI plus name is itself the URI of an extension
    /// resolves to that whole extension (attribute is null). Nothing: not an attribute of this type.
    /// Complexity: look-ups by hash, as for the three below; linear in the name.
    std::optional<AttributeRef> resolve(AttributePath const& path, NameResolution const& how = {}) const;

    /// The top-level attribute of a JSON member name at the resource's root, ignoring case: base schema or common
    /// attribute. Nothing: it is neither; it may be the URI of an extension.
    std::optional<AttributeRef> find_root_attribute(std::string_view name) const noexcept;

    /// The extension of that URI, ignoring case; null if this type has none such.
    Schema const* find_extension(std::string_view uri, bool legacy_schema_uris = false) const noexcept;

    /// True if `uri` names the base schema, ignoring case.
    bool is_base_schema(std::string_view uri, bool legacy_schema_uris = false) const noexcept;

    /// The type with the attributes that SchemaRegistry::Builder::keep_only() took from it; null where it took none. It
    /// tells what is not kept from what does not exist, and is good for nothing else: it is none of
    /// SchemaRegistry::resource_types(), and its definitions are others than this type's.
    ResourceType const* before_keep_only() const noexcept { return whole_.get(); }

private:
    friend class SchemaRegistry;
    ResourceType(ResourceTypeDefinition definition, Schema const* schema, std::vector<Extension> extensions,
                 std::size_t index, bool has_external_id = true);

    struct NameTable;
    ResourceTypeDefinition definition_;
    Schema const* schema_;
    std::vector<Extension> extensions_;
    std::vector<AttributeRef> large_attributes_;
    std::size_t index_;
    std::unique_ptr<NameTable const> names_;
    std::unique_ptr<ResourceType const> whole_;
};

/// Splits standard attribute notation at the last colon and at the dot; checks the names' grammar, and asks no schema.
/// For query parameters such as `attributes` and `sortBy`.
///
/// Threading: any. Lifetimes: nothing of the text is referred to. Errors: invalid_path; the detail has the name, cut.
/// Complexity: linear in the text.
SCIMKIT_API result<AttributePath> parse_attribute_path(std::string_view text);

} // namespace scimkit
