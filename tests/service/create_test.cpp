// POST (RFC 7644 section 3.3) seen by a client: what comes back is what is stored, a refusal leaves nothing behind,
// and no secret is in either.
#include <scimkit/schema/registry.hpp>

#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(creation)

namespace
{

ServiceOptions strict() { return {.tolerance = Tolerance::strict()}; }

} // namespace

BOOST_AUTO_TEST_CASE(a_created_user_comes_back_whole,
                     *label("7644-3.3-a") * label("7644-3.3-c") * label("7644-3.3-d") * label("7644-3.3-e") *
                         label("7644-3.3-m") * label("7643-3.1-b") * label("7643-3.1-s") * label("7643-3.1-u"))
{
    ServiceFixture const scim;
    Reply const reply = scim.post("/Users", user("ada", {{"title", "Dr"}}));
    BOOST_TEST(reply.status == 201);
    BOOST_TEST(reply.header("Location") == "https://example.com/v2/Users/id-1");
    BOOST_TEST(reply.text("/meta/location") == reply.header("Location"));
    BOOST_TEST(reply.response.body ==
               R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"id-1","userName":"ada","title":"Dr",)"
               R"("meta":{"resourceType":"User","created":"2026-01-01T00:00:00.000Z",)"
               R"("lastModified":"2026-01-01T00:00:00.000Z","location":"https://example.com/v2/Users/id-1",)"
               R"("version":"W/\"1\""}})");
}

BOOST_AUTO_TEST_CASE(a_created_resource_has_a_version, *label("7644-3.3-n") * label("7643-3.1-v") * label("7643-3.1-w"))
{
    ServiceFixture const scim;
    Reply const reply = scim.post("/Users", user("ada"));
    BOOST_TEST(reply.header("ETag").starts_with("W/\""));
    BOOST_TEST(reply.text("/meta/version") == reply.header("ETag"));
}

BOOST_AUTO_TEST_CASE(what_no_schema_has_is_as_unknown_within_what_is_read_only)
{
    auto const bodies = {user("ada", {{"meta", {{"foo", 1}}}}),
                         user("ada", {{"groups", json::array{json::object{{"value", "x"}, {"foo", 1}}}}}),
                         user("ada", {{"groups", json::object{{"foo", nullptr}}}})};
    ServiceFixture const exact{strict()};
    auto const path = "/Users/" + exact.create("/Users", user("bob"));
    for (auto const& body : bodies)
    {
        ServiceFixture const tolerant;
        BOOST_TEST(tolerant.post("/Users", body).status == 201);
        for (Reply const& refused : {exact.post("/Users", body), exact.put(path, body)})
        {
            BOOST_TEST(refused.status == 400);
            BOOST_TEST(refused.scim_type() == "invalidSyntax");
            BOOST_TEST(refused.detail().find("foo") != std::string::npos);
        }
        auto const& value = body.at(body.contains("meta") ? "meta" : "groups");
        auto const* name = body.contains("meta") ? "meta" : "groups";
        BOOST_TEST(exact.patch(path, patch_op("replace", name, value)).status == 400);
        BOOST_TEST(exact.patch(path, patch_op("add", "", json::object{{name, value}})).status == 400);
    }
    // What the schema has is ignored, whatever its value (RFC 7643 section 7).
    BOOST_TEST(exact.post("/Users", user("ada", {{"groups", 5}, {"meta", {{"location", 7}}}})).status == 201);
}

BOOST_AUTO_TEST_CASE(read_only_attributes_are_ignored, *label("7644-3.3-b") * label("7644-3.3-l") *
                                                           label("7643-3.1-h") * label("7643-3.1-p") *
                                                           label("7643-4.1.2-p") * label("7644-3.3.1-a"))
{
    ServiceFixture const scim;
    Reply const reply =
        scim.post("/Users", user("ada", {{"id", "mine"},
                                         {"meta", {{"resourceType", "Group"}, {"created", "1999-01-01T00:00:00Z"}}},
                                         {"groups", json::array{json::object{{"value", "g"}}}}}));
    BOOST_TEST(reply.status == 201);
    BOOST_TEST(reply.id() == "id-1");
    BOOST_TEST(reply.text("/meta/resourceType") == "User");
    BOOST_TEST(reply.text("/meta/created") == "2026-01-01T00:00:00.000Z");
    BOOST_TEST(!reply.has("/groups"));
    BOOST_TEST(scim.get("/Users/mine").status == 404);
}

BOOST_AUTO_TEST_CASE(a_duplicate_user_name_is_a_conflict, *label("7644-3.3-i") * label("7644-3.3-j") *
                                                              label("7643-4.1.1-b") * label("7643-4.1.1-c") *
                                                              label("7644-3.12-m") * label("7643-7-zf"))
{
    ServiceFixture const scim;
    scim.create("/Users", user("ada"));
    Reply const reply = scim.post("/Users", user("ADA"));
    BOOST_TEST(reply.status == 409);
    BOOST_TEST(reply.scim_type() == "uniqueness");
    BOOST_TEST(reply.text("/status") == "409");
    BOOST_TEST(reply.detail() == "The value of userName is in use by another resource.");
    BOOST_TEST(scim.get("/Users").number("/totalResults") == 1);
}

BOOST_AUTO_TEST_CASE(composed_and_decomposed_letters_are_one_user_name, *label("7644-5-a") * label("7644-7.8-a"))
{
    ServiceFixture const scim;
    scim.create("/Users", user("ren\u00e9"));
    BOOST_TEST(scim.post("/Users", user("rene\u0301")).status == 409);
    BOOST_TEST(scim.get("/Users?filter=userName eq \"RENE\u0301\"").number("/totalResults") == 1);
}

BOOST_AUTO_TEST_CASE(group_names_and_external_ids_are_unique_only_where_configured,
                     *label("7643-4.2-c") * label("7643-3.1-n"))
{
    ServiceFixture const scim;
    for (int i = 0; i < 2; ++i)
    {
        BOOST_TEST(scim.post("/Groups", group("G")).status == 201);
        BOOST_TEST(scim.post("/Users", user("u" + std::to_string(i), {{"externalId", "e"}})).status == 201);
    }
    Tolerance tolerance;
    tolerance.unique_group_names = true;
    tolerance.unique_external_ids = true;
    ServiceFixture const unique{{.tolerance = tolerance}};
    unique.create("/Groups", group("G"));
    BOOST_TEST(unique.post("/Groups", group("g")).scim_type() == "uniqueness");
    unique.create("/Users", user("a", {{"externalId", "e"}}));
    BOOST_TEST(unique.post("/Users", user("b", {{"externalId", "e"}})).status == 409);
    BOOST_TEST(unique.post("/Users", user("b", {{"externalId", "E"}})).status == 201);
    BOOST_TEST(unique
                   .post("/Groups",
                         []
                         {
                             auto body = group("H");
                             body["externalId"] = "e";
                             return body;
                         }())
                   .status == 201);
}

BOOST_AUTO_TEST_CASE(a_missing_required_attribute_is_an_invalid_value, *label("7644-3.3-o") * label("7643-4.1.1-a") *
                                                                           label("7643-4.2-b") * label("7643-2.5-d") *
                                                                           label("7644-3.12-z"))
{
    ServiceFixture const scim;
    for (json::value const& body : {json::value{{"schemas", {urn::user}}, {"title", "x"}},
                                    json::value{{"schemas", {urn::user}}, {"userName", nullptr}},
                                    json::value{{"schemas", {urn::user}}, {"userName", ""}}})
    {
        Reply const reply = scim.post("/Users", body);
        BOOST_TEST(reply.status == 400);
        BOOST_TEST(reply.scim_type() == "invalidValue");
        BOOST_TEST(reply.detail().find("userName") != std::string::npos);
    }
    BOOST_TEST(scim.post("/Groups", {{"schemas", {urn::group}}}).scim_type() == "invalidValue");
}

BOOST_AUTO_TEST_CASE(a_body_that_is_not_an_object_is_invalid_syntax,
                     *label("7644-3.3-p") * label("7644-3.12-i") * label("7644-3.12-w"))
{
    ServiceFixture const scim;
    for (auto const* body :
         {R"({"userName":)", "[]", "\"x\"", "null", "1", "{} {}", "\xef\xbb\xbf{}", "", "{\"a\":1,\"a\":2}"})
    {
        Reply const reply = scim.send("POST", "/Users", body, {{"Content-Type", "application/scim+json"}});
        BOOST_TEST(reply.status == 400, body);
        BOOST_TEST(reply.scim_type() == "invalidSyntax", body);
    }
}

BOOST_AUTO_TEST_CASE(a_body_that_is_not_utf8_is_invalid_syntax, *label("7644-3.8-b"))
{
    ServiceFixture const scim;
    BOOST_TEST(scim.send("POST", "/Users", "{\"userName\":\"\xff\"}").scim_type() == "invalidSyntax");
}

BOOST_AUTO_TEST_CASE(utf8_comes_back_as_it_was_sent, *label("7644-3.8-a"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("j\u00fcrgen", {{"displayName", "\u6771\u4eac \U0001f600"}}));
    Reply const reply = scim.get("/Users/" + id);
    BOOST_TEST(reply.text("/userName") == "j\u00fcrgen");
    BOOST_TEST(reply.text("/displayName") == "\u6771\u4eac \U0001f600");
}

BOOST_AUTO_TEST_CASE(missing_and_foreign_schemas_are_refused_when_strict,
                     *label("7644-3.3-q") * label("7644-3.3-r") * label("7643-3-a") * label("7643-3-b"))
{
    ServiceFixture const scim{strict()};
    BOOST_TEST(scim.post("/Users", {{"userName", "a"}}).status == 400);
    BOOST_TEST(scim.post("/Users", {{"schemas", {"urn:example:x"}}, {"userName", "a"}}).status == 400);
    BOOST_TEST(scim.post("/Users", {{"schemas", {urn::group}}, {"userName", "a"}}).status == 400);
    BOOST_TEST(ServiceFixture{}.post("/Users", {{"userName", "a"}}).status == 201);
}

BOOST_AUTO_TEST_CASE(a_value_of_the_wrong_kind_is_an_invalid_value, *label("7644-3.3-s") * label("7643-4.1.1-r"))
{
    ServiceFixture const scim;
    for (json::object const& more : {json::object{{"active", "yes"}}, json::object{{"name", "Ada"}},
                                     json::object{{"emails", "x"}}, json::object{{"title", 1}}})
    {
        Reply const reply = scim.post("/Users", user("ada", more));
        BOOST_TEST(reply.status == 400);
        BOOST_TEST(reply.scim_type() == "invalidValue");
    }
}

BOOST_AUTO_TEST_CASE(names_are_taken_in_any_case_and_given_in_their_own, *label("7644-3.1-f"))
{
    ServiceFixture const scim;
    Reply const reply =
        scim.post("/Users", {{"SCHEMAS", {urn::user}}, {"USERNAME", "ada"}, {"Name", {{"FAMILYname", "L"}}}});
    BOOST_TEST(reply.status == 201);
    BOOST_TEST(reply.text("/userName") == "ada");
    BOOST_TEST(reply.text("/name/familyName") == "L");
}

BOOST_AUTO_TEST_CASE(secrets_are_hashed_and_never_shown, *label("7644-3.3-t") * label("7644-3.3-w") *
                                                             label("7643-4.1.1-s") * label("7643-4.1.1-u") *
                                                             label("7644-7.7-b") * label("7643-8.2-a"))
{
    ServiceFixture const scim;
    Reply const reply = scim.post("/Users?attributes=userName,password", user("ada", {{"password", "t1meMa$heen"}}));
    BOOST_TEST(reply.status == 201);
    BOOST_TEST(reply.response.body.find("password") == std::string::npos);
    auto const stored = scim.stored("User", reply.id());
    std::string const kept{stored->attributes.at("password").as_string()};
    BOOST_TEST(kept.find("t1me") == std::string::npos);
    BOOST_TEST(FakeHasher{}.verify(kept, "t1meMa$heen"));
    BOOST_TEST(scim.get("/Users/" + reply.id() + "?attributes=password").response.body.find("password") ==
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_password_that_the_policy_refuses_is_an_invalid_value,
                     *label("7644-7.7-c") * label("7643-4.1.1-w"))
{
    ServiceFixture const scim;
    Reply const reply = scim.post("/Users", user("ada", {{"password", "too weak"}}));
    BOOST_TEST(reply.status == 400);
    BOOST_TEST(reply.scim_type() == "invalidValue");
    BOOST_TEST(scim.get("/Users").number("/totalResults") == 0);
}

BOOST_AUTO_TEST_CASE(extension_data_comes_from_the_extensions_object_only, *label("7644-3.3-x") * label("7643-3-h") *
                                                                               label("7643-3-i") * label("7644-3.1-c") *
                                                                               label("7643-3.3-e"))
{
    ServiceFixture const scim;
    Reply const flat = scim.post("/Users", user("ada", {{"employeeNumber", "1"}}));
    BOOST_TEST(flat.status == 201);
    BOOST_TEST(flat.response.body.find("employeeNumber") == std::string::npos);
    BOOST_TEST(flat.size("/schemas") == 1);
    Reply const nested = scim.post("/Users", user("bob", {{urn::enterprise_user, {{"employeeNumber", "1"}}}}));
    BOOST_TEST(nested.body.at(urn::enterprise_user).at("employeeNumber").as_string() == "1");
    BOOST_TEST(nested.size("/schemas") == 2);
}

BOOST_AUTO_TEST_CASE(unknown_attributes_are_ignored_or_refused, *label("7644-3.3-y"))
{
    BOOST_TEST(!ServiceFixture{}.post("/Users", user("ada", {{"foo", 1}})).has("/foo"));
    Reply const refused = ServiceFixture{strict()}.post("/Users", user("ada", {{"foo", 1}}));
    BOOST_TEST(refused.status == 400);
    BOOST_TEST(refused.scim_type() == "invalidSyntax");
    BOOST_TEST(refused.detail().find("foo") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_answer_shows_what_was_asked_for, *label("7644-3.9-b"))
{
    ServiceFixture const scim;
    Reply const reply = scim.post("/Users?attributes=userName", user("ada", {{"title", "Dr"}}));
    BOOST_TEST(reply.response.body ==
               R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"id-1","userName":"ada"})");
}

BOOST_AUTO_TEST_CASE(attributes_returned_on_request_are_in_the_answer_to_their_creation,
                     *label("7644-3.3-u") * label("7644-3.3-v") * label("7643-7-z") * label("7644-3.9-j"))
{
    auto const registry = SchemaRegistry::Builder{}
                              .add_rfc7643()
                              .add(Schema{.id = "urn:example:2.0:Badge",
                                          .name = "Badge",
                                          .attributes = {{.name = "number",
                                                          .mutability = Mutability::immutable,
                                                          .returned = Returned::on_request}}})
                              .extend("User", "urn:example:2.0:Badge")
                              .build()
                              .value();
    ServiceFixture const scim{{.registry = registry}};
    Reply const created = scim.post("/Users", user("ada", {{"urn:example:2.0:Badge", {{"number", "B7"}}}}));
    BOOST_TEST(created.body.at("urn:example:2.0:Badge").at("number").as_string() == "B7");
    Reply const read = scim.get("/Users/" + created.id());
    BOOST_TEST(!read.body.as_object().contains("urn:example:2.0:Badge"));
    Reply const asked = scim.get("/Users/" + created.id() + "?attributes=urn:example:2.0:Badge:number");
    BOOST_TEST(asked.body.at("urn:example:2.0:Badge").at("number").as_string() == "B7");
}

BOOST_AUTO_TEST_CASE(a_failed_create_leaves_nothing_behind, *label("7644-3.12-ag"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("ada"));
    auto const before = scim.get("/Users").response.body;
    BOOST_TEST(scim.post("/Users", user("ada")).status == 409);
    BOOST_TEST(scim.post("/Users", user("bob", {{"active", 7}})).status == 400);
    BOOST_TEST(scim.get("/Users").response.body == before);
}

BOOST_AUTO_TEST_CASE(a_body_that_is_too_large_is_refused)
{
    ServiceFixture const scim{{.limits = {.max_body_bytes = 200}}};
    Reply const reply = scim.post("/Users", user("ada", {{"title", std::string(300, 'x')}}));
    BOOST_TEST(reply.status == 413);
    BOOST_TEST(reply.text("/status") == "413");
}

BOOST_AUTO_TEST_CASE(a_body_that_is_too_deep_is_refused)
{
    ServiceFixture const scim;
    std::string const deep = "{\"x\":" + std::string(5'000, '[') + std::string(5'000, ']') + "}";
    BOOST_TEST(scim.send("POST", "/Users", deep).scim_type() == "invalidSyntax");
}

BOOST_AUTO_TEST_SUITE_END()
