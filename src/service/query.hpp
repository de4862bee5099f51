// GET on a collection and POST to .search (RFC 7644 sections 3.4.2 and 3.4.3).
#pragma once

#include <scimkit/filter/bind.hpp>

#include "operation.hpp"

namespace scimkit::service
{

struct PreparedQuery
{
    /// What is asked of the resources of one type.
    struct Source
    {
        TypePlan const* plan;
        Projection projection;
        std::optional<BoundFilter> filter{};
        std::optional<SortOrder> sort{};
    };
    std::vector<Source> sources{}; ///< several for a query at the root
    std::uint64_t start_index = 1;
    std::uint64_t limit = 0;

    // Of a page by cursor (RFC 9865):
    bool by_cursor = false;
    std::optional<PagePlace> place{}; ///< nothing: the first page
    std::string same_query{};         ///< text that is the same for the same query, and for no other
};

struct QueryOutcome
{
    /// The page's resources as JSON, with commas between them. Text is made of each as it comes, so that a page of
    /// large resources is never in memory as a whole but as text, and that is bounded.
    std::string resources;
    std::uint64_t count = 0;
    QuerySummary summary{};
};

/// What is asked of each type that a query is about: types, filters, projections, sort orders; and how many at once.
/// `never_returned` is the error where a filter tests what is never returned.
result<PreparedQuery> bind_sources(Call const& call, SearchRequest const& request, ErrorCode never_returned);
/// In the spelling of the schemas, so that the same query in other words is the same.
std::string text_of(PreparedQuery const& query, ShapeRequest const& shape);
/// Large attributes that have to come along: those shown, and with `tested` those that filter and sort look at.
std::vector<AttributeRef> large_attributes_of(PreparedQuery const& prepared, bool tested);

/// GET on a collection, or on the root: over all types that the caller may query (section 3.4.2.1).
result<PreparedQuery> prepare_query(Call const& call);
/// POST to .search.
result<PreparedQuery> prepare_search(Call const& call);
result<QueryOutcome> apply(ReadTransaction& transaction, PreparedQuery const& prepared, Scope const& scope);
Response present(QueryOutcome outcome, PreparedQuery const& prepared, Call const& call);

} // namespace scimkit::service
