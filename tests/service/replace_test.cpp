// PUT (RFC 7644 section 3.5.1) seen by a client: what was read can be put back, nothing is created by it, and what
// the client cannot read or may not change stays.
#include <scimkit/schema/registry.hpp>

#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(replacement)

namespace
{

std::shared_ptr<SchemaRegistry const> with_badge()
{
    return SchemaRegistry::Builder{}
        .add_rfc7643()
        .add(Schema{.id = "urn:example:2.0:Badge",
                    .name = "Badge",
                    .attributes = {{.name = "number", .mutability = Mutability::immutable}}})
        .extend("User", "urn:example:2.0:Badge")
        .build()
        .value();
}

json::object badge(std::string_view number) { return {{"urn:example:2.0:Badge", {{"number", number}}}}; }

} // namespace

BOOST_AUTO_TEST_CASE(put_replaces_the_whole_resource,
                     *label("7644-3.5-a") * label("7644-3.5.1-b") * label("7644-3.5.1-c") * label("7644-3.5.1-m"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("ada", {{"title", "Dr"},
                                                       {"name", {{"givenName", "A"}, {"familyName", "L"}}},
                                                       {"emails", {{{"value", "a@x"}}, {{"value", "b@x"}}}}}));
    Reply const reply =
        scim.put("/Users/" + id, user("ada", {{"name", {{"familyName", "M"}}}, {"emails", {{{"value", "c@x"}}}}}));
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(!reply.has("/title"));
    BOOST_TEST(!reply.has("/name/givenName"));
    BOOST_TEST(reply.text("/name/familyName") == "M");
    BOOST_TEST(reply.size("/emails") == 1);
    BOOST_TEST(reply.text("/meta/created") == "2026-01-01T00:00:00.000Z");
    BOOST_TEST(reply.text("/meta/lastModified") == "2026-01-01T00:00:01.000Z");
    BOOST_TEST(reply.header("Location") == "https://example.com/v2/Users/" + id);
    BOOST_TEST(scim.get("/Users/" + id).response.body == reply.response.body);
}

BOOST_AUTO_TEST_CASE(put_never_creates, *label("7644-3.5.1-a") * label("7644-3.2-h"))
{
    ServiceFixture const scim;
    BOOST_TEST(scim.put("/Users/new", user("ada")).status == 404);
    BOOST_TEST(scim.get("/Users").number("/totalResults") == 0);
}

BOOST_AUTO_TEST_CASE(put_ignores_read_only_attributes,
                     *label("7644-3.5.1-k") * label("7644-3.1-e") * label("7643-3.1-g") * label("7643-4.1.2-p"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("ada"));
    Reply const reply = scim.put("/Users/" + id, user("ada", {{"id", "other"},
                                                              {"meta", {{"created", "1999-01-01T00:00:00Z"}}},
                                                              {"groups", {{{"value", "g"}}}}}));
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.id() == id);
    BOOST_TEST(reply.text("/meta/created") == "2026-01-01T00:00:00.000Z");
    BOOST_TEST(!reply.has("/groups"));
}

BOOST_AUTO_TEST_CASE(put_keeps_what_cannot_be_read_back, *label("7644-3.5.1-e"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("ada", {{"password", "one"}}));
    scim.put("/Users/" + id, user("ada", {{"title", "Dr"}}));
    BOOST_TEST(scim.stored("User", id)->attributes.at("password").as_string() == FakeHasher{}.hash("one").value());
    scim.put("/Users/" + id, user("ada", {{"password", "two"}}));
    BOOST_TEST(scim.stored("User", id)->attributes.at("password").as_string() == FakeHasher{}.hash("two").value());
}

BOOST_AUTO_TEST_CASE(put_cannot_change_immutable_attributes, *label("7644-3.5.1-g") * label("7644-3.5.1-h") *
                                                                 label("7644-3.5.1-i") * label("7644-3.5.1-j") *
                                                                 label("7644-3.5.1-q") * label("7643-7-t"))
{
    ServiceFixture const scim{{.registry = with_badge()}};
    auto const id = scim.create("/Users", user("ada"));
    BOOST_TEST(scim.put("/Users/" + id, user("ada", badge("B7"))).status == 200);
    BOOST_TEST(scim.put("/Users/" + id, user("ada", badge("B7"))).status == 200);
    auto const before = scim.get("/Users/" + id).response.body;
    auto other = badge("B8");
    other["title"] = "Dr";
    Reply const refused = scim.put("/Users/" + id, user("ada", other));
    BOOST_TEST(refused.status == 400);
    BOOST_TEST(refused.scim_type() == "mutability");
    BOOST_TEST(scim.get("/Users/" + id).response.body == before);
    Reply const left_out = scim.put("/Users/" + id, user("ada"));
    BOOST_TEST(left_out.body.at("urn:example:2.0:Badge").at("number").as_string() == "B7");
}

BOOST_AUTO_TEST_CASE(put_needs_the_required_attributes, *label("7644-3.5.1-l") * label("7644-3.5.1-p"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("ada"));
    BOOST_TEST(scim.put("/Users/" + id, {{"schemas", {urn::user}}, {"title", "x"}}).scim_type() == "invalidValue");
    BOOST_TEST(scim.put("/Users/" + id, json::array{}).scim_type() == "invalidSyntax");
    BOOST_TEST(scim.put("/Users/" + id, user("ada", {{"active", "perhaps"}})).scim_type() == "invalidValue");
}

BOOST_AUTO_TEST_CASE(put_keeps_unique_values_unique, *label("7644-3.5.1-o") * label("7643-4.1.1-e"))
{
    ServiceFixture const scim;
    scim.create("/Users", user("ada"));
    auto const bob = scim.create("/Users", user("bob"));
    Reply const refused = scim.put("/Users/" + bob, user("Ada"));
    BOOST_TEST(refused.status == 409);
    BOOST_TEST(refused.scim_type() == "uniqueness");
    BOOST_TEST(scim.get("/Users/" + bob).text("/userName") == "bob");
    BOOST_TEST(scim.put("/Users/" + bob, user("bob", {{"title", "x"}})).status == 200);
    BOOST_TEST(scim.put("/Users/" + bob, user("BOB")).text("/userName") == "BOB");
}

BOOST_AUTO_TEST_CASE(what_was_read_can_be_put_back_without_a_change, *label("7644-3.5.1-u"))
{
    ServiceFixture const scim;
    auto const boss = scim.create("/Users", user("boss"));
    auto const id = scim.create("/Users", user("ada", {{"emails", {{{"value", "a@x"}, {"primary", true}}}},
                                                       {urn::enterprise_user, {{"manager", {{"value", boss}}}}}}));
    auto const group_id = scim.create("/Groups", group("g", {id, boss}));
    for (std::string const& target : {"/Users/" + id, "/Groups/" + group_id})
    {
        Reply const read = scim.get(target);
        Reply const reply = scim.put(target, read.body);
        BOOST_TEST(reply.status == 200);
        BOOST_TEST(reply.response.body == read.response.body);
    }
}

BOOST_AUTO_TEST_CASE(put_answers_in_the_shape_asked_for, *label("7644-3.5.1-n") * label("7644-3.9-a"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("ada"));
    Reply const reply = scim.put("/Users/" + id + "?attributes=userName", user("bob"));
    BOOST_TEST(reply.body.as_object().size() == 3);
    BOOST_TEST(reply.text("/userName") == "bob");
}

BOOST_AUTO_TEST_CASE(put_decides_which_extensions_remain, *label("7644-3.5.1-s"))
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("ada", {{urn::enterprise_user, {{"department", "D"}}}}));
    Reply const reply = scim.put("/Users/" + id, user("ada"));
    BOOST_TEST(reply.size("/schemas") == 1);
    BOOST_TEST(!reply.body.as_object().contains(urn::enterprise_user));
}

BOOST_AUTO_TEST_CASE(put_replaces_the_members_of_a_group, *label("7643-4.2-k") * label("7644-3.2-b"))
{
    ServiceFixture const scim;
    auto const ada = scim.create("/Users", user("ada"));
    auto const bob = scim.create("/Users", user("bob"));
    auto const id = scim.create("/Groups", group("g", {ada}));
    Reply const reply = scim.put("/Groups/" + id, group("g", {bob}));
    BOOST_TEST(reply.size("/members") == 1);
    BOOST_TEST(reply.text("/members/0/value") == bob);
    BOOST_TEST(reply.text("/members/0/type") == "User");
    BOOST_TEST(!scim.get("/Users/" + ada).has("/groups"));
    BOOST_TEST(!scim.put("/Groups/" + id, group("g")).has("/members"));
}

BOOST_AUTO_TEST_SUITE_END()
