// Transactions: all or nothing, and who sees what.
#include "cases.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace scimkit::conformance
{
namespace
{

result<void> insert_two(Fixture const& f, WriteTransaction& transaction)
{
    Resource user = f.new_user("new", "new");
    if (auto inserted = transaction.insert(user, f.rules.facts_of(user)); !inserted)
        return inserted.error();
    Resource group = f.new_group("new-group", "new", {"x", "y"});
    auto inserted = transaction.insert(group, f.rules.facts_of(group));
    return inserted ? result<void>{} : result<void>{inserted.error()};
}

result<void> change(Fixture const& f, WriteTransaction& transaction, Resource const& ada, Resource const& bob)
{
    if (auto inserted = insert_two(f, transaction); !inserted)
        return inserted;
    Resource renamed = f.new_user(ada.id, "renamed");
    if (auto replaced = transaction.replace(renamed, {}, f.rules.facts_of(renamed), LargeAttributes::as_given, {});
        !replaced)
        return replaced.error();
    return transaction.remove(f.user, bob.id, {});
}

/// Everything is as it was before change().
void expect_untouched(Fixture& f, Resource const& ada, Resource const& bob)
{
    for (Resource const* resource : {&ada, &bob})
    {
        auto const found = f.check.must(f.get(f.user, resource->id), "get");
        f.check.expect(found && same_content(*found, *resource) && found->version == resource->version,
                       "a write that was rolled back changed a resource");
    }
    f.check.equal(f.find_users("userName pr").total, std::optional<std::uint64_t>{2}, "total after a roll back");
    f.check.equal(f.find_users(R"(userName eq "renamed" or userName eq "new")").ids.size(), 0U,
                  "resources found by values that were rolled back");
    Query::Source const groups{&f.group, nullptr};
    Query query{{&groups, 1}};
    query.limit = 10;
    f.check.equal(f.check.must(f.find(query), "groups").ids.size(), 0U, "groups after a roll back");
    Resource reuse = f.new_user("reuse", "renamed");
    f.check.must(f.insert(reuse), "insert of a unique value that was rolled back");
}

void an_error_rolls_back(Fixture& f)
{
    f.needs_atomic();
    Resource ada = f.new_user("a", "ada");
    Resource bob = f.new_user("b", "bob");
    f.check.must(f.insert(ada), "insert");
    f.check.must(f.insert(bob), "insert");
    auto const done = f.write(
        [&](WriteTransaction& transaction) -> result<void>
        {
            if (auto changed = change(f, transaction, ada, bob); !changed)
                return changed;
            return Error{ErrorCode::mutability, "the body's own error"};
        });
    f.check.refused(done, ErrorCode::mutability, "a body that ends with an error");
    expect_untouched(f, ada, bob);
}

void an_exception_rolls_back(Fixture& f)
{
    f.needs_atomic();
    Resource ada = f.new_user("a", "ada");
    Resource bob = f.new_user("b", "bob");
    f.check.must(f.insert(ada), "insert");
    f.check.must(f.insert(bob), "insert");
    try
    {
        auto const done = f.write(
            [&](WriteTransaction& transaction) -> result<void>
            {
                if (auto changed = change(f, transaction, ada, bob); !changed)
                    return changed;
                throw std::runtime_error{"the body's own exception"};
            });
        f.check.expect(!done, "a body that throws succeeds");
    }
    catch (std::runtime_error const&)
    {
        // Passing it on is as good as turning it into an error.
    }
    expect_untouched(f, ada, bob);
}

void a_writer_sees_its_own_writes(Fixture& f)
{
    Resource ada = f.new_user("a", "ada");
    f.check.must(f.insert(ada), "insert");
    BoundFilter const bob_filter = f.filter(R"(userName eq "bob")", f.user);
    BoundFilter const ada_filter = f.filter(R"(userName eq "ada")", f.user);
    auto const count = [&](WriteTransaction& transaction, BoundFilter const* filter)
    {
        Query::Source const source{&f.user, filter};
        Query query{{&source, 1}};
        query.limit = 10;
        return f.check.must(run_query(transaction, query), "a query within a write").summary.total.value_or(99);
    };
    f.check.must(f.write(
                     [&](WriteTransaction& transaction) -> result<void>
                     {
                         Resource bob = f.new_user("b", "bob");
                         if (auto inserted = transaction.insert(bob, f.rules.facts_of(bob)); !inserted)
                             return inserted.error();
                         auto const found = f.check.must(transaction.get(f.user, bob.id, {}), "get within a write");
                         f.expect_same(found, bob, "its insert, as a writer sees it");
                         f.check.equal(count(transaction, &bob_filter), 1U, "own insert in a query");
                         f.check.equal(count(transaction, nullptr), 2U, "total with own insert");

                         Resource twin = f.new_user("c", "BOB");
                         f.check.refused(transaction.insert(twin, f.rules.facts_of(twin)), ErrorCode::uniqueness,
                                         "a duplicate within one transaction");
                         if (auto removed = transaction.remove(f.user, ada.id, {}); !removed)
                             return removed;
                         f.check.equal(count(transaction, &ada_filter), 0U, "own remove in a query");
                         f.check.equal(count(transaction, nullptr), 1U, "total with own remove");
                         return {};
                     }),
                 "write");
}

void reads_return_what_bodies_return(Fixture& f)
{
    auto const done = f.read(
        [](ReadTransaction&) -> result<void> {
            return Error{ErrorCode::no_target, "the body's own error"};
        });
    f.check.refused(done, ErrorCode::no_target, "a reading body that ends with an error");
}

void undeclared_abilities_are_absent(Fixture& f)
{
    auto const look = [&](ReadTransaction& transaction)
    {
        f.check.equal(transaction.large_attributes() != nullptr, f.traits.large_attributes, "large_attributes()");
        f.check.equal(transaction.change_log() != nullptr, f.traits.change_log, "change_log()");
        return result<void>{};
    };
    f.check.must(f.read(look), "read");
    f.check.must(f.write(
                     [&](WriteTransaction& transaction)
                     {
                         f.check.equal(transaction.large_attributes() != nullptr, f.traits.large_attributes,
                                       "large_attributes() of a write");
                         return look(transaction);
                     }),
                 "write");
}

/// One of the errors that CallContext has for a deadline that has come.
void expect_late(Fixture& f, result<void> const& outcome, std::string const& what)
{
    if (outcome)
        return;
    auto const code = outcome.error().code;
    f.check.expect(code == ErrorCode::too_many || code == ErrorCode::unavailable || code == ErrorCode::busy,
                   what + " whose deadline has come ends otherwise than by too_many, unavailable or busy: " +
                       outcome.error().detail);
}

void check_late_reads(Fixture& f, CallContext const& late, std::vector<std::string> const& ids)
{
    bool found = false;
    auto const got = f.store->read(*f.attachment, f.tenant, late,
                                   [&](ReadTransaction& transaction) -> result<void>
                                   {
                                       auto const one = transaction.get(f.user, ids.front(), {});
                                       found = one && *one;
                                       return one ? result<void>{} : result<void>{one.error()};
                                   });
    expect_late(f, got, "a read");
    f.check.expect(!got || found, "a read whose deadline has come succeeds, and does not find what is there");

    std::vector<std::string> seen;
    auto const asked = f.store->read(*f.attachment, f.tenant, late,
                                     [&](ReadTransaction& transaction) -> result<void>
                                     {
                                         Query::Source const source{&f.user, nullptr};
                                         Query query{{&source, 1}};
                                         query.limit = 1'000;
                                         auto const page = run_query(transaction, query, {}, late);
                                         if (!page)
                                             return page.error();
                                         seen.clear(); // a body may run again
                                         for (Resource const& resource : page->resources)
                                             seen.push_back(resource.id);
                                         return {};
                                     });
    expect_late(f, asked, "a query");
    if (asked)
        f.check.equal(seen, ids, "ids of a query whose deadline has come, and that succeeds");
}

void a_late_call_is_refused_or_answered_whole(Fixture& f)
{
    std::vector<std::string> ids;
    for (int i = 0; i < 40; ++i)
    {
        Resource user = f.new_user("u-" + std::to_string(100 + i), "name-" + std::to_string(i));
        f.check.must(f.insert(user), "insert");
        ids.push_back(user.id);
    }
    std::ranges::sort(ids);
    CallContext late = f.context();
    late.deadline = std::chrono::steady_clock::now() - std::chrono::seconds{1};
    check_late_reads(f, late, ids);

    Resource const added = f.new_user("late", "late");
    auto const written = f.store->write(*f.attachment, f.tenant, late,
                                        [&](WriteTransaction& transaction) -> result<void>
                                        {
                                            Resource fresh = added;
                                            auto const inserted = transaction.insert(fresh, f.rules.facts_of(fresh));
                                            return inserted ? result<void>{} : result<void>{inserted.error()};
                                        });
    if (!written && written.error().code == ErrorCode::unknown_outcome)
        return; // the time was over when the commit was under way
    expect_late(f, written, "a write");
    if (f.traits.atomic)
        f.check.equal(f.find_users(R"(userName eq "late")").ids.size(), written ? 1U : 0U,
                      "users by the name of a write whose deadline had come");
}

} // namespace

void add_transaction_cases(Cases& cases)
{
    add_case(cases, "transactions: an error rolls everything back", an_error_rolls_back);
    add_case(cases, "transactions: an exception rolls everything back", an_exception_rolls_back);
    add_case(cases, "transactions: a writer sees its own writes", a_writer_sees_its_own_writes);
    add_case(cases, "transactions: reads return what their bodies return", reads_return_what_bodies_return);
    add_case(cases, "deadline: a late call is refused in the contract's words, or answered whole",
             a_late_call_is_refused_or_answered_whole);
    add_case(cases, "abilities: declared ones are there, others are not", undeclared_abilities_are_absent);
}

} // namespace scimkit::conformance
