// What a URI names, and how that of a resource is written.
#include "fixture.hpp"
#include "membership/reference_uris.hpp"

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(membership_reference_uris)

namespace
{

std::string target_of(Memberships const& world, std::string_view uri)
{
    auto const target = reference_target(uri, world.members(), world.rules.base_url);
    return target ? target->type->name() + " " + target->id : "-";
}

} // namespace

BOOST_AUTO_TEST_CASE(a_uri_of_this_service_names_a_resource_and_one_of_elsewhere_does_not)
{
    Memberships const world;
    BOOST_TEST(target_of(world, "https://example.com/v2/Users/u") == "User u");
    BOOST_TEST(target_of(world, "https://example.com/Groups/g") == "Group g"); // versions mean the same
    BOOST_TEST(target_of(world, "https://example.com/v1/Groups/g") == "Group g");
    BOOST_TEST(target_of(world, "../Users/u") == "User u");
    BOOST_TEST(target_of(world, "Users/u") == "User u");
    BOOST_TEST(target_of(world, "/scim/Users/a%20b") == "User a b");
    BOOST_TEST(target_of(world, "https://elsewhere.example/v2/Users/u") == "-");
    BOOST_TEST(target_of(world, "https://example.com/v2/Devices/d") == "-");
    BOOST_TEST(target_of(world, "https://example.com/v2/Users/") == "-");
    BOOST_TEST(target_of(world, "Users/%zz") == "-");
    BOOST_TEST(target_of(world, "Users/%FF") == "-");
    BOOST_TEST(target_of(world, "Users/a?b") == "-");
    BOOST_TEST(target_of(world, "Users/a#b") == "-");
    BOOST_TEST(target_of(world, "u") == "-");
    BOOST_TEST(target_of(world, "") == "-");
}

BOOST_AUTO_TEST_CASE(uris_are_compared_after_their_normalisation, *boost::unit_test::label("7643-2.4-i"))
{
    Memberships const world; // at https://example.com/v2
    BOOST_TEST(target_of(world, "https://EXAMPLE.com:443/v2/Users/u") == "User u");
    BOOST_TEST(target_of(world, "//example.com/v2/Users/u") == "User u");
    BOOST_TEST(target_of(world, "HTTPS://example.com/v2/Users/u") == "User u");
    BOOST_TEST(target_of(world, "https://example.com:/v2/Users/u") == "User u");
    for (auto const* other :
         {"https://example.com:80/v2/Users/u", "https://example.com:444/v2/Users/u", "http://example.com/v2/Users/u",
          "http://example.com:443/v2/Users/u", "https://example.com.evil/v2/Users/u", "https://example.comv2/Users/u",
          "https://example.com:443:443/v2/Users/u", "//elsewhere.example/v2/Users/u", "urn:x/Users/u",
          "https://example.com/other/v2/Users/u", "://example.com/v2/Users/u"})
        BOOST_TEST(target_of(world, other) == "-", other);
}

BOOST_AUTO_TEST_CASE(the_id_of_a_uri_is_found_for_the_references_of_a_type)
{
    Memberships const world;
    auto const of_group = id_of_uri(world.rules.of(world.group()), world.rules);
    Attribute const& members = *world.members().attribute.attribute;
    BOOST_TEST(of_group(members, "../Users/a%20b").value() == "a b");
    BOOST_TEST(!of_group(members, "https://elsewhere.example/Users/a").has_value());
    BOOST_TEST(!of_group(*world.manager().attribute.attribute, "../Users/a").has_value());
}

BOOST_AUTO_TEST_CASE(the_uri_of_an_element_follows_from_its_type_and_value)
{
    Memberships const world;
    auto const uri = [&](json::object const& element) { return reference_uri(element, world.members(), world.rules); };
    BOOST_TEST(uri({{"value", "a b"}, {"type", "User"}}) == "https://example.com/v2/Users/a%20b");
    BOOST_TEST(uri({{"value", "g"}, {"type", "group"}}) == "https://example.com/v2/Groups/g");
    BOOST_TEST(uri({{"value", "x"}}) == "");
    BOOST_TEST(uri({{"type", "User"}}) == "");
    BOOST_TEST(reference_uri({{"value", "m"}}, world.manager(), world.rules) == "https://example.com/v2/Users/m");
    BOOST_TEST(computes_uri(world.members()));
    BOOST_TEST(computes_uri(world.manager()));
}

BOOST_AUTO_TEST_CASE(what_is_computed_takes_the_place_of_what_stands_there)
{
    Memberships const world;
    json::object attributes{{"members", {{{"value", "u"}, {"type", "User"}, {"$ref", "old"}}, {{"value", "x"}}}}};
    add_references(attributes, world.members(), world.rules);
    BOOST_TEST(attributes.at("members").at(0).at("$ref") == "https://example.com/v2/Users/u");
    BOOST_TEST(!attributes.at("members").at(1).as_object().contains("$ref"));
}

BOOST_AUTO_TEST_CASE(references_and_groups_are_found_in_the_schemas)
{
    Memberships const world;
    BOOST_TEST(world.members().attribute.path() == "members");
    BOOST_TEST(world.members().targets.size() == 2u);
    BOOST_TEST(world.members().is_multi_valued());
    BOOST_TEST(!world.manager().is_multi_valued());
    BOOST_TEST(world.rules.of(world.user()).groups.has_value());
    BOOST_TEST(!world.rules.of(world.group()).groups.has_value());
    BOOST_TEST(world.rules.of(world.user()).references.size() == 1u); // groups are readOnly
    BOOST_TEST(world.rules.of(world.user()).location_prefix == "https://example.com/v2/Users/");
}

BOOST_AUTO_TEST_SUITE_END()
