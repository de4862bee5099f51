// What a store leaves over of a query, done here; and the check that its abilities fit together.
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
result<std::uint64_t> count_matches(ReadTransaction& transaction, Query const& query, Budget* work)
{
    std::uint64_t count = 0;
    Query all{query.sources};
    all.limit = std::numeric_limits<std::uint64_t>::max();
    all.total = TotalPolicy::none;
    auto const summary = transaction.query(all,
                                           [&](Resource&&)
                                           {
                                               ++count;
                                               return !work || work->spend(Budget::visit);
                                           });
    if (!summary)
        return summary.error();
    if (work && work->exhausted())
        return work->error();
    return count;
}

result<QuerySummary> page_by_store(ReadTransaction& transaction, Query const& query, QueryCapability capability,
                                   Budget* work, function_ref<result<bool>(Resource&&)> sink)
{
    std::uint64_t given = 0;
    std::optional<Error> failure;
    auto summary = transaction.query(query,
                                     [&](Resource&& resource)
                                     {
                                         if (++given > query.limit)
                                             return false;
                                         auto more = sink(std::move(resource));
                                         if (!more)
                                             failure = std::move(more).error();
                                         return more && *more;
                                     });
    if (failure)
        return std::move(*failure);
    if (!summary)
        return summary.error();
    if (given > query.limit)
        return contradiction("it pages, but returned more resources than asked for");
    if (query.total == TotalPolicy::none)
        summary->total.reset();
    else if (!capability.total)
    {
        auto const counted = count_matches(transaction, query, work);
        if (!counted)
            return counted.error();
        summary->total = *counted;
    }
    else if (!summary->total)
        return contradiction("it counts, but returned no total");
    return summary;
}

/// The large attributes that ordering looks at; a store that filters needs no others until the page is known.
std::vector<AttributeRef> sorted_large_attributes(Query const& query)
{
    std::vector<AttributeRef> needed;
    for (Query::Source const& source : query.sources)
        for (AttributeRef const& large : source.type->large_attributes())
            if (source.sort && source.sort->attribute.attribute == large.attribute)
                needed.push_back(large);
    return needed;
}

result<QuerySummary> page_by_collector(ReadTransaction& transaction, Query const& query, PageCollector::Input input,
                                       QueryBudget const& budget, Budget* work, PageCollector::Sink sink)
{
    auto collector = PageCollector::make(query, input, budget, work, sink);
    if (!collector)
        return collector.error();
    // Where only keys are kept, what the page wants is loaded with the page.
    auto const needed = sorted_large_attributes(query);
    Query scan = query;
    if (input.filtered && !input.ordered && !query.wanted.large_attributes.empty())
    {
        scan.wanted = {needed};
        collector->load_all();
    }
    std::optional<Error> failure;
    auto const summary = transaction.query(scan,
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
    return collector->finish(transaction);
}

} // namespace

result<QuerySummary> stream_query(ReadTransaction& transaction, Query const& query, QueryBudget const& budget,
                                  Budget* work, function_ref<result<bool>(Resource&&)> sink)
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
        return page_by_store(transaction, query, can, work, sink);
    return page_by_collector(transaction, query, {can.filter, ordered}, budget, work, sink);
}

result<Page> run_query(ReadTransaction& transaction, Query const& query, QueryBudget const& budget, Budget* work)
{
    Page page;
    auto summary = stream_query(transaction, query, budget, work,
                                [&](Resource&& resource) -> result<bool>
                                {
                                    page.resources.push_back(std::move(resource));
                                    return true;
                                });
    if (!summary)
        return summary.error();
    page.total = summary->total;
    page.next = std::move(summary->next);
    return page;
}

} // namespace scimkit
