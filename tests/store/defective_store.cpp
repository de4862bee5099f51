// How each promise is broken.
#include "defective_store.hpp"

#include <algorithm>
#include <limits>

namespace scimkit::test
{
namespace
{

/// The filter with every `co` turned into `sw`.
BoundFilter start_only(BoundFilter filter)
{
    auto const each = [](std::vector<BoundFilter>& inner)
    {
        for (BoundFilter& one : inner)
            one = start_only(std::move(one));
    };
    if (auto* comparison = std::get_if<BoundComparison>(&filter.node))
        comparison->op = comparison->op == CompareOperator::co ? CompareOperator::sw : comparison->op;
    else if (auto* conjunction = std::get_if<BoundConjunction>(&filter.node))
        each(conjunction->operands);
    else if (auto* disjunction = std::get_if<BoundDisjunction>(&filter.node))
        each(disjunction->operands);
    else if (auto* negation = std::get_if<BoundNegation>(&filter.node))
        each(negation->operand);
    else if (auto* path = std::get_if<BoundValuePath>(&filter.node))
        each(path->filter);
    return filter;
}

/// Whether the entry of this resource is the one that the index lost. A walk (no filter, or one that no index carries)
/// finds it.
bool is_lost(Resource const& resource, BoundFilter const* filter)
{
    auto const* comparison = filter ? std::get_if<BoundComparison>(&filter->node) : nullptr;
    return comparison && comparison->attribute.path() == "displayName" && comparison->op == CompareOperator::eq &&
           resource.id.ends_with('1');
}

/// In the order that is asked for, but with descending ids where values are equal.
void sort_with_ties_reversed(std::vector<Resource>& found, std::vector<Query::Source> const& sources)
{
    auto const order_of = [&](Resource const& resource) -> SortOrder const&
    { return *std::ranges::find(sources, resource.type, &Query::Source::type)->sort; };
    std::ranges::sort(found,
                      [&](Resource const& a, Resource const& b)
                      {
                          int const order = compare_sort_values(sort_value(order_of(a).attribute, a.view()),
                                                                sort_value(order_of(b).attribute, b.view()));
                          if (order != 0)
                              return order_of(a).descending ? order > 0 : order < 0;
                          return a.id > b.id;
                      });
}

} // namespace

bool DefectiveTransaction::streams() const
{
    return defect_ == Defect::an_index_entry_is_lost || defect_ == Defect::equal_values_are_reversed ||
           defect_ == Defect::contains_is_starts_with;
}

result<std::optional<Resource>> DefectiveTransaction::get(ResourceType const& type, std::string_view id,
                                                          Wanted const& wanted)
{
    auto found = inner_.get(type, id, wanted);
    if (defect_ == Defect::reads_are_stale && found && *found && (*found)->version > 0)
        --(*found)->version;
    return found;
}

QueryCapability DefectiveTransaction::capability(Query const& query) const
{
    QueryCapability const able = inner_.capability(query);
    if (!streams() || query.after)
        return able;
    return {.filter = able.filter, .sort = able.filter && defect_ == Defect::equal_values_are_reversed};
}

result<QuerySummary> DefectiveTransaction::query(Query const& query, function_ref<bool(Resource&&)> sink)
{
    if (streams() && !query.after)
        return stream(query, sink);
    std::uint64_t count = 0;
    auto summary = inner_.query(query,
                                [&](Resource&& resource)
                                {
                                    ++count;
                                    return sink(std::move(resource));
                                });
    if (summary && summary->total && defect_ == Defect::totals_are_of_the_page)
        summary->total = count;
    return summary;
}

result<QuerySummary> DefectiveTransaction::stream(Query const& query, function_ref<bool(Resource&&)> sink)
{
    std::vector<BoundFilter> filters;
    std::vector<Query::Source> sources{query.sources.begin(), query.sources.end()};
    filters.reserve(sources.size());
    for (Query::Source& source : sources)
        if (source.filter && defect_ == Defect::contains_is_starts_with)
            source.filter = &filters.emplace_back(start_only(*source.filter));
    Query all = query;
    all.sources = sources;
    for (Query::Source& source : sources)
        if (defect_ != Defect::equal_values_are_reversed)
            source.sort.reset();
    all.skip = 0;
    all.limit = std::numeric_limits<std::uint64_t>::max();

    std::vector<Resource> found;
    auto const summary =
        inner_.query(all, [&](Resource&& resource) { return found.push_back(std::move(resource)), true; });
    if (!summary)
        return summary.error();
    if (defect_ == Defect::equal_values_are_reversed && sources.front().sort)
        sort_with_ties_reversed(found, sources);
    for (Resource& resource : found)
        if (defect_ != Defect::an_index_entry_is_lost || !is_lost(resource, sources.front().filter))
            if (!sink(std::move(resource)))
                break;
    return QuerySummary{};
}

result<Version> DefectiveTransaction::insert(Resource& resource, Facts const& facts)
{
    if (defect_ != Defect::a_member_is_lost)
        return inner_.insert(resource, weaken(facts));
    Resource weakened = weaken(resource);
    auto const version = inner_.insert(weakened, facts);
    resource.id = weakened.id;
    return version;
}

result<Version> DefectiveTransaction::replace(Resource const& resource, std::optional<Version> expected,
                                              Facts const& facts, LargeAttributes large,
                                              std::span<std::string const> changed)
{
    if (defect_ == Defect::versions_are_ignored)
        expected.reset();
    if (defect_ == Defect::every_version_is_refused && expected)
        return Error{ErrorCode::precondition_failed, "another version"};
    Version before = 0;
    if (defect_ == Defect::versions_are_stale)
        if (auto const old = inner_.get(*resource.type, resource.id, {}); old && *old)
            before = (*old)->version;
    auto const version = inner_.replace(weaken(resource), expected, weaken(facts), large, changed);
    return version && before != 0 ? result<Version>{before} : version;
}

result<void> DefectiveTransaction::remove(ResourceType const& type, std::string_view id,
                                          std::optional<Version> expected)
{
    return defect_ == Defect::removal_is_forgotten ? result<void>{} : inner_.remove(type, id, expected);
}

Facts DefectiveTransaction::weaken(Facts facts) const
{
    if (defect_ == Defect::unique_values_collide)
        facts.unique_keys.clear();
    return facts;
}

Resource DefectiveTransaction::weaken(Resource resource) const
{
    if (auto* members = resource.attributes.if_contains("members"); members && defect_ == Defect::a_member_is_lost)
        if (auto* array = members->if_array(); array && array->size() > 2)
            array->pop_back();
    return resource;
}

result<void> DefectiveStore::read(std::string_view tenant, CallContext const& context,
                                  function_ref<result<void>(ReadTransaction&)> body)
{
    // Reads through a write transaction: the wrapper exists once.
    auto outcome = result<void>{};
    auto const done = inner_->write(tenant_of(tenant), context,
                                    [&](WriteTransaction& transaction) -> result<void>
                                    {
                                        DefectiveTransaction defective{transaction, defect_};
                                        outcome = body(defective);
                                        return {};
                                    });
    return done ? outcome : done;
}

result<void> DefectiveStore::write(std::string_view tenant, CallContext const& context,
                                   function_ref<result<void>(WriteTransaction&)> body)
{
    auto outcome = result<void>{};
    auto const done = inner_->write(tenant_of(tenant), context,
                                    [&](WriteTransaction& transaction)
                                    {
                                        DefectiveTransaction defective{transaction, defect_};
                                        outcome = body(defective);
                                        return defect_ == Defect::errors_commit ? result<void>{} : outcome;
                                    });
    return done ? outcome : done;
}

} // namespace scimkit::test
