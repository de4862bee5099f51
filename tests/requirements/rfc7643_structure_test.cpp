// How resources are made up: names, plurality, unassigned values, references and common attributes (RFC 7643
// sections 1 to 3).
#include <scimkit/schema/registry.hpp>

#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(rfc7643_structure)

namespace
{

ServiceOptions strict() { return {.tolerance = Tolerance::strict()}; }

void require_invalid_value(Reply const& reply, std::string_view attribute)
{
    BOOST_TEST(reply.status == 400);
    BOOST_TEST(reply.scim_type() == "invalidValue");
    BOOST_TEST(reply.detail().find(attribute) != std::string::npos, reply.detail());
}

/// Every member name and every string in a document.
void collect_texts(json::value const& value, std::vector<std::string>& texts)
{
    if (auto const* object = value.if_object())
        for (auto const& [name, member] : *object)
        {
            texts.emplace_back(name);
            collect_texts(member, texts);
        }
    else if (auto const* array = value.if_array())
        for (json::value const& element : *array)
            collect_texts(element, texts);
    else if (auto const* text = value.if_string())
        texts.emplace_back(*text);
}

/// An extension with one reference of each kind that RFC 7643 section 2.3.7 has.
std::shared_ptr<SchemaRegistry const> registry_with_references()
{
    return SchemaRegistry::Builder{}
        .add_rfc7643()
        .load(parse_json(R"({"id":"urn:example:Links","name":"Links","attributes":[
            {"name":"owner","type":"reference","referenceTypes":["User"]},
            {"name":"site","type":"reference","referenceTypes":["external"]},
            {"name":"kind","type":"reference","referenceTypes":["uri"]}]})")
                  .value())
        .extend("User", "urn:example:Links")
        .build()
        .value();
}

} // namespace

BOOST_AUTO_TEST_CASE(quotation_marks_of_the_text_never_enter_names_and_urns, *label("7643-1.1-a"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("ada", {{urn::enterprise_user, {{"employeeNumber", "1"}}}}));
    for (auto const& target : {std::string{"/ServiceProviderConfig"}, std::string{"/ResourceTypes"}, "/Users/" + id})
    {
        std::vector<std::string> texts;
        collect_texts(scim.get(target).body, texts);
        BOOST_TEST(texts.size() > 5u);
        for (std::string const& text : texts)
            if (!text.starts_with("W/")) // an entity-tag has quotation marks of its own
                BOOST_TEST(text.find('"') == std::string::npos, target << ": " << text);
    }
    Reply const schemas = scim.get("/Schemas");
    for (json::value const& schema : schemas.find("/Resources")->get_array())
        for (auto const* member : {"id", "name"})
            BOOST_TEST(schema.at(member).as_string().find('"') == json::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_not_required_may_be_left_out, *label("7643-1.1-b"))
{
    ServiceFixture const scim{strict()};
    Reply const reply = scim.post("/Users", user("ada"));
    BOOST_TEST(reply.status == 201);
    BOOST_TEST(reply.body.as_object().size() == 4u); // schemas, id, userName, meta
    BOOST_TEST(scim.put("/Users/" + reply.id(), user("ada")).status == 200);
    BOOST_TEST(scim.post("/Groups", group("G")).status == 201);
}

BOOST_AUTO_TEST_CASE(an_array_for_a_single_valued_attribute_is_an_invalid_value, *label("7643-1.2-b"))
{
    for (auto const& options : {ServiceOptions{}, strict()})
    {
        ServiceFixture const scim{options};
        require_invalid_value(scim.post("/Users", user("ada", {{"displayName", json::array{"a", "b"}}})),
                              "displayName");
        require_invalid_value(
            scim.post("/Users", user("ada", {{"name", json::array{{{"givenName", "a"}}, {{"givenName", "b"}}}}})),
            "name");
        BOOST_TEST(scim.get("/Users").number("/totalResults") == 0);
    }
    // An array of exactly one is taken for the one (array-for-single), but not in strict mode.
    auto const of_one = user("ada", {{"displayName", json::array{"a"}}});
    require_invalid_value(ServiceFixture{strict()}.post("/Users", of_one), "displayName");
    BOOST_TEST(ServiceFixture{}.post("/Users", of_one).text("/displayName") == "a");
}

BOOST_AUTO_TEST_CASE(a_multi_valued_attribute_is_an_array_even_of_one, *label("7643-1.2-c"))
{
    ServiceFixture const scim;
    json::object const one{{"value", "a@example.com"}};
    Reply const reply = scim.post("/Users", user("ada", {{"emails", json::array{one}}}));
    BOOST_TEST(equal_json(*reply.find("/emails"), json::array{one}));
    // A bare object is an array of one where object-for-multi says so, and no array where it does not.
    Reply const bare = scim.post("/Users", user("bob", {{"emails", one}}));
    BOOST_TEST(equal_json(*bare.find("/emails"), json::array{one}));
    require_invalid_value(ServiceFixture{strict()}.post("/Users", user("bob", {{"emails", one}})), "emails");
}

BOOST_AUTO_TEST_CASE(each_attribute_of_a_put_is_judged_by_its_own_mutability, *label("7643-2-a"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("ada", {{"title", "Dr"}}));
    auto const group_id = scim.create("/Groups", group("G", {id}));
    Reply const reply = scim.put(
        "/Users/" + id,
        user("ada", {{"id", "other"}, {"title", "Prof"}, {"groups", json::array{json::object{{"value", "forged"}}}}}));
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.text("/title") == "Prof");
    BOOST_TEST(reply.id() == id);
    BOOST_TEST(reply.size("/groups") == 1);
    BOOST_TEST(reply.text("/groups/0/value") == group_id);
}

BOOST_AUTO_TEST_CASE(one_attribute_that_is_rejected_rejects_the_whole_change, *label("7643-2-a"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("ada", {{"title", "Dr"}}));
    require_invalid_value(scim.put("/Users/" + id, user("ada", {{"title", "Prof"}, {"active", 7}})), "active");
    BOOST_TEST(scim.get("/Users/" + id).text("/title") == "Dr");
}

BOOST_AUTO_TEST_CASE(an_attribute_set_to_null_or_nothing_is_cleared, *label("7643-2.5-b"))
{
    ServiceFixture const scim;
    json::array const emails{json::object{{"value", "a@example.com"}}};
    auto const id = scim.create(
        "/Users",
        user("ada", {{"nickName", "A"}, {"title", "Dr"}, {"emails", emails}, {"name", {{"givenName", "Ada"}}}}));
    Reply const put = scim.put(
        "/Users/" + id,
        user("ada",
             {{"nickName", nullptr}, {"title", "Dr"}, {"emails", json::array{}}, {"name", {{"givenName", nullptr}}}}));
    BOOST_TEST(put.status == 200);
    Reply const read = scim.get("/Users/" + id);
    for (auto const* gone : {"/nickName", "/emails", "/name"})
        BOOST_TEST(!read.has(gone), gone);
    BOOST_TEST(read.text("/title") == "Dr");
    auto const clears_title =
        patch_op(json::array{json::object{{"op", "replace"}, {"path", "title"}, {"value", nullptr}}});
    BOOST_TEST(scim.patch("/Users/" + id, clears_title).status < 300);
    BOOST_TEST(!scim.get("/Users/" + id).has("/title"));
}

BOOST_AUTO_TEST_CASE(reference_types_say_what_a_reference_names, *label("7643-2.3.7-c"))
{
    ServiceFixture const scim{{.registry = registry_with_references()}};
    Reply const schema = scim.get("/Schemas/urn:example:Links");
    BOOST_TEST(schema.text("/attributes/0/referenceTypes/0") == "User");
    BOOST_TEST(schema.text("/attributes/1/referenceTypes/0") == "external");
    BOOST_TEST(schema.text("/attributes/2/referenceTypes/0") == "uri");
    json::object const links{{"owner", "https://example.com/v2/Users/1"},
                             {"site", "https://example.org/~ada"},
                             {"kind", "urn:example:staff"}};
    Reply const created = scim.post("/Users", user("ada", {{"urn:example:Links", links}}));
    BOOST_TEST(created.status == 201);
    BOOST_TEST(equal_json(created.body.at("urn:example:Links"), links));
}

BOOST_AUTO_TEST_CASE(a_reference_in_an_answer_can_be_fetched, *label("7643-2.3.7-f"))
{
    ServiceFixture const scim;
    auto const user_id = scim.create("/Users", user("ada"));
    auto const group_id = scim.create("/Groups", group("G", {user_id}));
    auto const get = [&](std::string const& uri)
    {
        BOOST_REQUIRE(uri.starts_with("https://example.com/v2/"));
        return scim.send_raw("GET", std::string_view{uri}.substr(std::string_view{"https://example.com"}.size()));
    };
    auto const to_group = scim.get("/Users/" + user_id).text("/groups/0/$ref");
    auto const to_user = scim.get("/Groups/" + group_id).text("/members/0/$ref");
    BOOST_TEST(get(to_group).text("/displayName") == "G");
    BOOST_TEST(get(to_user).text("/userName") == "ada");
    BOOST_TEST(scim.del("/Groups/" + group_id).status == 204);
    BOOST_TEST(get(to_group).status == 404);
}

BOOST_AUTO_TEST_CASE(the_resource_type_in_meta_leads_to_schema_and_endpoint, *label("7643-3-g"))
{
    ServiceFixture const scim;
    for (auto const& [endpoint, body] : {std::pair{"/Users", user("ada")}, std::pair{"/Groups", group("G")}})
    {
        Reply const created = scim.post(endpoint, body);
        Reply const type = scim.get("/ResourceTypes/" + created.text("/meta/resourceType"));
        BOOST_TEST(type.status == 200);
        BOOST_TEST(type.text("/endpoint") == endpoint);
        BOOST_TEST(type.text("/schema") == created.text("/schemas/0"));
    }
}

BOOST_AUTO_TEST_CASE(an_external_id_is_the_clients_alone, *label("7643-3.1-l"))
{
    ServiceFixture const scim;
    Reply const without = scim.post("/Users", user("ada"));
    BOOST_TEST(!without.has("/externalId"));
    Reply const created = scim.post("/Users", user("bob", {{"externalId", " 70/19\u00e9 "}}));
    BOOST_TEST(created.text("/externalId") == " 70/19\u00e9 ");
    auto const target = "/Users/" + created.id();
    scim.patch(target, patch_op("replace", "title", "Dr"));
    BOOST_TEST(scim.get(target).text("/externalId") == " 70/19\u00e9 ");
    BOOST_TEST(!scim.put(target, user("bob")).has("/externalId"));
}

BOOST_AUTO_TEST_CASE(a_case_exact_value_keeps_its_case, *label("7643-7-p"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("ada", {{"externalId", "AbC"}}));
    BOOST_TEST(scim.get("/Users/" + id).text("/externalId") == "AbC");
    scim.patch("/Users/" + id, patch_op("replace", "externalId", "aBc"));
    BOOST_TEST(scim.get("/Users/" + id).text("/externalId") == "aBc");
    BOOST_TEST(scim.get("/Users?filter=externalId eq \"AbC\"").number("/totalResults") == 0);
}

BOOST_AUTO_TEST_CASE(what_is_required_of_the_service_is_not_required_of_the_client, *label("7643-err-8280"))
{
    ServiceFixture const scim{strict()};
    Reply const created = scim.post("/Users", user("ada"));
    BOOST_TEST(created.status == 201);
    BOOST_TEST(!created.id().empty());
    BOOST_TEST(created.id() != "(none)");
}

BOOST_AUTO_TEST_CASE(registered_schema_uris_lead_to_their_schemas,
                     *label("7643-10.4-a") * label("7643-4.1-a") * label("7643-4.2-a") * label("7643-4.3-a"))
{
    ServiceFixture const scim;
    for (auto const* name : {"core:2.0:User", "extension:enterprise:2.0:User", "core:2.0:Group",
                             "core:2.0:ServiceProviderConfig", "core:2.0:ResourceType", "core:2.0:Schema"})
    {
        auto const uri = "urn:ietf:params:scim:schemas:" + std::string{name};
        Reply const schema = scim.get("/Schemas/" + uri);
        BOOST_TEST(schema.status == 200, uri);
        BOOST_TEST(schema.id() == uri);
        BOOST_TEST(!schema.find("/attributes")->as_array().empty());
    }
}

BOOST_AUTO_TEST_CASE(schemas_of_a_resource_are_the_registered_uris,
                     *label("7643-4.1-a") * label("7643-4.2-a") * label("7643-4.3-a"))
{
    ServiceFixture const scim;
    constexpr auto enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    Reply const user_reply = scim.post("/Users", user("ada", {{enterprise, {{"department", "D"}}}}));
    BOOST_TEST(equal_json(*user_reply.find("/schemas"),
                          json::array{"urn:ietf:params:scim:schemas:core:2.0:User", enterprise}));
    BOOST_TEST(user_reply.body.at(enterprise).at("department").as_string() == "D");
    BOOST_TEST(equal_json(*scim.post("/Groups", group("G")).find("/schemas"),
                          json::array{"urn:ietf:params:scim:schemas:core:2.0:Group"}));
}

BOOST_AUTO_TEST_SUITE_END()
