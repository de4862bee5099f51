// Hints: what a caller says that it will ask next may change what an answer costs, and never the answer. A store that
// remembers what it found out ahead forgets it when the transaction itself changes it.
#include "cases.hpp"

#include <algorithm>

namespace scimkit::conformance
{
namespace
{

using GroupsOf = std::vector<std::vector<std::string>>;

/// Of each of these, sorted.
result<GroupsOf> groups_of(ReadTransaction& transaction, std::vector<std::string_view> const& ids)
{
    GroupsOf found(ids.size());
    auto const asked = transaction.large_attributes()->references_to_many(ids,
                                                                          [&](std::size_t which, Reference const& of)
                                                                          {
                                                                              found.at(which).push_back(of.id);
                                                                              return true;
                                                                          });
    if (!asked)
        return asked.error();
    for (auto& ids_of_groups : found)
        std::ranges::sort(ids_of_groups);
    return found;
}

/// After a hint about each of them, one by one or by a query.
result<GroupsOf> groups_after_hints(Fixture const& f, ReadTransaction& transaction, bool by_query,
                                    std::vector<std::string_view> const& ids)
{
    if (by_query)
    {
        Query::Source const source{&f.user, nullptr};
        Query query{{&source, 1}};
        query.limit = 100;
        query.references = true;
        query.last = true;
        auto const page = run_query(transaction, query);
        if (!page)
            return page.error();
        return groups_of(transaction, ids);
    }
    for (std::string_view const id : ids)
        if (auto const got = transaction.get(f.user, id, {.references = true, .last = true}); !got)
            return got.error();
    return groups_of(transaction, ids);
}

void references_may_be_foreseen(Fixture& f)
{
    f.needs_users_and_groups();
    f.needs_large_attributes();
    std::vector<std::string> ids;
    std::vector<std::string> const names{"plain", "Mixed-Case", "na\u00efve",         "quote'd",
                                         "alone", "ALONE-TOO",  std::string(120, 'l')};
    for (std::string const& name : names)
    {
        Resource user = f.new_user(name, name);
        f.check.must(f.insert(user), "insert");
        ids.push_back(user.id);
    }
    std::size_t const alone = 4;
    Resource all = f.new_group("g-1", "all", {ids[0], ids[1], ids[2], ids[3], ids[6]});
    Resource one = f.new_group("g-2", "one", {ids[1], "nobody"});
    f.check.must(f.insert(all), "insert");
    f.check.must(f.insert(one), "insert");
    std::vector<std::string> both{all.id, one.id};
    std::ranges::sort(both);
    std::vector<std::string_view> const asked{ids.begin(), ids.end()};
    for (bool const by_query : {false, true})
    {
        GroupsOf found;
        f.check.must(f.read(
                         [&](ReadTransaction& transaction) -> result<void>
                         {
                             auto groups = groups_after_hints(f, transaction, by_query, asked);
                             if (!groups)
                                 return groups.error();
                             found = std::move(*groups);
                             return {};
                         }),
                     "references after a hint");
        found.resize(asked.size());
        for (std::size_t i = 0; i < asked.size(); ++i)
        {
            bool const is_alone = i == alone || i == alone + 1;
            auto const expected = is_alone ? std::vector<std::string>{} : i == 1 ? both : std::vector{all.id};
            f.check.equal(found[i], expected, "groups of '" + names[i] + "' after a hint");
        }
    }
}

void existence_may_be_foreseen(Fixture& f)
{
    f.needs_users_and_groups();
    Resource here = f.new_user("here", "here");
    Resource group = f.new_group("g", "all");
    f.check.must(f.insert(here), "insert");
    f.check.must(f.insert(group), "insert");
    Resource later = f.new_user("later", "later");
    auto const is_there = [&](ReadTransaction& transaction, std::string_view id)
    { return f.check.must(transaction.get(f.user, id, wanted_nothing()), "existence").has_value(); };
    auto const foresee = [&](ReadTransaction& transaction, std::vector<std::string_view> const& ids)
    {
        auto const got = transaction.get(f.group, group.id, {.next_type = &f.user, .next_ids = ids});
        f.check.expect(got && *got, "what comes with a hint does not come");
    };
    f.check.must(f.write(
                     [&](WriteTransaction& transaction) -> result<void>
                     {
                         std::vector<std::string_view> const ids{here.id, "later", "nobody", here.id, ""};
                         foresee(transaction, ids);
                         f.check.equal(is_there(transaction, here.id), true, "a user that was hinted at");
                         f.check.equal(is_there(transaction, "nobody"), false, "nobody, hinted at");
                         f.check.equal(is_there(transaction, "another"), false, "nobody, not hinted at");
                         f.check.expect(!f.check.must(transaction.get(f.group, here.id, wanted_nothing()), "existence"),
                                        "a hint about another type counts");
                         std::size_t found = 0;
                         auto const many = transaction.get_many(f.user, ids, wanted_nothing(),
                                                                [&](std::size_t which, Resource&&)
                                                                {
                                                                    found += ids[which] == here.id ? 1U : 100U;
                                                                    return true;
                                                                });
                         f.check.expect(many && (found == 1U || found == 2U), "of many that were hinted at one exists");
                         if (auto const inserted = transaction.insert(later, f.rules.facts_of(later)); !inserted)
                             return inserted.error();
                         f.check.equal(is_there(transaction, later.id), true, "a user that came after the hint");
                         foresee(transaction, {here.id});
                         if (auto const removed = transaction.remove(f.user, here.id, {}); !removed)
                             return removed;
                         f.check.equal(is_there(transaction, here.id), false, "a user that went after the hint");
                         return {};
                     }),
                 "write");
}

} // namespace

void add_hint_cases(Cases& cases)
{
    add_case(cases, "hints: references may be foreseen", references_may_be_foreseen);
    add_case(cases, "hints: existence may be foreseen", existence_may_be_foreseen);
}

} // namespace scimkit::conformance
