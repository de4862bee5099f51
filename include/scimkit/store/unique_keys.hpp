// Facts: the unique keys of a resource, computed from the schema and the application's wishes.
#pragma once

#include <scimkit/store/transaction.hpp>

#include <memory>

namespace scimkit
{

/// What to compute, per resource type; made once at start.
///
/// Threading: immutable after make(). Lifetimes: points into the registry, which outlives it.
class SCIMKIT_API UniqueKeyRules
{
public:
    struct AlsoUnique
    {
        std::string resource_type;
        std::string attribute;
    };

    /// Unique are attributes whose uniqueness is `server` or `global`, never returned or not, and those of
    /// `also_unique`
    /// ("Group" with "displayName"). Error: invalid_value (not an attribute name; complex, large, never returned, or
    /// computed; one that the type has not, or that is boolean or dateTime).
    static result<UniqueKeyRules> make(SchemaRegistry const& registry, std::span<AlsoUnique const> also_unique = {});

    /// A multi-valued attribute gives a key per distinct value. Complexity: linear in the values.
    Facts facts_of(Resource const& resource) const;

    /// For each unique key an `eq` comparison by which a query finds whoever has the value, the resource itself
    /// included. For looking before dear work is done; uniqueness is decided by the store, when it writes.
    std::vector<BoundComparison> unique_tests(Resource const& resource) const;

private:
    std::shared_ptr<std::vector<std::vector<AttributeRef>> const> unique_; // by ResourceType::index()
};

} // namespace scimkit
