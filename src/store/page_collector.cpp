// A page of a stream (RFC 7644 section 3.4.2.4). Sorting by what no index has must see everything, so that what is kept
// of each resource decides whether a page far behind costs megabytes or gigabytes.
#include "page_collector.hpp"

#include <scimkit/core/json.hpp>
#include <scimkit/filter/evaluate.hpp>

#include <algorithm>
#include <limits>

namespace scimkit
{
namespace
{

/// What taking a resource from a store costs beside its tests.
constexpr std::uint64_t offer_cost = 4 * Budget::visit;

Error beyond(std::string_view what, std::uint64_t limit, std::string_view limit_name, std::string_view unit)
{
    return {ErrorCode::too_many, "The query has to " + std::string{what} + " more than " + std::to_string(limit) + " " +
                                     std::string{unit} + " (" + std::string{limit_name} +
                                     "); narrow it with a filter."};
}

} // namespace

PageCollector::Candidate::Candidate(SortValue&& sort_value, std::size_t source_index, std::string own_id) noexcept
    : value(std::move(sort_value))
    , source(source_index)
    , id(std::move(own_id))
{
}

PageCollector::Candidate& PageCollector::Candidate::operator=(Candidate&& other) noexcept
{
    value.swap(other.value);
    std::swap(source, other.source);
    id.swap(other.id);
    resource.swap(other.resource);
    return *this;
}

std::size_t PageCollector::Candidate::bytes() const noexcept
{
    auto const* text = value ? std::get_if<StringKey>(&*value) : nullptr;
    return sizeof(Candidate) + id.capacity() + (text ? text->key.capacity() : 0);
}

PageCollector::PageCollector(Query const& query, Input input, QueryBudget const& budget, Budget& work, Sink sink)
    : query_(&query)
    , budget_(&budget)
    , work_(&work)
    , sink_(sink)
    , input_(input)
    , skip_(query.cursor || query.backward ? 0 : query.skip)
{
    auto const sorted = std::ranges::find_if(query.sources, [](auto const& source) { return source.sort.has_value(); });
    sorts_ = sorted != query.sources.end();
    descending_ = sorts_ && sorted->sort->descending;
    auto const most = std::numeric_limits<std::uint64_t>::max();
    room_ = query.limit == 0 ? 0 : query.limit > most - skip_ ? most : skip_ + query.limit;
}

result<PageCollector> PageCollector::make(Query const& query, Input input, QueryBudget const& budget, Budget& work,
                                          Sink sink)
{
    if (query.cursor && query.cursor->source >= query.sources.size())
        return Error{ErrorCode::invalid_cursor, "The cursor belongs to another query."};
    return PageCollector{query, input, budget, work, sink};
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
    return compare(a.value, a.source, a.id, b.value, b.source, b.id) < 0;
}

bool PageCollector::is_eligible(SortValue const& value, std::size_t source, std::string_view id) const noexcept
{
    if (!query_->cursor)
        return true;
    Cursor const& cursor = *query_->cursor;
    int const order = compare(value, source, id, cursor.value, cursor.source, cursor.id);
    return query_->backward ? order < 0 : order > 0;
}

void PageCollector::keep_resource(Candidate& candidate, Resource&& resource)
{
    if (!keeps_resources_)
        return;
    resource_bytes_ += estimate_json_size(resource.attributes);
    candidate.resource = std::make_unique<Resource>(std::move(resource));
    if (resource_bytes_ <= most_resource_bytes)
        return;
    keeps_resources_ = false;
    candidate.resource.reset();
    for (Candidate& kept : kept_)
        kept.resource.reset();
}

result<void> PageCollector::keep(Candidate&& candidate, Resource&& resource)
{
    // What is farthest from where the page is wanted goes first.
    auto const less = [this](Candidate const& a, Candidate const& b)
    { return query_->backward ? before(b, a) : before(a, b); };
    bool const full = kept_.size() >= room_;
    if (full && (room_ == 0 || !less(candidate, kept_.front())))
        return {};
    if (!full && kept_.size() >= budget_->max_sorted)
        return beyond("bring", budget_->max_sorted, "max_sorted", "resources into order");
    keep_resource(candidate, std::move(resource));
    kept_bytes_ += candidate.bytes();
    if (full)
    {
        std::pop_heap(kept_.begin(), kept_.end(), less);
        kept_bytes_ -= kept_.back().bytes();
        if (Resource const* gone = kept_.back().resource.get())
            resource_bytes_ -= std::min(resource_bytes_, estimate_json_size(gone->attributes));
        kept_.back() = std::move(candidate);
    }
    else
        kept_.push_back(std::move(candidate));
    if (kept_bytes_ > budget_->max_kept_bytes)
        return beyond("keep", budget_->max_kept_bytes, "max_kept_bytes", "bytes of values to bring them into order");
    std::push_heap(kept_.begin(), kept_.end(), less);
    return {};
}

bool PageCollector::wants_more() const noexcept
{
    if (stopped_)
        return false;
    if (query_->total.counts() && matches_ < query_->total.most())
        return true;
    // One match beyond the page tells whether there is a next page. Other input must be seen to its end.
    return query_->limit > 0 && (!streams() || eligible_ <= room_);
}

result<bool> PageCollector::matches_filter(Query::Source const& source, Resource const& resource)
{
    if (!work_->spend(offer_cost))
        return work_->error();
    if (input_.filtered || !source.filter)
        return true;
    bool const matched = matches(*source.filter, resource.view(), work_);
    if (work_->exhausted())
        return work_->error();
    return matched;
}

result<bool> PageCollector::offer(Resource&& resource)
{
    if (!input_.filtered && ++scanned_ > budget_->max_scanned)
        return beyond("look at", budget_->max_scanned, "max_scanned", "resources");
    auto const source = source_of(resource);
    if (!source)
        return Error{ErrorCode::internal, "The store returned a resource of a type that was not asked for."};
    Query::Source const& asked = query_->sources[*source];
    auto const matched = matches_filter(asked, resource);
    if (!matched)
        return matched.error();
    if (!*matched)
        return wants_more();
    ++matches_;

    SortValue value;
    if (asked.sort && (query_->cursor || query_->limit > 0))
    {
        value = sort_value(asked.sort->attribute, resource.view(), work_);
        if (work_->exhausted())
            return work_->error();
        if (auto* text = value ? std::get_if<StringKey>(&*value) : nullptr)
            text->text = {};
    }
    if (!is_eligible(value, *source, resource.id))
        return wants_more();
    ++eligible_;
    return take(std::move(value), *source, std::move(resource));
}

result<bool> PageCollector::take(SortValue&& value, std::size_t source, Resource&& resource)
{
    if (!streams())
    {
        if (auto kept = keep({std::move(value), source, resource.id}, std::move(resource)); !kept)
            return kept.error();
        return wants_more();
    }
    if (eligible_ <= skip_ || eligible_ > room_)
        return wants_more();
    last_ = Cursor{source, resource.id, std::move(value)};
    if (!first_)
        first_ = last_;
    auto const more = sink_(std::move(resource));
    if (!more)
        return more.error();
    stopped_ = !*more;
    return wants_more();
}

result<bool> PageCollector::give(ReadTransaction& transaction, Candidate& candidate)
{
    if (candidate.resource)
        return sink_(std::move(*candidate.resource));
    auto loaded = transaction.get(*query_->sources[candidate.source].type, candidate.id,
                                  {.large_attributes = query_->large_attributes, .packed = query_->packed});
    if (!loaded)
        return loaded.error();
    if (!*loaded) // only where reads have no snapshot: it was removed a moment ago
        return true;
    return sink_(std::move(**loaded));
}

Cursor PageCollector::cursor_at(std::size_t kept) const
{
    return {kept_[kept].source, kept_[kept].id, kept_[kept].value};
}

void PageCollector::add_cursors(QuerySummary& summary, Cursor first, Cursor last) const
{
    bool const more = eligible_ > room_;
    bool const others = query_->cursor || skip_ > 0; // on the side that the page does not come from
    if (query_->backward ? others : more)
        summary.next = std::move(last);
    if (query_->backward ? more : others)
        summary.previous = std::move(first);
}

result<QuerySummary> PageCollector::finish(ReadTransaction& transaction)
{
    QuerySummary summary;
    if (query_->total.counts())
        summary.total = query_->total.cut(matches_);
    if (streams())
    {
        if (last_)
            add_cursors(summary, std::move(*first_), std::move(*last_));
        return summary;
    }
    if (!work_->spend(Budget::visit * kept_.size()))
        return work_->error();
    std::ranges::sort(kept_, [this](Candidate const& a, Candidate const& b) { return before(a, b); });
    auto const begin = static_cast<std::size_t>(std::min<std::uint64_t>(skip_, kept_.size()));
    if (begin < kept_.size())
        add_cursors(summary, cursor_at(begin), cursor_at(kept_.size() - 1));
    for (auto i = begin; i < kept_.size(); ++i)
    {
        auto const more = give(transaction, kept_[i]);
        if (!more)
            return more.error();
        if (!*more)
            break;
        kept_[i].resource.reset();
    }
    return summary;
}

} // namespace scimkit
