// The change feed: all that was committed, in order, and nothing else.
#include "cases.hpp"

namespace scimkit::conformance
{
namespace
{

std::vector<Change> changes(Fixture& f, LogPosition after = {}, std::uint64_t limit = 1'000)
{
    std::vector<Change> found;
    f.check.must(f.read(
                     [&](ReadTransaction& transaction)
                     {
                         return transaction.change_feed()->read(after, limit,
                                                                [&](Change&& change)
                                                                {
                                                                    found.push_back(std::move(change));
                                                                    return true;
                                                                });
                     }),
                 "reading the change feed");
    return found;
}

void every_write_is_told_in_order(Fixture& f)
{
    if (!f.traits.change_feed)
        f.check.skip("the store has no change feed");
    Resource user = f.new_user("u", "secret-user-name");
    f.check.must(f.insert(user), "insert");
    Version const second = f.check.must(f.replace(user), "replace");
    Resource group = f.new_group("g", "group");
    f.check.must(f.insert(group), "insert");
    f.check.must(f.remove(user), "remove");

    auto const told = changes(f);
    f.check.equal(told.size(), 4U, "changes told");
    if (told.size() != 4)
        return;
    f.check.expect(told[0].kind == Change::Kind::created && told[0].version == user.version && !told[0].previous,
                   "the insert is not told as it was");
    f.check.expect(told[1].kind == Change::Kind::replaced && told[1].version == second &&
                       told[1].previous == user.version,
                   "the replace is not told as it was");
    f.check.expect(told[2].resource_type == "Group" && told[2].id == group.id,
                   "the group's insert is not told as it was");
    f.check.expect(told[3].kind == Change::Kind::removed && told[3].previous == second && !told[3].version,
                   "the remove is not told as it was");
    f.check.equal(told[1].changed, std::vector<std::string>{"displayName", "members"}, "the paths that were given");
    for (Change const& change : told)
    {
        f.check.equal(std::string_view{change.actor}, std::string_view{"conformance"}, "the actor");
        f.check.expect(change.id.find("secret") == std::string::npos, "a value is in the feed");
    }
    f.check.equal(std::string_view{told[0].resource_type}, std::string_view{"User"}, "the resource type");
    f.check.expect(told[0].time == user.last_modified, "the time of an insert is not that of the resource");
    f.check.expect(told[3].time == f.now, "the time of a removal is not that of the call");
    f.check.expect(told[0].position < told[1].position && told[1].position < told[2].position &&
                       told[2].position < told[3].position,
                   "positions do not grow");

    auto const page = changes(f, told[0].position, 2);
    f.check.expect(page.size() == 2 && page[0].position == told[1].position && page[1].position == told[2].position,
                   "a page of the feed behind a position is not what follows it");
    f.check.equal(changes(f, told[3].position).size(), 0U, "changes after the last one");
}

void what_was_rolled_back_is_not_told(Fixture& f)
{
    if (!f.traits.change_feed)
        f.check.skip("the store has no change feed");
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

} // namespace

void add_change_feed_cases(Cases& cases)
{
    add_case(cases, "change feed: every write is told in order, without values", every_write_is_told_in_order);
    add_case(cases, "change feed: what was rolled back is not told", what_was_rolled_back_is_not_told);
}

} // namespace scimkit::conformance
