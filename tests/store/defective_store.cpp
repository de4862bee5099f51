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
    if (defect_ == Defect::everything_exists && wanted.existence)
        return std::optional{Resource{.type = &type, .id = std::string{id}}};
    auto found = inner_.get(type, id, wanted);
    if (defect_ == Defect::reads_are_stale && found && *found && (*found)->version)
        (*found)->version = Version{(*found)->version.number() - 1};
    return found;
}

QueryCapability DefectiveTransaction::capability(Query const& query) const
{
    Query forward = query;
    forward.backward = query.backward && defect_ != Defect::pages_back_begin_at_the_start;
    QueryCapability const able = inner_.capability(forward);
    if (!streams() || query.cursor || query.backward)
        return able;
    return {.carries_out = defect_ == Defect::equal_values_are_reversed ? CarriesOut::ordered : CarriesOut::matches};
}

result<QuerySummary> DefectiveTransaction::query(Query const& query, function_ref<bool(Resource&&)> sink)
{
    if (streams() && !query.cursor && !query.backward)
        return stream(query, sink);
    std::uint64_t count = 0;
    Query asked = query;
    if (query.backward && defect_ == Defect::pages_back_begin_at_the_start)
    {
        asked.backward = false;
        asked.cursor.reset();
    }
    auto summary = inner_.query(asked,
                                [&](Resource&& resource)
                                {
                                    if (++count == 1 && query.cursor && defect_ == Defect::cursors_skip)
                                        return true;
                                    return sink(std::move(resource));
                                });
    if (summary && summary->total && defect_ == Defect::totals_are_of_the_page)
        summary->total = count;
    bool const limited = query.total.counts() && query.total != TotalPolicy::exact;
    if (summary && summary->total && limited && defect_ == Defect::totals_stop_early)
        summary->total = std::min(*summary->total, query.total.most() - 1);
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

result<void> DefectiveTransaction::get_many(ResourceType const& type, std::span<std::string_view const> ids,
                                            Wanted const& wanted,
                                            function_ref<bool(std::size_t which, Resource&&)> sink)
{
    if (defect_ == Defect::everything_exists)
        return ReadTransaction::get_many(type, ids, wanted, sink); // by get()
    if (defect_ != Defect::a_batch_loses_its_last)
        return inner_.get_many(type, ids, wanted, sink);
    std::vector<std::pair<std::size_t, Resource>> found;
    auto const got = inner_.get_many(type, ids, wanted,
                                     [&](std::size_t which, Resource&& resource)
                                     { return found.emplace_back(which, std::move(resource)), true; });
    for (std::size_t i = 0; i + 1 < found.size(); ++i)
        if (!sink(found[i].first, std::move(found[i].second)))
            break;
    return got;
}

result<void> DefectiveTransaction::savepoint(function_ref<result<void>()> body)
{
    return defect_ == Defect::savepoints_keep ? body() : inner_.savepoint(body);
}

result<Version> DefectiveTransaction::insert(Resource& resource, Facts const& facts)
{
    ++inserts_;
    if (defect_ == Defect::refusals_leave_something)
    {
        auto version = inner_.insert(resource, facts);
        if (!version && version.error().code == ErrorCode::uniqueness)
            static_cast<void>(inner_.insert(resource, {}));
        return version;
    }
    if (defect_ == Defect::inserts_are_two_steps)
        return insert_in_two_steps(resource, facts);
    if (defect_ != Defect::a_member_is_lost)
        return inner_.insert(resource, weaken(facts));
    Resource weakened = weaken(resource);
    auto const version = inner_.insert(weakened, facts);
    resource.id = weakened.id;
    return version;
}

result<Version> DefectiveTransaction::insert_in_two_steps(Resource& resource, Facts const& facts)
{
    Resource without = resource;
    without.attributes.erase("members");
    auto const version = inner_.insert(without, facts);
    auto const* members = resource.attributes.if_contains("members");
    if (!version || !members)
        return version;
    for (json::value const& member : members->as_array())
    {
        if (budget_ && !budget_->spend(1'000))
            return budget_->error();
        auto const added = inner_.large_attributes()->add(
            *resource.type, resource.id, *resource.type->large_attributes()[0].attribute, {&member.as_object(), 1});
        if (!added)
            return added.error();
    }
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
    Version before;
    if (defect_ == Defect::versions_are_stale)
        if (auto const old = inner_.get(*resource.type, resource.id, {}); old && *old)
            before = (*old)->version;
    auto const version = inner_.replace(weaken(resource), expected, weaken(facts), large, changed);
    return version && before ? result<Version>{before} : version;
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

namespace
{

/// A read transaction whose every operation is a transaction of its own.
class Unsnapshotted final : public ReadTransaction
{
public:
    Unsnapshotted(ResourceStore& store, Attachment const& attachment, std::string_view tenant,
                  CallContext const& context)
        : store_(store)
        , attachment_(attachment)
        , tenant_(tenant)
        , context_(context)
    {
    }

    result<std::optional<Resource>> get(ResourceType const& type, std::string_view id, Wanted const& wanted) override
    {
        return in_one<std::optional<Resource>>([&](ReadTransaction& now) { return now.get(type, id, wanted); });
    }
    result<QuerySummary> query(Query const& query, function_ref<bool(Resource&&)> sink) override
    {
        return in_one<QuerySummary>([&](ReadTransaction& now) { return now.query(query, sink); });
    }

private:
    template <class T, class Work>
    result<T> in_one(Work const& work)
    {
        result<T> outcome{T{}};
        auto const done = store_.read(attachment_, tenant_, context_,
                                      [&](ReadTransaction& now) -> result<void>
                                      {
                                          outcome = work(now);
                                          return {};
                                      });
        return done ? std::move(outcome) : result<T>{done.error()};
    }

    ResourceStore& store_;
    Attachment const& attachment_;
    std::string_view tenant_;
    CallContext const& context_;
};

} // namespace

result<std::shared_ptr<Attachment const>> DefectiveStore::attach(std::shared_ptr<SchemaRegistry const> registry)
{
    auto made = ForwardingStore::attach(std::move(registry));
    if (made && defect_ == Defect::attachments_are_one)
        *made = first_ = first_ ? first_ : *made;
    return made;
}

result<void> DefectiveStore::tenants(CallContext const& context, function_ref<bool(std::string_view)> sink)
{
    bool first = true;
    return inner().tenants(context,
                           [&](std::string_view name)
                           {
                               bool const forgotten = defect_ == Defect::tenants_are_forgotten && first;
                               first = false;
                               return forgotten || sink(name);
                           });
}

result<void> DefectiveStore::remove_tenant(std::string_view tenant, CallContext const& context)
{
    return defect_ == Defect::tenants_stay ? result<void>{} : inner().remove_tenant(tenant, context);
}

result<void> DefectiveStore::read(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                                  Body<ReadTransaction> body)
{
    if (defect_ == Defect::reads_have_no_snapshot)
    {
        Unsnapshotted transaction{inner(), attachment, tenant, context};
        return body(transaction);
    }
    // Reads through a write transaction: the wrapper exists once.
    auto outcome = result<void>{};
    auto const done = inner().write(attachment, tenant_of(tenant), context,
                                    [&](WriteTransaction& transaction) -> result<void>
                                    {
                                        DefectiveTransaction defective{transaction, defect_};
                                        outcome = body(defective);
                                        return {};
                                    });
    return done ? outcome : done;
}

result<void> DefectiveStore::write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                                   Body<WriteTransaction> body)
{
    auto outcome = result<void>{};
    CallContext told = context;
    if (defect_ == Defect::removals_have_no_time)
        told.now = {};
    if (defect_ == Defect::inserts_are_two_steps)
        told.budget = nullptr;
    auto const done = inner().write(attachment, tenant_of(tenant), told,
                                    [&](WriteTransaction& transaction)
                                    {
                                        DefectiveTransaction defective{transaction, defect_, context.budget};
                                        outcome = body(defective);
                                        return defect_ == Defect::errors_commit ? result<void>{} : outcome;
                                    });
    return done ? outcome : done;
}

} // namespace scimkit::test
