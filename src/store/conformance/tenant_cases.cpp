#include "cases.hpp"

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
        f.check.expect(found && same_content(*found, users[i]), "a tenant gets another's resource");
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

void an_unknown_tenant_is_empty(Fixture& f)
{
    f.tenant = "never used";
    f.check.equal(f.find_users("userName pr").total, std::optional<std::uint64_t>{0}, "total");
    f.check.expect(!f.check.must(f.get(f.user, "x"), "get"), "an unknown tenant has a resource");
}

} // namespace

void add_tenant_cases(std::vector<ConformanceCase>& cases)
{
    add_case(cases, "tenants: do not see each other, whatever their names", tenants_do_not_see_each_other);
    add_case(cases, "tenants: an unknown one is empty", an_unknown_tenant_is_empty);
}

} // namespace scimkit::conformance
