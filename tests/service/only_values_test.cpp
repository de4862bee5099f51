// An enumeration that is enforced (Attribute::only_canonical_values), on every way in.
#include <scimkit/schema/registry.hpp>

#include "support/both_stores.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(only_values)

namespace
{

std::shared_ptr<SchemaRegistry const> registry()
{
    Schema contract{
        .id = "urn:example:contract:1.0:User",
        .name = "Contract",
        .attributes = {{.name = "kind", .canonical_values = {"Permanent", "Temporary"}, .only_canonical_values = true},
                       {.name = "grade",
                        .multi_valued = true,
                        .case_exact = true,
                        .canonical_values = {"A", "b"},
                        .only_canonical_values = true}}};
    return SchemaRegistry::Builder{}
        .add_rfc7643()
        .add(contract)
        .extend("User", contract.id)
        .only_values(urn::user, "emails.type", {"work", "home"})
        .build()
        .value();
}

ServiceOptions with_registry(ServiceOptions options)
{
    options.registry = registry();
    return options;
}

json::object mail(std::string_view type)
{
    return {{"emails", json::array{json::object{{"type", type}, {"value", "a@example.com"}}}}};
}

std::string const contract = "urn:example:contract:1.0:User";

void check_refused(Reply const& reply, std::string_view attribute, std::string_view values)
{
    BOOST_TEST(reply.status == 400, reply.response.body);
    BOOST_TEST(reply.scim_type() == "invalidValue", reply.response.body);
    BOOST_TEST(reply.detail().find(attribute) != std::string::npos, reply.detail());
    BOOST_TEST(reply.detail().find(values) != std::string::npos, reply.detail());
}

} // namespace

BOOST_AUTO_TEST_CASE(a_value_that_is_none_of_the_canonical_ones_is_refused_on_every_way_in)
{
    for (Tolerance const& tolerance : {Tolerance{}, Tolerance::strict()})
        for (auto const& make : both_stores(tolerance))
        {
            ServiceFixture const scim{with_registry(make())};
            auto const target = "/Users/" + scim.create("/Users", user("ada", mail("work")));
            std::string_view const listed = "\"work\", \"home\"";
            check_refused(scim.post("/Users", user("bob", mail("other"))), "emails[0].type", listed);
            check_refused(scim.put(target, user("ada", mail("other"))), "emails[0].type", listed);
            for (char const* op : {"add", "replace"})
            {
                check_refused(scim.patch(target, patch_op(op, "", mail("other"))), "emails[0].type", listed);
                check_refused(scim.patch(target, patch_op(op, "emails", mail("other").at("emails"))), "emails[0].type",
                              listed);
                check_refused(scim.patch(target, patch_op(op, "emails[value eq \"a@example.com\"].type", "other")),
                              "emails", listed);
                check_refused(scim.patch(target, patch_op(op, contract + ":kind", "casual")), "kind",
                              "\"Permanent\", \"Temporary\"");
                check_refused(scim.patch(target, patch_op(op, contract + ":grade", json::array{"A", "B"})), "grade",
                              "\"A\", \"b\"");
            }
            BOOST_TEST(scim.get(target).text("/emails/0/type") == "work");
        }
}

BOOST_AUTO_TEST_CASE(an_element_that_a_filter_describes_is_judged_too)
{
    ServiceFixture const scim{with_registry({})};
    auto const target = "/Users/" + scim.create("/Users", user("ada"));
    check_refused(scim.patch(target, patch_op("add", "emails[type eq \"other\"].value", "a@example.com")), "emails",
                  "\"work\"");
    BOOST_TEST(scim.patch(target, patch_op("add", "emails[type eq \"HOME\"].value", "a@example.com")).status == 200);
    BOOST_TEST(scim.get(target).text("/emails/0/type") == "home");
}

BOOST_AUTO_TEST_CASE(letter_case_matters_only_where_the_schema_says_so_and_the_schemas_spelling_is_kept)
{
    ServiceFixture const scim{with_registry({})};
    json::object body = user("ada", mail("WORK"));
    body["schemas"].as_array().push_back(json::string{contract});
    body[contract] = json::object{{"kind", "permanent"}, {"grade", json::array{"A"}}};
    Reply const created = scim.post("/Users", body);
    BOOST_TEST(created.status == 201, created.response.body);
    BOOST_TEST(created.text("/emails/0/type") == "work");
    BOOST_TEST((created.body.at(contract) == json::value{{"kind", "Permanent"}, {"grade", json::array{"A"}}}));
    body[contract].as_object()["grade"] = json::array{"a"};
    check_refused(scim.put("/Users/" + created.id(), body), "grade", "\"A\", \"b\"");
}

BOOST_AUTO_TEST_CASE(it_is_announced_as_canonical_values_and_nothing_else)
{
    ServiceFixture const scim{with_registry({})};
    Reply const schema = scim.get("/Schemas/" + contract);
    BOOST_TEST((schema.body.at("attributes").at(0).at("canonicalValues") ==
                json::value(json::array{"Permanent", "Temporary"})));
    BOOST_TEST(schema.response.body.find("nly") == std::string::npos); // readOnly apart, which it has not
}

BOOST_AUTO_TEST_SUITE_END()
