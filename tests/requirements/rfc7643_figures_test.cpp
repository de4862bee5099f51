// The figures of RFC 7643 sections 8.1 to 8.6 as test vectors (tests/data/rfc7643), in strict mode.
#include <scimkit/schema/registry.hpp>

#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(rfc7643_figures)

namespace
{

json::value figure(std::string const& name)
{
    std::ifstream file{SCIMKIT_TEST_DATA "/rfc7643/" + name + ".json", std::ios::binary};
    std::string const text{std::istreambuf_iterator<char>{file}, {}};
    return parse_json(text).value(); // a figure that cannot be read fails the test
}

/// What a client could have sent to get the figure back: without what only the service provider says.
json::object without(json::value const& figure, std::set<std::string> const& members)
{
    json::object kept;
    for (auto const& [name, value] : figure.as_object())
        if (!members.contains(std::string{name}))
            kept[name] = value;
    return kept;
}

void require_same_members(json::object const& expected, json::value const& actual)
{
    for (auto const& [name, value] : expected)
    {
        auto const* found = actual.as_object().if_contains(name);
        BOOST_REQUIRE_MESSAGE(found != nullptr, "the answer has no " << name);
        BOOST_TEST(equal_json(value, *found), name << ": " << ServiceFixture::text_of(*found));
    }
}

struct Figures : ServiceFixture
{
    Figures()
        : ServiceFixture{{.tolerance = Tolerance::strict()}}
    {
    }

    void store_user(std::string_view id, std::string_view user_name) const
    {
        store_directly({.type = service.registry().find_resource_type("User"),
                        .id = std::string{id},
                        .attributes = {{"userName", user_name}}});
    }
};

constexpr auto tour_guides = "e9e30dba-f08f-4109-8486-d5c6a331660a";

/// Posts the user of a figure and returns what a GET answers then.
json::value created_user(Figures const& scim, json::value const& figure)
{
    Reply const created = scim.send("POST", "/Users", ServiceFixture::text_of(figure));
    BOOST_REQUIRE_MESSAGE(created.status == 201, created.response.body);
    return scim.get("/Users/" + created.id()).body;
}

/// The required attributes that a document lacks and the members that its schema does not know, as paths.
void find_faults(json::object const& document, std::vector<Attribute> const& attributes, std::string const& path,
                 std::vector<std::string>& faults)
{
    for (Attribute const& attribute : attributes)
    {
        auto const* value = document.if_contains(attribute.name);
        if (!value)
        {
            if (attribute.required)
                faults.push_back(path + attribute.name + " is missing");
            continue;
        }
        if (value->is_array() != attribute.multi_valued)
            faults.push_back(path + attribute.name + " has the wrong plurality");
        if (attribute.type != AttributeType::complex)
            continue;
        if (auto const* single = value->if_object())
            find_faults(*single, attribute.sub_attributes, path + attribute.name + ".", faults);
        else
            for (json::value const& element : value->as_array())
                find_faults(element.as_object(), attribute.sub_attributes, path + attribute.name + ".", faults);
    }
    for (auto const& [name, value] : document)
        if (std::ranges::none_of(attributes, [&](Attribute const& attribute) { return attribute.name == name; }))
            faults.push_back(path + std::string{name} + " is unknown");
}

std::vector<std::string> faults_of(json::value const& document, std::string_view schema_uri)
{
    Figures const scim;
    std::vector<std::string> faults;
    find_faults(without(document, {"schemas", "id", "meta"}),
                scim.service.registry().find_schema(schema_uri)->attributes, "", faults);
    return faults;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_minimal_user_of_section_8_1_round_trips, *label("7643-8-a"))
{
    Figures const scim;
    auto const minimal = figure("8.1-minimal-user");
    auto const user = created_user(scim, minimal);
    require_same_members(without(minimal, {"id", "meta"}), user);
    BOOST_TEST(user.as_object().size() == minimal.as_object().size());
    BOOST_TEST(user.at("meta").at("resourceType").as_string() == "User");
}

BOOST_AUTO_TEST_CASE(the_full_user_of_section_8_2_round_trips,
                     *label("7643-8-a") * label("7643-err-5990") * label("7643-4.1.2-o"))
{
    Figures const scim;
    auto const full = figure("8.2-full-user");
    auto const user = created_user(scim, full);
    require_same_members(without(full, {"id", "meta", "password", "groups"}), user);
    BOOST_TEST(user.at_pointer("/addresses/0/country").as_string() == "US");
    BOOST_TEST(user.at_pointer("/addresses/0/primary").as_bool());
    for (auto const* name : {"password", "groups"}) // the one is never returned, the other is readOnly
        BOOST_TEST(!user.as_object().contains(name));
}

BOOST_AUTO_TEST_CASE(the_certificate_of_section_8_2_with_its_line_breaks_is_not_base64, *label("7643-8-a"))
{
    Figures const scim;
    auto full = figure("8.2-full-user");
    auto& certificate = full.at("x509Certificates").at(0).at("value").as_string();
    certificate.insert(64, "\n          ");
    Reply const refused = scim.send("POST", "/Users", ServiceFixture::text_of(full));
    BOOST_TEST(refused.status == 400);
    BOOST_TEST(refused.scim_type() == "invalidValue");
    BOOST_TEST(refused.detail().find("x509Certificates") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_enterprise_user_of_section_8_3_round_trips, *label("7643-8-a") * label("7643-err-5991"))
{
    Figures const scim;
    auto const enterprise = figure("8.3-enterprise-user");
    auto const user = created_user(scim, enterprise);
    std::set<std::string> const apart{"id", "meta", "password", "groups", std::string{urn::enterprise_user}};
    require_same_members(without(enterprise, apart), user);
    BOOST_TEST(user.at_pointer("/addresses/1/country").as_string() == "US");

    auto const& extension = user.at(urn::enterprise_user);
    require_same_members(without(enterprise.at(urn::enterprise_user), {"manager"}), extension);
    // The reference is written in full, and displayName is the service provider's to say.
    BOOST_TEST(equal_json(extension.at("manager"),
                          {{"value", "26118915-6090-4610-87e4-49d8ca9f808d"},
                           {"$ref", "https://example.com/v2/Users/26118915-6090-4610-87e4-49d8ca9f808d"}}),
               ServiceFixture::text_of(extension));
}

BOOST_AUTO_TEST_CASE(the_group_of_section_8_4_round_trips,
                     *label("7643-8-a") * label("7643-4.2-i") * label("7643-err-6011"))
{
    Figures const scim;
    auto const group = figure("8.4-group");
    scim.store_user("2819c223-7f76-453a-919d-413861904646", "bjensen");
    scim.store_user("902c246b-6245-4190-8e05-00816be7344a", "mpepperidge");
    Reply const created = scim.send("POST", "/Groups", ServiceFixture::text_of(group));
    BOOST_REQUIRE_MESSAGE(created.status == 201, created.response.body);
    auto const read = scim.get("/Groups/" + created.id()).body;
    require_same_members(without(group, {"id", "meta", "members"}), read);
    auto const& members = group.at("members").as_array();
    BOOST_REQUIRE(read.at("members").as_array().size() == members.size());
    for (std::size_t i = 0; i < members.size(); ++i) // display and $ref as in the figure
        require_same_members(members[i].as_object(), read.at("members").at(i));
}

BOOST_AUTO_TEST_CASE(the_user_of_section_8_2_is_in_the_group_of_section_8_4, *label("7643-8-a"))
{
    Figures const scim;
    scim.store_user("2819c223-7f76-453a-919d-413861904646", "bjensen");
    scim.store_directly(
        {.type = scim.service.registry().find_resource_type("Group"),
         .id = tour_guides,
         .attributes = {{"displayName", "Tour Guides"},
                        {"members", json::array{{{"value", "2819c223-7f76-453a-919d-413861904646"}}}}}});
    auto const groups = scim.get("/Users/2819c223-7f76-453a-919d-413861904646").body.at("groups");
    BOOST_REQUIRE(groups.as_array().size() == 1u);
    auto const full = figure("8.2-full-user");
    require_same_members(full.at("groups").at(0).as_object(), groups.at(0));
}

BOOST_AUTO_TEST_CASE(the_configuration_of_section_8_5_fits_its_schema_and_so_does_ours,
                     *label("7643-8-a") * label("7643-8.5-a"))
{
    auto const printed = figure("8.5-configuration");
    BOOST_TEST(faults_of(printed, urn::service_provider_config) == std::vector<std::string>{},
               boost::test_tools::per_element());
    auto const record = make_token_record("a-token-of-sixteen-bytes", {.subject = "idp"}).value();
    ServiceFixture const scim{
        {.authenticator = bearer_authenticator({record}), .documentation_uri = "http://example.com/help/scim.html"}};
    auto const ours = scim.get("/ServiceProviderConfig").body;
    BOOST_TEST(faults_of(ours, urn::service_provider_config) == std::vector<std::string>{},
               boost::test_tools::per_element());
    for (auto const& [name, value] : printed.as_object())
    {
        auto const* found = ours.as_object().if_contains(name);
        BOOST_REQUIRE_MESSAGE(found != nullptr, "the configuration has no " << name);
        BOOST_TEST((found->kind() == value.kind()), name);
        if (auto const* members = value.if_object(); members && name != "meta")
            for (auto const& [sub_name, sub_value] : *members)
                BOOST_TEST(found->as_object().contains(sub_name), name << '.' << sub_name);
    }
}

BOOST_AUTO_TEST_CASE(the_resource_types_of_section_8_6_can_be_loaded, *label("7643-8-a") * label("7643-6-d"))
{
    auto const printed = figure("8.6-resource-types");
    for (json::value const& type : printed.as_array())
        BOOST_TEST(faults_of(type, urn::resource_type) == std::vector<std::string>{}, boost::test_tools::per_element());

    ServiceFixture const scim{{.registry = SchemaRegistry::Builder{}.add_rfc7643().load(printed).build().value()}};
    for (json::value const& type : printed.as_array())
    {
        auto const path = "/ResourceTypes/" + std::string{type.at("id").as_string()};
        require_same_members(without(type, {"meta"}), scim.get(path).body);
        BOOST_TEST(scim.get(path).text("/meta/location") == type.at("meta").at("location").as_string());
    }
}

BOOST_AUTO_TEST_SUITE_END()
