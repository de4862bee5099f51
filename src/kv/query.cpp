// Carries out plans, source after source; every step over keys and records is charged below, in Access and Session.
#include "query.hpp"

#include <scimkit/filter/evaluate.hpp>

#include "approach.hpp"
#include "candidates.hpp"
#include "page.hpp"
#include "plan.hpp"
#include "sorted_scan.hpp"

#include <algorithm>

namespace scimkit::kv
{
namespace
{

/// Keys of a page that ends before its cursor, kept until its beginning is known; a longer page is left to the
/// framework.
constexpr std::uint64_t most_walked_back = 10'000;

bool matches_all(BoundFilter const* filter) noexcept
{
    auto const* constant = filter ? std::get_if<BoundConstant>(&filter->node) : nullptr;
    return !filter || (constant && constant->always);
}

/// The index whose order is that of the query; null if there is none.
Catalog::Index const* index_for_order(Catalog const& catalog, Query const& query) noexcept
{
    if (query.sources.size() != 1 || !query.sources[0].sort || !matches_all(query.sources[0].filter))
        return nullptr;
    auto const* index = catalog.find_index(*query.sources[0].type, query.sources[0].sort->attribute);
    return index && index->single_valued ? index : nullptr;
}

bool sorts(Query const& query) noexcept
{
    return std::ranges::any_of(query.sources, [](Query::Source const& source) { return source.sort.has_value(); });
}

result<void> scan_records(Session& session, Catalog::Type const& type, std::string_view after, Page& page,
                          bool count_from_start)
{
    Walk walk{session.access(), session.keys().records(type.number)};
    bool const skips = !after.empty() && !count_from_start;
    auto found = skips ? walk.seek_after(session.keys().record(type.number, after)) : walk.first();
    for (; found && *found; found = walk.next())
    {
        walk.hold();
        std::string_view const id = walk.rest();
        auto const more = page.visit(id, walk.value(), count_from_start && id <= after);
        if (!more)
            return more.error();
        if (!*more)
            return {};
    }
    return found ? result<void>{} : result<void>{found.error()};
}

/// All of a type, where the page begins by its position.
result<void> scan_all(Session& session, Catalog::Type const& type, Page& page)
{
    Walk walk{session.access(), session.keys().records(type.number)};
    Approach approach{session, page, {walk.prefix(), false}};
    if (auto begun = approach.find(); !begun)
        return begun;
    auto found = approach.start() ? walk.seek(approach.start()->key) : walk.first();
    for (; found && *found; found = walk.next())
    {
        walk.hold();
        approach.pass(walk.key(), walk.prefix().size());
        auto const more = page.visit(walk.rest(), walk.value(), false);
        if (!more)
            return more.error();
        if (!*more)
            break;
    }
    if (!found)
        return found.error();
    approach.finish();
    return {};
}

/// Where everything of a type matches: counts it without a look. False where the page is known to begin behind it.
result<bool> count_whole(Session& session, Catalog::Type const& type, Page& page)
{
    bool const far = page.to_skip() > Positions::step;
    if (!page.counting() && !far)
        return true;
    auto const count = session.count_of(type);
    if (!count)
        return count.error();
    if (page.counting())
        page.add_to_total(*count);
    bool const behind = far && page.to_skip() >= *count;
    if (behind)
        page.skip(*count);
    return !behind;
}

/// One source in ascending order of ids. `after` is empty or the id where the page begins.
result<void> run_source(Session& session, Query const& query, std::size_t number, std::string_view after, Page& page)
{
    Query::Source const& source = query.sources[number];
    Catalog::Type const& type = session.catalog().of(*source.type);
    auto plan = make_plan(session, type, source.filter);
    if (!plan)
        return plan.error();

    bool const all = matches_all(source.filter);
    bool const wants_total = page.counting();
    page.begin_source(number, plan->exact, all);
    auto const reaches = all ? count_whole(session, type, page) : result<bool>{true};
    if (!reaches)
        return reaches.error();
    if (!*reaches || (page.full() && (all || !wants_total)))
        return {};
    if (all && plan->scan && page.to_skip() > Positions::step)
        return scan_all(session, type, page);
    bool const count_from_start = wants_total && !all && !after.empty();
    std::string_view const start = count_from_start ? std::string_view{} : after;

    if (!plan->scan && plan->any_of.size() == 1 && plan->any_of.front().ordered() && only_probes(*plan))
        return walk_leg(session, type, plan->any_of.front(), start,
                        [&](std::string_view id) -> result<bool>
                        {
                            auto const passed = passes(session, plan->and_of, id);
                            if (!passed || !*passed)
                                return passed ? result<bool>{true} : passed;
                            return page.visit(id, std::nullopt, count_from_start && id <= after);
                        });
    if (!plan->scan)
    {
        auto const found = find_candidates(session, type, std::move(*plan));
        if (!found)
            return found.error();
        if (!found->exact)
            page.begin_source(number, false, false);
        if (found->ids)
            return visit_all(session, *found, start,
                             [&](std::string_view id)
                             { return page.visit(id, std::nullopt, count_from_start && id <= after); });
    }
    return scan_records(session, type, after, page, count_from_start);
}

/// The entries of a walk from behind, `before` a key of it or all.
template <class Visit>
result<void> walk_back(Walk& walk, std::optional<std::string> const& before, Visit const& visit)
{
    auto found = walk.seek_before(before.value_or(end_of_prefix(walk.prefix())));
    for (; found && *found; found = walk.previous())
    {
        walk.hold();
        auto const more = visit();
        if (!more)
            return more.error();
        if (!*more)
            return {};
    }
    return found ? result<void>{} : result<void>{found.error()};
}

/// One source in descending order of ids, from `before` or from its end.
result<void> run_source_back(Session& session, Query const& query, std::size_t number,
                             std::optional<std::string_view> before, Page& page)
{
    Query::Source const& source = query.sources[number];
    Catalog::Type const& type = session.catalog().of(*source.type);
    auto plan = make_plan(session, type, source.filter);
    if (!plan)
        return plan.error();
    page.begin_source(number, plan->exact, true);
    auto const key_before = [&](std::string const& prefix)
    { return before ? std::optional{prefix + std::string{*before}} : std::nullopt; };

    if (!plan->scan && plan->any_of.size() == 1 && plan->any_of.front().kind == Leg::Kind::value &&
        plan->and_of.empty())
    {
        Walk walk{session.access(), plan->any_of.front().first};
        return walk_back(walk, key_before(walk.prefix()), [&] { return page.visit(walk.rest(), std::nullopt, false); });
    }
    if (!plan->scan)
    {
        auto const found = find_candidates(session, type, std::move(*plan));
        if (!found)
            return found.error();
        if (!found->exact)
            page.begin_source(number, false, true);
        if (found->ids)
            return visit_back(session, *found, before,
                              [&](std::string_view id) { return page.visit(id, std::nullopt, false); });
    }
    Walk walk{session.access(), session.keys().records(type.number)};
    return walk_back(walk, key_before(walk.prefix()), [&] { return page.visit(walk.rest(), walk.value(), false); });
}

struct Place
{
    std::size_t source = 0;
    std::string id;
};

/// The keys of the page that ends before the cursor and of one match more, from behind.
result<std::vector<Place>> places_before(Session& session, Query const& query)
{
    std::vector<Place> places;
    Query keys = query;
    keys.large_attributes = {};
    keys.total = TotalPolicy::none;
    keys.packed = true; // nobody looks at more than type and id
    auto const keep = [&](Resource&& resource)
    {
        auto const source = source_of(query, resource);
        places.push_back({source, std::move(resource.id)});
        return places.size() <= query.limit;
    };
    Page page{session, keys, false, keep};
    scimkit::Cursor const* from = query.cursor ? &*query.cursor : nullptr;
    if (auto const* index = index_for_order(session.catalog(), query))
    {
        page.begin_source(0, true, true);
        auto const scanned = scan_sorted(session, session.catalog().of(*query.sources[0].type), *index,
                                         *query.sources[0].sort, from, true, page);
        if (!scanned)
            return scanned.error();
        return places;
    }
    for (std::size_t i = from ? from->source + 1 : query.sources.size(); i > 0 && !page.stopped(); --i)
    {
        bool const has_cursor = from && i == from->source + 1;
        auto const before = has_cursor ? std::optional<std::string_view>{from->id} : std::nullopt;
        if (auto done = run_source_back(session, query, i - 1, before, page); !done)
            return done.error();
    }
    return places;
}

result<std::optional<std::uint64_t>> count_all(Session& session, Query const& query)
{
    if (!query.total.counts())
        return std::optional<std::uint64_t>{};
    auto const counted = run(session, total_alone(query), [](Resource&&) { return true; });
    if (!counted)
        return counted.error();
    return counted->total;
}

/// The page that ends before its cursor: walked from there as far as it goes, then given in order.
result<QuerySummary> run_backward(Session& session, Query const& query, function_ref<bool(Resource&&)> sink)
{
    QuerySummary summary;
    auto const total = count_all(session, query);
    if (!total)
        return total.error();
    summary.total = *total;
    if (query.limit == 0)
        return summary;
    auto places = places_before(session, query);
    if (!places)
        return places.error();
    bool const more = places->size() > query.limit;
    if (more)
        places->pop_back();

    PageBack cursors{query, more};
    auto const give = [&](Resource&& resource)
    {
        cursors.note(resource, session.budget());
        return sink(std::move(resource));
    };
    Query page_query = query;
    page_query.packed = query.packed && !sorts(query); // the cursors need values
    Page page{session, page_query, false, give};
    for (auto place = places->rbegin(); place != places->rend() && !page.stopped(); ++place)
    {
        page.begin_source(place->source, true, true);
        if (auto visited = page.visit(place->id, std::nullopt, false); !visited)
            return visited.error();
        if (session.budget().exhausted())
            return session.budget().error();
    }
    std::move(cursors).tell(summary);
    return summary;
}

} // namespace

QueryCapability capability_of(Catalog const& catalog, Query const& query)
{
    bool const ordered = !sorts(query) || index_for_order(catalog, query);
    bool const far_back = query.limit > most_walked_back || (query.skip > 0 && !query.cursor);
    bool const pages = ordered && !(query.backward && far_back);
    return {.carries_out = pages ? CarriesOut::page : CarriesOut::matches, .total = pages};
}

result<QuerySummary> run(Session& session, Query const& query, function_ref<bool(Resource&&)> sink)
{
    bool const paging = capability_of(session.catalog(), query).carries_out == CarriesOut::page;
    scimkit::Cursor const* after = paging && query.cursor ? &*query.cursor : nullptr;
    if (after && after->source >= query.sources.size())
        return Error{ErrorCode::invalid_cursor, "The cursor belongs to another query."};

    if (paging && query.backward)
        return run_backward(session, query, sink);
    Page page{session, query, paging, sink};
    if (auto const* index = index_for_order(session.catalog(), query))
    {
        Catalog::Type const& type = session.catalog().of(*query.sources[0].type);
        page.begin_source(0, true, true);
        auto const reaches = count_whole(session, type, page);
        if (!reaches)
            return reaches.error();
        if (*reaches && !page.full())
            if (auto scanned = scan_sorted(session, type, *index, *query.sources[0].sort, after, false, page); !scanned)
                return scanned.error();
        return page.summary();
    }

    for (std::size_t i = 0; i < query.sources.size() && !page.stopped(); ++i)
    {
        if (after && i < after->source)
        {
            // What lies before the position only counts; an id beyond all ids says so.
            if (page.counting())
                if (auto counted = run_source(session, query, i, std::string(max_id_bytes + 1, '\xFF'), page); !counted)
                    return counted.error();
            continue;
        }
        std::string_view const start = after && i == after->source ? std::string_view{after->id} : std::string_view{};
        if (auto done = run_source(session, query, i, start, page); !done)
            return done.error();
    }
    return page.summary();
}

} // namespace scimkit::kv
