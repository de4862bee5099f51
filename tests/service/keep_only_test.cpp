// SchemaRegistry::Builder::keep_only() seen from outside: what no column keeps is not there, on any way in or out.
#include <scimkit/schema/registry.hpp>

#include "support/both_stores.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(keep_only)

namespace
{

std::string const enterprise{urn::enterprise_user};

std::shared_ptr<SchemaRegistry const> registry()
{
    return SchemaRegistry::Builder{}
        .add_rfc7643()
        .keep_only("User", {"userName", "name.givenName", "emails.type", "emails.value", "active", "groups"})
        .keep_only("Group", {"displayName", "members"})
        .build()
        .value();
}

ServiceOptions kept(ServiceOptions options, Tolerance const& tolerance)
{
    options.registry = registry();
    options.tolerance = tolerance;
    return options;
}

ServiceOptions kept(Tolerance const& tolerance = {}) { return kept(ServiceOptions{}, tolerance); }

json::object full_user()
{
    json::object body = user("ada", {{"title", "Countess"},
                                     {"externalId", "7"},
                                     {"name", {{"givenName", "Ada"}, {"middleName", "King"}}},
                                     {enterprise, {{"department", "Engines"}}}});
    body["schemas"].as_array().push_back(json::string{enterprise});
    return body;
}

} // namespace

BOOST_AUTO_TEST_CASE(it_is_not_announced)
{
    ServiceFixture const scim{kept()};
    std::string names;
    Reply const schema = scim.get("/Schemas/" + std::string{urn::user});
    for (json::value const& attribute : schema.find("/attributes")->get_array())
        names += std::string{attribute.at("name").as_string()} + ' ';
    BOOST_TEST(names == "userName name active emails groups ");
    BOOST_TEST(scim.get("/Schemas/" + enterprise).status == 404);
    BOOST_TEST(!scim.get("/ResourceTypes/User").has("/schemaExtensions"));
    BOOST_TEST(scim.get("/Schemas").response.body.find("middleName") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(in_bodies_it_is_an_unknown_attribute)
{
    for (auto const& make : both_stores())
    {
        ServiceFixture const scim{kept(make(), {})};
        Reply const created = scim.post("/Users", full_user());
        BOOST_TEST(created.status == 201, created.response.body);
        Reply const replaced = scim.put("/Users/" + created.id(), full_user());
        BOOST_TEST(replaced.status == 200);
        Reply const read = scim.get("/Users/" + created.id());
        for (Reply const* answer : {&created, &replaced, &read})
        {
            BOOST_TEST(!answer->has("/title"));
            BOOST_TEST(!answer->has("/externalId"));
            BOOST_TEST((answer->body.at("name") == json::value{{"givenName", "Ada"}}));
            BOOST_TEST(answer->size("/schemas") == 1);
        }
        BOOST_TEST(!scim.stored("User", created.id())->attributes.contains("title"));
        // What would leave nothing of a value is refused, as with any unknown name.
        Reply const nothing = scim.post("/Users", user("bob", {{"name", {{"middleName", "King"}}}}));
        BOOST_TEST(nothing.status == 400);
        BOOST_TEST(nothing.scim_type() == "invalidValue");
    }
    ServiceFixture const strict{kept(Tolerance::strict())};
    for (json::object const& more : {json::object{{"title", "x"}}, json::object{{"externalId", "7"}},
                                     json::object{{"name", {{"givenName", "Ada"}, {"middleName", "King"}}}}})
    {
        Reply const refused = strict.post("/Users", user("ada", more));
        BOOST_TEST(refused.status == 400);
        BOOST_TEST(refused.scim_type() == "invalidSyntax");
    }
    BOOST_TEST(strict.post("/Users", full_user()).status == 400);
}

BOOST_AUTO_TEST_CASE(a_patch_path_to_it_is_an_error_that_says_so_or_is_left_out)
{
    char const* const paths[] = {"title",
                                 "externalId",
                                 "name.middleName",
                                 "emails.display",
                                 "emails[type eq \"work\"].display",
                                 "emails[display eq \"x\"].value",
                                 "photos[type eq \"photo\"]",
                                 "urn:ietf:params:scim:schemas:core:2.0:User:title",
                                 "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
                                 "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"};
    Tolerance ignoring;
    BOOST_TEST(ignoring.set("ignore-unkept-paths", "on").has_value());
    for (auto const& make : both_stores())
        for (Tolerance const& tolerance : {Tolerance{}, ignoring, Tolerance::strict()})
        {
            ServiceFixture const scim{kept(make(), tolerance)};
            auto const target = "/Users/" + scim.create("/Users", user("ada"));
            auto const before = scim.get(target).response.body;
            for (std::string const path : paths)
                for (json::object const& operation : {json::object{{"op", "add"}, {"path", path}, {"value", "x"}},
                                                      json::object{{"op", "replace"}, {"path", path}, {"value", "x"}},
                                                      json::object{{"op", "remove"}, {"path", path}}})
                {
                    Reply const reply = scim.patch(target, patch_op(json::array{operation}));
                    if (tolerance == ignoring)
                    {
                        BOOST_TEST(reply.status == 200, path << ": " << reply.response.body);
                        continue;
                    }
                    BOOST_TEST(reply.status == 400, path << ": " << reply.response.body);
                    BOOST_TEST(reply.scim_type() == "invalidPath");
                    BOOST_TEST(reply.detail().find("does not keep") != std::string::npos, reply.detail());
                }
            BOOST_TEST(scim.get(target).response.body == before);
        }
}

BOOST_AUTO_TEST_CASE(beside_it_the_other_operations_are_carried_out)
{
    ServiceFixture const scim{kept(Tolerance{.ignore_unkept_paths = true})};
    auto const target = "/Users/" + scim.create("/Users", user("ada"));
    Reply const reply = scim.patch(
        target, patch_op(json::array{json::object{{"op", "replace"}, {"path", "title"}, {"value", "x"}},
                                     json::object{{"op", "replace"}, {"path", "active"}, {"value", false}}}));
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.find("/active")->as_bool() == false);
    BOOST_TEST(scim.patch("/Users/none", patch_op("replace", "title", "x")).status == 404);
    // What no schema ever had stays an error.
    BOOST_TEST(scim.patch(target, patch_op("replace", "shoeSize", 7)).scim_type() == "invalidPath");
    BOOST_TEST(scim.patch(target, patch_op("replace", "name.shoeSize", 7)).scim_type() == "invalidPath");
}

BOOST_AUTO_TEST_CASE(filters_and_orders_do_not_know_it)
{
    ServiceFixture const scim{kept()};
    auto const id = scim.create("/Users", user("ada"));
    for (char const* filter : {"title pr", "externalId eq \"7\"", "name.middleName eq \"x\"", "emails.display pr"})
        BOOST_TEST(scim.get("/Users?filter=" + std::string{filter}).scim_type() == "invalidFilter");
    BOOST_TEST(scim.get("/Users?sortBy=title").status == 400);
    BOOST_TEST(scim.get("/Users/" + id + "?attributes=title,userName").text("/userName") == "ada");
    auto const group_id = scim.create("/Groups", group("G", {id}));
    BOOST_TEST(scim.get("/Users/" + id).text("/groups/0/value") == group_id);
}

BOOST_AUTO_TEST_CASE(a_policy_about_it_is_a_mistake_of_the_configuration)
{
    Tolerance tolerance;
    tolerance.unique_external_ids = true;
    auto options = kept(tolerance);
    options.base_url = "https://example.com/v2";
    options.store = memory::make_store();
    options.authenticator = no_authentication();
    auto const service = Service::create(options);
    BOOST_REQUIRE(!service);
    BOOST_TEST(service.error().detail.find("externalId") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
