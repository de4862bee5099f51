// Filters as SQL: which ids a filter leaves, from index entries, unique keys and elements. What an index cannot tell is
// left out, so that more ids may come; it says so, and the filter decides on each record then.
#pragma once

#include "session.hpp"
#include "values.hpp"

#include <vector>

namespace scimkit::postgresql
{

/// The ids that may match: those that are in all of `conditions`.
struct IdFilter
{
    /// A sub-query that yields ids. Its parameters are in the Params that were given.
    struct Set
    {
        std::string sql;
        bool one = false; ///< it yields one at most
    };
    std::vector<Set> sets{};
    bool one = false;  ///< one is left at most
    bool exact = true; ///< everything that is left matches
    bool none = false; ///< nothing matches
};

/// A null filter leaves everything. `params` has $1, the tenant, and $2, the type, already.
IdFilter make_id_filter(kv::Catalog const& catalog, kv::Catalog::Type const& type, BoundFilter const* filter,
                        Params& params);

/// As a condition on the column, with " and " before each; empty where nothing is to be tested.
std::string condition(IdFilter const& filter, std::string_view column);

} // namespace scimkit::postgresql
