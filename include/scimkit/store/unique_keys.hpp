// UniqueKeyRules: which values of a resource nobody else may have (RFC 7643 section 2.2, uniqueness), computed from the
// schema and the application's wishes. The service hands them to the store with each write, as Facts; for tests of
// stores, and for whoever writes to a store beside the service.
//
// Whether a value is taken is looked at in the store, within the write: WriteTransaction::insert() and replace() refuse
// a key that another resource of the type holds (src/kv/writes.cpp, src/store/small_transaction.cpp, PostgreSQL's
// src/writes.cpp). The service only asks beforehand, to spare a hash or a transaction
// (src/service/stored_resource.cpp).
#pragma once

#include <scimkit/store/transaction.hpp>

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace scimkit
{

struct BoundComparison;

/// What to compute, per resource type; made once at start.
///
/// Threading: immutable after make(). Lifetimes: points into the registry, which outlives it.
class SCIMKIT_API UniqueKeyRules
{
public:
    /// An attribute that is unique although its schema does not say so: "Group" with "displayName".
    struct AlsoUnique
    {
        std::string resource_type; ///< its name
        std::string attribute;     ///< in attribute notation
    };

    /// Unique are attributes whose uniqueness is `server` or `global`, never returned or not, and those of
    /// `also_unique`.
    ///
    /// Lifetimes: `also_unique` needs to live during the call only.
    /// Errors: invalid_value (an unknown type; not an attribute name; complex, large, never returned, or computed; one
    /// that the type has not, that is boolean, or that is meta.created or meta.lastModified), naming the attribute.
    /// Complexity: linear in the attributes of all types.
    static result<UniqueKeyRules> make(SchemaRegistry const& registry, std::span<AlsoUnique const> also_unique = {});

    /// The keys of a resource of one of the registry's types. A multi-valued attribute gives a key per distinct value.
    ///
    /// Errors: none; a value that does not fit its attribute gives no key. Complexity: linear in the values, which are
    /// sorted where an attribute has several.
    Facts facts_of(Resource const& resource) const;

    /// For each unique key an `eq` comparison by which a query finds whoever has the value, the resource itself
    /// included. For looking before dear work is done; uniqueness is decided by the store, when it writes.
    ///
    /// Errors, complexity: as facts_of().
    std::vector<BoundComparison> unique_tests(Resource const& resource) const;

private:
    std::shared_ptr<std::vector<std::vector<AttributeRef>> const> unique_; // by ResourceType::index()
};

} // namespace scimkit
