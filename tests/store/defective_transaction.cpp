// How each promise of a transaction is broken.
#include <scimkit/core/text.hpp>
#include <scimkit/filter/bind.hpp>
#include <scimkit/filter/compare_operator.hpp>
#include <scimkit/filter/evaluate.hpp>

#include "defective_store.hpp"

#include <algorithm>
#include <exception>
#include <limits>
#include <utility>

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
           defect_ == Defect::contains_is_starts_with || defect_ == Defect::ids_descend;
}

void DefectiveTransaction::note_hints(Wanted const& wanted)
{
    if (defect_ == Defect::hinted_references_hide && wanted.references && elements_)
        elements_->hide_references();
    if (defect_ != Defect::hinted_existence_is_old || !wanted.next_type)
        return;
    for (std::string_view const id : wanted.next_ids)
        hinted_[std::string{id}] = inner_.get(*wanted.next_type, id, wanted_nothing()).value().has_value();
}

result<std::optional<Resource>> DefectiveTransaction::get(ResourceType const& type, std::string_view id,
                                                          Wanted const& wanted)
{
    note_hints(wanted);
    if (auto const old = hinted_.find(std::string{id});
        wanted.existence && type.name() == "User" && old != hinted_.end())
        return old->second ? std::optional{Resource{.type = &type, .id = std::string{id}}} : std::nullopt;
    if (defect_ == Defect::everything_exists && wanted.existence)
        return std::optional{Resource{.type = &type, .id = std::string{id}}};
    if (defect_ == Defect::writers_are_blind && inserted_.contains(std::string{id}))
        return std::optional<Resource>{};
    bool const unasked = defect_ == Defect::members_come_unasked && !wanted.existence;
    std::string const asked = defect_ == Defect::ids_ignore_case ? comparison_key(id, false) : std::string{id};
    auto found = inner_.get(type, asked, unasked ? wanted_all(type) : wanted);
    if (found && *found && (*found)->packed) // asked for only where that is the defect
    {
        auto attributes = (*found)->packed.unpack().value();
        attributes.erase("userName");
        (*found)->packed = PackedAttributes::pack(attributes).value();
    }
    if (defect_ == Defect::ids_are_of_all_tenants && found && !*found)
        if (auto const other = everybodys_.find(asked); other != everybodys_.end())
            return other->second;
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
    if (defect_ == Defect::long_skips_find_nothing && query.skip > 5'000)
        asked.limit = 0;
    if (defect_ == Defect::far_pages_begin_early && query.skip > 100 && query.skip < 5'000)
        --asked.skip;
    auto summary = inner_.query(asked,
                                [&](Resource&& resource)
                                {
                                    if (++count == 1 && query.cursor && defect_ == Defect::cursors_skip)
                                        return true;
                                    return sink(std::move(resource));
                                });
    if (summary && summary->total && defect_ == Defect::totals_are_of_the_page)
        summary->total = count;
    if (summary && summary->total == 0U && defect_ == Defect::an_empty_total_is_one)
        summary->total = 1;
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
    if (defect_ == Defect::ids_descend && !sources.front().sort)
        std::ranges::reverse(found);
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
    auto version = insert_worse(resource, facts);
    if (version)
        inserted_.insert(resource.id);
    if (version && defect_ == Defect::ids_are_of_all_tenants)
        everybodys_.emplace(resource.id, resource);
    return version;
}

result<Version> DefectiveTransaction::insert_worse(Resource& resource, Facts const& facts)
{
    if (defect_ == Defect::refusals_leave_something)
    {
        auto version = inner_.insert(resource, facts);
        if (!version && version.error().code == ErrorCode::uniqueness)
            static_cast<void>(inner_.insert(resource, {}));
        return version;
    }
    if (defect_ == Defect::inserts_are_two_steps)
        return insert_in_two_steps(resource, facts);
    if (defect_ != Defect::a_member_is_lost && defect_ != Defect::values_are_cut)
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
    if (defect_ == Defect::own_values_conflict && !facts.unique_keys.empty())
        return Error{ErrorCode::uniqueness, "in use", "userName"};
    if (defect_ == Defect::keep_is_ignored)
        large = LargeAttributes::as_given;
    Version before;
    if (defect_ == Defect::versions_are_stale)
        if (auto const old = inner_.get(*resource.type, resource.id, {}); old && *old)
            before = (*old)->version;
    Resource worse = weaken(resource);
    if (defect_ == Defect::replaces_merge)
        if (auto const old = inner_.get(*resource.type, resource.id, wanted_all(*resource.type)); old && *old)
            for (auto const& [name, value] : (*old)->attributes)
                worse.attributes.emplace(name, value);
    auto const version = inner_.replace(worse, expected, weaken(facts), large, changed);
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
    if (defect_ == Defect::unique_keys_ignore_case)
        for (UniqueKey& key : facts.unique_keys)
            key.value = comparison_key(key.value, false);
    return facts;
}

Resource DefectiveTransaction::weaken(Resource resource) const
{
    if (auto* members = resource.attributes.if_contains("members"); members && defect_ == Defect::a_member_is_lost)
        if (auto* array = members->if_array(); array && array->size() > 2)
            array->pop_back();
    constexpr std::size_t most = 1'000;
    if (auto* name = resource.attributes.if_contains("userName"); name && defect_ == Defect::values_are_cut)
        if (auto* text = name->if_string(); text && text->size() > most)
            text->resize(most);
    return resource;
}

} // namespace scimkit::test
