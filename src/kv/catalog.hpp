// Catalog: what this database holds and how: the numbers of resource types and large attributes, and the indexes,
// resolved against the registry. Stored as JSON under one key; compared at every start.
#pragma once

#include <scimkit/kv/store.hpp>
#include <scimkit/store/unique_keys.hpp>

#include "layout.hpp"

#include <optional>
#include <string>
#include <vector>

namespace scimkit::kv
{

/// 4: elements may have generations, and lie in graves (graves.hpp). 3: they do not. 2: the change log has names of
/// attributes only. 1: no value is sealed (seal.hpp) either. upgrade.hpp makes 4 of the others.
inline constexpr std::int64_t database_format = 4;

/// As stored.
struct CatalogRecord
{
    std::vector<std::string> names{}; ///< "User", "Group/members"; the position is the NameNumber; only grows
    std::vector<std::string> large{}; ///< the names that are large attributes now
    std::string indexes{};            ///< Forms of the types; empty: nothing of them is to be trusted
    std::int64_t format = database_format;
    /// During an upgrade from format 1: the last key whose value is sealed.
    std::optional<std::string> sealed_to{};
    /// During an upgrade from format 2: the last key whose value is in the new form.
    std::optional<std::string> rewritten_to{};

    friend bool operator==(CatalogRecord const&, CatalogRecord const&) = default;
};

/// JSON that any build can read as far as its format version; from format 2 on its last member is a checksum of the
/// rest.
SCIMKIT_API std::string encode_catalog(CatalogRecord const& record);

/// Error: corrupt (no scimkit database; another format version, with both numbers; damaged).
SCIMKIT_API result<CatalogRecord> decode_catalog(std::string_view bytes);

/// Threading: immutable after make().
class SCIMKIT_API Catalog
{
public:
    struct Index
    {
        std::size_t number = 0; ///< position in StoreOptions::indexes
        AttributeRef attribute;
        bool single_valued = false; ///< every resource has exactly one entry, "no value" included
    };
    struct Large
    {
        NameNumber number = 0;
        AttributeRef attribute;
    };
    struct Unique
    {
        AttributeRef attribute;
        std::string path; ///< of the attribute: what its keys are stored by
    };
    struct Type
    {
        ResourceType const* type = nullptr;
        NameNumber number = 0;
        std::vector<Index> indexes{};
        std::vector<Large> large{};
        std::vector<Unique> unique{};
    };

    /// `stored` is what the database says; what is new to it is added in record(). Errors: invalid_value (an index
    /// of what cannot have one; one that is to be kept, of an attribute that is not there), unavailable (more than
    /// 65,535 names).
    static result<Catalog> make(std::shared_ptr<SchemaRegistry const> registry, StoreOptions const& options,
                                CatalogRecord stored, std::size_t max_key_size);

    /// What has to be stored for this configuration; what is known of types that it has not is kept.
    CatalogRecord const& record() const noexcept { return record_; }

    /// Those of which the database has keys of another form.
    std::vector<Type const*> types_to_rebuild(CatalogRecord const& stored) const;

    /// Whether both can use one database at the same time. Error: invalid_value, naming the first definition of a type
    /// of both that only one of them has.
    result<void> check_agreement(Catalog const& other) const;

    /// Whether this can go on over a database that says this of itself. Error: invalid_value, as above.
    result<void> check_stored(CatalogRecord const& stored) const;

    UniqueKeyRules const& rules() const noexcept { return rules_; }
    std::vector<Type> const& types() const noexcept { return types_; }
    Type const& of(ResourceType const& type) const noexcept { return types_[type.index()]; }

    /// Null where the type has no such index or large attribute.
    Index const* find_index(ResourceType const& type, AttributeRef const& attribute) const noexcept;
    Large const* find_large(ResourceType const& type, Attribute const& attribute) const noexcept;

    /// The large attribute of that number, with its type; null if it is none (any more).
    struct LargeOf
    {
        Type const* type = nullptr;
        Large const* large = nullptr;
    };
    LargeOf large_by_number(NameNumber number) const noexcept;

    /// The resource types that the database has known and the registry has not.
    std::vector<NameNumber> other_types() const;

    /// The name of a number, for the change log; empty if unknown.
    std::string_view name_of(NameNumber number) const noexcept;

private:
    std::shared_ptr<SchemaRegistry const> registry_;
    UniqueKeyRules rules_;
    std::vector<Type> types_{}; // by ResourceType::index()
    CatalogRecord record_{};
};

} // namespace scimkit::kv
