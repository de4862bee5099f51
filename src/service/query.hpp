// GET on a collection and POST to .search (RFC 7644 sections 3.4.2 and 3.4.3).
#pragma once

#include "operation.hpp"

namespace scimkit::service
{

struct PreparedQuery
{
    std::optional<BoundFilter> filter{};
    std::optional<SortOrder> sort{};
    std::uint64_t start_index = 1;
    std::uint64_t limit = 0;
    Projection projection;
};

struct QueryOutcome
{
    /// The page's resources as JSON, with commas between them. Text is made of each as it comes, so that a page of
    /// large resources is never in memory as a whole but as text, and that is bounded.
    std::string resources;
    std::uint64_t count = 0;
    std::uint64_t total = 0;
};

/// GET on a collection.
result<PreparedQuery> prepare_query(Call const& call);
/// POST to .search.
result<PreparedQuery> prepare_search(Call const& call);
result<QueryOutcome> apply(ReadTransaction& transaction, PreparedQuery const& prepared, Scope const& scope);
Response present(QueryOutcome outcome, PreparedQuery const& prepared, Call const& call);

} // namespace scimkit::service
