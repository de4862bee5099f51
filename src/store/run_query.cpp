// What a store leaves over of a query, done here; and the check that it does what it says.
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
    return Error{ErrorCode::internal,
                 "The store does not do what its query capability says: " + std::string{what} + "."};
}

/// The matches of a query that the store pages, counted by a pass of its own.
result<std::uint64_t> count_matches(ReadTransaction& transaction, Query const& query, Budget& work)
{
    std::uint64_t count = 0;
    Query all{query.sources};
    all.limit = query.total.most();
    all.total = TotalPolicy::none;
    auto const summary = transaction.query(all,
                                           [&](Resource&&)
                                           {
                                               ++count;
                                               return work.spend(Budget::visit) && count < query.total.most();
                                           });
    if (!summary)
        return summary.error();
    if (work.exhausted())
        return work.error();
    return count;
}

/// Whether the total has to be counted here.
bool counts_here(Query const& query, QueryCapability can) noexcept { return query.total.counts() && !can.total; }

result<QuerySummary> page_by_store(ReadTransaction& transaction, Query const& query, QueryCapability can, Budget& work,
                                   function_ref<result<bool>(Resource&&)> sink)
{
    std::uint64_t given = 0;
    bool stopped = false;
    std::optional<Error> failure;
    auto summary = transaction.query(query,
                                     [&](Resource&& resource)
                                     {
                                         if (++given > query.limit)
                                             return false;
                                         auto more = sink(std::move(resource));
                                         if (!more)
                                             failure = std::move(more).error();
                                         stopped = !more || !*more;
                                         return !stopped;
                                     });
    if (failure)
        return std::move(*failure);
    if (!summary)
        return summary.error();
    if (given > query.limit)
        return contradiction("it pages, but returned more resources than asked for");
    if (!query.total.counts() || stopped)
        summary->total.reset();
    else if (counts_here(query, can))
    {
        auto const counted = count_matches(transaction, query, work);
        if (!counted)
            return counted.error();
        summary->total = *counted;
    }
    else if (!summary->total)
        return contradiction("it counts, but returned no total");
    if (summary->total)
        summary->total = query.total.cut(*summary->total);
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

result<QuerySummary> page_by_collector(ReadTransaction& transaction, Query const& query, QueryCapability can,
                                       PageCollector::Input input, QueryBudget const& budget, Budget& work,
                                       PageCollector::Sink sink)
{
    Query here = query;
    if (!counts_here(query, can))
        here.total = TotalPolicy::none;
    auto collector = PageCollector::make(here, input, budget, work, sink);
    if (!collector)
        return collector.error();
    // Where only keys are kept, what the page wants is loaded with the page.
    auto const needed = sorted_large_attributes(query);
    Query scan = query;
    scan.packed = query.packed && collector->passes_on();
    if (input.filtered && !input.ordered && !query.large_attributes.empty())
    {
        scan.large_attributes = needed;
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
    auto made = collector->finish(transaction);
    if (!made || !query.total.counts() || !can.total)
        return made;
    if (!summary->total)
        return contradiction("it counts, but returned no total");
    made->total = query.total.cut(*summary->total);
    return made;
}

} // namespace

result<QuerySummary> stream_query(ReadTransaction& transaction, Query const& query, QueryBudget const& budget,
                                  CallContext const& context, function_ref<result<bool>(Resource&&)> sink)
{
    if (query.sources.empty())
        return Error{ErrorCode::internal, "A query needs at least one resource type."};
    if (query.cursor && query.cursor->source >= query.sources.size())
        return Error{ErrorCode::invalid_cursor, "The cursor belongs to another query."};
    CallBudget const work{context};
    QueryCapability const can = transaction.capability(query);
    if (can.carries_out == CarriesOut::page)
        return page_by_store(transaction, query, can, *work, sink);
    bool const filters =
        std::ranges::any_of(query.sources, [](auto const& source) { return source.filter != nullptr; });
    bool const sorts = std::ranges::any_of(query.sources, [](auto const& source) { return source.sort.has_value(); });
    return page_by_collector(transaction, query, can,
                             {.filtered = !filters || can.carries_out >= CarriesOut::matches,
                              .ordered = !sorts || can.carries_out >= CarriesOut::ordered},
                             budget, *work, sink);
}

result<Page> run_query(ReadTransaction& transaction, Query const& query, QueryBudget const& budget,
                       CallContext const& context)
{
    Page page;
    auto summary = stream_query(transaction, query, budget, context,
                                [&](Resource&& resource) -> result<bool>
                                {
                                    page.resources.push_back(std::move(resource));
                                    return true;
                                });
    if (!summary)
        return summary.error();
    page.summary = std::move(*summary);
    return page;
}

} // namespace scimkit
