// The stores that the tables of cases are carried out on, and what is different about each.
#pragma once

#include "support/all_stores.hpp"

#ifdef SCIMKIT_TEST_CUSTOM_STORE
#include <scimkit/store/small_store.hpp>

#include "application_store.hpp"
#endif

#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace scimkit::test
{

/// A store, shared by services that have a tenant of it each. Now and then it is made anew, since whoever attaches
/// looks at each tenant.
struct Carrier
{
    std::string name;
    std::function<std::shared_ptr<ResourceStore>()> make;
    std::shared_ptr<SchemaRegistry const> registry{}; ///< that the store was made with, if it was
    bool has_versions = true;
    bool accounts_are_on = false; ///< where nobody has said `active`, it says true
    /// The id of the first resource of a type, where the store gives ids of its own.
    std::function<std::string(ResourceType const&)> names_first{};
    std::shared_ptr<ResourceStore> store{};
    int tenants = 0;

    void put_into(ServiceOptions& options)
    {
        constexpr int tenants_of_a_store = 20;
        if (tenants % tenants_of_a_store == 0)
            store = make();
        options.store = store;
        options.default_tenant = "t" + std::to_string(++tenants);
    }
};

/// Not where the whole program runs over another store (postgresql_default.cpp): then this one alone is asked.
inline bool is_everywhere() { return std::getenv("SCIMKIT_TEST_STORE") == nullptr; }

/// Stores that carry whatever a schema has.
inline std::vector<Carrier> whole_carriers()
{
    std::vector<Carrier> carriers;
    carriers.push_back({.name = "memory, or what the program says", .make = default_store()});
#ifdef SCIMKIT_TEST_LMDB
    if (is_everywhere())
        carriers.push_back({.name = "lmdb", .make = make_lmdb_store});
#endif
    // What an application's own store is that has a column for everything.
    if (is_everywhere())
        carriers.push_back(
            {.name = "a small store", .make = [] { return adapt_small_store(std::make_shared<JournalStore>()); }});
    return carriers;
}

#ifdef SCIMKIT_TEST_CUSTOM_STORE
/// The sample of an application with tables of its own, new and empty: it knows no tenants and no versions.
inline Carrier custom_carrier(std::shared_ptr<SchemaRegistry const> const& registry)
{
    return {.name = "custom_store",
            .make = [registry] { return adapt_small_store(sample::open_application_store(":memory:", *registry)); },
            .registry = registry,
            .has_versions = false,
            .accounts_are_on = true,
            .names_first = [](ResourceType const& type) { return type.name() == "User" ? "u1" : "g1"; }};
}

/// Why the tables of the custom_store sample cannot carry a row of patch-cases.jsonl; empty: they can.
std::string beyond_the_custom_store(json::object const& row);
#endif

} // namespace scimkit::test
