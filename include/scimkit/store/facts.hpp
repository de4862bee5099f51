// Facts: unique keys and index entries of a resource, computed from the schema and the store's wishes.
#pragma once

#include <scimkit/store/store.hpp>

namespace scimkit
{

/// What to compute, per resource type; made once at start. Threading: immutable after make().
class SCIMKIT_API FactRules
{
public:
    /// Unique: attributes whose uniqueness is `server` or `global`, never returned or not, and those of `also_unique`
    /// ("Group" with "displayName"). Indexes: `indexes` where the type has such an attribute; one that no type has is
    /// left alone, so that a store's default list fits every registry. Error: invalid_value (not an attribute name;
    /// complex, large, never returned, or computed; a unique attribute that the type has not, or that is boolean or
    /// dateTime).
    struct AlsoUnique
    {
        std::string resource_type;
        std::string attribute;
    };
    static result<FactRules> make(SchemaRegistry const& registry, std::span<std::string const> indexes,
                                  std::span<AlsoUnique const> also_unique = {});

    /// Both in one pass. A multi-valued attribute gives an entry per distinct value.
    Facts facts_of(Resource const& resource) const;

    /// For each unique key an `eq` comparison by which a query finds whoever has the value, the resource itself
    /// included. For looking before dear work is done; uniqueness is decided by the store, when it writes.
    std::vector<BoundComparison> unique_tests(Resource const& resource) const;

    /// The position in `indexes` under which this attribute is indexed for this type; nothing if it is not.
    std::optional<std::size_t> index_of(ResourceType const& type, AttributeRef const& attribute) const noexcept;

private:
    struct Indexed
    {
        AttributeRef attribute;
        std::size_t index;
    };
    struct Unique
    {
        AttributeRef attribute;
        std::string path;
    };
    struct Rules
    {
        std::vector<Unique> unique;
        std::vector<Indexed> indexed;
    };
    std::shared_ptr<std::vector<Rules> const> rules_; // by ResourceType::index()
};

} // namespace scimkit
