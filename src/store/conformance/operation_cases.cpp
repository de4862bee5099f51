// Each operation by itself: what it stores, what it refuses, and what a version is.
#include "cases.hpp"

#include <algorithm>

namespace scimkit::conformance
{
namespace
{

Resource full_user(Fixture const& f)
{
    Resource user = f.new_user("u-1", "Ada");
    user.created = at_second(1);
    user.last_modified = at_second(2);
    user.attributes["name"] = {{"givenName", "Ada"}, {"familyName", "Lovelace"}};
    user.attributes["emails"] = {{{"value", "ada@example.com"}, {"type", "work"}, {"primary", true}},
                                 {{"value", "ada@home.example"}}};
    json::object badge;
    badge["serial"] = "S-1";
    badge["level"] = 9007199254740993;
    badge["score"] = 0.1;
    badge["issued"] = "2026-03-04T05:06:07.000008Z";
    badge["active"] = false;
    badge["picture"] = "AQID";
    badge["tags"] = {"red", "green", "red"};
    badge["room"] = {{"name", "A 1"}};
    user.attributes[badge_uri] = std::move(badge);
    return user;
}

void get_returns_what_was_inserted(Fixture& f)
{
    Resource user = full_user(f);
    f.check.must(f.insert(user), "insert");
    auto const found = f.check.must(f.get(f.user, user.id), "get");
    f.expect_same(found, user, "get after insert");
    if (found && f.traits.versions)
        f.check.equal(found->version, user.version, "the version that get returns");
    if (found && !f.traits.versions)
        f.check.equal(found->version, Version{}, "the version of a store without versions");
}

void unknown_ids_find_nothing(Fixture& f)
{
    Resource user = f.new_user("abc", "ada");
    f.check.must(f.insert(user), "insert");
    std::string const other_case = user.id == "abc" ? "ABC" : user.id + "x";
    for (std::string const& id : {other_case, std::string{}, std::string{"nobody"}, std::string(4'000, 'x'),
                                  std::string{"a\0b", 3}, std::string{"\xFF\xFE"}, user.id + "/", "'" + user.id})
    {
        auto const found = f.check.must(f.get(f.user, id), "get of an unknown id");
        f.check.expect(!found, "get finds a resource under an id that none has");
    }
    auto const as_group = f.check.must(f.get(f.group, user.id), "get of a user's id as a group");
    f.check.expect(!as_group, "a user is found among the groups");
}

void replace_overwrites_everything(Fixture& f)
{
    Resource user = full_user(f);
    f.check.must(f.insert(user), "insert");
    Resource changed = f.new_user(user.id, "grace");
    changed.created = user.created;
    changed.last_modified = at_second(99);
    Version const version = f.check.must(f.replace(changed), "replace");
    auto const found = f.check.must(f.get(f.user, user.id), "get");
    f.expect_same(found, changed, "get after replace");
    if (found && f.traits.versions)
        f.check.equal(found->version, version, "the version after replace");
    f.check.equal(f.find_users(R"(userName eq "ada")").ids.size(), 0U, "users found by the old name");
    f.check.equal(f.find_users(R"(emails.value eq "ada@example.com")").ids.size(), 0U, "users found by the old email");
    f.check.equal(f.find_users(R"(userName eq "GRACE")").ids.size(), 1U, "users found by the new name");
}

void replace_and_remove_need_a_resource(Fixture& f)
{
    Resource const nobody = f.new_user("nobody", "nobody");
    f.check.refused(f.replace(nobody), ErrorCode::not_found, "replace of what does not exist");
    f.check.refused(f.replace(nobody, Version{1}), ErrorCode::not_found,
                    "replace with a version of what does not exist");
    f.check.refused(f.remove(nobody), ErrorCode::not_found, "remove of what does not exist");
    f.check.equal(f.find_users("userName pr").total, std::optional<std::uint64_t>{0}, "total");
}

/// A version that nothing has.
Version another(Version version) { return Version{version.number() + 1'000'000}; }

void another_version_is_refused(Fixture& f)
{
    f.needs_versions();
    Resource user = f.new_user("u-1", "ada");
    f.check.must(f.insert(user), "insert");
    Resource changed = f.new_user(user.id, "grace");
    f.check.refused(f.replace(changed, another(user.version)), ErrorCode::precondition_failed,
                    "replace with a wrong version");
    f.check.refused(f.remove(user, another(user.version)), ErrorCode::precondition_failed,
                    "remove with a wrong version");
    auto const kept = f.check.must(f.get(f.user, user.id), "get");
    f.check.expect(kept && same_content(*kept, user) && kept->version == user.version,
                   "a refused write changed the resource");

    Version const second = f.check.must(f.replace(changed, user.version), "replace with the right version");
    f.check.refused(f.replace(changed, user.version), ErrorCode::precondition_failed,
                    "replace with the former version");
    f.check.must(f.remove(user, second), "remove with the right version");
}

void a_removed_resource_is_in_no_answer(Fixture& f)
{
    Resource user = full_user(f);
    Resource other = f.new_user("u-2", "grace");
    f.check.must(f.insert(user), "insert");
    f.check.must(f.insert(other), "insert");
    f.check.must(f.remove(user), "remove");
    f.check.expect(!f.check.must(f.get(f.user, user.id), "get"), "get returns a removed resource");
    auto const all = f.find_users("userName pr");
    f.check.equal(all.ids, std::vector{other.id}, "ids after remove");
    f.check.equal(all.total, std::optional<std::uint64_t>{1}, "total after remove");
    f.check.equal(f.find_users(R"(userName eq "ada")").total, std::optional<std::uint64_t>{0}, "total by the old name");
    f.check.refused(f.remove(user), ErrorCode::not_found, "removing twice");
}

void versions_are_never_the_same_again(Fixture& f)
{
    f.needs_versions();
    Resource user = f.new_user("a", "ada");
    f.check.must(f.insert(user), "insert");
    f.check.expect(static_cast<bool>(user.version), "insert gives no version");
    std::vector<Version> seen{user.version};
    auto const see = [&](Version version, std::string_view what)
    {
        f.check.expect(static_cast<bool>(version) && std::ranges::find(seen, version) == seen.end(), what);
        seen.push_back(version);
    };
    for (int i = 0; i < 3; ++i)
        see(f.check.must(f.replace(user), "replace"), "replace gives a version that the resource had before");
    std::vector<Version> within;
    f.check.must(f.write(
                     [&](WriteTransaction& transaction) -> result<void>
                     {
                         within.clear();
                         for (int i = 0; i < 3; ++i)
                         {
                             auto const version =
                                 transaction.replace(user, {}, f.rules.facts_of(user), LargeAttributes::keep, {});
                             if (!version)
                                 return version.error();
                             within.push_back(*version);
                         }
                         return {};
                     }),
                 "three writes in one transaction");
    for (Version const version : within)
        see(version, "writes of one transaction do not have versions of their own");
    auto const stored = f.check.must(f.get(f.user, user.id), "get");
    f.check.expect(stored && stored->version == seen.back(), "get returns another version than the last write");
}

void many_come_at_once(Fixture& f)
{
    std::vector<Resource> users;
    for (int i = 0; i < 30; ++i)
    {
        users.push_back(f.new_user("u" + std::to_string(i), "name" + std::to_string(i)));
        f.check.must(f.insert(users.back()), "insert");
    }
    std::vector<std::string_view> ids{"nobody", ""};
    for (std::size_t i = 0; i < users.size(); i += 2)
        ids.push_back(users[i].id);
    for (bool const existence : {false, true})
    {
        Wanted const wanted = existence ? wanted_nothing() : Wanted{};
        std::vector<int> came(ids.size());
        std::size_t until_stopped = 0;
        f.check.must(f.read(
                         [&](ReadTransaction& transaction) -> result<void>
                         {
                             came.assign(ids.size(), 0);
                             until_stopped = 0;
                             auto const all = transaction.get_many(
                                 f.user, ids, wanted,
                                 [&](std::size_t which, Resource&& resource)
                                 {
                                     f.check.expect(which < ids.size() && resource.id == ids[which] &&
                                                        resource.type == &f.user,
                                                    "get_many gives another resource than was asked for");
                                     if (which >= 2 && !existence)
                                         f.check.expect(same_content(resource, users[2 * (which - 2)]),
                                                        "get_many gives other content than was inserted");
                                     came[which] += which < came.size() ? 1 : 0;
                                     return true;
                                 });
                             if (!all)
                                 return all;
                             return transaction.get_many(f.user, ids, wanted,
                                                         [&](std::size_t, Resource&&) { return ++until_stopped < 3; });
                         }),
                     "get_many");
        f.check.equal(std::ranges::count(came, 1), std::ptrdiff_t{15}, "resources that came once");
        f.check.expect(came[0] == 0 && came[1] == 0, "get_many gives what does not exist");
        f.check.equal(until_stopped, 3U, "resources until the sink stopped");
    }
}

void existence_is_told_without_content(Fixture& f)
{
    Resource user = f.new_user("abc", "ada");
    f.check.must(f.insert(user), "insert");
    f.check.must(f.read(
                     [&](ReadTransaction& transaction) -> result<void>
                     {
                         auto const there = f.check.must(transaction.get(f.user, user.id, wanted_nothing()), "get");
                         f.check.expect(there && there->id == user.id && there->type == &f.user,
                                        "a resource that is there is not told");
                         f.check.expect(!f.check.must(transaction.get(f.group, user.id, wanted_nothing()), "get"),
                                        "a resource of another type is told");
                         f.check.expect(!f.check.must(transaction.get(f.user, "ABC?", wanted_nothing()), "get"),
                                        "a resource that is not there is told");
                         return {};
                     }),
                 "read");
}

/// What a query gives, packed or not.
std::vector<Resource> resources_of(Fixture& f, ReadTransaction& transaction, Query query, bool packed)
{
    query.packed = packed;
    auto page = f.check.must(run_query(transaction, query, {}, f.context()), "query");
    for (Resource& resource : page.resources)
        f.check.must(unpack(resource), "unpacking");
    return std::move(page.resources);
}

void packed_attributes_are_those_of_the_resource(Fixture& f)
{
    std::vector<Resource> users;
    for (int i = 0; i < 12; ++i)
    {
        Resource user = full_user(f);
        user.id += std::to_string(i);
        user.attributes["userName"] = "name" + std::to_string(i % 7) + "-" + std::to_string(i);
        user.attributes[badge_uri].as_object()["serial"] = "S-" + std::to_string(i);
        f.check.must(f.insert(user), "insert");
        users.push_back(std::move(user));
    }
    Resource group = f.new_group("g", "engineers", {users[0].id, users[1].id});
    f.check.must(f.insert(group), "insert of a group");
    auto const look = [&](ReadTransaction& transaction) -> result<void>
    {
        if (!transaction.gives_packed())
            return {};
        auto const expect_same = [&](ResourceType const& type, Resource const& wanted)
        {
            auto got = f.check.must(
                transaction.get(type, wanted.id, {.large_attributes = type.large_attributes(), .packed = true}), "get");
            f.check.expect(!got || !got->packed || got->attributes.empty(), "a resource is packed and unpacked");
            f.check.must(got ? unpack(*got) : result<void>{}, "unpacking");
            f.expect_same(got, wanted, "what was packed");
        };
        for (Resource const& user : users)
            expect_same(f.user, user);
        expect_same(f.group, group);
        BoundFilter const filter = f.filter("userName sw \"name1\" or emails.value co \"home\"", f.user);
        for (BoundFilter const* tested : {static_cast<BoundFilter const*>(nullptr), &filter})
            for (bool const sorted : {false, true})
                for (bool const backward : {false, true})
                {
                    Query::Source source{&f.user, tested};
                    if (sorted)
                        source.sort = SortOrder{f.attribute("userName", f.user)};
                    Query const query{.sources = {&source, 1}, .limit = 5, .backward = backward};
                    auto const packed = resources_of(f, transaction, query, true);
                    f.check.expect(std::ranges::equal(packed, resources_of(f, transaction, query, false), same_content),
                                   "a query gives other resources when it may pack them");
                }
        return {};
    };
    f.check.must(f.read(look), "read");
    f.check.must(f.write([&](WriteTransaction& transaction) { return look(transaction); }), "write");
}

void long_and_unusual_values_are_kept(Fixture& f)
{
    std::vector<std::string> const names{std::string(3'000, 'x') + "a",
                                         std::string(3'000, 'x') + "b",
                                         "Stra\xC3\x9F"
                                         "e",
                                         "\xF0\x9F\x98\x80 smile",
                                         "quote\"back\\slash",
                                         "tab\tnew\nline",
                                         " "};
    std::vector<Resource> users;
    for (std::string const& name : names)
    {
        users.push_back(f.new_user("u-" + std::to_string(users.size()), name));
        f.check.must(f.insert(users.back()), "insert of an unusual userName");
    }
    for (Resource const& user : users)
    {
        auto const found = f.check.must(f.get(f.user, user.id), "get");
        f.expect_same(found, user, "an unusual value");
        std::string literal;
        write_json_string(literal, std::string_view{user.attributes.at("userName").as_string()});
        auto const by_name = f.find_users("userName eq " + literal);
        f.check.equal(by_name.ids, std::vector{user.id}, "ids found by an unusual userName");
    }
    auto const by_prefix = f.find_users("userName sw \"" + std::string(2'000, 'x') + "\"");
    f.check.equal(by_prefix.ids.size(), 2U, "resources found by a long prefix");
    auto const after = f.find_users("userName gt \"" + std::string(3'000, 'x') + "a\" and userName sw \"x\"");
    f.check.equal(after.ids, std::vector{users[1].id}, "ids of names after a long one");
}

} // namespace

void add_operation_cases(Cases& cases)
{
    add_case(cases, "get: returns what was inserted", get_returns_what_was_inserted);
    add_case(cases, "get: ids that no resource has find nothing", unknown_ids_find_nothing);
    add_case(cases, "get: many come at once", many_come_at_once);
    add_case(cases, "get: existence is told without content", existence_is_told_without_content);
    add_case(cases, "get, query: packed attributes are those of the resource",
             packed_attributes_are_those_of_the_resource);
    add_case(cases, "replace: overwrites everything", replace_overwrites_everything);
    add_case(cases, "replace, remove: need a resource", replace_and_remove_need_a_resource);
    add_case(cases, "replace, remove: another version is refused and changes nothing", another_version_is_refused);
    add_case(cases, "remove: a removed resource is in no answer", a_removed_resource_is_in_no_answer);
    add_case(cases, "versions: are never the same again", versions_are_never_the_same_again);
    add_case(cases, "values: long and unusual ones are kept and found", long_and_unusual_values_are_kept);
}

} // namespace scimkit::conformance
