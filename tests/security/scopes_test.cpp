// Scopes: the whole matrix of scope and operation, by itself and through a service, Bulk and queries at the root too.
#include <scimkit/security/scopes.hpp>

#include "mentions.hpp"
#include "support/bulk.hpp"
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

using namespace scimkit;
using namespace scimkit::test;
using Operation = Access::Operation;

namespace
{

struct Tried
{
    char const* name;
    Operation operation;
};
constexpr Tried operations[] = {{"create", Operation::create},    {"read", Operation::read},
                                {"query", Operation::query},      {"replace", Operation::replace},
                                {"patch", Operation::patch},      {"remove", Operation::remove},
                                {"discover", Operation::discover}};

std::shared_ptr<SchemaRegistry const> registry() { return SchemaRegistry::Builder{}.add_rfc7643().build().value(); }

/// The operations with a type that `scopes` allow.
std::string allowed(std::vector<std::string> const& scopes, std::string_view type,
                    Unscoped unscoped = Unscoped::nothing)
{
    auto const known = registry();
    auto const by = scope_authoriser(unscoped);
    std::string names;
    for (auto const& [name, operation] : operations)
        if (by->authorise({.subject = "s", .scopes = scopes},
                          {.operation = operation, .type = known->find_resource_type(type)}))
            names += (names.empty() ? "" : " ") + std::string{name};
    return names;
}

constexpr auto everything = "create read query replace patch remove discover";

/// A service whose caller has these scopes.
struct Scoped
{
    ServiceFixture scim{{.authoriser = scope_authoriser()}};

    Reply send(std::vector<std::string> scopes, std::string_view method, std::string const& target,
               json::value const& body = nullptr) const
    {
        auto const text = body.is_null() ? std::string{} : ServiceFixture::text_of(body);
        auto const path = "/v2" + target;
        Request request{.method = method, .target = path, .body = text};
        if (!text.empty())
            request.headers.push_back({"Content-Type", "application/scim+json"});
        request.principal = Principal{.subject = "s", .scopes = std::move(scopes)};
        return Reply{scim.service.handle(request)};
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(scopes)

BOOST_AUTO_TEST_CASE(check_9_each_operation_needs_exactly_its_scope)
{
    std::map<std::string, std::string> const users{{"scim", everything},
                                                   {"scim.read", "read query discover"},
                                                   {"scim.write", everything},
                                                   {"scim.create", "create discover"},
                                                   {"scim.update", "replace patch discover"},
                                                   {"scim.delete", "remove discover"},
                                                   {"users", everything},
                                                   {"Users.READ", "discover"}, // verbs are small
                                                   {"USERS.read", "read query discover"},
                                                   {"users.read", "read query discover"},
                                                   {"users.write", everything},
                                                   {"users.create", "create discover"},
                                                   {"users.update", "replace patch discover"},
                                                   {"users.delete", "remove discover"},
                                                   {"groups", "discover"},
                                                   {"groups.read", "discover"},
                                                   {"groups.write", "discover"},
                                                   {"user.read", "discover"},
                                                   {"users.", "discover"},
                                                   {"users.read.write", "discover"},
                                                   {".read", "discover"},
                                                   {"", "discover"},
                                                   {"users read", "discover"},
                                                   {"*", "discover"},
                                                   {"scimx", "discover"},
                                                   {"openid", "discover"}};
    for (auto const& [scope, operations_of_users] : users)
        BOOST_TEST(allowed({scope}, "User") == operations_of_users, scope);
    BOOST_TEST(allowed({"groups.write"}, "Group") == everything);
    BOOST_TEST(allowed({"users.write"}, "Group") == "discover");
    BOOST_TEST(allowed({"openid", "users.read", "users.delete"}, "User") == "read query remove discover");
}

BOOST_AUTO_TEST_CASE(without_scopes_nothing_is_allowed_unless_the_application_says_so)
{
    BOOST_TEST(allowed({}, "User") == "discover");
    BOOST_TEST(allowed({}, "User", Unscoped::everything) == everything);
    BOOST_TEST(allowed({"users.read"}, "User", Unscoped::everything) == "read query discover");
}

BOOST_AUTO_TEST_CASE(who_is_refused_is_told_the_scope)
{
    auto const known = registry();
    auto const refused =
        scope_authoriser()->authorise({.subject = "s", .scopes = {"users.read"}},
                                      {.operation = Operation::patch, .type = known->find_resource_type("Group")});
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().code == ErrorCode::forbidden));
    BOOST_TEST(mentions(refused.error().detail, "groups.update"), refused.error().detail);
}

BOOST_AUTO_TEST_CASE(check_9_scopes_hold_for_requests_inside_a_bulk_and_at_the_root)
{
    Scoped const scim;
    std::vector<std::string> const all{"scim"};
    auto const ada = scim.send(all, "POST", "/Users", user("ada")).id();
    auto const team = scim.send(all, "POST", "/Groups", group("team")).id();
    std::vector<std::string> const narrow{"users.write", "groups.read"};
    Reply const reply = scim.send(
        narrow, "POST", "/Bulk",
        bulk({bulk_post("/Users", "b", user("bob")), bulk_post("/Groups", "g", group("other")),
              bulk_on("DELETE", "/Groups/" + team), bulk_on("PATCH", "/Users/" + ada, patch_op("add", "title", "t"))}));
    BOOST_TEST(statuses(reply) == "201 403 403 200");
    BOOST_TEST(scim.send(all, "GET", "/Groups/" + team).status == 200);

    BOOST_TEST(scim.send(narrow, "GET", "/Groups/" + team).status == 200);
    BOOST_TEST(scim.send(narrow, "DELETE", "/Groups/" + team).status == 403);
    BOOST_TEST(scim.send({"users.read"}, "GET", "/Groups/" + team).status == 403);
    BOOST_TEST(scim.send({"users.read"}, "GET", "/Groups").status == 403);
    BOOST_TEST(scim.send({"users.read"}, "GET", "/Groups/no-such-id").status == 403); // not even whether it is there
    BOOST_TEST(scim.send({"users.read"}, "POST", "/Users", user("eve")).status == 403);
    BOOST_TEST(scim.send({"openid"}, "GET", "/Users").status == 403);
    BOOST_TEST(scim.send({"openid"}, "GET", "/Schemas").status == 200);

    Reply const root = scim.send({"users.read"}, "GET", "/?count=100");
    BOOST_TEST(root.status == 200);
    for (int i = 0; i < root.size("/Resources"); ++i)
        BOOST_TEST(root.text("/Resources/" + std::to_string(i) + "/meta/resourceType") == "User");
    BOOST_TEST(root.number("/totalResults") == 2);
}

BOOST_AUTO_TEST_CASE(a_scope_that_would_never_allow_anything_is_told_with_the_one_that_was_meant)
{
    auto const known = registry();
    auto const said = [&](std::string const& scope)
    {
        auto const checked = check_scopes(std::vector<std::string>{scope}, *known);
        return checked ? "(good)" : checked.error().detail;
    };
    for (auto const* good : {"scim", "scim.read", "users", "Users.read", "groups.write", "groups.delete"})
        BOOST_TEST(said(good) == "(good)", good);
    BOOST_TEST(mentions(said("user.read"), "was users.read meant?"), said("user.read"));
    BOOST_TEST(mentions(said("groups.wirte"), "was groups.write meant?"), said("groups.wirte"));
    for (auto const* loud : {"SCIM", "Scim.read"}) // which the authoriser does not know
    {
        BOOST_TEST(allowed({loud}, "User") == "discover", loud);
        BOOST_TEST(mentions(said(loud), "was scim"), said(loud));
    }
    BOOST_TEST(mentions(said("badges.read"), "There is no scope"), said("badges.read"));
    BOOST_TEST(!mentions(said("openid"), "meant"), said("openid"));
}

BOOST_AUTO_TEST_CASE(scopes_cover_what_is_no_more_than_they_are_for)
{
    using Scopes = std::vector<std::string>;
    auto const cover = [](Scopes const& held, Scopes const& wanted) { return scopes_cover(held, wanted); };
    BOOST_TEST(cover({"scim"}, {"users.read", "groups"}));
    BOOST_TEST(cover({"users.write", "events"}, {"Users.create", "events"}));
    BOOST_TEST(cover({}, {}));
    BOOST_TEST(!cover({"users.read"}, {"users"}));
    BOOST_TEST(!cover({"users"}, {"users", "groups.read"}));
    BOOST_TEST(!cover({"events"}, {"scim"}));
    BOOST_TEST(cover({"scim"}, {"events"}), "by its form it may be an endpoint");
}

BOOST_AUTO_TEST_SUITE_END()
