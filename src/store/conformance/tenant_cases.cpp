// Tenants: apart from each other, listed, and removed.
#include "cases.hpp"

#include <algorithm>

namespace scimkit::conformance
{
namespace
{

/// Names that begin with each other, and bytes that a careless key would mix up.
std::vector<std::string> hostile_tenants()
{
    return {"a",
            "ab",
            "a/b",
            std::string{"a\0", 2},
            std::string{"a\0\0", 3},
            std::string{"a\0\x01", 3},
            std::string{"\0", 1},
            "\xFF",
            "\xFF\xFF",
            "a\xFF",
            std::string(64, '\0'),
            std::string(64, 'z')};
}

void tenants_do_not_see_each_other(Fixture& f)
{
    f.needs_any_tenant();
    auto const tenants = hostile_tenants();
    std::vector<Resource> users;
    for (std::string const& tenant : tenants)
    {
        f.tenant = tenant;
        Resource user = f.new_user("same-id", "same-name");
        user.attributes["displayName"] = std::to_string(users.size());
        f.check.must(f.insert(user), "insert of the same userName in another tenant");
        users.push_back(std::move(user));
    }
    for (std::size_t i = 0; i < tenants.size(); ++i)
    {
        f.tenant = tenants[i];
        auto const found = f.check.must(f.get(f.user, users[i].id), "get");
        f.expect_same(found, users[i], "get in its tenant");
        auto const all = f.find_users("userName pr");
        f.check.equal(all.ids, std::vector{users[i].id}, "ids of a tenant");
        f.check.equal(all.total, std::optional<std::uint64_t>{1}, "total of a tenant");
    }
    f.tenant = tenants[3];
    f.check.must(f.remove(users[3]), "remove in one tenant");
    for (std::size_t i = 0; i < tenants.size(); ++i)
    {
        f.tenant = tenants[i];
        f.check.equal(f.find_users(R"(userName eq "same-name")").ids.size(), i == 3 ? 0U : 1U,
                      "resources after another tenant removed its own");
    }
}

void ids_of_another_tenant_are_unknown(Fixture& f)
{
    f.needs_any_tenant();
    std::vector<Resource> users;
    std::vector<std::string> const tenants{"a", "ab", "b"};
    for (std::string const& tenant : tenants)
    {
        f.tenant = tenant;
        users.push_back(f.new_user("of-" + tenant, "same-name"));
        f.check.must(f.insert(users.back()), "insert of the same userName in another tenant");
    }
    for (std::string const& tenant : tenants)
        for (std::size_t other = 0; other < tenants.size(); ++other)
            if (tenant != tenants[other])
                f.expect_unknown(users[other], tenant);
    for (std::size_t i = 0; i < tenants.size(); ++i)
    {
        f.tenant = tenants[i];
        f.expect_same(f.check.must(f.get(f.user, users[i].id), "get"), users[i], "get after others asked for its id");
    }
}

void an_unknown_tenant_is_empty(Fixture& f)
{
    f.needs_any_tenant();
    f.tenant = "never used";
    f.check.equal(f.find_users("userName pr").total, std::optional<std::uint64_t>{0}, "total");
    f.check.expect(!f.check.must(f.get(f.user, "x"), "get"), "an unknown tenant has a resource");
}

void all_that_hold_anything_are_listed(Fixture& f)
{
    f.needs_any_tenant();
    if (!f.traits.tenants)
        f.check.skip("the store does not list its tenants");
    auto wanted = hostile_tenants();
    for (std::string const& tenant : wanted)
    {
        f.tenant = tenant;
        Resource user = f.new_user("u", "name");
        f.check.must(f.insert(user), "insert");
    }
    std::vector<std::string> listed;
    f.check.must(
        f.store->tenants({.now = f.now}, [&](std::string_view name) { return listed.emplace_back(name), true; }),
        "tenants");
    std::ranges::sort(wanted);
    std::ranges::sort(listed);
    f.check.expect(listed == wanted, "the list of tenants is not that of those that hold something");
    std::size_t seen = 0;
    f.check.must(f.store->tenants({.now = f.now}, [&](std::string_view) { return ++seen < 3; }), "tenants");
    f.check.equal(seen, 3U, "tenants until the sink stopped");
}

void one_is_removed_with_everything(Fixture& f)
{
    f.needs_any_tenant();
    if (!f.traits.tenants)
        f.check.skip("the store does not remove tenants");
    auto const tenants = hostile_tenants();
    for (std::string const& tenant : tenants)
    {
        f.tenant = tenant;
        Resource user = f.new_user("u", "name");
        f.check.must(f.insert(user), "insert");
        Resource group = f.new_group("g", "group", {"u", "v"});
        f.check.must(f.insert(group), "insert");
    }
    for (std::size_t i = 0; i < tenants.size(); i += 2)
        f.check.must(f.store->remove_tenant(tenants[i], {.now = f.now}), "remove_tenant");
    f.check.must(f.store->remove_tenant("nobody's", {.now = f.now}), "remove of a tenant that holds nothing");
    for (std::size_t i = 0; i < tenants.size(); ++i)
    {
        f.tenant = tenants[i];
        bool const gone = i % 2 == 0;
        f.check.equal(f.find_users("userName eq \"name\"").total, std::optional<std::uint64_t>{gone ? 0U : 1U},
                      "users of a tenant after others were removed");
        f.check.expect(f.check.must(f.get(f.group, "g"), "get").has_value() != gone,
                       "a group of a removed tenant is there, or one of another is gone");
        if (!gone)
            continue;
        Resource user = f.new_user("new", "name");
        f.check.must(f.insert(user), "insert of a name that a removed tenant had");
        Resource group = f.new_group("g", "group");
        f.check.must(f.insert(group), "insert of an id that a removed tenant had");
        auto const empty = f.check.must(f.get(f.group, group.id), "get");
        f.check.expect(empty && !empty->attributes.contains("members"), "members of a removed tenant are there");
    }
    f.check.refused(f.store->remove_tenant(std::string(65, 'x'), {}), ErrorCode::invalid_value,
                    "remove of a tenant with too long a name");
}

} // namespace

void add_tenant_cases(Cases& cases)
{
    add_case(cases, "tenants: do not see each other, whatever their names", tenants_do_not_see_each_other);
    add_case(cases, "tenants: ids of another are unknown", ids_of_another_tenant_are_unknown);
    add_case(cases, "tenants: an unknown one is empty", an_unknown_tenant_is_empty);
    add_case(cases, "tenants: all that hold anything are listed", all_that_hold_anything_are_listed);
    add_case(cases, "tenants: one is removed with everything it holds", one_is_removed_with_everything);
}

} // namespace scimkit::conformance
