// What becomes of each candidate: tested, counted, skipped or delivered.
#include "page.hpp"

#include <scimkit/filter/evaluate.hpp>

#include "plan.hpp"

#include <algorithm>

namespace scimkit::kv
{

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
        tested_ = large_attributes_in(*asked.filter, *asked.type);
    delivered_.clear();
    for (AttributeRef const& large : asked.type->large_attributes())
    {
        bool const sorts = !paging_ && asked.sort && asked.sort->attribute.attribute == large.attribute;
        if (sorts || query_.wants(*large.attribute))
            delivered_.push_back(large);
    }
}

bool Page::wants_more() const noexcept { return !stopped_ && ((count_by_visits_ && counting()) || !full()); }

result<Resource> Page::load(std::string_view id, std::optional<std::string_view> record)
{
    Catalog::Type const& type = session_.catalog().of(*query_.sources[source_].type);
    if (!record)
    {
        auto const found = session_.record(type, id);
        if (!found)
            return found.error();
        if (!*found)
            return Error{ErrorCode::corrupt, "an index leads to a record that does not exist"};
        record = **found;
    }
    else if (auto charged = session_.charge_decoding(record->size()); !charged)
        return charged.error();
    return Session::decode(type, id, *record);
}

result<std::optional<Resource>> Page::match(std::string_view id, std::optional<std::string_view> record)
{
    auto resource = load(id, record);
    if (!resource)
        return resource.error();
    if (auto loaded = session_.load_large(*resource, {tested_}); !loaded)
        return loaded.error();
    bool const matched = matches(*query_.sources[source_].filter, resource->view(), &session_.budget());
    if (session_.budget().exhausted())
        return session_.budget().error();
    if (!matched)
        return std::optional<Resource>{};
    return std::optional<Resource>{std::move(*resource)};
}

result<bool> Page::visit(std::string_view id, std::optional<std::string_view> record, bool before_page)
{
    std::optional<Resource> matched;
    if (!exact_)
    {
        auto tested = match(id, record);
        if (!tested)
            return tested.error();
        if (!*tested)
            return wants_more();
        matched = std::move(*tested);
    }
    if (count_by_visits_)
        ++total_;
    if (before_page)
        return wants_more();
    if (skip_ > 0)
    {
        --skip_;
        return wants_more();
    }
    if (given_ >= limit_)
    {
        more_ = limit_ > 0;
        return wants_more();
    }
    if (!matched)
    {
        auto loaded = load(id, record);
        if (!loaded)
            return loaded.error();
        matched = std::move(*loaded);
    }
    if (auto delivered = deliver(std::move(*matched)); !delivered)
        return delivered.error();
    return wants_more();
}

result<void> Page::deliver(Resource&& resource)
{
    std::vector<AttributeRef> missing;
    for (AttributeRef const& large : delivered_)
        if (std::ranges::find(tested_, large) == tested_.end())
            missing.push_back(large);
    for (AttributeRef const& large : tested_)
        if (std::ranges::find(delivered_, large) == delivered_.end())
            resource.attributes.erase(large.attribute->name);
    if (auto loaded = session_.load_large(resource, {missing}); !loaded)
        return loaded;

    ++given_;
    bool const is_first = given_ == 1 && (query_.cursor || query_.skip > 0);
    if (paging_ && (is_first || given_ == limit_))
    {
        auto cursor = cursor_of(resource);
        if (!cursor)
            return cursor.error();
        if (is_first)
            first_ = *cursor;
        last_ = std::move(*cursor);
    }
    stopped_ = !sink_(std::move(resource));
    return {};
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

} // namespace scimkit::kv
