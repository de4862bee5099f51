// What SCIM messages look like on the wire: sections 3.1, 3.2, 3.8, 3.12 and 8 of RFC 7644.
#include "support/service_fixture.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(rfc7644_messages)

namespace
{

// Spelled out here once more, so that a change of the library's own constants shows.
constexpr auto list_response = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
constexpr auto search_request = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
constexpr auto patch_message = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
constexpr auto error_message = "urn:ietf:params:scim:api:messages:2.0:Error";

json::object rename_to(std::string_view title) { return {{"op", "replace"}, {"path", "title"}, {"value", title}}; }

} // namespace

BOOST_AUTO_TEST_CASE(an_answer_shows_what_is_stored_not_what_was_sent, *label("7644-3.1-d"))
{
    ServiceFixture const scim;
    json::object sent = user("ada", {{"id", "mine"}, {"NICKNAME", "Countess"}, {"shoeSize", 37}, {"active", "True"}});
    sent["emails"] = {{{"value", "a@x"}, {"primary", true}}, {{"value", "b@x"}, {"primary", true}}};
    Reply const created = scim.post("/Users", sent);
    BOOST_TEST(created.id() == "id-1");
    BOOST_TEST(created.text("/nickName") == "Countess");
    BOOST_TEST(!created.has("/shoeSize"));
    BOOST_TEST(created.body.at("active") == true);
    BOOST_TEST(created.body.at_pointer("/emails/0/primary") == true);
    BOOST_TEST(created.body.at_pointer("/emails/1/primary") == false); // the first primary stays the only one
    BOOST_TEST(created.response.body == scim.get("/Users/id-1").response.body);

    sent["meta"] = {{"created", "1999-01-01T00:00:00Z"}};
    sent["displayName"] = "Ada";
    Reply const replaced = scim.put("/Users/id-1", sent);
    BOOST_TEST(replaced.text("/meta/created") == created.text("/meta/created"));
    BOOST_TEST(replaced.response.body == scim.get("/Users/id-1").response.body);

    Reply const patched = scim.patch("/Users/id-1", patch_op("add", "emails", {{{"value", "c@x"}, {"primary", true}}}));
    BOOST_TEST(patched.body.at_pointer("/emails/0/primary") == false);
    BOOST_TEST(patched.response.body == scim.get("/Users/id-1").response.body);
}

BOOST_AUTO_TEST_CASE(me_is_not_implemented_with_any_method, *label("7644-3.2-c"))
{
    ServiceFixture const scim;
    std::string const body = ServiceFixture::text_of(user("ada"));
    for (auto const* method : {"GET", "POST", "PUT", "PATCH", "DELETE"})
    {
        bool const has_body = std::string_view{method} != "GET" && std::string_view{method} != "DELETE";
        Reply const reply = scim.send(method, "/Me", has_body ? body : "");
        BOOST_TEST(reply.status == 501, method);
        BOOST_TEST(reply.text("/schemas/0") == error_message, method);
        BOOST_TEST(reply.text("/status") == "501", method);
    }
    BOOST_TEST(scim.get("/Users").number("/totalResults") == 0);
}

BOOST_AUTO_TEST_CASE(json_types_are_those_of_the_attributes, *label("7644-3.8-l"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("ada", {{"active", true},
                                                       {"name", {{"givenName", "Ada"}}},
                                                       {"emails", json::array{json::object{{"value", "a@x"}}}}}));
    auto const body = scim.get("/Users/" + id).body;
    BOOST_TEST(body.at("userName").is_string());
    BOOST_TEST(body.at("active").is_bool());
    BOOST_TEST(body.at("name").is_object());
    BOOST_TEST(body.at("meta").is_object());
    BOOST_TEST(body.at("schemas").is_array());
    BOOST_REQUIRE(body.at("emails").is_array());
    BOOST_TEST(body.at("emails").as_array().size() == 1U);
    BOOST_TEST(body.at("emails").at(0).is_object());
    BOOST_TEST(scim.get("/Users").find("/Resources")->is_array());
}

BOOST_AUTO_TEST_CASE(one_element_left_by_a_patch_is_still_an_array, *label("7644-3.8-l"))
{
    ServiceFixture const scim;
    json::array const two{json::object{{"value", "a@x"}}, json::object{{"value", "b@x"}}};
    auto const id = scim.create("/Users", user("ada", {{"emails", two}}));
    Reply const patched = scim.patch("/Users/" + id, patch_op("remove", R"(emails[value eq "a@x"])"));
    BOOST_TEST(patched.size("/emails") == 1);
    BOOST_TEST(patched.text("/emails/0/value") == "b@x");
}

BOOST_AUTO_TEST_CASE(a_body_beyond_the_limit_is_413_and_the_limit_is_named, *label("7644-3.12-p"))
{
    ServiceFixture const scim{{.limits = {.max_body_bytes = 500}}};
    json::string const long_title(600, 'x');
    json::object const large = user("ada", {{"title", long_title}});
    auto const id = scim.create("/Users", user("bob"));
    for (Reply const& reply : {scim.post("/Users", large), scim.put("/Users/" + id, large),
                               scim.patch("/Users/" + id, patch_op("replace", "title", long_title))})
    {
        BOOST_TEST(reply.status == 413);
        BOOST_TEST(reply.text("/schemas/0") == error_message);
        BOOST_TEST(reply.text("/status") == "413");
        BOOST_TEST(reply.scim_type().empty());
        BOOST_TEST(reply.detail().find("500") != std::string::npos, reply.detail());
    }
    BOOST_TEST(scim.get("/Users").number("/totalResults") == 1);
}

BOOST_AUTO_TEST_CASE(scim_messages_have_the_scim_media_type_without_parameters, *label("7644-8.1-a"))
{
    ServiceFixture const scim;
    Reply const created = scim.post("/Users", user("ada"));
    std::string const target = "/Users/" + created.id();
    for (Reply const& reply : {created, scim.get(target), scim.get("/Users"), scim.put(target, user("ada")),
                               scim.patch(target, patch_op("replace", "title", "Dr")), scim.get("/Schemas"),
                               scim.get("/ServiceProviderConfig"), scim.get("/Users/nobody"),
                               scim.post("/Users/.search", {{"schemas", {search_request}}})})
    {
        BOOST_REQUIRE(!reply.response.body.empty());
        BOOST_TEST(reply.header("Content-Type") == "application/scim+json");
    }
    BOOST_TEST(scim.del(target).header("Content-Type").empty()); // 204: no body, no type
}

BOOST_AUTO_TEST_CASE(the_same_body_is_served_as_plain_json, *label("7644-8.1-b"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("zo\u00EB", {{"title", "a \"b\" \\ \n </script>"}}));
    Reply const as_scim = scim.get("/Users/" + id);
    Reply const as_json = scim.get("/Users/" + id, {{"Accept", "application/json"}});
    BOOST_TEST(as_json.header("Content-Type") == "application/json");
    BOOST_TEST(as_json.response.body == as_scim.response.body);
    // Another parser than the library's own, without any of its extensions.
    boost::system::error_code error;
    auto const parsed = json::parse(as_scim.response.body, error);
    BOOST_TEST(!error);
    BOOST_TEST(parsed.at("title").as_string() == "a \"b\" \\ \n </script>");
    BOOST_TEST(parsed.at("userName").as_string() == "zo\u00EB");
}

BOOST_AUTO_TEST_CASE(answers_carry_exactly_the_registered_message_uris, *label("7644-8.2-a"))
{
    ServiceFixture const scim;
    scim.create("/Users", user("ada"));
    auto const message_of = [](Reply const& reply)
    { return reply.size("/schemas") == 1 ? reply.text("/schemas/0") : "not one schema"; };
    BOOST_TEST(message_of(scim.get("/Users")) == list_response);
    BOOST_TEST(message_of(scim.get("/Schemas")) == list_response);
    BOOST_TEST(message_of(scim.get("/ResourceTypes")) == list_response);
    BOOST_TEST(message_of(scim.get("/Users/nobody", {{"Accept", "application/scim+json"}})) == error_message);
    BOOST_TEST(message_of(scim.post("/Users", user("ada"), {{"Accept", "application/scim+json"}})) == error_message);
}

BOOST_AUTO_TEST_CASE(unknown_message_uris_in_requests_are_invalid_syntax, *label("7644-8.2-a"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("ada"));
    for (std::string_view const uri :
         {"urn:ietf:params:scim:api:messages:2.0:Patch", "urn:ietf:params:scim:api:messages:2.1:PatchOp",
          "urn:ietf:params:scim:api:messages:2.0:SearchRequest", "urn:ietf:params:scim:api:messages:2.0:ListResponse"})
    {
        Reply const reply =
            scim.patch("/Users/" + id, {{"schemas", {uri}}, {"Operations", json::array{rename_to("Dr")}}});
        BOOST_TEST(reply.status == 400, uri);
        BOOST_TEST(reply.scim_type() == "invalidSyntax", uri);
    }
    for (std::string_view const uri :
         {"urn:ietf:params:scim:api:messages:2.0:Search", "urn:ietf:params:scim:api:messages:2.0:PatchOp"})
    {
        Reply const reply = scim.post("/Users/.search", {{"schemas", {uri}}});
        BOOST_TEST(reply.status == 400, uri);
        BOOST_TEST(reply.scim_type() == "invalidSyntax", uri);
    }
    BOOST_TEST(scim.patch("/Users/" + id, {{"schemas", {patch_message}}, {"Operations", json::array{rename_to("Dr")}}})
                   .status == 200);
    BOOST_TEST(scim.post("/Users/.search", {{"schemas", {search_request}}}).status == 200);
}

BOOST_AUTO_TEST_CASE(an_answer_without_content_has_version_and_location_and_no_credentials, *label("7644-err-5295"))
{
    constexpr auto token = "a-token-of-sixteen-bytes";
    ServiceFixture const scim{
        {.authenticator = bearer_authenticator({make_token_record(token, {.subject = "idp"}).value()})}};
    Headers const good{{"Authorization", std::string{"Bearer "} + token}};
    auto const id = scim.post("/Groups", group("team"), good).id();
    Reply const reply = scim.patch("/Groups/" + id, patch_op("replace", "displayName", "crew"), good);
    BOOST_REQUIRE(reply.status == 204);
    BOOST_TEST(reply.response.body.empty());
    BOOST_TEST(reply.header("ETag") == scim.get("/Groups/" + id, good).header("ETag"));
    BOOST_TEST(reply.header("Location") == "https://example.com/v2/Groups/" + id);
    BOOST_TEST(reply.header("Authorization").empty());
    for (ResponseHeader const& header : reply.response.headers)
        BOOST_TEST(header.value.find(token) == std::string::npos, header.name);
}

BOOST_AUTO_TEST_SUITE_END()
