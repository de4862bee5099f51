// The arithmetic of pages, once for all stores that find their candidates by keys of their own.
#include "page_state.hpp"

#include <scimkit/core/budget.hpp>
#include <scimkit/filter/evaluate.hpp>

#include "plan.hpp"

#include <algorithm>

namespace scimkit::kv
{
namespace
{

scimkit::Cursor cursor_at(Query const& query, std::size_t source, Resource const& resource, Budget& budget)
{
    scimkit::Cursor cursor{source, resource.id, {}};
    if (auto const& sort = query.sources[source].sort)
        cursor.value = sort_value(sort->attribute, resource.view(), &budget);
    return cursor;
}

} // namespace

PageState::PageState(Query const& query, bool paging)
    : query_(query)
    , paging_(paging)
    , most_(query.total.most())
{
    if (!paging)
        return;
    skip_ = query.cursor ? 0 : query.skip;
    limit_ = query.limit;
}

void PageState::begin_source(std::size_t source, bool exact, bool counted)
{
    source_ = source;
    exact_ = exact;
    count_by_visits_ = query_.total.counts() && !counted;
    Query::Source const& asked = query_.sources[source];
    tested_.clear();
    if (asked.filter && !exact)
        tested_ = large_attributes_in(*asked.filter, *asked.type);
    delivered_.clear();
    for (AttributeRef const& large : asked.type->large_attributes())
    {
        bool const sorts = !paging_ && asked.sort && asked.sort->attribute.attribute == large.attribute;
        if (sorts || query_.wants(*large.attribute))
            delivered_.push_back(large);
    }
}

std::vector<AttributeRef> PageState::not_loaded() const
{
    std::vector<AttributeRef> missing;
    for (AttributeRef const& large : delivered_)
        if (std::ranges::find(tested_, large) == tested_.end())
            missing.push_back(large);
    return missing;
}

bool PageState::only_tested(AttributeRef const& large) const noexcept
{
    return std::ranges::find(delivered_, large) == delivered_.end();
}

result<void> PageState::note_given(Resource const& resource, Budget& budget)
{
    ++given_;
    bool const is_first = given_ == 1 && (query_.cursor || query_.skip > 0);
    if (!paging_ || !(is_first || given_ == limit_))
        return {};
    auto cursor = cursor_at(query_, source_, resource, budget);
    if (budget.exhausted())
        return budget.error();
    if (is_first)
        first_ = cursor;
    last_ = std::move(cursor);
    return {};
}

QuerySummary PageState::summary() const
{
    QuerySummary summary;
    if (query_.total.counts() && !stopped_)
        summary.total = query_.total.cut(total_);
    if (more_)
        summary.next = last_;
    summary.previous = first_;
    return summary;
}

Query total_alone(Query const& query)
{
    Query alone = query;
    alone.backward = false;
    alone.cursor.reset();
    alone.skip = 0;
    alone.limit = 0;
    return alone;
}

std::size_t source_of(Query const& query, Resource const& resource)
{
    auto const source = std::ranges::find(query.sources, resource.type, &Query::Source::type);
    return static_cast<std::size_t>(source - query.sources.begin());
}

void PageBack::note(Resource const& resource, Budget& budget)
{
    last_ = cursor_at(query_, source_of(query_, resource), resource, budget);
    if (more_ && !first_)
        first_ = last_;
}

void PageBack::tell(QuerySummary& summary) &&
{
    summary.previous = std::move(first_);
    if (query_.cursor)
        summary.next = std::move(last_);
}

} // namespace scimkit::kv
