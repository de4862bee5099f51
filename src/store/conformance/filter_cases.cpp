// Filters: whatever a store finds has to be what the reference evaluator finds.
#include <scimkit/filter/evaluate.hpp>

#include "cases.hpp"
#include "random_data.hpp"

#include <algorithm>

namespace scimkit::conformance
{
namespace
{

/// What a query must return, by the reference evaluator over all resources.
class NaiveStore
{
public:
    explicit NaiveStore(std::vector<Resource> resources)
        : resources_(std::move(resources))
    {
        std::ranges::sort(resources_, {}, &Resource::id);
    }

    std::vector<std::string> ids(BoundFilter const* filter, std::optional<SortOrder> const& sort = {}) const
    {
        return reference_ids(resources_, filter, sort);
    }

private:
    std::vector<Resource> resources_;
};

std::vector<Resource> fill(Fixture& f, std::size_t count, Resource (RandomData::*make)(std::size_t), RandomData& random)
{
    std::vector<Resource> stored;
    for (std::size_t i = 0; i < count; ++i)
    {
        Resource resource = (random.*make)(i);
        f.check.must(f.insert(resource), "insert of random data");
        stored.push_back(std::move(resource));
    }
    // Indexes must follow changes, not only inserts.
    for (std::size_t i = 0; i < stored.size(); i += 5)
    {
        Resource changed = (random.*make)(i);
        changed.id = stored[i].id;
        changed.version = f.check.must(f.replace(changed), "replace of random data");
        stored[i] = std::move(changed);
    }
    for (std::size_t i = 3; i < stored.size(); i += 7)
    {
        f.check.must(f.remove(stored[i]), "remove of random data");
        stored.erase(stored.begin() + static_cast<std::ptrdiff_t>(i));
    }
    return stored;
}

std::vector<std::string> page_of(std::vector<std::string> const& ids, std::uint64_t skip, std::uint64_t limit)
{
    auto const first = std::min<std::uint64_t>(skip, ids.size());
    auto const last = std::min<std::uint64_t>(first + limit, ids.size());
    return {ids.begin() + static_cast<std::ptrdiff_t>(first), ids.begin() + static_cast<std::ptrdiff_t>(last)};
}

constexpr std::size_t random_filters = 400;

void random_user_filters(Fixture& f)
{
    RandomData random{f, 1};
    NaiveStore const reference{fill(f, 60, &RandomData::user, random)};
    for (std::size_t i = 0; i < random_filters; ++i)
    {
        std::string const text = random.user_filter();
        BoundFilter const filter = f.filter(text, f.user);
        Query::Source source{&f.user, &filter};
        if (i % 3 == 0)
            source.sort = SortOrder{f.attribute(random.user_sort(), f.user), random.below(2) == 0};
        auto const wanted = reference.ids(&filter, source.sort);
        std::string const what = text + (source.sort ? " sorted by " + source.sort->attribute.path() : "");

        Query query{{&source, 1}};
        query.limit = 1'000;
        auto const all = f.check.must(f.find(query), what);
        f.check.equal(all.ids, wanted, what);
        f.check.equal(all.total, std::optional<std::uint64_t>{wanted.size()}, "total of " + what);

        query.skip = random.below(wanted.size() + 3);
        query.limit = random.below(6);
        auto const page = f.check.must(f.find(query), what);
        f.check.equal(page.ids, page_of(wanted, query.skip, query.limit), "a page of " + what);
        f.check.equal(page.total, std::optional<std::uint64_t>{wanted.size()}, "total beside a page of " + what);
    }
}

void each_operator_by_itself(Fixture& f)
{
    RandomData random{f, 0};
    NaiveStore const reference{fill(f, 60, &RandomData::user, random)};
    for (std::string const& text : RandomData::single_tests())
    {
        BoundFilter const filter = f.filter(text, f.user);
        Query::Source const source{&f.user, &filter};
        Query query{{&source, 1}};
        query.limit = 1'000;
        auto const wanted = reference.ids(&filter);
        auto const all = f.check.must(f.find(query), text);
        f.check.equal(all.ids, wanted, text);
        f.check.equal(all.total, std::optional<std::uint64_t>{wanted.size()}, "total of " + text);
    }
}

void random_group_filters(Fixture& f)
{
    RandomData random{f, 2};
    NaiveStore const reference{fill(f, 40, &RandomData::group, random)};
    for (std::size_t i = 0; i < random_filters / 2; ++i)
    {
        std::string const text = random.group_filter();
        BoundFilter const filter = f.filter(text, f.group);
        Query::Source const source{&f.group, &filter};
        Query query{{&source, 1}};
        query.limit = 1'000;
        auto const wanted = reference.ids(&filter);
        auto const all = f.check.must(f.find(query), text);
        f.check.equal(all.ids, wanted, text);
        f.check.equal(all.total, std::optional<std::uint64_t>{wanted.size()}, "total of " + text);
    }
}

void queries_over_several_types(Fixture& f)
{
    RandomData random{f, 3};
    auto users = fill(f, 25, &RandomData::user, random);
    auto groups = fill(f, 20, &RandomData::group, random);
    NaiveStore const user_reference{users};
    NaiveStore const group_reference{groups};
    std::vector<Resource> both = std::move(users);
    std::ranges::move(groups, std::back_inserter(both));
    for (int i = 0; i < 40; ++i)
    {
        std::string const text =
            i % 4 == 0 ? "displayName pr" : "displayName ge \"b\" or meta.created gt \"2026-01-01T00:00:02Z\"";
        BoundFilter const for_users = f.filter(text, f.user);
        BoundFilter const for_groups = f.filter(text, f.group);
        Query::Source const sources[] = {{&f.user, i % 3 == 0 ? nullptr : &for_users},
                                         {&f.group, i % 5 == 0 ? nullptr : &for_groups}};
        auto wanted = user_reference.ids(sources[0].filter);
        std::ranges::move(group_reference.ids(sources[1].filter), std::back_inserter(wanted));
        Query query{sources};
        query.skip = random.below(wanted.size() + 2);
        query.limit = random.below(12);
        auto const page = f.check.must(f.find(query), "a query over two types");
        f.check.equal(page.ids, page_of(wanted, query.skip, query.limit), "a page over two types");
        f.check.equal(page.total, std::optional<std::uint64_t>{wanted.size()}, "the total over two types");
    }

    Query::Source sources[] = {{&f.user, nullptr, SortOrder{f.attribute("displayName", f.user)}},
                               {&f.group, nullptr, SortOrder{f.attribute("displayName", f.group)}}};
    std::ranges::sort(both, {}, &Resource::id);
    std::ranges::stable_sort(both,
                             [&](Resource const& a, Resource const& b)
                             {
                                 auto const value = [&](Resource const& resource) {
                                     return sort_value(sources[resource.type == &f.group].sort->attribute,
                                                       resource.view());
                                 };
                                 return compare_sort_values(value(a), value(b)) < 0;
                             });
    std::vector<std::string> wanted;
    for (Resource const& resource : both)
        wanted.push_back(resource.id);
    Query query{sources};
    query.limit = 1'000;
    f.check.equal(f.check.must(f.find(query), "a sorted query over two types").ids, wanted,
                  "two types sorted together");
}

void an_empty_store_has_no_matches(Fixture& f)
{
    for (std::string const text :
         {"userName pr", "userName eq \"x\"", "not (userName eq \"x\")", "meta.created gt \"2020-01-01T00:00:00Z\""})
    {
        auto const found = f.find_users(text);
        f.check.equal(found.ids.size(), 0U, "matches in an empty store");
        f.check.equal(found.total, std::optional<std::uint64_t>{0}, "total in an empty store");
        f.check.expect(!found.next && !found.previous, "an empty store has a page beside the first");
    }
}

} // namespace

void add_filter_cases(Cases& cases)
{
    add_case(cases, "filter: an empty store has no matches", an_empty_store_has_no_matches);
    add_case(cases, "filter: each operator on text by itself", each_operator_by_itself);
    add_case(cases, "filter: random filters over users agree with the reference", random_user_filters);
    add_case(cases, "filter: random filters over groups agree with the reference", random_group_filters);
    add_case(cases, "filter: several types in one query", queries_over_several_types);
}

} // namespace scimkit::conformance
