// The rows of draft-zollner-scim-interop-profile-02 that are about PATCH: it is stricter there than RFC 7644.
#include "interop_profile.hpp"

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(interop_patch)

BOOST_AUTO_TEST_CASE(an_operation_without_a_path_is_refused, *label("interop-02-11"))
{
    on_every_store(
        [](ServiceFixture const& scim)
        {
            auto const id = scim.create("/Users", user("ada"));
            for (auto const* op : {"add", "replace"})
            {
                json::object const value{{"title", "Countess"}};
                BOOST_TEST(outcome(scim.patch("/Users/" + id, patch_op(op, "", value))) == "400 invalidSyntax", op);
                BOOST_TEST(outcome(scim.patch("/Users/" + id, patch_op(op, urn::user, value))) == "400 invalidSyntax",
                           op);
            }
            BOOST_TEST(outcome(scim.patch("/Users/" + id, patch_op("remove", ""))) == "400 invalidSyntax");
            BOOST_TEST(scim.patch("/Users/" + id, patch_op("add", "title", "Countess")).status == 200);
            BOOST_TEST(scim.get("/Users/" + id).text("/title") == "Countess");
        });
}

BOOST_AUTO_TEST_CASE(a_replace_replaces_a_complex_value_whole_and_an_add_merges, *label("interop-02-12"))
{
    on_every_store(
        [](ServiceFixture const& scim)
        {
            auto const id = scim.create("/Users", with_mails("ada"));
            auto const path = "/Users/" + id;
            BOOST_TEST(scim.patch(path, patch_op("add", "title", "Miss")).status == 200);
            BOOST_TEST(scim.patch(path, patch_op("add", "title", "Countess")).status == 200);
            BOOST_TEST(scim.get(path).text("/title") == "Countess"); // add is replace, of one simple value

            BOOST_TEST(scim.patch(path, patch_op("add", "name", json::object{{"middleName", "B"}})).status == 200);
            BOOST_TEST(scim.get(path).text("/name/familyName") == "King");
            BOOST_TEST(scim.patch(path, patch_op("replace", "name", json::object{{"givenName", "A"}})).status == 200);
            Reply const replaced = scim.get(path);
            BOOST_TEST(replaced.text("/name/givenName") == "A");
            BOOST_TEST(!replaced.has("/name/familyName"));
            BOOST_TEST(!replaced.has("/name/middleName"));

            auto const manager = enterprise + ":manager";
            auto const boss = scim.create("/Users", user("boss"));
            auto const chief = scim.create("/Users", user("chief"));
            BOOST_TEST(scim.patch(path, patch_op("add", manager, json::object{{"value", boss}})).status == 200);
            BOOST_TEST(scim.patch(path, patch_op("replace", manager, json::object{{"value", chief}})).status == 200);
            BOOST_TEST(scim.get(path).text("/" + enterprise + "/manager/value") == chief);

            // What says nothing replaces nothing.
            std::string const before = scim.get(path).response.body;
            for (json::object const& nothing : {json::object{}, json::object{{"displayName", "x"}}})
                for (auto const& target : {std::string{"name"}, manager})
                {
                    Reply const reply = scim.patch(path, patch_op("replace", target, nothing));
                    BOOST_TEST(reply.status == (nothing.empty() ? 200 : 400), reply.response.body);
                }
            BOOST_TEST(scim.get(path).response.body == before);
        });
}

BOOST_AUTO_TEST_CASE(one_operation_takes_an_array_of_values, *label("interop-02-13"))
{
    on_every_store(
        [](ServiceFixture const& scim)
        {
            std::vector<std::string> ids;
            json::array members;
            for (auto const* name : {"ada", "bob", "eve"})
            {
                ids.push_back(scim.create("/Users", user(name)));
                members.push_back(json::object{{"value", ids.back()}});
            }
            auto const path = "/Groups/" + scim.create("/Groups", group("Team"));
            BOOST_TEST(scim.patch(path, patch_op("add", "members", members)).status == 204);
            BOOST_TEST(scim.get(path).size("/members") == 3);
            members.pop_back();
            BOOST_TEST(scim.patch(path, patch_op("remove", "members", members)).status == 204);
            Reply const left = scim.get(path);
            BOOST_REQUIRE(left.size("/members") == 1);
            BOOST_TEST(left.text("/members/0/value") == ids.back());
            members.pop_back();
            BOOST_TEST(scim.patch(path, patch_op("replace", "members", members)).status == 204);
            BOOST_TEST(scim.get(path).text("/members/0/value") == ids.front());
        });
}

BOOST_AUTO_TEST_CASE(a_filtered_path_names_a_sub_attribute_of_one_element, *label("interop-02-14"))
{
    on_every_store(
        [](ServiceFixture const& scim)
        {
            auto const path = "/Users/" + scim.create("/Users", with_mails("ada"));
            auto const before = scim.get(path).response.body;
            for (auto const* op : {"add", "replace", "remove"})
            {
                json::value const element = std::string_view{op} == "remove" ? json::value{} : mail("x@y", "home");
                json::value const text = std::string_view{op} == "remove" ? json::value{} : json::value("x@y");
                BOOST_TEST(outcome(scim.patch(path, patch_op(op, "emails[type eq \"home\"]", element))) ==
                               "400 invalidPath",
                           op);
                BOOST_TEST(outcome(scim.patch(path, patch_op(op, "emails[type eq \"work\"].display", text))) ==
                               "400 invalidFilter",
                           op);
            }
            BOOST_TEST(scim.get(path).response.body == before);
            BOOST_TEST(scim.patch(path, patch_op("replace", "emails[type eq \"home\"].value", "n@y")).status == 200);
            BOOST_TEST(scim.get(path).text("/emails/2/value") == "n@y");

            auto const ada = scim.get("/Users?filter=userName eq \"ada\"").text("/Resources/0/id");
            auto const team = "/Groups/" + scim.create("/Groups", group("Team", {ada}));
            BOOST_TEST(outcome(scim.patch(team, patch_op("remove", "members[value eq \"" + ada + "\"]"))) ==
                       "400 invalidPath");
            BOOST_TEST(scim.get(team).size("/members") == 1);
        });
}

BOOST_AUTO_TEST_CASE(another_profile_leaves_the_default_as_it_is)
{
    ServiceFixture const scim{{.profile = find_profile("default")}};
    auto const path = "/Users/" + scim.create("/Users", with_mails("ada"));
    BOOST_TEST(scim.patch(path, patch_op("replace", "", json::object{{"title", "Miss"}})).status == 200);
    BOOST_TEST(scim.patch(path, patch_op("replace", "name", json::object{{"givenName", "A"}})).status == 200);
    BOOST_TEST(scim.get(path).text("/name/familyName") == "King");
    BOOST_TEST(scim.patch(path, patch_op("replace", "emails[type eq \"work\"].display", "D")).status == 200);
    BOOST_TEST(scim.patch(path, patch_op("remove", "emails[type eq \"work\"]")).status == 200);
    BOOST_TEST(scim.get(path).size("/emails") == 1);
    BOOST_TEST(scim.get("/?filter=shoeSize eq 43").number("/totalResults") == 0);
}

BOOST_AUTO_TEST_SUITE_END()
