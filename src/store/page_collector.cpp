#include "page_collector.hpp"

#include <algorithm>
#include <limits>

namespace scimkit
{

PageCollector::PageCollector(Query const& query, Input input, QueryBudget const& budget)
    : query_(&query)
    , budget_(&budget)
    , input_(input)
    , skip_(query.after ? 0 : query.skip)
{
    auto const sorted = std::ranges::find_if(query.sources, [](auto const& source) { return source.sort.has_value(); });
    sorts_ = sorted != query.sources.end();
    descending_ = sorts_ && sorted->sort->descending;
    auto const most = std::numeric_limits<std::uint64_t>::max();
    room_ = query.limit == 0 ? 0 : query.limit > most - skip_ ? most : skip_ + query.limit;
}

result<PageCollector> PageCollector::make(Query const& query, Input input, QueryBudget const& budget)
{
    PageCollector collector{query, input, budget};
    if (query.after)
    {
        auto position = decode_position(*query.after);
        if (!position)
            return position.error();
        if (position->source >= query.sources.size())
            return Error{ErrorCode::invalid_cursor, "the cursor belongs to another query"};
        collector.after_ = std::move(*position);
    }
    return collector;
}

std::optional<std::size_t> PageCollector::source_of(Resource const& resource) const noexcept
{
    for (std::size_t i = 0; i < query_->sources.size(); ++i)
        if (query_->sources[i].type == resource.type)
            return i;
    return std::nullopt;
}

int PageCollector::compare(SortValue const& value_a, std::size_t source_a, std::string_view id_a,
                           SortValue const& value_b, std::size_t source_b, std::string_view id_b) const noexcept
{
    auto const by_source = [&] { return source_a < source_b ? -1 : source_a > source_b ? 1 : 0; };
    if (!sorts_)
    {
        if (int const order = by_source(); order != 0)
            return order;
        return id_a.compare(id_b);
    }
    // No value comes last, and descending is the reverse of that; ties keep ascending ids either way.
    if (int const order = compare_sort_values(value_a, value_b); order != 0)
        return descending_ ? -order : order;
    if (int const order = id_a.compare(id_b); order != 0)
        return order;
    return by_source();
}

bool PageCollector::before(Candidate const& a, Candidate const& b) const noexcept
{
    return compare(a.value, a.source, a.resource.id, b.value, b.source, b.resource.id) < 0;
}

result<void> PageCollector::keep(Candidate&& candidate)
{
    auto const less = [this](Candidate const& a, Candidate const& b) { return before(a, b); };
    if (kept_.size() >= room_)
    {
        if (room_ == 0 || !less(candidate, kept_.front()))
            return {};
        std::pop_heap(kept_.begin(), kept_.end(), less);
        kept_.back() = std::move(candidate);
    }
    else
    {
        if (kept_.size() >= budget_->max_sorted)
            return Error{ErrorCode::too_many, "the query has to bring more than " +
                                                  std::to_string(budget_->max_sorted) +
                                                  " resources into order; narrow it with a filter"};
        kept_.push_back(std::move(candidate));
    }
    std::push_heap(kept_.begin(), kept_.end(), less);
    return {};
}

bool PageCollector::wants_more() const noexcept
{
    // One match beyond the page tells whether there is a next page. Unordered input must be seen to its end.
    return !input_.ordered || query_->total != TotalPolicy::none || (query_->limit > 0 && eligible_ <= room_);
}

result<bool> PageCollector::offer(Resource&& resource)
{
    if (!input_.filtered && ++scanned_ > budget_->max_scanned)
        return Error{ErrorCode::too_many, "the query has to look at more than " + std::to_string(budget_->max_scanned) +
                                              " resources; narrow it"};
    auto const source = source_of(resource);
    if (!source)
        return Error{ErrorCode::internal, "the store returned a resource of a type that was not asked for"};
    Query::Source const& asked = query_->sources[*source];
    if (!input_.filtered && asked.filter && !matches(*asked.filter, resource.view()))
        return wants_more();
    ++matches_;

    SortValue value;
    if (asked.sort && (!input_.ordered || after_ || query_->limit > 0))
        value = sort_value(asked.sort->attribute, resource.view());
    if (after_ && compare(value, *source, resource.id, after_->value, after_->source, after_->id) <= 0)
        return wants_more();
    ++eligible_;

    if (!input_.ordered)
    {
        if (auto kept = keep({std::move(value), *source, std::move(resource)}); !kept)
            return kept.error();
    }
    else if (eligible_ > skip_ && eligible_ <= room_)
        kept_.push_back({std::move(value), *source, std::move(resource)});
    return wants_more();
}

Page PageCollector::finish()
{
    Page page;
    if (query_->total == TotalPolicy::exact)
        page.total = matches_;
    if (!input_.ordered)
    {
        std::sort_heap(kept_.begin(), kept_.end(),
                       [this](Candidate const& a, Candidate const& b) { return before(a, b); });
        kept_.erase(kept_.begin(),
                    kept_.begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(skip_, kept_.size())));
    }
    if (eligible_ > room_ && !kept_.empty())
    {
        Candidate const& last = kept_.back();
        page.next = encode_position({last.source, last.resource.id, last.value});
    }
    page.resources.reserve(kept_.size());
    for (Candidate& candidate : kept_)
        page.resources.push_back(std::move(candidate.resource));
    return page;
}

} // namespace scimkit
