// run_query: a query against any store, with whatever the store leaves over done on top: filter, sort, page, total.
// What has to be brought into order is kept as keys, not as resources: the page is loaded by id in the end.
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
    /// Bytes of values and ids that are kept to bring them into order; then too_many.
    std::uint64_t max_kept_bytes = 64 << 20;
};

struct Page
{
    std::vector<Resource> resources{};
    QuerySummary summary{};
};

/// One page, resource by resource, in order. `sink` may read through the same transaction; it returns false to stop, or
/// an error, which becomes the result. Same results from every store (the store conformance kit proves it). `context`
/// is that of the transaction: its budget is charged for what is done here (a store charges its own part), and its
/// deadline ends it.
///
/// Threading: that of the transaction. Lifetimes: everything during the call.
/// Errors: too_many, invalid_cursor, those of the budget and of the store; internal when a store does not do what its
/// capability says.
/// Complexity: see QueryBudget; a store that carries out the page pays for the page.
SCIMKIT_API result<QuerySummary> stream_query(ReadTransaction& transaction, Query const& query,
                                              QueryBudget const& budget, CallContext const& context,
                                              function_ref<result<bool>(Resource&&)> sink);

/// The same, gathered: for pages that are small, or of resources that are.
SCIMKIT_API result<Page> run_query(ReadTransaction& transaction, Query const& query, QueryBudget const& budget = {},
                                   CallContext const& context = {});

} // namespace scimkit
