// GET of one resource (RFC 7644 sections 3.4.1 and 3.9): the one of that type and id or none, in the shape that was
// asked for, with references that lead where they say.
#include <scimkit/schema/registry.hpp>

#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(reading)

namespace
{

json::object full_user()
{
    return user("ada", {{"externalId", "e1"},
                        {"title", "Dr"},
                        {"name", {{"givenName", "Ada"}, {"familyName", "L"}}},
                        {"emails", {{{"value", "a@x"}, {"type", "work"}, {"primary", true}}, {{"value", "a@y"}}}},
                        {urn::enterprise_user, {{"department", "D"}, {"employeeNumber", "7"}}}});
}

} // namespace

BOOST_AUTO_TEST_CASE(a_resource_is_read_by_its_id, *label("7644-3.4.1-a") * label("7644-3.4.1-c") *
                                                       label("7644-3.14-b") * label("7644-3.14-c") *
                                                       label("7643-3.1-e"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", full_user());
    Reply const reply = scim.get("/Users/" + id);
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.text("/userName") == "ada");
    BOOST_TEST(reply.header("Location") == "https://example.com/v2/Users/" + id);
    BOOST_TEST(reply.header("ETag") == reply.text("/meta/version"));
    BOOST_TEST(reply.header("Content-Type") == "application/scim+json");
}

BOOST_AUTO_TEST_CASE(an_unknown_id_is_not_found, *label("7644-3.4.1-b") * label("7644-3.12-l") * label("7644-3.2-i") *
                                                     label("7644-3.12-a") * label("7644-3.12-b") *
                                                     label("7644-3.12-c") * label("7644-3.1-a"))
{
    ServiceFixture const scim;
    Reply const reply = scim.get("/Users/nope", {{"Accept", "application/scim+json"}});
    BOOST_TEST(reply.status == 404);
    BOOST_TEST(reply.response.body == R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404",)"
                                      R"("detail":"There is no User with the id nope."})");
    BOOST_TEST(reply.header("Content-Type") == "application/scim+json");
}

BOOST_AUTO_TEST_CASE(a_resource_is_not_found_under_another_type, *label("7644-3.4.1-f") * label("7643-3.1-f"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Groups", group("g"));
    BOOST_TEST(scim.get("/Users/" + id).status == 404);
    BOOST_TEST(scim.get("/Groups/" + id).status == 200);
}

BOOST_AUTO_TEST_CASE(the_smallest_user_has_four_members, *label("7643-8.1-a") * label("7643-2.5-c"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("ada", {{"nickName", nullptr}, {"emails", json::array{}}}));
    BOOST_TEST(scim.get("/Users/" + id).body.as_object().size() == 4);
}

BOOST_AUTO_TEST_CASE(named_attributes_come_with_those_always_returned, *label("7644-3.9-d") * label("7644-3.9-n") *
                                                                           label("7643-7-v") * label("7643-7-y") *
                                                                           label("7643-3-k"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", full_user());
    Reply const reply = scim.get("/Users/" + id + "?attributes=userName");
    BOOST_TEST(reply.response.body ==
               R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User",)"
               R"("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"id":"id-1","userName":"ada"})");
}

BOOST_AUTO_TEST_CASE(excluded_attributes_are_left_out_unless_always_returned,
                     *label("7644-3.9-e") * label("7644-3.4.2.5-c"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", full_user());
    Reply const reply = scim.get("/Users/" + id + "?excludedAttributes=id,userName,emails,schemas");
    BOOST_TEST(reply.id() == id);
    BOOST_TEST(reply.has("/schemas/0"));
    BOOST_TEST(!reply.has("/userName"));
    BOOST_TEST(!reply.has("/emails"));
    BOOST_TEST(reply.text("/title") == "Dr");
    BOOST_TEST(reply.has("/meta/version"));
}

BOOST_AUTO_TEST_CASE(sub_attributes_are_chosen_by_name, *label("7644-3.9-f") * label("7644-3.9-h") *
                                                            label("7644-3.4.2.5-b") * label("7644-3.9-l") *
                                                            label("7644-3.10-b"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", full_user());
    Reply const some = scim.get("/Users/" + id + "?attributes=NAME.givenname, emails.value");
    BOOST_TEST(some.text("/name/givenName") == "Ada");
    BOOST_TEST(!some.has("/name/familyName"));
    BOOST_TEST(some.text("/emails/1/value") == "a@y");
    BOOST_TEST(!some.has("/emails/0/type"));
    Reply const others = scim.get("/Users/" + id + "?excludedAttributes=name.givenName");
    BOOST_TEST(others.text("/name/familyName") == "L");
    BOOST_TEST(!others.has("/name/givenName"));
}

BOOST_AUTO_TEST_CASE(extensions_are_chosen_by_their_uri, *label("7644-3.9-k"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", full_user());
    std::string const uri{urn::enterprise_user};
    Reply const one = scim.get("/Users/" + id + "?attributes=" + uri + ":department");
    BOOST_TEST(one.body.at(uri).as_object().size() == 1);
    BOOST_TEST(!one.has("/userName"));
    Reply const without = scim.get("/Users/" + id + "?excludedAttributes=" + uri);
    BOOST_TEST(!without.body.as_object().contains(uri));
    BOOST_TEST(without.has("/userName"));
}

BOOST_AUTO_TEST_CASE(meta_is_returned_by_default_and_in_parts, *label("7644-3.9-p") * label("7643-3.1-p"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", full_user());
    Reply const part = scim.get("/Users/" + id + "?attributes=meta.version,meta.resourceType");
    BOOST_TEST(part.body.at("meta").as_object().size() == 2);
    BOOST_TEST(!scim.get("/Users/" + id + "?excludedAttributes=meta").has("/meta"));
    BOOST_TEST(!scim.get("/Users/" + id + "?excludedAttributes=meta.version").has("/meta/version"));
}

BOOST_AUTO_TEST_CASE(unknown_and_empty_names_do_no_harm, *label("7644-3.9-m") * label("7644-3.9-o"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", full_user());
    BOOST_TEST(scim.get("/Users/" + id + "?attributes=nosuch").body.as_object().size() == 2);
    BOOST_TEST(scim.get("/Users/" + id + "?attributes=").has("/userName"));
    BOOST_TEST(scim.get("/Users/" + id + "?attributes=a..b").scim_type() == "invalidValue");
}

BOOST_AUTO_TEST_CASE(a_filter_on_one_resource_has_no_meaning, *label("7644-3.4.2-k"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", full_user());
    BOOST_TEST(scim.get("/Users/" + id + "?filter=userName eq \"zed\"").status == 200);
}

BOOST_AUTO_TEST_CASE(a_manager_is_shown_with_its_uri)
{
    ServiceFixture const scim;
    auto const boss = scim.create("/Users", user("boss"));
    std::string const uri = "https://example.com/v2/Users/" + boss;
    auto const id =
        scim.create("/Users", user("ada", {{urn::enterprise_user, {{"manager", {{"value", boss}, {"$ref", uri}}}}}}));
    Reply const read = scim.get("/Users/" + id);
    auto const& manager = read.body.at(urn::enterprise_user).at("manager");
    BOOST_TEST(manager.at("value").as_string() == boss);
    BOOST_TEST(manager.at("$ref").as_string() == uri);
    auto const stored = scim.stored("User", id);
    BOOST_TEST(!stored->attributes.at(urn::enterprise_user).at("manager").as_object().contains("$ref"));
    auto const chosen = scim.get("/Users/" + id + "?attributes=" + std::string{urn::enterprise_user} + ":manager.$ref");
    BOOST_TEST(chosen.body.at(urn::enterprise_user).at("manager").as_object().size() == 1);
    BOOST_TEST(chosen.body.at(urn::enterprise_user).at("manager").at("$ref").as_string() == uri);
}

BOOST_AUTO_TEST_CASE(a_reference_to_elsewhere_is_kept_as_sent)
{
    ServiceFixture const scim;
    json::object body = group("g");
    body["members"] =
        json::array{json::object{{"value", "7"}, {"type", "Robot"}, {"$ref", "https://robots.example.org/Robots/7"}}};
    auto const id = scim.create("/Groups", body);
    BOOST_TEST(scim.get("/Groups/" + id).text("/members/0/$ref") == "https://robots.example.org/Robots/7");
}

BOOST_AUTO_TEST_CASE(a_uri_that_contradicts_type_and_value_is_computed_anew)
{
    ServiceFixture const scim;
    json::object body = group("g");
    body["members"] =
        json::array{json::object{{"value", "7"}, {"type", "User"}, {"$ref", "https://other.example/v2/Users/7"}},
                    json::object{{"value", "8"}, {"type", "User"}, {"$ref", "https://example.com/v2/Users/9"}}};
    auto const id = scim.create("/Groups", body);
    Reply const read = scim.get("/Groups/" + id);
    BOOST_TEST(read.text("/members/0/$ref") == "https://example.com/v2/Users/7");
    BOOST_TEST(read.text("/members/1/$ref") == "https://example.com/v2/Users/8");
    Reply const chosen = scim.get("/Groups/" + id + "?attributes=members.$ref");
    BOOST_TEST(chosen.text("/members/0/$ref") == "https://example.com/v2/Users/7");
}

BOOST_AUTO_TEST_CASE(an_unknown_member_gets_its_type_from_its_uri)
{
    ServiceFixture const scim;
    for (std::string const uri : {"https://example.com/v2/Groups/g9", "../Groups/g9", "Groups/g9"})
    {
        json::object body = group("g");
        body["members"] = json::array{json::object{{"value", "g9"}, {"$ref", uri}}};
        Reply const read = scim.get("/Groups/" + scim.create("/Groups", body));
        BOOST_TEST(read.text("/members/0/type") == "Group", uri);
        BOOST_TEST(read.text("/members/0/$ref") == "https://example.com/v2/Groups/g9", uri);
    }
}

BOOST_AUTO_TEST_SUITE_END()
