// run_query: a query against any store, with whatever the store leaves over done on top: filter, sort, page, total.
// What has to be brought into order is kept as keys, not as resources: the page is loaded by id in the end. For stores
// that want of themselves what the service wants of them, and for tests.
#pragma once

#include <scimkit/store/query_budget.hpp>
#include <scimkit/store/transaction.hpp>

#include <vector>

namespace scimkit
{

/// A page as a whole: the resources, in order, and what QuerySummary says beside them. A value.
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

/// The same, gathered: for pages that are small, or of resources that are. Without a `context` neither work nor time is
/// bounded but by `budget`.
SCIMKIT_API result<Page> run_query(ReadTransaction& transaction, Query const& query, QueryBudget const& budget = {},
                                   CallContext const& context = {});

} // namespace scimkit
