// Each operation of a PATCH is applied to what those before it have come to (RFC 7644 section 3.5.2).
#include "support/all_stores.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(patch_order)

namespace
{

json::object operation(std::string_view op, std::string path, json::value value = nullptr)
{
    json::object made{{"op", op}, {"path", std::move(path)}};
    if (!value.is_null())
        made["value"] = std::move(value);
    return made;
}

/// A group of two, and somebody who is in no group; `act` sends a PATCH, and what is left of members is told by name.
struct Team
{
    explicit Team(std::shared_ptr<ResourceStore> store)
        : scim(ServiceOptions{.store = std::move(store)})
    {
    }

    std::string left_by(std::vector<json::object> const& operations)
    {
        json::array all;
        for (json::object const& each : operations)
            all.push_back(each);
        Reply const reply = scim.patch("/Groups/" + group_id,
                                       {{"schemas", json::array{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}},
                                        {"Operations", std::move(all)}});
        if (reply.status != 204)
            return std::to_string(reply.status);
        Reply const now = scim.get("/Groups/" + group_id);
        std::string left;
        for (int i = 0; i < (now.has("/members") ? now.size("/members") : 0); ++i)
            left += name_of(now.text("/members/" + std::to_string(i) + "/value"));
        return left;
    }

    std::string name_of(std::string const& id) const { return id == a ? "a" : id == b ? "b" : id == x ? "x" : "?"; }

    ServiceFixture scim;
    std::string a = scim.create("/Users", user("a"));
    std::string b = scim.create("/Users", user("b"));
    std::string x = scim.create("/Users", user("x"));
    std::string group_id = scim.create("/Groups", group("G", {a, b}));
    json::object is_x{{"value", x}};
};

using Case = std::pair<std::function<std::vector<json::object>(Team const&)>, std::string>;

std::vector<Case> cases()
{
    auto const add = [](Team const& team) { return operation("add", "members", json::array{team.is_x}); };
    auto const then_remove = [add](std::string const& filter)
    {
        return [add, filter](Team const& team) {
            return std::vector{add(team), operation("remove", "members[" + filter + "]")};
        };
    };
    return {
        {then_remove(R"(type eq "User")"), ""},
        {then_remove("type pr"), ""},
        {then_remove("$ref pr"), ""},
        {then_remove(R"(type eq "Group")"), "abx"},
        {then_remove(R"(type ne "User")"), "abx"},
        {then_remove(R"(not (type eq "User"))"), "abx"},
        {[add](Team const& team) {
             return std::vector{add(team),
                                operation("remove", "members[value eq \"" + team.x + "\" and type eq \"User\"]")};
         },
         "ab"},
        {[add](Team const& team)
         {
             return std::vector{
                 add(team), operation("remove", "members[$ref eq \"https://example.com/v2/Users/" + team.x + "\"]")};
         },
         "ab"},
        {[](Team const& team)
         {
             return std::vector{operation("replace", "members", json::array{team.is_x}),
                                operation("remove", R"(members[type eq "User"])")};
         },
         ""},
        {[](Team const& team) // what the client says of its type counts for nothing
         {
             json::object claimed = team.is_x;
             claimed["type"] = "Group";
             return std::vector{operation("add", "members", json::array{claimed}),
                                operation("remove", R"(members[type eq "Group"])")};
         },
         "abx"},
        {[add](Team const& team) // nor can he change it
         {
             return std::vector{add(team), operation("replace", "members[value eq \"" + team.x + "\"].type", "Group")};
         },
         "400"},
        {[add](Team const& team) // and on it goes behind that
         {
             return std::vector{add(team), operation("remove", R"(members[type eq "User"])"), add(team)};
         },
         "x"},
    };
}

} // namespace

BOOST_AUTO_TEST_CASE(what_is_computed_of_a_new_member_is_known_to_the_next_operation, *label("7644-3.5.2-w"))
{
    for (NamedStore const& named : all_stores())
        BOOST_TEST_CONTEXT(named)
        {
            int number = 0;
            for (auto const& [operations, left] : cases())
                BOOST_TEST_CONTEXT("case " << number++)
                {
                    Team team{named.make()};
                    BOOST_TEST(team.left_by(operations(team)) == left);
                }
        }
}

BOOST_AUTO_TEST_SUITE_END()
