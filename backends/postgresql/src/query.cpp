// Each batch begins behind the last row of the one before it, so that nothing is kept open in the server while the
// resources are looked at, and no row is read twice.
#include "query.hpp"

#include <scimkit/filter/evaluate.hpp>

#include "backward.hpp"
#include "page.hpp"
#include "source_query.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

namespace scimkit::postgresql
{
namespace
{

bool sorts(Query const& query) noexcept
{
    return std::ranges::any_of(query.sources, [](Query::Source const& source) { return source.sort.has_value(); });
}

/// Whether the candidate lies behind the place where the page begins.
bool is_behind(Query::Source const& source, Resource const& candidate, scimkit::Cursor const& place, Budget& budget)
{
    if (source.sort)
    {
        int const order =
            compare_sort_values(sort_value(source.sort->attribute, candidate.view(), &budget), place.value);
        if (order != 0)
            return source.sort->descending ? order < 0 : order > 0;
    }
    return candidate.id > place.id;
}

class QueryRun
{
public:
    QueryRun(Session& session, Query const& query, bool paging, function_ref<bool(Resource&&)> sink)
        : session_(session)
        , query_(query)
        , order_(index_for_order(session.catalog(), query))
        , page_(session, query, paging, sink)
    {
    }

    result<QuerySummary> run(scimkit::Cursor const* after)
    {
        for (std::size_t i = 0; i < query_.sources.size() && !page_.stopped(); ++i)
        {
            bool const before = after && i < after->source;
            if (before && !page_.counting())
                continue;
            if (auto done = run_source(i, after && i == after->source ? after : nullptr, before); !done)
                return done.error();
        }
        return page_.summary();
    }

private:
    /// `all_before`: the whole source lies before the page, and only counts.
    result<void> run_source(std::size_t number, scimkit::Cursor const* after, bool all_before)
    {
        Query::Source const& source = query_.sources[number];
        SourceQuery statements{session_, query_, number, order_};
        if (auto prepared = statements.prepare(); !prepared)
            return prepared;
        bool const exact = statements.filter().exact;
        if (statements.filter().none)
            return {};
        bool const counts = page_.counting();
        page_.begin_source(number, exact, exact);
        if (page_.packs() && !source.sort) // of which the cursors need values
            statements.pack();
        bool const by_visits = counts && !exact;
        std::optional<std::uint64_t> matches;
        if (by_visits || !(all_before || page_.full()))
        {
            if (after && !by_visits)
                statements.begin_at(*after);
            auto const visited = visit(statements, source, by_visits ? after : nullptr, all_before);
            if (!visited)
                return visited.error();
            matches = after ? std::nullopt : *visited;
        }
        return counts && exact && !page_.stopped() ? add_to_total(statements, matches) : result<void>{};
    }

    /// What the page has shown to be all of them need not be counted.
    result<void> add_to_total(SourceQuery& statements, std::optional<std::uint64_t> matches)
    {
        auto const counted = matches ? std::min(*matches, page_.to_count()) : statements.count(page_.to_count());
        if (!counted)
            return counted.error();
        page_.add_to_total(*counted);
        return {};
    }

    /// How many candidates there are, where it came to their end, and knows how many it left out.
    result<std::optional<std::uint64_t>> visit(SourceQuery& statements, Query::Source const& source,
                                               scimkit::Cursor const* after, bool all_before)
    {
        bool const exact = statements.filter().exact;
        std::uint64_t batch = exact ? std::min(page_.room(), full_batch) : first_batch;
        std::uint64_t offset = 0;
        if (exact && query_.sources.size() == 1 && page_.to_skip() > 0 && !statements.filter().one)
        {
            // The database leaves them out without sending them; so far as there are any, nobody needs to know more.
            offset = std::min<std::uint64_t>(page_.to_skip(), std::numeric_limits<std::int64_t>::max());
            page_.skipped(page_.to_skip());
            batch = std::min(page_.room(), full_batch);
        }
        std::uint64_t const left_out = offset;
        std::uint64_t seen = offset;
        bool behind = after == nullptr;
        for (;;)
        {
            auto found = statements.next(batch, std::exchange(offset, 0));
            if (!found)
                return found.error();
            auto& candidates = found->candidates;
            std::size_t const size = candidates.size();
            seen += size;
            bool const is_short = left_out > 0 && seen == left_out; // there may be fewer than were to be left out
            std::size_t before_page = all_before ? size : 0;
            for (; !behind && before_page < size; ++before_page)
                if (behind = is_behind(source, candidates[before_page], *after, session_.budget()); behind)
                    break;
            if (session_.budget().exhausted())
                return session_.budget().error();
            auto const more = page_.take(std::move(candidates), before_page);
            if (!more)
                return more.error();
            if (!found->more)
                return is_short ? std::nullopt : std::optional{seen};
            if (!*more)
                return std::optional<std::uint64_t>{};
            batch = std::min(batch * 2, full_batch);
        }
    }

    Session& session_;
    Query const& query_;
    kv::Catalog::Index const* order_;
    Page page_;
};

} // namespace

QueryCapability capability_of(kv::Catalog const& catalog, Query const& query)
{
    bool const ordered = !sorts(query) || index_for_order(catalog, query);
    bool const pages = ordered && !(query.backward && is_long_way_back(query));
    return {.carries_out = pages ? CarriesOut::page : CarriesOut::matches, .total = pages};
}

result<QuerySummary> run_query_in(Session& session, Query const& query, function_ref<bool(Resource&&)> sink)
{
    bool const paging = capability_of(session.catalog(), query).carries_out == CarriesOut::page;
    scimkit::Cursor const* after = paging && query.cursor ? &*query.cursor : nullptr;
    if (after && after->source >= query.sources.size())
        return Error{ErrorCode::invalid_cursor, "The cursor belongs to another query."};
    if (paging && query.backward)
        return run_backward(session, query, sink);
    return QueryRun{session, query, paging, sink}.run(after);
}

} // namespace scimkit::postgresql
