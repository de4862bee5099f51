// A page backward is walked from its cursor as far as it goes, and then given in the order of the query. What it costs
// is the page, however far from the beginning it is.
#include "backward.hpp"

#include "page.hpp"
#include "query.hpp"
#include "reads.hpp"
#include "source_query.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace scimkit::postgresql
{
namespace
{

/// Matches of a page that ends before its cursor, whose ids are kept until its beginning is known; a longer page is
/// left to the framework.
constexpr std::uint64_t most_walked_back = 1'000;

struct Match
{
    ResourceType const* type;
    std::string id;
};

struct Walked
{
    std::vector<Match> matches{}; ///< the page and one more, from behind
    std::size_t largest_record = 0;
};

/// The matches of one source before the cursor, or from its end, until the page has what it needs.
result<void> walk_back(Session& session, Query const& query, std::size_t number, Page& page,
                       std::size_t& largest_record)
{
    SourceQuery statements{session, query, number, index_for_order(session.catalog(), query), true};
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
        auto found = statements.next(batch, 0);
        if (!found)
            return found.error();
        largest_record = std::max(largest_record, statements.largest_record());
        auto const more = page.take(std::move(found->candidates), 0);
        if (!more)
            return more.error();
        if (!*more || !found->more)
            return {};
        batch = std::min(batch * 2, full_batch);
    }
}

result<Walked> matches_before(Session& session, Query const& query)
{
    Walked walked;
    Query bare = query;
    bare.large_attributes = {};
    bare.total = TotalPolicy::none;
    bare.references = false;
    bare.last = false;
    auto const keep = [&](Resource&& resource)
    {
        walked.matches.push_back({resource.type, std::move(resource.id)});
        return walked.matches.size() <= query.limit;
    };
    Page page{session, bare, false, keep};
    for (std::size_t i = query.cursor ? query.cursor->source + 1 : query.sources.size(); i > 0 && !page.stopped(); --i)
        if (auto done = walk_back(session, bare, i - 1, page, walked.largest_record); !done)
            return done.error();
    return walked;
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

/// Of one type; a bounded number, which are in memory together.
result<std::vector<Resource>> read_again(Session& session, std::span<Match const> matches)
{
    std::vector<std::string_view> ids;
    for (Match const& match : matches)
        ids.emplace_back(match.id);
    std::vector<std::optional<Resource>> found(ids.size());
    auto const got = get_resources(session, *matches.front().type, ids, {},
                                   [&](std::size_t which, Resource&& resource)
                                   {
                                       found[which] = std::move(resource);
                                       return true;
                                   });
    if (!got)
        return got.error();
    std::vector<Resource> resources;
    for (auto& resource : found)
        if (resource)
            resources.push_back(std::move(*resource));
    return resources;
}

/// Those of one source after the other, in the order of the query; read again, so that no page is in memory whole.
result<void> give(Session& session, Query const& query, Walked const& page, function_ref<bool(Resource&&)> sink)
{
    std::size_t const together =
        std::clamp<std::size_t>(most_record_bytes / std::max<std::size_t>(page.largest_record, 1), 1, full_batch);
    Page out{session, query, false, sink};
    for (std::span<Match const> rest{page.matches}; !rest.empty() && !out.stopped();)
    {
        auto const end = std::ranges::find_if(rest.first(std::min(rest.size(), together)),
                                              [&](Match const& each) { return each.type != rest.front().type; });
        auto const count = static_cast<std::size_t>(end - rest.begin());
        auto part = read_again(session, rest.first(count));
        if (!part)
            return part.error();
        if (!part->empty())
        {
            out.begin_source(kv::source_of(query, part->front()), true, true);
            if (auto given = out.take(std::move(*part), 0); !given)
                return given.error();
        }
        rest = rest.subspan(count);
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
    bool const more = page->matches.size() > query.limit;
    if (more)
        page->matches.pop_back();
    std::ranges::reverse(page->matches);

    kv::PageBack cursors{query, more};
    auto const noting = [&](Resource&& resource)
    {
        cursors.note(resource, session.budget());
        return sink(std::move(resource));
    };
    if (auto given = give(session, query, *page, noting); !given)
        return given.error();
    if (session.budget().exhausted())
        return session.budget().error();
    std::move(cursors).tell(summary);
    return summary;
}

} // namespace scimkit::postgresql
