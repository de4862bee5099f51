// Pages of memberships, and their totals: what a query wants of the walk over them.
#include <scimkit/filter/evaluate.hpp>
#include <scimkit/schema/registry.hpp>

#include "membership_resources.hpp"
#include "membership_walk.hpp"

#include <algorithm>
#include <ranges>

namespace scimkit::membership
{
namespace
{

bool is_about_memberships(Query const& query, MembershipType const& type)
{
    return query.sources.size() == 1 && query.sources.front().type == type.type;
}

std::uint64_t likely_wanted(Query const& query)
{
    return std::min(query.skip, most_at_once) + std::min(query.limit, most_at_once) + 1;
}

} // namespace

result<std::optional<Resource>> MembershipView::get(ResourceType const& type, std::string_view id, Wanted const& wanted)
{
    if (&type != type_.type)
        return stored_.get(type, id, wanted);
    auto pair = pair_of(id);
    if (!pair)
        return std::optional<Resource>{};
    Tests const none;
    Walk walk{stored_, scope_, none};
    auto const there = walk.elements().contains(pair->group, pair->member);
    if (!there)
        return there.error();
    if (!*there)
        return std::optional<Resource>{};
    auto const element = walk.element_of(pair->member);
    if (!element)
        return element.error();
    return std::optional{resource_of(*pair, *element)};
}

QueryCapability MembershipView::capability(Query const& query) const
{
    if (!is_about_memberships(query, type_))
        return stored_.capability(query);
    bool const sorts = query.sources.front().sort.has_value();
    return {.carries_out = sorts ? CarriesOut::matches : CarriesOut::page, .total = !sorts};
}

result<QuerySummary> MembershipView::query(Query const& query, function_ref<bool(Resource&&)> sink)
{
    if (!is_about_memberships(query, type_))
        return stored_.query(query, sink);
    bool const pages = !query.sources.front().sort;
    std::optional<Pair> at;
    if (pages && query.cursor)
    {
        at = pair_of(query.cursor->id);
        if (!at)
            return Error{ErrorCode::invalid_cursor, "The cursor is not one that this service gave out for this query."};
    }
    auto summary = pages && query.backward ? page_before(query, at, sink) : page_behind(query, at, sink);
    if (!summary || !pages || !query.total.counts())
        return summary;
    auto const total = count(query);
    if (!total)
        return total.error();
    summary->total = query.total.cut(*total);
    return summary;
}

result<bool> MembershipView::is_match(Query::Source const& source, Tests const& tests, Resource const& resource) const
{
    if (auto charged = scope_.context.charge(Budget::visit); !charged)
        return std::move(charged).error();
    bool const matched = tests.complete || matches(*source.filter, resource.view(), scope_.context.budget);
    if (scope_.context.budget && scope_.context.budget->exhausted())
        return scope_.context.budget->error();
    return matched;
}

/// All that match, where the query has an order.
result<QuerySummary> MembershipView::page_behind(Query const& query, std::optional<Pair> const& from,
                                                 function_ref<bool(Resource&&)> sink)
{
    Query::Source const& source = query.sources.front();
    bool const pages = !source.sort;
    Tests const tests = tests_of(source.filter);
    QuerySummary summary;
    std::uint64_t skip = pages ? query.skip : 0;
    bool const others = pages && (from || skip > 0);
    std::uint64_t given = 0;
    std::string last;
    auto const take = [&](Pair const& pair, json::object const& element) -> result<bool>
    {
        Resource resource = resource_of(pair, element);
        auto const matched = is_match(source, tests, resource);
        if (!matched)
            return matched;
        if (!*matched || skip > 0)
        {
            skip -= *matched ? 1U : 0U;
            return true;
        }
        if (pages && given == query.limit)
        {
            summary.next = Cursor{0, std::move(last), {}};
            return false;
        }
        if (++given == 1 && others)
            summary.previous = Cursor{0, resource.id, {}};
        last = resource.id;
        return sink(std::move(resource));
    };
    if (pages && query.limit == 0)
        return summary;
    Walk walk{stored_, scope_, tests};
    auto const walked = walk.run(from, pages ? likely_wanted(query) : most_at_once, take);
    return walked ? result<QuerySummary>{std::move(summary)} : walked.error();
}

result<QuerySummary> MembershipView::page_before(Query const& query, std::optional<Pair> const& before,
                                                 function_ref<bool(Resource&&)> sink)
{
    Query::Source const& source = query.sources.front();
    Tests const tests = tests_of(source.filter);
    std::vector<Resource> page; // the last one first
    bool more = false;
    auto const take = [&](Pair const& pair, json::object const& element) -> result<bool>
    {
        Resource resource = resource_of(pair, element);
        auto const matched = is_match(source, tests, resource);
        if (!matched || !*matched)
            return matched ? result<bool>{true} : matched;
        more = page.size() == query.limit;
        if (!more)
            page.push_back(std::move(resource));
        return !more;
    };
    QuerySummary summary;
    if (query.limit == 0)
        return summary;
    Walk walk{stored_, scope_, tests};
    if (auto walked = walk.run_back(before, take); !walked)
        return std::move(walked).error();
    if (page.empty())
        return summary;
    if (before)
        summary.next = Cursor{0, page.front().id, {}};
    if (more)
        summary.previous = Cursor{0, page.back().id, {}};
    for (Resource& resource : page | std::views::reverse)
        if (!sink(std::move(resource)))
            break;
    return summary;
}

result<std::uint64_t> MembershipView::count(Query const& query) const
{
    Query::Source const& source = query.sources.front();
    Tests const tests = tests_of(source.filter);
    Walk walk{stored_, scope_, tests};
    if (tests.complete)
        return walk.count(query.total.most());
    std::uint64_t counted = 0;
    auto const take = [&](Pair const& pair, json::object const& element) -> result<bool>
    {
        auto const matched = is_match(source, tests, resource_of(pair, element));
        if (!matched)
            return matched;
        counted += *matched ? 1U : 0U;
        return counted < query.total.most();
    };
    auto const walked = walk.run({}, most_at_once, take);
    return walked ? result<std::uint64_t>{counted} : walked.error();
}

Resource MembershipView::resource_of(Pair const& pair, json::object const& element) const
{
    Resource resource{.type = type_.type, .id = membership_id(pair), .version = membership_version};
    resource.attributes["group"] = json::object{{"value", pair.group}};
    json::object member;
    for (std::string_view const name : {"value", "$ref", "type"})
        if (auto const* value = element.if_contains(name))
            member[name] = *value;
    resource.attributes["member"] = std::move(member);
    return resource;
}

} // namespace scimkit::membership
