// QueryBudget: how far the framework goes for a query on behalf of a store that leaves filter or order to it.
//
// Threading, lifetimes: a value. Complexity: it bounds that of others (run_query.hpp).
#pragma once

#include <cstddef>
#include <cstdint>

namespace scimkit
{

/// Of one query, whatever it is about. Beyond any of these the query ends with too_many, without a page.
struct QueryBudget
{
    /// Resources that the framework looks at where a store does not filter; then too_many.
    std::uint64_t max_scanned = 1'000'000;
    /// Matches whose place in the order is kept where a store does not sort; then too_many.
    std::uint64_t max_sorted = 100'000;
    /// Bytes of the values and ids that are kept for that; then too_many.
    std::uint64_t max_kept_bytes = 64 << 20;
};

} // namespace scimkit
