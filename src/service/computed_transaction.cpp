// Queries about what is computed cost what the store finds by the rest of their filter, in time; in memory they cost no
// more than others, since resources are completed some at a time and forgotten.
#include "computed_transaction.hpp"

#include <scimkit/core/json.hpp>
#include <scimkit/filter/evaluate.hpp>

#include "../membership/groups.hpp"
#include "location_filter.hpp"
#include "presenter.hpp"

#include <deque>
#include <limits>

namespace scimkit::service
{
namespace
{

constexpr std::size_t most_at_a_time = 1'000;
constexpr std::size_t most_bytes_at_a_time = 4 << 20;

/// What a store can do of a filter about computed attributes: the operands of its `and` that are about others.
std::optional<BoundFilter> without_computed(BoundFilter const* filter, TypePlan const& plan)
{
    if (!filter)
        return std::nullopt;
    if (!tests_computed(*filter, plan))
        return *filter;
    auto const* all = std::get_if<BoundConjunction>(&filter->node);
    if (!all)
        return std::nullopt;
    BoundConjunction rest;
    for (BoundFilter const& operand : all->operands)
        if (!tests_computed(operand, plan))
            rest.operands.push_back(operand);
    if (rest.operands.empty())
        return std::nullopt;
    return rest.operands.size() == 1 ? std::move(rest.operands.front()) : BoundFilter{std::move(rest)};
}

/// What the page wants, and what the filter looks at here.
std::vector<AttributeRef> large_attributes_needed(Query const& query, Query::Source const& source)
{
    std::vector<AttributeRef> needed;
    for (AttributeRef const& large : source.type->large_attributes())
    {
        bool needs = query.wants(*large.attribute);
        if (source.filter)
            for_each_attribute(*source.filter, [&](AttributeRef const& attribute)
                               { needs = needs || attribute.attribute == large.attribute; });
        if (needs)
            needed.push_back(large);
    }
    return needed;
}

/// Completes, tests and hands on.
class Completer // groups are in memory for one resource at a time
{
public:
    Completer(ReadTransaction& stored, Scope const& scope, BoundFilter const* filter,
              function_ref<bool(Resource&&)> sink)
        : stored_(stored)
        , scope_(scope)
        , filter_(filter)
        , sink_(sink)
    {
    }

    /// False when no more are wanted.
    result<bool> add(Resource&& resource)
    {
        auto const most = scope_.state.options.limits.query.max_scanned;
        if (++seen_ > most)
            return Error{ErrorCode::too_many, "A query about a computed attribute looks at no more than " +
                                                  std::to_string(most) + " resources (max_scanned); narrow it."};
        bytes_ += estimate_json_size(resource.attributes);
        waiting_.push_back(std::move(resource));
        return waiting_.size() < most_at_a_time && bytes_ < most_bytes_at_a_time ? result<bool>{true} : flush();
    }

    result<bool> flush()
    {
        std::vector<std::string_view> ids;
        if (scope_.plan().groups())
            for (Resource const& resource : waiting_)
                ids.push_back(resource.id);
        membership::GroupsAround groups{stored_, scope_};
        if (auto found = groups.find(ids); !found)
            return std::move(found).error();
        bool more = true;
        for (; more && !waiting_.empty(); waiting_.pop_front()) // its memory goes with it, and not before
        {
            Resource& resource = waiting_.front();
            if (auto filled = groups.fill(resource); !filled)
                return std::move(filled).error();
            bool const matched = matches_filter(resource);
            if (auto const* budget = scope_.context.budget; budget && budget->exhausted())
                return budget->error();
            if (matched)
                more = sink_(std::move(resource));
        }
        waiting_.clear();
        bytes_ = 0;
        return more;
    }

private:
    bool matches_filter(Resource const& resource) const
    {
        if (!filter_)
            return true;
        std::string const location = location_of(resource, scope_.plan());
        ResourceView const view{
            *resource.type,      resource.id, resource.created, resource.last_modified, resource.version.number(),
            resource.attributes, location};
        return matches(*filter_, view, scope_.context.budget);
    }

    ReadTransaction& stored_;
    Scope const& scope_;
    BoundFilter const* filter_;
    function_ref<bool(Resource&&)> sink_;
    std::deque<Resource> waiting_{};
    std::size_t bytes_ = 0;
    std::uint64_t seen_ = 0;
};

} // namespace

bool is_computed(AttributeRef const& attribute, TypePlan const& plan)
{
    return (plan.groups() && attribute.attribute == plan.groups()->attribute) || is_location(attribute);
}

bool tests_computed(BoundFilter const& filter, TypePlan const& plan)
{
    bool tests = false;
    for_each_attribute(filter, [&](AttributeRef const& attribute) { tests = tests || is_computed(attribute, plan); });
    return tests;
}

result<QuerySummary> ComputedTransaction::query(Query const& query, function_ref<bool(Resource&&)> sink)
{
    for (Query::Source const& asked : query.sources)
    {
        auto const more = stream_source(query, asked, sink);
        if (!more)
            return more.error();
        if (!*more)
            break;
    }
    return QuerySummary{};
}

/// False when no more are wanted.
result<bool> ComputedTransaction::stream_source(Query const& query, Query::Source const& asked,
                                                function_ref<bool(Resource&&)> sink)
{
    Scope scope = scope_;
    scope.set_type(scope.state.plan_of(*asked.type));
    auto const rest = without_computed(asked.filter, scope.plan());
    Query::Source const source{.type = asked.type, .filter = rest ? &*rest : nullptr};
    auto const large = large_attributes_needed(query, asked);
    Query const superset{.sources = {&source, 1},
                         .limit = std::numeric_limits<std::uint64_t>::max(),
                         .total = TotalPolicy::none,
                         .large_attributes = large};
    bool wants_more = true;
    auto const noted = [&](Resource&& resource) { return wants_more = sink(std::move(resource)); };
    Completer completer{stored_, scope, asked.filter, noted};
    auto const streamed = stream_query(stored_, superset, scope.state.options.limits.query, scope.context,
                                       [&](Resource&& resource) { return completer.add(std::move(resource)); });
    if (!streamed)
        return streamed.error();
    if (!wants_more)
        return false;
    if (auto flushed = completer.flush(); !flushed)
        return std::move(flushed).error();
    return wants_more;
}

} // namespace scimkit::service
