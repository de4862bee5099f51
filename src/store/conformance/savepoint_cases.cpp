// A failed operation has changed nothing within its transaction, and a failed savepoint neither; what came before and
// what comes after is kept.
#include <scimkit/store/change_log.hpp>

#include "cases.hpp"

#include <algorithm>
#include <stdexcept>

namespace scimkit::conformance
{
namespace
{

result<void> insert(Fixture const& f, WriteTransaction& transaction, Resource resource)
{
    auto const inserted = transaction.insert(resource, f.rules.facts_of(resource));
    return inserted ? result<void>{} : result<void>{inserted.error()};
}

std::vector<std::string> group_ids(Fixture& f)
{
    Query::Source const source{&f.group, nullptr};
    Query query{{&source, 1}};
    query.limit = 100;
    return f.check.must(f.find(query), "groups").ids;
}

std::vector<std::string> users_named(Fixture& f, std::string const& name)
{
    return f.find_users("userName eq \"" + name + "\"").ids;
}

std::vector<std::string> members_kept(Fixture& f, Resource const& group)
{
    std::vector<std::string> values;
    auto const found = f.check.must(f.get(f.group, group.id), "get");
    if (auto const* members = found ? found->attributes.if_contains("members") : nullptr)
        for (json::value const& member : members->as_array())
            values.emplace_back(member.at("value").as_string());
    std::ranges::sort(values);
    return values;
}

void refused_operations_change_nothing(Fixture& f)
{
    Resource ada = f.new_user("a", "ada");
    Resource bob = f.new_user("b", "bob");
    Resource group = f.new_group("g", "group", {"x", "y"});
    for (Resource* resource : {&ada, &bob, &group})
        f.check.must(f.insert(*resource), "insert");
    f.check.must(
        f.write(
            [&](WriteTransaction& transaction) -> result<void>
            {
                Resource twin = f.new_user("c", "ADA");
                f.check.refused(transaction.insert(twin, f.rules.facts_of(twin)), ErrorCode::uniqueness, "a twin");
                Resource const renamed = f.new_user(bob.id, "ada");
                f.check.refused(
                    transaction.replace(renamed, {}, f.rules.facts_of(renamed), LargeAttributes::as_given, {}),
                    ErrorCode::uniqueness, "replace by a twin");
                Resource const emptied = f.new_group("nobody", "group");
                f.check.refused(
                    transaction.replace(emptied, {}, f.rules.facts_of(emptied), LargeAttributes::as_given, {}),
                    ErrorCode::not_found, "replace of nothing");
                f.check.refused(transaction.remove(f.group, "nobody", {}), ErrorCode::not_found, "remove of nothing");
                if (!f.traits.large_attributes)
                    return {};
                Resource half = f.new_group("half", "group", {"z"});
                half.attributes["members"].as_array().emplace_back(json::object{{"type", "User"}});
                f.check.refused(transaction.insert(half, f.rules.facts_of(half)), ErrorCode::invalid_value,
                                "inserting a group whose second member has no value");
                half.id = group.id;
                f.check.refused(transaction.replace(half, {}, f.rules.facts_of(half), LargeAttributes::as_given, {}),
                                ErrorCode::invalid_value, "replacing by a group whose second member has no value");
                std::vector<json::object> const elements{Fixture::member("z"), json::object{{"type", "User"}}};
                f.check.refused(transaction.large_attributes()->add(f.group, group.id, *f.members.attribute, elements),
                                ErrorCode::invalid_value, "adding two elements, the second without a value");
                f.check.refused(
                    transaction.large_attributes()->replace(f.group, group.id, *f.members.attribute, elements),
                    ErrorCode::invalid_value, "replacing by two elements, the second without a value");
                return {};
            }),
        "a transaction that goes on after refused operations");
    f.check.equal(f.find_users("userName pr").ids, std::vector{ada.id, bob.id}, "users after refused operations");
    f.check.equal(users_named(f, "bob"), std::vector{bob.id}, "users by a name that was to change");
    f.check.equal(members_kept(f, group), std::vector<std::string>{"x", "y"}, "members after refused changes");
    f.check.equal(group_ids(f), std::vector{group.id}, "groups after refused operations");
    auto const found = f.check.must(f.get(f.user, bob.id), "get");
    f.check.expect(found && same_content(*found, bob) && found->version == bob.version,
                   "a refused operation changed a resource");
}

/// Whether the group is stored whole, not at all, or something between.
void expect_all_or_nothing(Fixture& f, Resource const& group, bool done, std::vector<std::string> const& members)
{
    bool const there = f.check.must(f.get(f.group, group.id), "get").has_value();
    f.check.equal(there, done, "whether a resource is there whose insert ended by the budget");
    f.check.equal(group_ids(f).size(), done ? 1U : 0U, "resources found after it");
    f.check.equal(members_kept(f, group), done ? members : std::vector<std::string>{}, "its members");
}

void a_budget_that_ends_changes_nothing(Fixture& f)
{
    f.needs_atomic();
    std::vector<std::string> members;
    for (int i = 100; i < 130; ++i)
        members.push_back("m" + std::to_string(i));
    bool done = false;
    for (std::uint64_t work = 500; !done && work < 10'000'000; work += work / 8)
    {
        Resource group = f.new_group("g", "group", members);
        Budget budget{work, Budget::Clock::time_point::max()};
        auto const written = f.store->write(*f.attachment, f.tenant, {.now = f.now, .budget = &budget},
                                            [&](WriteTransaction& transaction) -> result<void>
                                            {
                                                auto const inserted =
                                                    transaction.insert(group, f.rules.facts_of(group));
                                                done = inserted.has_value();
                                                return {}; // whatever became of it: the transaction goes on
                                            });
        done = done && written;
        expect_all_or_nothing(f, group, done, members);
    }
    f.check.expect(done, "no budget is enough for a group of thirty");
}

void an_undone_part_leaves_the_rest(Fixture& f)
{
    f.needs_savepoints();
    Resource old = f.new_user("old", "old");
    Resource group = f.new_group("g", "group", {"x", "y"});
    f.check.must(f.insert(old), "insert");
    f.check.must(f.insert(group), "insert");
    f.check.must(
        f.write(
            [&](WriteTransaction& transaction) -> result<void>
            {
                f.check.must(transaction.savepoint([&] { return insert(f, transaction, f.new_user("a", "ada")); }),
                             "a savepoint that succeeds");
                auto const undone = transaction.savepoint(
                    [&]() -> result<void>
                    {
                        f.check.must(insert(f, transaction, f.new_user("b", "bob")), "insert");
                        f.check.must(insert(f, transaction, f.new_group("h", "other", {"z"})), "insert");
                        Resource const renamed = f.new_user(old.id, "renamed");
                        f.check.must(
                            transaction.replace(renamed, {}, f.rules.facts_of(renamed), LargeAttributes::as_given, {}),
                            "replace");
                        f.check.must(transaction.remove(f.group, group.id, {}), "remove");
                        return Error{ErrorCode::conflict, "the part's own error"};
                    });
                f.check.refused(undone, ErrorCode::conflict, "a savepoint that fails");
                return insert(f, transaction, f.new_user("c", "bob"));
            }),
        "a transaction with a part that was undone");
    f.check.equal(f.find_users("userName pr").total, std::optional<std::uint64_t>{3}, "users");
    f.check.equal(users_named(f, "ada").size(), 1U, "users of the part that was kept");
    f.check.equal(users_named(f, "bob").size(), 1U, "users of a name that was undone and taken again");
    f.check.equal(users_named(f, "renamed").size(), 0U, "users of a name that was undone");
    f.check.equal(users_named(f, "old"), std::vector{old.id}, "users whose rename was undone");
    f.check.equal(group_ids(f), std::vector{group.id}, "groups");
    f.check.equal(members_kept(f, group), std::vector<std::string>{"x", "y"},
                  "members of a group whose removal was undone");
}

void savepoints_nest(Fixture& f)
{
    f.needs_savepoints();
    f.check.must(f.write(
                     [&](WriteTransaction& transaction) -> result<void>
                     {
                         auto const outer = transaction.savepoint(
                             [&]() -> result<void>
                             {
                                 f.check.must(insert(f, transaction, f.new_user("a", "ada")), "insert");
                                 f.check.must(transaction.savepoint(
                                                  [&] { return insert(f, transaction, f.new_user("b", "bob")); }),
                                              "an inner savepoint that succeeds");
                                 return Error{ErrorCode::conflict, "the outer one"};
                             });
                         f.check.refused(outer, ErrorCode::conflict, "an outer savepoint that fails");
                         return transaction.savepoint(
                             [&]() -> result<void>
                             {
                                 f.check.must(insert(f, transaction, f.new_user("c", "bob")), "insert");
                                 auto const inner = transaction.savepoint(
                                     [&]() -> result<void>
                                     {
                                         f.check.must(insert(f, transaction, f.new_user("d", "dan")), "insert");
                                         return Error{ErrorCode::conflict, "the inner one"};
                                     });
                                 f.check.refused(inner, ErrorCode::conflict, "an inner savepoint that fails");
                                 return {};
                             });
                     }),
                 "savepoints within savepoints");
    f.check.equal(users_named(f, "bob").size(), 1U, "users of the outer part that was kept");
    f.check.equal(f.find_users("userName pr").total, std::optional<std::uint64_t>{1}, "users");
}

void an_exception_undoes_a_part(Fixture& f)
{
    f.needs_savepoints();
    bool began = false;
    f.check.must(f.write(
                     [&](WriteTransaction& transaction) -> result<void>
                     {
                         try
                         {
                             auto const done = transaction.savepoint(
                                 [&]() -> result<void>
                                 {
                                     began = true;
                                     f.check.must(insert(f, transaction, f.new_user("a", "ada")), "insert");
                                     throw std::runtime_error{"the part's own exception"};
                                 });
                             f.check.expect(!done, "a part that throws succeeds");
                         }
                         catch (std::runtime_error const&)
                         {
                             // Passing it on is as good as turning it into an error.
                         }
                         return insert(f, transaction, f.new_user("b", "bob"));
                     }),
                 "a transaction with a part that threw");
    f.check.expect(began, "a savepoint does not run its body");
    f.check.equal(users_named(f, "ada").size(), 0U, "users of the part that threw");
    f.check.equal(users_named(f, "bob").size(), 1U, "users after the part that threw");
}

void undone_parts_are_not_in_the_log(Fixture& f)
{
    f.needs_savepoints();
    if (!f.traits.change_log)
        f.check.skip("the store has no change log");
    f.check.must(f.write(
                     [&](WriteTransaction& transaction) -> result<void>
                     {
                         auto const undone = transaction.savepoint(
                             [&]() -> result<void>
                             {
                                 f.check.must(insert(f, transaction, f.new_user("a", "ada")), "insert");
                                 return Error{ErrorCode::conflict, "undone"};
                             });
                         f.check.refused(undone, ErrorCode::conflict, "a savepoint that fails");
                         return insert(f, transaction, f.new_user("b", "bob"));
                     }),
                 "write");
    std::size_t told = 0;
    f.check.must(
        f.read([&](ReadTransaction& transaction)
               { return transaction.change_log()->read({}, 100, [&](LoggedChange&&) { return ++told > 0; }); }),
        "reading the change log");
    f.check.equal(told, 1U, "changes told after a part was undone");
}

} // namespace

void add_savepoint_cases(Cases& cases)
{
    add_case(cases, "failure: refused operations change nothing in a transaction that goes on",
             refused_operations_change_nothing);
    add_case(cases, "failure: a budget that ends in the middle of an operation changes nothing",
             a_budget_that_ends_changes_nothing);
    add_case(cases, "savepoints: an undone part leaves the rest", an_undone_part_leaves_the_rest);
    add_case(cases, "savepoints: nest", savepoints_nest);
    add_case(cases, "savepoints: an exception undoes a part", an_exception_undoes_a_part);
    add_case(cases, "savepoints: undone parts are not in the change log", undone_parts_are_not_in_the_log);
}

} // namespace scimkit::conformance
