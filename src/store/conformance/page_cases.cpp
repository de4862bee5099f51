// Pages: by number and by cursor, forward and backward, in every order, and the totals beside them.
#include <scimkit/filter/evaluate.hpp>

#include "cases.hpp"

#include <algorithm>
#include <limits>

namespace scimkit::conformance
{
namespace
{

/// Users whose title repeats and is sometimes absent.
std::vector<Resource> fill(Fixture& f, std::size_t count)
{
    std::vector<Resource> users;
    f.check.must(f.write(
                     [&](WriteTransaction& transaction) -> result<void>
                     {
                         users.clear();
                         for (std::size_t i = 0; i < count; ++i)
                         {
                             std::string const number = std::to_string(100'000 + (i * 7919) % count);
                             Resource user = f.new_user("p-" + number, "user-" + number);
                             if (i % 3 != 0)
                                 user.attributes[f.free_text] = "t" + std::to_string(i % 5);
                             auto const inserted = transaction.insert(user, f.rules.facts_of(user));
                             if (!inserted)
                                 return inserted.error();
                             users.push_back(std::move(user));
                         }
                         return {};
                     }),
                 "insert of many");
    return users;
}

std::vector<std::string> sorted_ids(std::vector<Resource> const& users)
{
    std::vector<std::string> ids;
    for (Resource const& user : users)
        ids.push_back(user.id);
    std::ranges::sort(ids);
    return ids;
}

void without_sort_ids_ascend(Fixture& f)
{
    auto const wanted = sorted_ids(fill(f, 50));
    f.check.equal(f.find_users("userName pr").ids, wanted, "ids with a filter");
    Query::Source const source{&f.user, nullptr};
    Query query{{&source, 1}};
    query.limit = 1'000;
    f.check.equal(f.check.must(f.find(query), "all").ids, wanted, "ids without a filter");

    std::vector<std::string> streamed;
    f.check.must(f.read(
                     [&](ReadTransaction& transaction) -> result<void>
                     {
                         auto const summary = transaction.query(query,
                                                                [&](Resource&& resource)
                                                                {
                                                                    streamed.push_back(resource.id);
                                                                    return streamed.size() < 7;
                                                                });
                         return summary ? result<void>{} : result<void>{summary.error()};
                     }),
                 "a query whose sink stops");
    f.check.equal(streamed, std::vector<std::string>{wanted.begin(), wanted.begin() + 7}, "ids until the sink stopped");
}

void pages_cover_everything_once(Fixture& f)
{
    auto const wanted = sorted_ids(fill(f, 53));
    BoundFilter const filter = f.filter("userName sw \"user-\"", f.user);
    for (BoundFilter const* used : {static_cast<BoundFilter const*>(nullptr), &filter})
    {
        Query::Source const source{&f.user, used};
        Query query{{&source, 1}};
        query.limit = 10;
        std::vector<std::string> seen;
        for (query.skip = 0; query.skip < 70; query.skip += 10)
        {
            auto const page = f.check.must(f.find(query), "page");
            f.check.equal(page.total, std::optional<std::uint64_t>{53}, "total beside a page");
            std::ranges::copy(page.ids, std::back_inserter(seen));
        }
        f.check.equal(seen, wanted, "ids over all pages");

        query.skip = std::numeric_limits<std::uint64_t>::max();
        query.limit = std::numeric_limits<std::uint64_t>::max();
        f.check.equal(f.check.must(f.find(query), "page").ids.size(), 0U, "a page beyond everything");
        query.skip = 0;
        query.limit = 0;
        auto const count = f.check.must(f.find(query), "count only");
        f.check.expect(count.ids.empty() && count.total == 53U,
                       "a page of no resources has no resources but the total");
        query.limit = 5;
        query.total = TotalPolicy::none;
        f.check.equal(f.check.must(f.find(query), "page").ids.size(), 5U, "a page without a total");
        for (std::uint64_t const most : {1U, 5U, 52U, 53U, 54U})
        {
            query.total = TotalPolicy::at_most(most);
            auto const page = f.check.must(f.find(query), "page");
            f.check.equal(page.ids.size(), 5U, "a page with a total that is counted so far");
            f.check.equal(page.total, std::optional<std::uint64_t>{std::min<std::uint64_t>(most, 53)},
                          "a total that is counted no further than asked");
        }
        query.total = TotalPolicy::exact;
    }
}

void sorting_puts_absent_values_last(Fixture& f)
{
    auto users = fill(f, 40);
    Query::Source source{&f.user, nullptr, SortOrder{f.attribute(f.free_text, f.user)}};
    for (bool const descending : {false, true})
    {
        source.sort->descending = descending;
        std::ranges::sort(users, {}, &Resource::id);
        std::ranges::stable_sort(users,
                                 [&](Resource const& a, Resource const& b)
                                 {
                                     int const order =
                                         compare_sort_values(sort_value(source.sort->attribute, a.view()),
                                                             sort_value(source.sort->attribute, b.view()));
                                     return descending ? order > 0 : order < 0;
                                 });
        std::vector<std::string> wanted;
        for (Resource const& user : users)
            wanted.push_back(user.id);
        Query query{{&source, 1}};
        query.limit = 9;
        std::vector<std::string> seen;
        for (; query.skip < users.size(); query.skip += 9)
        {
            auto const page = f.check.must(f.find(query), "sorted page");
            f.check.equal(page.total, std::optional<std::uint64_t>{40}, "total beside a sorted page");
            std::ranges::copy(page.ids, std::back_inserter(seen));
        }
        f.check.equal(seen, wanted, descending ? "descending order over pages" : "ascending order over pages");
    }
}

void long_values_sort_by_all_of_themselves(Fixture& f)
{
    std::string const common(1'000, 'k');
    std::vector<std::string> wanted;
    std::vector<std::string> const endings{"d", "b", "", "c", "a"};
    std::vector<Resource> users;
    for (std::string const& ending : endings)
    {
        Resource user = f.new_user("k-" + std::to_string(users.size()), common + ending);
        f.check.must(f.insert(user), "insert");
        users.push_back(std::move(user));
    }
    std::ranges::sort(users, {},
                      [](Resource const& user)
                      { return std::string{std::string_view{user.attributes.at("userName").as_string()}}; });
    for (Resource const& user : users)
        wanted.push_back(user.id);
    Query::Source source{&f.user, nullptr, SortOrder{f.attribute("userName", f.user)}};
    Query query{{&source, 1}};
    query.limit = 10;
    f.check.equal(f.check.must(f.find(query), "sorted").ids, wanted, "long values ascending");
    std::ranges::reverse(wanted);
    source.sort->descending = true;
    f.check.equal(f.check.must(f.find(query), "sorted").ids, wanted, "long values descending");
}

/// Follows cursors to the end; between pages the store changes behind and before the cursor.
std::vector<std::string> follow(Fixture& f, Query& query, std::vector<Resource> const& users, bool with_writes)
{
    std::vector<std::string> seen;
    for (std::size_t pages = 0; pages < 100; ++pages)
    {
        auto const page = f.check.must(f.find(query), "a page by cursor");
        std::ranges::copy(page.ids, std::back_inserter(seen));
        if (!page.next)
            return seen;
        query.cursor = page.next;
        if (!with_writes)
            continue;
        Resource added = f.new_user("p-1" + std::to_string(pages), "added-" + std::to_string(pages));
        f.check.must(f.insert(added), "insert between pages");
        if (pages < 3)
            f.check.must(f.remove(users[pages]), "remove between pages");
    }
    f.check.fail("cursors never come to an end");
    return seen;
}

/// From the end of all to its beginning; in the order of the query.
std::vector<std::string> follow_back(Fixture& f, Query query)
{
    std::vector<std::string> seen;
    query.backward = true;
    query.cursor.reset();
    for (std::size_t pages = 0; pages < 100; ++pages)
    {
        auto const page = f.check.must(f.find(query), "a page before a cursor");
        seen.insert(seen.begin(), page.ids.begin(), page.ids.end());
        if (!page.previous)
            return seen;
        query.cursor = page.previous;
    }
    f.check.fail("cursors never come to the beginning");
    return seen;
}

void needs_cursors(Fixture& f)
{
    if (!f.traits.cursors)
        f.check.skip("the store has no cursors");
}

void cursors_continue(Fixture& f)
{
    needs_cursors(f);
    auto const users = fill(f, 45);
    auto const wanted = sorted_ids(users);
    BoundFilter const some = f.filter(f.free_text + " eq \"t1\" or " + f.free_text + " eq \"t2\"", f.user);
    BoundFilter const one = f.filter(f.free_text + " eq \"t1\"", f.user);
    for (BoundFilter const* filter : {static_cast<BoundFilter const*>(nullptr), &some, &one})
        for (std::string const& sort :
             {std::string{}, f.free_text, std::string{"title"}, std::string{"userName"}, std::string{"meta.created"}})
        {
            if (!sort.empty() && f.profile && !f.user.resolve(parse_attribute_path(sort).value()))
                continue; // a profile without it
            for (bool const descending : {false, true})
            {
                Query::Source source{&f.user, filter};
                if (!sort.empty())
                    source.sort = SortOrder{f.attribute(sort, f.user), descending};
                Query query{{&source, 1}};
                query.limit = 1'000;
                auto const all = f.check.must(f.find(query), "all");
                f.check.expect(!all.next && !all.previous, "a page of all has a page beside it");
                query.limit = 4;
                f.check.equal(follow(f, query, users, false), all.ids, "ids over cursors sorted by '" + sort + "'");
                f.check.equal(follow_back(f, query), all.ids, "ids backward over cursors sorted by '" + sort + "'");
            }
        }

    BoundFilter const for_groups = f.filter("displayName pr", f.group);
    for (int i = 0; i < 5; ++i)
    {
        Resource group = f.new_group("g-" + std::to_string(i), "group");
        f.check.must(f.insert(group), "insert");
    }
    Query::Source const sources[] = {{&f.user, &some}, {&f.group, &for_groups}};
    Query query{sources};
    query.limit = 1'000;
    auto const both = f.check.must(f.find(query), "both");
    query.limit = 3;
    f.check.equal(follow(f, query, users, false), both.ids, "ids over cursors of two types");

    f.check.equal(follow_back(f, query), both.ids, "ids backward over cursors of two types");
    query.cursor = Cursor{2, "id", {}};
    f.check.refused(f.find(query), ErrorCode::invalid_cursor, "a cursor of a query with more types");
}

void a_page_back_is_the_page_before(Fixture& f)
{
    needs_cursors(f);
    auto const wanted = sorted_ids(fill(f, 23));
    BoundFilter const filter = f.filter("userName sw \"user-\"", f.user);
    for (BoundFilter const* used : {static_cast<BoundFilter const*>(nullptr), &filter})
    {
        Query::Source const source{&f.user, used};
        Query query{{&source, 1}};
        query.limit = 5;
        auto const first = f.check.must(f.find(query), "the first page");
        f.check.expect(!first.previous && first.next, "the first page has a page before it, or none behind it");
        query.cursor = first.next;
        auto const second = f.check.must(f.find(query), "the second page");
        f.check.expect(second.previous.has_value(), "the second page has no page before it");
        query.cursor = second.previous;
        query.backward = true;
        auto const back = f.check.must(f.find(query), "the page before the second");
        f.check.equal(back.ids, first.ids, "ids of the page before the second");
        f.check.equal(back.total, std::optional<std::uint64_t>{23}, "the total beside it");
        query.cursor.reset();
        auto const last = f.check.must(f.find(query), "the last page");
        f.check.equal(last.ids, std::vector<std::string>{wanted.end() - 5, wanted.end()}, "ids of the last page");
        f.check.expect(!last.next && last.previous, "the last page has a page behind it, or none before it");
    }
}

void cursors_survive_their_resource(Fixture& f)
{
    needs_cursors(f);
    auto users = fill(f, 20);
    std::ranges::sort(users, {}, &Resource::id);
    Query::Source const source{&f.user, nullptr};
    Query query{{&source, 1}};
    query.limit = 5;
    auto const first = f.check.must(f.find(query), "the first page");
    f.check.must(f.remove(users[4]), "remove of the last of the page");
    f.check.must(f.remove(users[5]), "remove of the first of the next page");
    query.cursor = first.next;
    auto const next = f.check.must(f.find(query), "the next page");
    f.check.expect(!next.ids.empty() && next.ids.front() == users[6].id,
                   "a page does not go on behind a resource that is gone");
    query.backward = true;
    auto const back = f.check.must(f.find(query), "the page before it");
    f.check.equal(back.ids.size(), 4U, "resources before a resource that is gone");
}

void cursors_survive_writes(Fixture& f)
{
    needs_cursors(f);
    auto users = fill(f, 45);
    std::ranges::sort(users, {}, &Resource::id);
    Query::Source const source{&f.user, nullptr};
    Query query{{&source, 1}};
    query.limit = 5;
    auto seen = follow(f, query, users, true);
    std::vector<std::string> sorted = seen;
    std::ranges::sort(sorted);
    f.check.expect(std::ranges::adjacent_find(sorted) == sorted.end(), "a resource came twice");
    for (std::size_t i = 3; i < users.size(); ++i)
        f.check.expect(std::ranges::binary_search(sorted, users[i].id), "a resource that did not change was left out");
}

void ten_thousand_resources_stream(Fixture& f)
{
    // Groups have no unique attribute: a small store would walk over all of them at every insert.
    constexpr std::size_t count = 10'000;
    std::vector<Resource> groups;
    f.check.must(f.write(
                     [&](WriteTransaction& transaction) -> result<void>
                     {
                         groups.clear();
                         for (std::size_t i = 0; i < count; ++i)
                         {
                             std::string const number = std::to_string(100'000 + (i * 7919) % count);
                             Resource group = f.new_group("p-" + number, "group-" + number);
                             auto const inserted = transaction.insert(group, f.rules.facts_of(group));
                             if (!inserted)
                                 return inserted.error();
                             groups.push_back(std::move(group));
                         }
                         return {};
                     }),
                 "insert of ten thousand");
    auto const wanted = sorted_ids(groups);

    Query::Source source{&f.group, nullptr};
    Query query{{&source, 1}};
    query.limit = 20;
    query.skip = count - 10;
    auto const page = f.check.must(f.find(query), "the last page");
    f.check.equal(page.ids, std::vector<std::string>{wanted.end() - 10, wanted.end()}, "the last page");
    f.check.equal(page.total, std::optional<std::uint64_t>{count}, "total");

    BoundFilter const by_name = f.filter("displayName eq \"GROUP-100042\"", f.group);
    source.filter = &by_name;
    query.skip = 0;
    f.check.equal(f.check.must(f.find(query), "one by its name").ids.size(), 1U, "one of ten thousand by its name");
}

} // namespace

void add_page_cases(Cases& cases)
{
    add_case(cases, "order: without sort ids ascend", without_sort_ids_ascend);
    add_case(cases, "page: skip and limit cover everything once", pages_cover_everything_once);
    add_case(cases, "sort: absent values come last, first when descending", sorting_puts_absent_values_last);
    add_case(cases, "sort: long values by all of themselves", long_values_sort_by_all_of_themselves);
    add_case(cases, "cursors: go on to either end in every order", cursors_continue);
    add_case(cases, "cursors: a page back is the page before", a_page_back_is_the_page_before);
    add_case(cases, "cursors: outlive their resource", cursors_survive_their_resource);
    add_case(cases, "cursors: writes in between neither repeat nor lose", cursors_survive_writes);
    add_case(cases, "size: ten thousand resources", ten_thousand_resources_stream);
}

} // namespace scimkit::conformance
