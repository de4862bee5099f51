// The change log: all that was committed, in order, with what it became, and nothing else.
#include <scimkit/store/change_log.hpp>

#include "cases.hpp"
#include "log_reading.hpp"

#include <algorithm>

namespace scimkit::conformance
{
namespace
{

using Operation = LoggedChange::Operation;
using Value = LoggedChange::Value;

/// The value of a path; nothing if it is not told of.
Value const* find_told(LoggedChange const& change, std::string_view path)
{
    auto const found = std::ranges::find(change.changed, path, &Value::path);
    return found != change.changed.end() ? &*found : nullptr;
}

void expect_value(Fixture& f, LoggedChange const& change, std::string_view path, json::value const& wanted)
{
    auto const* value = find_told(change, path);
    f.check.expect(value && value->told && equal_json(value->value, wanted),
                   "what became of " + std::string{path} + " is not told as it is");
}

std::vector<std::string> changed_paths(LoggedChange const& change)
{
    std::vector<std::string> paths;
    for (Value const& value : change.changed)
        paths.push_back(value.path);
    std::ranges::sort(paths);
    return paths;
}

std::vector<std::string> came(LoggedChange const& change)
{
    std::vector<std::string> values;
    for (auto const& of : change.elements)
        for (json::object const& element : of.came)
            values.emplace_back(element.at("value").as_string());
    std::ranges::sort(values);
    return values;
}

std::vector<std::string> went(LoggedChange const& change)
{
    std::vector<std::string> values;
    for (auto const& of : change.elements)
        values.insert(values.end(), of.went.begin(), of.went.end());
    std::ranges::sort(values);
    return values;
}

using Values = std::vector<std::string>;

void every_write_is_told_in_order(Fixture& f)
{
    needs_change_log(f);
    Resource user = f.new_user("u", "ada");
    f.check.must(f.insert(user), "insert");
    Resource changed = user;
    changed.attributes["displayName"] = "Ada";
    changed.last_modified = at_second(77);
    Version const second = f.check.must(replace_told(f, changed), "replace");
    Resource group = f.new_group("g", "group");
    f.check.must(f.insert(group), "insert");
    f.check.must(f.remove(user), "remove");

    auto const told = changes(f);
    f.check.equal(told.size(), 4U, "changes told");
    if (told.size() != 4)
        return;
    f.check.expect(told[0].operation == Operation::created && told[0].after == user.version && !told[0].before,
                   "the insert is not told as it was");
    f.check.expect(told[1].operation == Operation::replaced && told[1].after == second &&
                       told[1].before == user.version,
                   "the replace is not told as it was");
    f.check.expect(told[2].resource_type == "Group" && told[2].id == group.id,
                   "the group's insert is not told as it was");
    f.check.expect(told[3].operation == Operation::removed && told[3].before == second && !told[3].after,
                   "the remove is not told as it was");
    for (LoggedChange const& change : told)
    {
        f.check.equal(std::string_view{change.actor}, std::string_view{"conformance"}, "the actor");
        f.check.equal(std::string_view{change.trace_id}, std::string_view{"trace"}, "the trace id");
        f.check.equal(std::string_view{change.tenant}, std::string_view{f.tenant}, "the tenant");
    }
    f.check.equal(std::string_view{told[0].resource_type}, std::string_view{"User"}, "the resource type");
    f.check.expect(told[0].time == user.last_modified && told[1].time == changed.last_modified,
                   "the time of a write is not that of the resource");
    f.check.expect(told[3].time == f.now, "the time of a removal is not that of the call");
    f.check.expect(LogPosition{} < told[0].position && told[0].position < told[1].position &&
                       told[1].position < told[2].position && told[2].position < told[3].position,
                   "positions do not grow");

    auto const page = changes(f, told[0].position, 2);
    f.check.expect(page.size() == 2 && page[0].position == told[1].position && page[1].position == told[2].position,
                   "a page of the log behind a position is not what follows it");
    f.check.equal(changes(f, told[3].position).size(), 0U, "changes after the last one");
    f.check.equal(changes(f, {}, 0).size(), 0U, "changes of a page of none");
}

void what_was_rolled_back_is_not_told(Fixture& f)
{
    needs_change_log(f);
    auto const done = f.write(
        [&](WriteTransaction& transaction) -> result<void>
        {
            Resource user = f.new_user("u", "ada");
            if (auto inserted = transaction.insert(user, f.rules.facts_of(user)); !inserted)
                return inserted.error();
            return Error{ErrorCode::conflict, "the body's own error"};
        });
    f.check.refused(done, ErrorCode::conflict, "the body");
    f.check.equal(changes(f).size(), 0U, "changes after a roll back");
    f.tenant = "another";
    Resource user = f.new_user("u", "ada");
    f.check.must(f.insert(user), "insert");
    f.tenant = "tenant";
    f.check.equal(changes(f).size(), 0U, "changes of another tenant");
}

void what_failed_is_not_told(Fixture& f)
{
    needs_change_log(f);
    f.needs_versions();
    Resource user = f.new_user("u", "ada");
    f.check.must(f.insert(user), "insert");
    f.check.must(f.write(
                     [&](WriteTransaction& transaction) -> result<void>
                     {
                         Resource twin = f.new_user("twin", "ada");
                         f.check.refused(transaction.insert(twin, f.rules.facts_of(twin)), ErrorCode::uniqueness,
                                         "an insert of a duplicate");
                         Version const other{user.version.number() + 1'000};
                         f.check.refused(transaction.replace(user, other, f.rules.facts_of(user),
                                                             LargeAttributes::as_given, Values{"displayName"}),
                                         ErrorCode::precondition_failed, "a replace of another version");
                         f.check.refused(transaction.remove(f.user, user.id, other), ErrorCode::precondition_failed,
                                         "a remove of another version");
                         Resource next = f.new_user("next", "bob");
                         auto const inserted = transaction.insert(next, f.rules.facts_of(next));
                         return inserted ? result<void>{} : result<void>{inserted.error()};
                     }),
                 "a transaction with operations that fail");
    auto const told = changes(f);
    f.check.equal(told.size(), 2U, "changes told, of which two happened");
}

void values_are_told_as_they_became(Fixture& f)
{
    needs_change_log(f);
    std::string const level = std::string{badge_uri} + ":level";
    Resource user = f.new_user("u", "ada");
    user.attributes["title"] = "captain";
    user.attributes["name"] = {{"familyName", "L"}, {"givenName", "A"}};
    user.attributes["emails"] = {{{"value", "a@example.com"}, {"type", "work"}}};
    user.attributes[badge_uri] = {{"level", 3}, {"score", 1.5}};
    f.check.must(f.insert(user), "insert");
    Resource changed = user;
    changed.attributes["displayName"] = "Ada";
    changed.attributes.erase("title");
    changed.attributes["name"] = {{"familyName", "M"}};
    changed.attributes[badge_uri] = {{"level", 4}, {"score", 1.5}};
    f.check.must(replace_told(f, changed), "replace");
    changed.attributes.erase(badge_uri);
    f.check.must(replace_told(f, changed), "replace without the extension");

    auto const told = changes(f);
    f.check.equal(told.size(), 3U, "changes told");
    if (told.size() != 3)
        return;
    f.check.equal(changed_paths(told[0]).size(), 6U, "attributes of a new user that are told");
    expect_value(f, told[0], "userName", "ada");
    expect_value(f, told[0], "emails", user.attributes.at("emails"));
    expect_value(f, told[0], level, 3);
    f.check.equal(changed_paths(told[1]), Values{"displayName", "name", "title", level}, "attributes that changed");
    expect_value(f, told[1], "displayName", "Ada");
    expect_value(f, told[1], "title", nullptr);
    expect_value(f, told[1], "name", changed.attributes.at("name"));
    expect_value(f, told[1], level, 4);
    expect_value(f, told[2], level, nullptr);
}

void elements_are_told_that_came_and_went(Fixture& f)
{
    needs_change_log(f);
    f.needs_large_attributes();
    Resource group = f.new_group("g", "all", {"a", "b", "c"});
    f.check.must(f.insert(group), "insert");
    f.check.must(edit_members(f, "g", {Fixture::member("d"), Fixture::member("b")}, {"a", "x"}), "an edit in place");
    group.attributes["members"] = {
        Fixture::member("b"), Fixture::member("e"), {{"value", "c"}, {"type", "User"}, {"display", "new"}}};
    f.check.must(replace_told(f, group), "replace of all members");
    f.check.must(edit_members(f, "g", {Fixture::member("y")}, {}), "an edit in place");
    f.check.must(edit_members(f, "g", {Fixture::member("y")}, {"y"}), "a member that goes and comes");
    f.check.must(f.remove(group), "remove");

    auto const told = changes(f);
    f.check.equal(told.size(), 6U, "changes told");
    if (told.size() != 6)
        return;
    f.check.equal(came(told[0]), Values{"a", "b", "c"}, "members of a new group");
    f.check.equal(came(told[1]), Values{"d"}, "members that came");
    f.check.equal(went(told[1]), Values{"a"}, "members that went");
    f.check.expect(!find_told(told[1], "members"), "a large attribute is told as a value");
    f.check.equal(came(told[2]), Values{"c", "e"}, "members that came or say something else");
    f.check.equal(went(told[2]), Values{"d"}, "members that went by a replace");
    f.check.expect(told[2].elements.size() == 1 && told[2].elements[0].attribute == "members" &&
                       std::ranges::any_of(told[2].elements[0].came, [](json::object const& element)
                                           { return element.contains("display") && element.at("display") == "new"; }),
                   "a member that says something else is not told whole");
    f.check.equal(went(told[4]), Values{}, "members that went and came again");
    f.check.expect(told[5].elements.empty(), "a removal tells of members");
}

/// All text of a change.
std::string text_of(LoggedChange const& change)
{
    std::string text =
        change.id + change.actor + change.removed.external_id + change.removed.user_name + change.removed.display_name;
    for (Value const& value : change.changed)
        write_json(text, value.value);
    for (auto const& of : change.elements)
        for (json::object const& element : of.came)
            write_json(text, element);
    return text;
}

void secrets_are_named_only(Fixture& f)
{
    needs_change_log(f);
    std::string const safe = std::string{badge_uri} + ":safe";
    Resource user = f.new_user("u", "ada");
    user.attributes["password"] = "SECRET-1";
    user.attributes[badge_uri] = {{"safe", {{"name", "front"}, {"pin", "SECRET-2"}}}};
    f.check.must(f.insert(user), "insert");
    Resource changed = user;
    changed.attributes["password"] = "SECRET-3";
    changed.attributes[badge_uri] = {{"safe", {{"name", "back"}, {"pin", "SECRET-4"}}}};
    f.check.must(replace_told(f, changed), "replace");
    changed.attributes.erase("password");
    f.check.must(replace_told(f, changed), "replace without a password");
    f.check.must(f.remove(user), "remove");

    auto const told = changes(f);
    f.check.equal(told.size(), 4U, "changes told");
    for (LoggedChange const& change : told)
        f.check.expect(text_of(change).find("SECRET") == std::string::npos, "a secret is in the log");
    for (std::size_t i = 0; i < 3 && i < told.size(); ++i)
    {
        auto const* password = find_told(told[i], "password");
        f.check.expect(password && !password->told && password->value.is_null(),
                       "that a secret changed is not told, or is told as if it had gone");
    }
    if (told.size() > 1)
        expect_value(f, told[1], safe, {{"name", "back"}});
}

void what_is_removed_is_known_by_its_names(Fixture& f)
{
    needs_change_log(f);
    Resource user = f.new_user("u", "ada");
    user.attributes["externalId"] = "E-1";
    user.attributes["displayName"] = "Ada";
    f.check.must(f.insert(user), "insert");
    f.check.must(f.remove(user), "remove");
    auto const told = changes(f);
    f.check.equal(told.size(), 2U, "changes told");
    if (told.size() != 2)
        return;
    f.check.expect(told[1].removed == LoggedChange::Identity{"E-1", "ada", "Ada"},
                   "what identified a removed resource is not told");
    f.check.expect(told[0].removed == LoggedChange::Identity{}, "a new resource is told of as removed");
    f.check.expect(told[1].changed.empty(), "a removal tells of values");
}

void a_transaction_is_told_of_after_its_commit(Fixture& f)
{
    needs_change_log(f);
    Resource first = f.new_user("a", "ada");
    f.check.must(f.insert(first), "insert");
    LogExtent before;
    LogExtent within;
    std::size_t told = 0;
    f.check.must(f.write(
                     [&](WriteTransaction& transaction) -> result<void>
                     {
                         told = 0;
                         before = f.check.must(transaction.change_log()->extent(), "extent");
                         Resource user = f.new_user("b", "bob");
                         if (auto inserted = transaction.insert(user, f.rules.facts_of(user)); !inserted)
                             return inserted.error();
                         within = f.check.must(transaction.change_log()->extent(), "extent");
                         return transaction.change_log()->read({}, 100, [&](LoggedChange&&) { return ++told > 0; });
                     }),
                 "write");
    f.check.expect(within == before, "the extent of the log moves before the commit");
    f.check.equal(told, 1U, "changes told before the commit");
    f.check.equal(changes(f).size(), 2U, "changes told after the commit");
}

} // namespace

void add_change_log_cases(Cases& cases)
{
    add_case(cases, "change log: every write is told in order", every_write_is_told_in_order);
    add_case(cases, "change log: what was rolled back is not told", what_was_rolled_back_is_not_told);
    add_case(cases, "change log: what failed is not told", what_failed_is_not_told);
    add_case(cases, "change log: values are told as they became", values_are_told_as_they_became);
    add_case(cases, "change log: elements are told that came and went", elements_are_told_that_came_and_went);
    add_case(cases, "change log: secrets are named only", secrets_are_named_only);
    add_case(cases, "change log: what is removed is known by its names", what_is_removed_is_known_by_its_names);
    add_case(cases, "change log: a transaction is told of after its commit", a_transaction_is_told_of_after_its_commit);
}

} // namespace scimkit::conformance
