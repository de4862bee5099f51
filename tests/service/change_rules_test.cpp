// Rules of changes that a fresh reading of the code found broken once.
#include <scimkit/schema/registry.hpp>

#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(change_rules)

namespace
{

using namespace scimkit;
using namespace scimkit::test;

json::value patch_message(std::string const& operations)
{
    return parse_json(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[)" + operations +
                      "]}")
        .value();
}

json::value user_message(std::string const& name) { return {{"schemas", {urn::user}}, {"userName", name}}; }

} // namespace

BOOST_AUTO_TEST_CASE(a_member_is_removed_by_its_id_and_no_other_spelling_of_it)
{
    ServiceFixture const scim;
    std::string const user = scim.create("/Users", user_message("ada")); // "id-1"
    std::string const group =
        scim.create("/Groups", {{"schemas", {urn::group}}, {"displayName", "G"}, {"members", {{{"value", user}}}}});
    Reply const removed =
        scim.patch("/Groups/" + group, patch_message(R"({"op":"remove","path":"members[value eq \"ID-1\"]"})"));
    BOOST_TEST(removed.status == 204);
    BOOST_TEST(scim.get("/Groups/" + group).size("/members") == 1);
    scim.patch("/Groups/" + group, patch_message(R"({"op":"remove","path":"members[value eq \"id-1\"]"})"));
    BOOST_TEST(!scim.get("/Groups/" + group).has("/members"));
}

BOOST_AUTO_TEST_CASE(a_request_may_not_ask_for_thousands_of_password_hashes)
{
    ServiceFixture const scim;
    std::string const user = scim.create("/Users", user_message("ada"));
    std::string const one = R"({"op":"replace","path":"password","value":"secret"})";
    std::string several = one;
    for (int i = 1; i < 16; ++i)
        several += "," + one;
    BOOST_TEST(scim.patch("/Users/" + user, patch_message(several)).status == 200);
    Reply const refused = scim.patch("/Users/" + user, patch_message(several + "," + one));
    BOOST_TEST(refused.status == 400);
    BOOST_TEST(refused.scim_type() == "tooMany");
}

BOOST_AUTO_TEST_CASE(an_if_match_of_star_and_garbage_is_a_failed_precondition_at_once)
{
    ServiceFixture const scim;
    std::string const user = scim.create("/Users", user_message("ada"));
    Reply const refused = scim.del("/Users/" + user, {{"If-Match", "*"}, {"If-Match", "garbage"}});
    BOOST_TEST(refused.status == 412);
    BOOST_TEST(scim.get("/Users/" + user).status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
