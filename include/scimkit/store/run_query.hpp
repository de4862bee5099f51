// run_query: a query against any store, with whatever the store leaves over done on top: filter, sort, page, total.
#pragma once

#include <scimkit/store/store.hpp>

#include <vector>

namespace scimkit
{

struct QueryBudget
{
    /// Resources the framework looks at when a store does not filter; then too_many.
    std::uint64_t max_scanned = 1'000'000;
    /// Resources kept in memory when a store does not sort; then too_many.
    std::uint64_t max_sorted = 100'000;
};

struct Page
{
    std::vector<Resource> resources;
    std::optional<std::uint64_t> total{};
    std::string next{};
};

/// One page. Same results from every store (the store conformance kit proves it). Errors: too_many, those of the
/// store, internal when the store's capability contradicts itself.
SCIMKIT_API result<Page> run_query(ReadTransaction& transaction, Query const& query, QueryBudget const& budget = {});

} // namespace scimkit
