// Candidates come in batches, so that what has to be loaded with them is loaded for many at once.
#include "page.hpp"

#include <scimkit/filter/evaluate.hpp>

#include "kv/plan.hpp"
#include "reads.hpp"

#include <algorithm>

namespace scimkit::postgresql
{
namespace
{

std::vector<Resource*> pointers(std::vector<Resource>& resources)
{
    std::vector<Resource*> all;
    for (Resource& resource : resources)
        all.push_back(&resource);
    return all;
}

/// Resources whose large attributes are in memory together.
constexpr std::size_t most_loaded_together = 16;

} // namespace

Page::Page(Session& session, Query const& query, bool paging, function_ref<bool(Resource&&)> sink)
    : session_(session)
    , query_(query)
    , sink_(sink)
    , paging_(paging)
    , most_(query.total.most())
{
    if (!paging)
        return;
    skip_ = query.cursor ? 0 : query.skip;
    limit_ = query.limit;
}

void Page::begin_source(std::size_t source, bool exact, bool counted)
{
    source_ = source;
    exact_ = exact;
    count_by_visits_ = query_.total.counts() && !counted;
    Query::Source const& asked = query_.sources[source];
    tested_.clear();
    if (asked.filter && !exact)
        tested_ = kv::large_attributes_in(*asked.filter, *asked.type);
    delivered_.clear();
    for (AttributeRef const& large : asked.type->large_attributes())
    {
        bool const sorts = !paging_ && asked.sort && asked.sort->attribute.attribute == large.attribute;
        if (sorts || query_.wants(*large.attribute))
            delivered_.push_back(large);
    }
}

std::uint64_t Page::room() const noexcept
{
    std::uint64_t const wanted = limit_ - std::min(limit_, given_);
    return wanted > std::numeric_limits<std::uint64_t>::max() - skip_ - 1 ? wanted : wanted + skip_ + 1;
}

result<void> Page::test(std::vector<Resource>& candidates, std::vector<bool>& matched)
{
    matched.assign(candidates.size(), true);
    if (exact_)
        return {};
    auto const all = pointers(candidates);
    for (std::size_t start = 0; start < all.size(); start += most_loaded_together)
    {
        std::size_t const end = std::min(all.size(), start + most_loaded_together);
        if (auto loaded = load_large(session_, std::span{all}.subspan(start, end - start), tested_); !loaded)
            return loaded;
        for (std::size_t i = start; i < end; ++i)
        {
            matched[i] = matches(*query_.sources[source_].filter, all[i]->view(), &session_.budget());
            if (session_.budget().exhausted())
                return session_.budget().error();
            // What was loaded for the test need not stay in memory.
            for (AttributeRef const& large : tested_)
                if (!matched[i] || std::ranges::find(delivered_, large) == delivered_.end())
                    all[i]->attributes.erase(large.attribute->name);
        }
    }
    return {};
}

result<bool> Page::take(std::vector<Resource>&& candidates, std::size_t before_page)
{
    std::vector<bool> matched;
    if (auto tested = test(candidates, matched); !tested)
        return tested.error();
    std::vector<Resource> page;
    bool wants = true;
    std::uint64_t given = given_;
    for (std::size_t i = 0; i < candidates.size() && wants; ++i)
    {
        if (!matched[i])
            continue;
        if (count_by_visits_)
            ++total_;
        if (i < before_page)
        {
        }
        else if (skip_ > 0)
            --skip_;
        else if (given >= limit_)
            more_ = limit_ > 0;
        else
        {
            page.push_back(std::move(candidates[i]));
            ++given;
        }
        wants = wants_more();
    }
    if (auto delivered = deliver(std::move(page)); !delivered)
        return delivered;
    return wants_more();
}

result<bool> Page::deliver(std::vector<Resource>&& page)
{
    std::vector<AttributeRef> missing;
    for (AttributeRef const& large : delivered_)
        if (std::ranges::find(tested_, large) == tested_.end())
            missing.push_back(large);
    auto const all = pointers(page);
    for (std::size_t start = 0; start < all.size() && !stopped_; start += most_loaded_together)
    {
        auto const some = std::span{all}.subspan(start, std::min(most_loaded_together, all.size() - start));
        if (auto loaded = load_large(session_, some, missing); !loaded)
            return loaded.error();
        for (Resource* const resource : some)
        {
            ++given_;
            bool const is_first = given_ == 1 && (query_.cursor || query_.skip > 0);
            if (paging_ && (is_first || given_ == limit_))
            {
                auto cursor = cursor_of(*resource);
                if (!cursor)
                    return cursor.error();
                if (is_first)
                    first_ = *cursor;
                last_ = std::move(*cursor);
            }
            if (stopped_ = !sink_(std::move(*resource)); stopped_)
                return false;
        }
    }
    return true;
}

result<scimkit::Cursor> Page::cursor_of(Resource const& resource) const
{
    scimkit::Cursor cursor{source_, resource.id, {}};
    if (auto const& sort = query_.sources[source_].sort)
        cursor.value = sort_value(sort->attribute, resource.view(), &session_.budget());
    if (session_.budget().exhausted())
        return session_.budget().error();
    return cursor;
}

QuerySummary Page::summary() const
{
    QuerySummary summary;
    if (query_.total.counts() && !stopped_)
        summary.total = query_.total.cut(total_);
    if (more_)
        summary.next = last_;
    summary.previous = first_;
    return summary;
}

} // namespace scimkit::postgresql
