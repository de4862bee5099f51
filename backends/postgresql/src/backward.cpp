// A page backward is walked from its cursor as far as it goes, and then given in the order of the query. What it costs
// is the page, however far from the beginning it is.
#include "backward.hpp"

#include "page.hpp"
#include "query.hpp"
#include "source_query.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace scimkit::postgresql
{
namespace
{

/// Resources of a page that ends before its cursor, without their large attributes, kept until its beginning is known;
/// a longer page is left to the framework.
constexpr std::uint64_t most_walked_back = 1'000;

/// The matches of one source before the cursor, or from its end, until the page has what it needs.
result<void> walk_back(Session& session, Query const& query, std::size_t number, Page& page)
{
    Query::Source const& source = query.sources[number];
    SourceQuery statements{session, source, index_for_order(session.catalog(), query), true};
    if (auto prepared = statements.prepare(); !prepared)
        return prepared;
    IdFilter const& filter = statements.filter();
    if (filter.none)
        return {};
    page.begin_source(number, filter.exact, true);
    if (page.packs() && !query.sources[number].sort) // of which the cursors need values
        statements.pack();
    if (query.cursor && query.cursor->source == number)
        statements.begin_at(*query.cursor);
    std::uint64_t batch = filter.exact ? std::min(query.limit + 1, full_batch) : first_batch;
    for (;;)
    {
        auto candidates = statements.next(batch, 0);
        if (!candidates)
            return candidates.error();
        std::size_t const size = candidates->size();
        auto const more = page.take(std::move(*candidates), 0);
        if (!more)
            return more.error();
        if (!*more || size < batch)
            return {};
        batch = std::min(batch * 2, full_batch);
    }
}

/// The page and one match more, from behind.
result<std::vector<Resource>> matches_before(Session& session, Query const& query)
{
    std::vector<Resource> found;
    Query bare = query;
    bare.packed = query.packed && query.large_attributes.empty(); // what elements are put into has to be unpacked
    bare.large_attributes = {};
    bare.total = TotalPolicy::none;
    auto const keep = [&](Resource&& resource)
    {
        found.push_back(std::move(resource));
        return found.size() <= query.limit;
    };
    Page page{session, bare, false, keep};
    for (std::size_t i = query.cursor ? query.cursor->source + 1 : query.sources.size(); i > 0 && !page.stopped(); --i)
        if (auto walked = walk_back(session, bare, i - 1, page); !walked)
            return walked.error();
    return found;
}

result<std::optional<std::uint64_t>> count_all(Session& session, Query const& query)
{
    if (!query.total.counts())
        return std::optional<std::uint64_t>{};
    auto const counted = run_query_in(session, kv::total_alone(query), [](Resource&&) { return true; });
    if (!counted)
        return counted.error();
    return counted->total;
}

/// Those of one source after the other, in the order of the query.
result<void> give(Session& session, Query const& query, std::vector<Resource>&& page,
                  function_ref<bool(Resource&&)> sink)
{
    Page out{session, query, false, sink};
    for (auto at = page.begin(); at != page.end() && !out.stopped();)
    {
        auto const end = std::find_if(at, page.end(), [&](Resource const& each) { return each.type != at->type; });
        out.begin_source(kv::source_of(query, *at), true, true);
        std::vector<Resource> part{std::make_move_iterator(at), std::make_move_iterator(end)};
        if (auto given = out.take(std::move(part), 0); !given)
            return given.error();
        at = end;
    }
    return {};
}

} // namespace

bool is_long_way_back(Query const& query) noexcept
{
    return query.limit > most_walked_back || (query.skip > 0 && !query.cursor);
}

result<QuerySummary> run_backward(Session& session, Query const& query, function_ref<bool(Resource&&)> sink)
{
    QuerySummary summary;
    auto const total = count_all(session, query);
    if (!total)
        return total.error();
    summary.total = *total;
    if (query.limit == 0)
        return summary;
    auto page = matches_before(session, query);
    if (!page)
        return page.error();
    bool const more = page->size() > query.limit;
    if (more)
        page->pop_back();
    std::ranges::reverse(*page);

    kv::PageBack cursors{query, more};
    auto const noting = [&](Resource&& resource)
    {
        cursors.note(resource, session.budget());
        return sink(std::move(resource));
    };
    if (auto given = give(session, query, std::move(*page), noting); !given)
        return given.error();
    if (session.budget().exhausted())
        return session.budget().error();
    std::move(cursors).tell(summary);
    return summary;
}

} // namespace scimkit::postgresql
