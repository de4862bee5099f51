// Uniqueness, decided by the store when it writes.
#include "cases.hpp"

namespace scimkit::conformance
{
namespace
{

Resource with_serial(Fixture const& f, std::string_view id, std::string_view name, std::string_view serial)
{
    Resource user = f.new_user(id, name);
    json::object badge;
    badge["serial"] = serial;
    user.attributes[badge_uri] = std::move(badge);
    return user;
}

void expect_taken(Fixture& f, result<void> const& outcome, std::string_view attribute, std::string_view what)
{
    f.check.refused(outcome, ErrorCode::uniqueness, what);
    if (!outcome && outcome.error().code == ErrorCode::uniqueness)
        f.check.equal(std::string_view{outcome.error().attribute}, attribute, "the attribute that the error names");
}

void a_duplicate_is_refused(Fixture& f)
{
    Resource first = f.new_user("a", "ada");
    f.check.must(f.insert(first), "insert");
    Resource same = f.new_user("b", "ada");
    expect_taken(f, f.insert(same), "userName", "insert of the same userName");
    Resource other_case = f.new_user("c", "ADA");
    expect_taken(f, f.insert(other_case), "userName", "insert of the same userName in capitals");
    auto const all = f.find_users("userName pr");
    f.check.equal(all.ids, std::vector{first.id}, "ids after refused inserts");
    f.check.equal(all.total, std::optional<std::uint64_t>{1}, "total after refused inserts");
}

void case_exact_values_differ_by_case(Fixture& f)
{
    Resource first = with_serial(f, "a", "ada", "X-1");
    Resource second = with_serial(f, "b", "bob", "x-1");
    Resource third = with_serial(f, "c", "cyd", "X-1");
    f.check.must(f.insert(first), "insert");
    f.check.must(f.insert(second), "insert of a case-exact value that differs by case");
    expect_taken(f, f.insert(third), std::string{badge_uri} + ":serial", "insert of the same serial");
}

void normal_forms_are_one_value(Fixture& f)
{
    Resource composed = f.new_user("a", "ren\xC3\xA9");
    Resource decomposed = f.new_user("b", "RENE\xCC\x81");
    f.check.must(f.insert(composed), "insert");
    expect_taken(f, f.insert(decomposed), "userName", "insert of the same name, decomposed and in capitals");
    f.check.equal(f.find_users("userName eq \"Rene\xCC\x81\"").ids, std::vector{composed.id}, "ids by the other form");
}

void long_values_are_unique(Fixture& f)
{
    std::string const name(3'000, 'n');
    Resource first = f.new_user("a", name + "1");
    Resource near = f.new_user("b", name + "2");
    Resource same = f.new_user("c", name + "1");
    f.check.must(f.insert(first), "insert");
    f.check.must(f.insert(near), "insert of a value that differs in its last byte");
    expect_taken(f, f.insert(same), "userName", "insert of the same long value");
}

void own_values_are_no_conflict(Fixture& f)
{
    Resource user = with_serial(f, "a", "ada", "1");
    f.check.must(f.insert(user), "insert");
    user.attributes["displayName"] = "Ada";
    f.check.must(f.replace(user), "replace that keeps unique values");
    user.attributes["userName"] = "ADA";
    f.check.must(f.replace(user), "replace that changes the case of a unique value");
}

void replace_is_checked_too(Fixture& f)
{
    Resource ada = f.new_user("a", "ada");
    Resource bob = f.new_user("b", "bob");
    f.check.must(f.insert(ada), "insert");
    f.check.must(f.insert(bob), "insert");
    Resource renamed = f.new_user(bob.id, "Ada");
    f.check.refused(f.replace(renamed), ErrorCode::uniqueness, "replace with another's userName");
    auto const kept = f.check.must(f.get(f.user, bob.id), "get");
    f.expect_same(kept, bob, "after a refused replace");
}

void values_are_released(Fixture& f)
{
    Resource ada = f.new_user("a", "ada");
    f.check.must(f.insert(ada), "insert");
    Resource renamed = f.new_user(ada.id, "grace");
    f.check.must(f.replace(renamed), "replace");
    Resource second = f.new_user("b", "ada");
    f.check.must(f.insert(second), "insert of a value that was given up by replace");
    f.check.must(f.remove(second), "remove");
    Resource third = f.new_user("c", "ADA");
    f.check.must(f.insert(third), "insert of a value that was given up by remove");
    f.check.equal(f.find_users("userName eq \"ada\"").ids, std::vector{third.id}, "ids by the value");
}

void a_refused_write_leaves_the_transaction_usable(Fixture& f)
{
    Resource ada = f.new_user("a", "ada");
    f.check.must(f.insert(ada), "insert");
    std::string bob_id;
    auto const done = f.write(
        [&](WriteTransaction& transaction) -> result<void>
        {
            Resource twin = with_serial(f, "b", "ada", "2");
            f.check.refused(transaction.insert(twin, f.rules.facts_of(twin)), ErrorCode::uniqueness,
                            "insert of a twin");
            Resource bob = with_serial(f, "c", "bob", "2");
            auto const inserted = transaction.insert(bob, f.rules.facts_of(bob));
            bob_id = bob.id;
            return inserted ? result<void>{} : result<void>{inserted.error()};
        });
    f.check.must(done, "a transaction that goes on after a refused insert");
    f.check.equal(f.find_users("userName pr").total, std::optional<std::uint64_t>{2}, "total");
    f.check.equal(f.find_users("userName eq \"bob\"").ids, std::vector{bob_id}, "ids");
}

} // namespace

void add_uniqueness_cases(Cases& cases)
{
    add_case(cases, "uniqueness: a duplicate is refused, also in another case", a_duplicate_is_refused);
    add_case(cases, "uniqueness: case-exact values differ by case", case_exact_values_differ_by_case);
    add_case(cases, "uniqueness: Unicode normal forms are one value", normal_forms_are_one_value);
    add_case(cases, "uniqueness: values of 3,000 bytes", long_values_are_unique);
    add_case(cases, "uniqueness: a resource's own values are no conflict", own_values_are_no_conflict);
    add_case(cases, "uniqueness: replace is checked too", replace_is_checked_too);
    add_case(cases, "uniqueness: values are released by replace and remove", values_are_released);
    add_case(cases, "uniqueness: a refused write leaves nothing in a transaction that goes on",
             a_refused_write_leaves_the_transaction_usable);
}

} // namespace scimkit::conformance
