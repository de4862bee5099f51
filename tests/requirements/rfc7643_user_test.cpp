// Users, groups and the enterprise extension (RFC 7643 section 4): what their attributes take and keep.
#include <scimkit/schema/registry.hpp>

#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(rfc7643_users)

namespace
{

/// Posts a user with one more attribute, in strict mode, and returns what a GET answers for it; null if there is none.
json::value kept(std::string_view attribute, json::value const& value)
{
    ServiceFixture const scim{{.tolerance = Tolerance::strict()}};
    Reply const created = scim.post("/Users", user("ada", {{attribute, value}}));
    BOOST_REQUIRE_MESSAGE(created.status == 201, created.response.body);
    Reply const read = scim.get("/Users/" + created.id());
    auto const* found = read.find("/" + std::string{attribute});
    return found ? *found : json::value{};
}

void require_kept(std::string_view attribute, json::value const& value)
{
    BOOST_TEST(equal_json(kept(attribute, value), value), attribute << ' ' << ServiceFixture::text_of(value));
}

json::array one(json::object element) { return json::array{std::move(element)}; }

std::string stored_text(ServiceFixture const& scim, std::string_view id, std::string_view attribute)
{
    return std::string{scim.stored("User", id)->attributes.at(attribute).as_string()};
}

/// A service whose users have a secret of the application's own.
ServiceOptions with_badge_secret()
{
    return {.registry =
                SchemaRegistry::Builder{}
                    .add_rfc7643()
                    .add(Schema{.id = "urn:example:Badge",
                                .name = "Badge",
                                .attributes = {{.name = "pin",
                                                .mutability = Mutability::write_only}}}) // not returned by that alone
                    .extend("User", "urn:example:Badge")
                    .build()
                    .value()};
}

} // namespace

BOOST_AUTO_TEST_CASE(free_texts_are_kept_without_a_meaning,
                     *label("7643-4.1.1-j") * label("7643-4.1.1-l") * label("7643-4.1.1-m"))
{
    require_kept("nickName", "Bob");
    require_kept("nickName", " B\u00f6b \"the\"\nthird ");
    require_kept("title", "Vice President");
    require_kept("userType", "Employee");
    require_kept("userType", "Robot");
}

BOOST_AUTO_TEST_CASE(an_im_address_may_be_of_any_type, *label("7643-4.1.2-i"))
{
    for (auto const* type : {"aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo", "other", "signal"})
        require_kept("ims", one({{"value", "someone"}, {"type", type}}));
}

BOOST_AUTO_TEST_CASE(the_suggested_types_of_im_addresses_are_published, *label("7643-4.1.2-i"))
{
    ServiceFixture const scim;
    Attribute const& ims = *scim.service.registry().find_schema(urn::user)->find_attribute("ims");
    std::vector<std::string> const suggested{"aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"};
    for (std::string const& type : suggested)
        BOOST_TEST(std::ranges::count(ims.find_sub_attribute("type")->canonical_values, type) == 1, type);
}

BOOST_AUTO_TEST_CASE(an_address_needs_none_of_its_parts, *label("7643-4.1.2-l"))
{
    for (auto const* part : {"formatted", "streetAddress", "locality", "region", "postalCode", "type"})
        require_kept("addresses", one({{part, "Oslo"}}));
    require_kept("addresses", one({{"country", "NO"}}));
    for (auto const* type : {"work", "home", "other", "boat"})
        require_kept("addresses", one({{"locality", "Oslo"}, {"type", type}}));
}

BOOST_AUTO_TEST_CASE(one_address_at_most_is_primary, *label("7643-4.1.2-o"))
{
    json::object const oslo{{"locality", "Oslo"}, {"primary", true}};
    json::object const bergen{{"locality", "Bergen"}, {"primary", true}};
    require_kept("addresses", one(oslo));
    ServiceFixture const scim{{.tolerance = Tolerance::strict()}};
    Reply const reply = scim.post("/Users", user("ada", {{"addresses", json::array{oslo, bergen}}}));
    BOOST_TEST(reply.status == 400);
    BOOST_TEST(reply.scim_type() == "invalidValue");
    BOOST_TEST(reply.detail().find("addresses") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_entitlement_is_any_text, *label("7643-4.1.2-t"))
{
    require_kept("entitlements", json::array{json::object{{"value", "seat:gold"}},
                                             json::object{{"value", "\u00e9tage 4"}, {"type", "whatever"}}});
    ServiceFixture const scim;
    Attribute const& entitlements = *scim.service.registry().find_schema(urn::user)->find_attribute("entitlements");
    for (Attribute const& sub : entitlements.sub_attributes)
        BOOST_TEST(sub.canonical_values.empty(), sub.name);
}

BOOST_AUTO_TEST_CASE(display_of_an_element_can_be_written, *label("7643-err-8358"))
{
    ServiceFixture const scim;
    auto const id = scim.create(
        "/Users", user("ada", {{"emails", one({{"value", "a@example.com"}, {"type", "work"}, {"display", "A"}})}}));
    Reply const patched =
        scim.patch("/Users/" + id, patch_op("replace", "emails[type eq \"work\"].display", "Ada at work"));
    BOOST_TEST(patched.status == 200);
    BOOST_TEST(patched.text("/emails/0/display") == "Ada at work");
}

BOOST_AUTO_TEST_CASE(display_of_a_group_that_a_user_is_in_is_read_only, *label("7643-err-8358"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("ada"));
    scim.create("/Groups", group("G", {id}));
    Reply const refused = scim.patch("/Users/" + id, patch_op("replace", "groups.display", "H"));
    BOOST_TEST(refused.status == 400);
    BOOST_TEST(refused.scim_type() == "mutability");
    BOOST_TEST(scim.get("/Users/" + id).text("/groups/0/display") == "G");
}

BOOST_AUTO_TEST_CASE(a_user_name_is_compared_without_case_and_shown_as_it_was_sent, *label("7643-x7644-5-e"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("BJensen"));
    BOOST_TEST(scim.get("/Users/" + id).text("/userName") == "BJensen");
    BOOST_TEST(scim.post("/Users", user("bjensen")).scim_type() == "uniqueness");
    Reply const found = scim.get("/Users?filter=userName eq \"bJENSEN\"");
    BOOST_TEST(found.number("/totalResults") == 1);
    BOOST_TEST(found.text("/Resources/0/userName") == "BJensen");
    BOOST_TEST(scim.put("/Users/" + id, user("bjensen")).text("/userName") == "bjensen");
}

BOOST_AUTO_TEST_CASE(a_manager_may_be_named_by_value_alone, *label("7643-4.3-d") * label("7643-err-8359"))
{
    ServiceFixture const scim{{.tolerance = Tolerance::strict()}};
    auto const boss = scim.create("/Users", user("boss"));
    auto const with_manager = [](std::string_view name, json::object manager)
    {
        auto body = user(name, {{urn::enterprise_user, {{"manager", std::move(manager)}}}});
        body["schemas"] = json::array{urn::user, urn::enterprise_user};
        return body;
    };
    Reply const by_value = scim.post("/Users", with_manager("ada", {{"value", boss}}));
    BOOST_TEST(by_value.status == 201);
    auto const& manager = by_value.body.at(urn::enterprise_user).at("manager");
    BOOST_TEST(manager.at("value").as_string() == boss);
    BOOST_TEST(manager.at("$ref").as_string() == "https://example.com/v2/Users/" + boss);
    // Neither is required, whatever their descriptions in the RFC say.
    BOOST_TEST(scim.post("/Users", with_manager("bob", {{"$ref", "https://example.com/v2/Users/" + boss}})).status ==
               201);
}

BOOST_AUTO_TEST_CASE(a_group_without_members_has_none_however_it_is_said, *label("7643-4.2-h"))
{
    ServiceFixture const scim{{.tolerance = Tolerance::strict()}};
    for (json::value const& members : {json::value(json::array{}), json::value(nullptr)})
    {
        auto body = group("A");
        body["members"] = members;
        Reply const created = scim.post("/Groups", body);
        BOOST_TEST(created.status == 201);
        BOOST_TEST(!created.has("/members"));
        BOOST_TEST(!scim.get("/Groups/" + created.id()).has("/members"));
    }
    BOOST_TEST(scim.get("/Groups?filter=members pr").number("/totalResults") == 0);
}

BOOST_AUTO_TEST_CASE(a_member_keeps_its_display, *label("7643-4.2-i") * label("7643-err-6011"))
{
    ServiceFixture const scim{{.tolerance = Tolerance::strict()}};
    auto const id = scim.create("/Users", user("ada"));
    auto body = group("A");
    body["members"] = one({{"value", id}, {"display", "Ada Lovelace"}});
    auto const group_id = scim.create("/Groups", body);
    BOOST_TEST(scim.get("/Groups/" + group_id).text("/members/0/display") == "Ada Lovelace");
}

BOOST_AUTO_TEST_CASE(a_password_can_be_changed_as_the_configuration_says, *label("7643-5-r"))
{
    ServiceFixture const scim;
    BOOST_TEST(scim.get("/ServiceProviderConfig").find("/changePassword/supported")->as_bool());
    auto const id = scim.create("/Users", user("ada", {{"password", "first-word"}}));
    Reply const patched = scim.patch("/Users/" + id, patch_op("replace", "password", "second-word"));
    BOOST_TEST(patched.status < 300);
    BOOST_TEST(patched.response.body.find("password") == std::string::npos);
    BOOST_TEST(FakeHasher{}.verify(stored_text(scim, id, "password"), "second-word"));
    Reply const put = scim.put("/Users/" + id, user("ada", {{"password", "third-word"}}));
    BOOST_TEST(put.status == 200);
    BOOST_TEST(put.response.body.find("password") == std::string::npos);
    BOOST_TEST(FakeHasher{}.verify(stored_text(scim, id, "password"), "third-word"));
}

BOOST_AUTO_TEST_CASE(the_store_never_holds_a_clear_password, *label("7643-9.2-a"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("ada", {{"password", "clear-text-1"}}));
    auto const is_clear = [&]
    { return ServiceFixture::text_of(scim.stored("User", id)->attributes).find("clear-text") != std::string::npos; };
    BOOST_TEST(!is_clear());
    BOOST_TEST(scim.put("/Users/" + id, user("ada", {{"password", "clear-text-2"}})).status == 200);
    BOOST_TEST(!is_clear());
    for (json::object const& message :
         {patch_op("replace", "password", "clear-text-3"), patch_op("add", "password", "clear-text-4"),
          patch_op("replace", "", json::object{{"password", "clear-text-5"}})})
    {
        BOOST_TEST(scim.patch("/Users/" + id, message).status < 300);
        BOOST_TEST(!is_clear());
    }
    BOOST_TEST(FakeHasher{}.verify(stored_text(scim, id, "password"), "clear-text-5"));
}

BOOST_AUTO_TEST_CASE(the_store_never_holds_a_clear_secret_of_an_application, *label("7643-9.2-a"))
{
    ServiceFixture const scim{with_badge_secret()};
    auto const id = scim.create("/Users", user("ada", {{"urn:example:Badge", {{"pin", "clear-4711"}}}}));
    auto const pin = [&]
    { return std::string{scim.stored("User", id)->attributes.at("urn:example:Badge").at("pin").as_string()}; };
    BOOST_TEST(FakeHasher{}.verify(pin(), "clear-4711"));
    BOOST_TEST(pin().find("clear") == std::string::npos);
    BOOST_TEST(scim.patch("/Users/" + id, patch_op("replace", "urn:example:Badge:pin", "clear-4712")).status < 300);
    BOOST_TEST(FakeHasher{}.verify(pin(), "clear-4712"));
    BOOST_TEST(pin().find("clear") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(secrets_are_not_allowed_in_the_filter_of_a_url,
                     *label("7643-x7644-7.5.2-a") * label("7643-x7644-7.5.2-b"))
{
    ServiceFixture const scim{with_badge_secret()};
    scim.create("/Users", user("ada", {{"password", "x"}}));
    for (auto const* filter :
         {"password eq \"x\"", "PASSWORD sw \"x\"", "password pr", "userName eq \"ada\" and not (password eq \"y\")",
          "urn:ietf:params:scim:schemas:core:2.0:User:password eq \"x\"", "urn:example:Badge:pin eq \"x\""})
    {
        Reply const reply = scim.get("/Users?filter=" + std::string{filter});
        BOOST_TEST(reply.status == 403, filter);
        BOOST_TEST(reply.text("/status") == "403");
        BOOST_TEST(reply.scim_type() == "sensitive");
    }
    // In a body nothing is disclosed by the URL, but what is never returned cannot be asked for either.
    Reply const search =
        scim.post("/Users/.search", {{"schemas", {"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}},
                                     {"filter", "password eq \"x\""}});
    BOOST_TEST(search.status == 400);
    BOOST_TEST(search.scim_type() == "invalidFilter");
}

BOOST_AUTO_TEST_SUITE_END()
