// Large attributes: elements beside their record, found from both ends.
#include "cases.hpp"

#include <algorithm>

namespace scimkit::conformance
{
namespace
{

std::vector<std::string> values_of(Resource const& group)
{
    std::vector<std::string> values;
    if (auto const* members = group.attributes.if_contains("members"))
        for (json::value const& member : members->as_array())
            values.emplace_back(member.at("value").as_string());
    return values;
}

std::vector<std::string> members_stored(Fixture& f, Resource const& group)
{
    auto const found = f.check.must(f.get(f.group, group.id), "get");
    return found ? values_of(*found) : std::vector<std::string>{};
}

std::vector<json::object> elements(std::vector<std::string> const& values)
{
    std::vector<json::object> made;
    for (std::string const& value : values)
        made.push_back(Fixture::member(value));
    return made;
}

/// One change of the members, as the framework does it: the writer, then the version.
std::uint64_t change(Fixture& f, function_ref<result<std::uint64_t>(LargeAttributeWriter&)> body)
{
    std::uint64_t changed = 0;
    f.check.must(f.write(
                     [&](WriteTransaction& transaction) -> result<void>
                     {
                         auto const done = body(*transaction.large_attributes());
                         if (!done)
                             return done.error();
                         changed = *done;
                         return {};
                     }),
                 "a change of members");
    return changed;
}

std::vector<std::string> references(Fixture& f, std::string_view value)
{
    std::vector<std::string> ids;
    f.check.must(f.read(
                     [&](ReadTransaction& transaction)
                     {
                         return transaction.large_attributes()->references_to(
                             value,
                             [&](Reference const& reference)
                             {
                                 f.check.expect(reference.type == &f.group &&
                                                    reference.attribute == f.members.attribute,
                                                "a reference of another kind");
                                 ids.push_back(reference.id);
                                 return true;
                             });
                     }),
                 "references_to");
    std::ranges::sort(ids);
    return ids;
}

void arrays_come_back(Fixture& f)
{
    Resource group = f.new_group("g", "all", {"b", "a", "c"});
    f.check.must(f.insert(group), "insert");
    auto values = members_stored(f, group);
    if (f.traits.large_attributes)
        f.check.equal(values, std::vector<std::string>{"a", "b", "c"}, "members, which are ordered by value");
    std::ranges::sort(values);
    f.check.equal(values, std::vector<std::string>{"a", "b", "c"}, "members");
    group.attributes["members"] = {{{"value", "d"}}};
    f.check.must(f.replace(group), "replace with other members");
    f.check.equal(members_stored(f, group), std::vector<std::string>{"d"}, "members after replace");
    group.attributes.erase("members");
    f.check.must(f.replace(group), "replace without members");
    f.check.equal(members_stored(f, group).size(), 0U, "members after replace without any");
}

void keep_leaves_them(Fixture& f)
{
    Resource group = f.new_group("g", "old", {"a", "b"});
    f.check.must(f.insert(group), "insert");
    Resource renamed = f.new_group(group.id, "new");
    f.check.must(f.replace(renamed, {}, LargeAttributes::keep), "replace that keeps members");
    auto const found = f.check.must(f.get(f.group, group.id), "get");
    f.check.expect(found && found->attributes.at("displayName") == "new",
                   "replace that keeps members changed nothing else");
    auto values = members_stored(f, group);
    std::ranges::sort(values);
    f.check.equal(values, std::vector<std::string>{"a", "b"}, "members that were kept");
}

void unwanted_members_stay_away(Fixture& f)
{
    f.needs_large_attributes();
    Resource group = f.new_group("g", "all", {"a", "b"});
    f.check.must(f.insert(group), "insert");
    auto const found = f.check.must(f.get(f.group, group.id, false), "get without members");
    f.check.expect(found && !found->attributes.contains("members"), "members come though nobody wants them");
}

void elements_are_added_and_removed(Fixture& f)
{
    f.needs_large_attributes();
    Resource group = f.new_group("g", "all", {"a"});
    f.check.must(f.insert(group), "insert");
    Attribute const& members = *f.members.attribute;
    auto const more = elements({"b", "a", "c", "b"});
    f.check.equal(change(f, [&](auto& writer) { return writer.add(f.group, group.id, members, more); }), 2U,
                  "elements added of which one is there and one comes twice");
    f.check.equal(members_stored(f, group), std::vector<std::string>{"a", "b", "c"}, "members after add");
    std::vector<std::string> const gone{"a", "nobody", "a"};
    f.check.equal(change(f, [&](auto& writer) { return writer.remove(f.group, group.id, members, gone); }), 1U,
                  "elements removed of which one is not there");
    f.check.equal(members_stored(f, group), std::vector<std::string>{"b", "c"}, "members after remove");
    auto const others = elements({"c", "d", "e"});
    f.check.equal(change(f, [&](auto& writer) { return writer.replace(f.group, group.id, members, others); }), 3U,
                  "elements changed by replace");
    f.check.equal(members_stored(f, group), std::vector<std::string>{"c", "d", "e"}, "members after replace");
    f.check.must(f.read(
                     [&](ReadTransaction& transaction) -> result<void>
                     {
                         auto& reader = *transaction.large_attributes();
                         f.check.equal(f.check.must(reader.count(f.group, group.id, members), "count"), 3U, "count");
                         f.check.expect(f.check.must(reader.contains(f.group, group.id, members, "d"), "contains"),
                                        "contains");
                         f.check.expect(!f.check.must(reader.contains(f.group, group.id, members, "a"), "contains"),
                                        "contains what was removed");
                         f.check.equal(f.check.must(reader.count(f.group, "nobody", members), "count"), 0U,
                                       "count of a group that does not exist");
                         return {};
                     }),
                 "read");
    f.check.equal(references(f, "a").size(), 0U, "references to what was removed");
    f.check.equal(references(f, "c"), std::vector{group.id}, "references to a member");
}

void many_elements_are_looked_for_at_once(Fixture& f)
{
    f.needs_large_attributes();
    Resource group = f.new_group("g", "all", {"a", "b", "ä"});
    f.check.must(f.insert(group), "insert");
    std::vector<std::string_view> const values{"b", "A", "nobody", "ä", "b", "a"};
    std::vector<bool> found(values.size(), false);
    std::size_t of_nobody = 0;
    std::size_t until_stopped = 0;
    f.check.must(f.read(
                     [&](ReadTransaction& transaction) -> result<void>
                     {
                         auto& reader = *transaction.large_attributes();
                         Attribute const& members = *f.members.attribute;
                         auto const all = reader.contains_many(f.group, group.id, members, values,
                                                               [&](std::size_t which)
                                                               {
                                                                   found.at(which) = true;
                                                                   return true;
                                                               });
                         auto const none = reader.contains_many(f.group, "nobody", members, values,
                                                                [&](std::size_t) { return ++of_nobody != 0; });
                         if (!all || !none)
                             return all ? none : all;
                         return reader.contains_many(f.group, group.id, members, values,
                                                     [&](std::size_t) { return ++until_stopped < 2; });
                     }),
                 "contains_many");
    f.check.expect((found[0] || found[4]) && found[3] && found[5], "contains_many misses an element");
    f.check.expect(!found[1] && !found[2], "contains_many finds what is not there");
    f.check.equal(of_nobody, 0U, "elements of a group that does not exist");
    f.check.equal(until_stopped, 2U, "elements until the sink stopped");
}

void elements_are_read_in_pages(Fixture& f)
{
    f.needs_large_attributes();
    std::vector<std::string> wanted;
    for (int i = 100; i < 137; ++i)
        wanted.push_back("m" + std::to_string(i));
    Resource group = f.new_group("g", "all", wanted);
    f.check.must(f.insert(group), "insert");
    std::vector<std::string> seen;
    f.check.must(f.read(
                     [&](ReadTransaction& transaction) -> result<void>
                     {
                         for (std::size_t before = 1; before != seen.size();)
                         {
                             before = seen.size();
                             std::string const after = seen.empty() ? std::string{} : seen.back();
                             auto const read = transaction.large_attributes()->read(
                                 f.group, group.id, *f.members.attribute, after, 10,
                                 [&](json::object&& element)
                                 {
                                     seen.emplace_back(element.at("value").as_string());
                                     return true;
                                 });
                             if (!read)
                                 return read;
                             f.check.expect(seen.size() <= before + 10, "more elements than the limit");
                         }
                         return {};
                     }),
                 "read in pages");
    f.check.equal(seen, wanted, "values over all pages");
}

void references_are_found_from_members(Fixture& f)
{
    f.needs_large_attributes();
    std::string const long_value = std::string(2'000, 'v');
    Resource first = f.new_group("g-1", "one", {"x", "y", long_value});
    Resource second = f.new_group("g-2", "two", {"x", "X", long_value + "2"});
    f.check.must(f.insert(first), "insert");
    f.check.must(f.insert(second), "insert");
    auto both = std::vector{first.id, second.id};
    std::ranges::sort(both);
    f.check.equal(references(f, "x"), both, "groups of a member of two");
    f.check.equal(references(f, "X"), std::vector{second.id}, "groups of a member whose value differs by case");
    f.check.equal(references(f, long_value), std::vector{first.id}, "groups of a member with a long value");
    f.check.equal(references(f, "").size(), 0U, "groups of nobody");
    f.check.must(f.remove(first), "remove of a group");
    f.check.equal(references(f, "x"), std::vector{second.id}, "groups after one was removed");
    f.check.equal(references(f, "y").size(), 0U, "groups of a member of the removed group");
    Resource again = f.new_group("g-3", "one");
    f.check.must(f.insert(again), "insert");
    f.check.equal(members_stored(f, again).size(), 0U, "members of a new group");
}

void references_of_many_are_found_at_once(Fixture& f)
{
    f.needs_large_attributes();
    Resource first = f.new_group("g-1", "one", {"x", "y"});
    Resource second = f.new_group("g-2", "two", {"y", "z"});
    f.check.must(f.insert(first), "insert");
    f.check.must(f.insert(second), "insert");
    std::vector<std::string_view> const values{"y", "nobody", "x", "Y"};
    std::vector<std::vector<std::string>> found;
    std::size_t until_stopped = 0;
    f.check.must(f.read(
                     [&](ReadTransaction& transaction) -> result<void>
                     {
                         found.assign(values.size(), {});
                         until_stopped = 0;
                         auto& reader = *transaction.large_attributes();
                         auto const all = reader.references_to_many(values,
                                                                    [&](std::size_t which, Reference const& reference)
                                                                    {
                                                                        found.at(which).push_back(reference.id);
                                                                        return true;
                                                                    });
                         if (!all)
                             return all;
                         return reader.references_to_many(values, [&](std::size_t, Reference const&)
                                                          { return ++until_stopped < 2; });
                     }),
                 "references_to_many");
    std::vector<std::string> both{first.id, second.id};
    std::ranges::sort(both);
    std::ranges::sort(found[0]);
    f.check.equal(found[0], both, "groups of a member of two");
    f.check.equal(found[2], std::vector{first.id}, "groups of a member of one");
    f.check.equal(found[1].size() + found[3].size(), 0U, "groups of nobody");
    f.check.equal(until_stopped, 2U, "references until the sink stopped");
}

void changes_are_seen_and_rolled_back(Fixture& f)
{
    f.needs_large_attributes();
    Resource group = f.new_group("g", "all", {"a"});
    f.check.must(f.insert(group), "insert");
    auto const more = elements({"b"});
    auto const done = f.write(
        [&](WriteTransaction& transaction) -> result<void>
        {
            auto& writer = *transaction.large_attributes();
            if (auto added = writer.add(f.group, group.id, *f.members.attribute, more); !added)
                return added.error();
            f.check.equal(f.check.must(writer.count(f.group, group.id, *f.members.attribute), "count"), 2U,
                          "count within the transaction");
            return Error{ErrorCode::conflict, "the body's own error"};
        });
    f.check.refused(done, ErrorCode::conflict, "the body");
    f.check.equal(members_stored(f, group), std::vector<std::string>{"a"}, "members after a roll back");
    f.check.equal(references(f, "b").size(), 0U, "references after a roll back");
    auto const missing = f.write(
        [&](WriteTransaction& transaction) -> result<void>
        {
            auto const added = transaction.large_attributes()->add(f.group, "nobody", *f.members.attribute, more);
            return added ? result<void>{} : result<void>{added.error()};
        });
    f.check.refused(missing, ErrorCode::not_found, "adding to a group that does not exist");
}

} // namespace

void add_large_attribute_cases(Cases& cases)
{
    add_case(cases, "large attributes: arrays come back", arrays_come_back);
    add_case(cases, "large attributes: replace can keep them", keep_leaves_them);
    add_case(cases, "large attributes: stay away when nobody wants them", unwanted_members_stay_away);
    add_case(cases, "large attributes: elements are added, removed, replaced", elements_are_added_and_removed);
    add_case(cases, "large attributes: many are looked for at once", many_elements_are_looked_for_at_once);
    add_case(cases, "large attributes: are read in pages", elements_are_read_in_pages);
    add_case(cases, "large attributes: references are found from the member", references_are_found_from_members);
    add_case(cases, "large attributes: references of many are found at once", references_of_many_are_found_at_once);
    add_case(cases, "large attributes: are part of the transaction", changes_are_seen_and_rolled_back);
}

} // namespace scimkit::conformance
