#include <scimkit/store/run_query.hpp>

#include "page_collector.hpp"

#include <algorithm>
#include <limits>

namespace scimkit
{
namespace
{

Error contradiction(std::string_view what)
{
    return Error{ErrorCode::internal, "the store's query capability contradicts itself: " + std::string{what}};
}

/// The matches of a query that the store filters, counted by a pass of its own.
result<std::uint64_t> count_matches(ReadTransaction& transaction, Query const& query)
{
    std::uint64_t count = 0;
    Query all{query.sources};
    all.limit = std::numeric_limits<std::uint64_t>::max();
    all.total = TotalPolicy::none;
    auto const summary = transaction.query(all,
                                           [&](Resource&&)
                                           {
                                               ++count;
                                               return true;
                                           });
    if (!summary)
        return summary.error();
    return count;
}

result<Page> page_by_store(ReadTransaction& transaction, Query const& query, QueryCapability capability)
{
    Page page;
    auto summary = transaction.query(query,
                                     [&](Resource&& resource)
                                     {
                                         page.resources.push_back(std::move(resource));
                                         return true;
                                     });
    if (!summary)
        return summary.error();
    if (page.resources.size() > query.limit)
        return contradiction("it pages, but returned more resources than asked for");
    page.next = std::move(summary->next);
    if (query.total == TotalPolicy::none)
        return page;
    page.total = summary->total;
    if (!capability.total)
    {
        auto const counted = count_matches(transaction, query);
        if (!counted)
            return counted.error();
        page.total = *counted;
    }
    else if (!page.total)
        return contradiction("it counts, but returned no total");
    return page;
}

} // namespace

result<Page> run_query(ReadTransaction& transaction, Query const& query, QueryBudget const& budget)
{
    if (query.sources.empty())
        return Error{ErrorCode::internal, "a query needs at least one resource type"};
    bool const filters =
        std::ranges::any_of(query.sources, [](auto const& source) { return source.filter != nullptr; });
    bool const sorts = std::ranges::any_of(query.sources, [](auto const& source) { return source.sort.has_value(); });

    QueryCapability const can = transaction.capability(query);
    bool const filtered = can.filter || !filters;
    bool const ordered = can.sort || !sorts;
    if (can.page && !filtered)
        return contradiction("it pages without filtering");
    if (can.page && !ordered)
        return contradiction("it pages without sorting");
    if (can.total && !filtered)
        return contradiction("it counts without filtering");
    if (can.page)
        return page_by_store(transaction, query, can);

    auto collector = PageCollector::make(query, {can.filter, ordered}, budget);
    if (!collector)
        return collector.error();
    std::optional<Error> failure;
    auto const summary = transaction.query(query,
                                           [&](Resource&& resource)
                                           {
                                               auto more = collector->offer(std::move(resource));
                                               if (!more)
                                                   failure = std::move(more).error();
                                               return more && *more;
                                           });
    if (failure)
        return std::move(*failure);
    if (!summary)
        return summary.error();
    return collector->finish();
}

} // namespace scimkit
