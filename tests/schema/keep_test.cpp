// What SchemaRegistry::Builder takes from definitions: keep_only() and only_values().
#include <scimkit/schema/registry.hpp>

#include <boost/test/unit_test.hpp>

using namespace scimkit;

BOOST_AUTO_TEST_SUITE(keep_only)

namespace
{

using Names = std::vector<std::string>;

result<std::shared_ptr<SchemaRegistry const>> keep(Names attributes, std::string_view type = "User")
{
    return SchemaRegistry::Builder{}.add_rfc7643().keep_only(type, std::move(attributes)).build();
}

Names names_of(std::span<Attribute const> attributes)
{
    Names names;
    for (Attribute const& attribute : attributes)
        names.push_back(attribute.name);
    return names;
}

std::string refusal_of(SchemaRegistry::Builder const& builder)
{
    auto const built = builder.build();
    BOOST_REQUIRE(!built);
    BOOST_TEST((built.error().code == ErrorCode::invalid_value));
    return built.error().detail;
}

bool has(std::string const& text, std::string_view part) { return text.find(part) != std::string::npos; }

} // namespace

BOOST_AUTO_TEST_CASE(what_is_not_named_is_not_there)
{
    auto const registry = keep({"userName", "name.givenName", "emails.value", "emails.type", "active"}).value();
    ResourceType const& user = *registry->find_resource_type("User");
    BOOST_TEST(names_of(user.schema().attributes) == Names({"userName", "name", "active", "emails"}),
               boost::test_tools::per_element());
    BOOST_TEST(names_of(user.schema().find_attribute("name")->sub_attributes) == Names({"givenName"}),
               boost::test_tools::per_element());
    BOOST_TEST(names_of(user.schema().find_attribute("emails")->sub_attributes) == Names({"value", "type"}),
               boost::test_tools::per_element());
    BOOST_TEST(user.extensions().empty());
    BOOST_TEST((registry->find_schema(urn::enterprise_user) == nullptr));
    BOOST_TEST(!user.find_root_attribute("nickName").has_value());
    BOOST_TEST(!user.find_root_attribute("externalId").has_value());
    BOOST_TEST(!user.resolve({.name = "externalId"}).has_value());
    BOOST_TEST(user.find_root_attribute("id").has_value());
    BOOST_TEST(user.find_root_attribute("meta").has_value());
}

BOOST_AUTO_TEST_CASE(other_types_stay_as_they_are)
{
    auto const registry = keep({"userName"}).value();
    ResourceType const& group = *registry->find_resource_type("Group");
    BOOST_TEST((group.schema() == *SchemaRegistry::Builder{}.add_rfc7643().build().value()->find_schema(urn::group)));
    BOOST_TEST(group.find_root_attribute("externalId").has_value());
    BOOST_TEST((group.before_keep_only() == nullptr));
}

BOOST_AUTO_TEST_CASE(the_type_remembers_what_it_was)
{
    auto const registry = keep({"userName"}).value();
    ResourceType const* whole = registry->find_resource_type("User")->before_keep_only();
    BOOST_REQUIRE((whole != nullptr));
    BOOST_TEST(whole->resolve({.name = "emails", .sub_attribute = "value"}).has_value());
    BOOST_TEST(whole->resolve({.uri = std::string{urn::enterprise_user}, .name = "manager"}).has_value());
    BOOST_TEST(!whole->resolve({.name = "shoeSize"}).has_value());
}

BOOST_AUTO_TEST_CASE(names_are_found_in_any_letter_case_and_a_whole_attribute_keeps_all_of_it)
{
    auto const registry = keep({"USERNAME", "Name", "externalid", "name.givenName"}).value();
    ResourceType const& user = *registry->find_resource_type("User");
    BOOST_TEST(user.schema().find_attribute("name")->sub_attributes.size() == 6u);
    BOOST_TEST(user.find_root_attribute("externalId").has_value());
}

BOOST_AUTO_TEST_CASE(an_extension_is_kept_in_part_or_by_its_uri)
{
    std::string const uri{urn::enterprise_user};
    auto const part = keep({"userName", uri + ":department", uri + ":manager.value"}).value();
    Schema const& extension = *part->find_resource_type("User")->extensions().front().schema;
    BOOST_TEST(names_of(extension.attributes) == Names({"department", "manager"}), boost::test_tools::per_element());
    // $ref is computed from the value, so it stays with it, and ids stay exact.
    Attribute const& manager = *extension.find_attribute("manager");
    BOOST_TEST(names_of(manager.sub_attributes) == Names({"value", "$ref"}), boost::test_tools::per_element());
    BOOST_TEST(manager.find_sub_attribute("value")->case_exact);

    auto const whole = keep({"userName", uri}).value();
    BOOST_TEST(whole->find_resource_type("User")->extensions().front().schema->attributes.size() == 6u);
}

BOOST_AUTO_TEST_CASE(a_large_attribute_stays_large_or_goes)
{
    auto const with = keep({"displayName", "members"}, "Group").value();
    BOOST_TEST(with->find_resource_type("Group")->large_attributes().size() == 1u);
    auto const without = keep({"displayName"}, "Group").value();
    BOOST_TEST(without->find_resource_type("Group")->large_attributes().empty());
}

BOOST_AUTO_TEST_CASE(named_again_the_later_list_counts)
{
    auto const registry = SchemaRegistry::Builder{}
                              .add_rfc7643()
                              .keep_only("User", {"userName", "title"})
                              .keep_only("User", {"userName", "nickName"})
                              .build()
                              .value();
    BOOST_TEST(names_of(registry->find_schema(urn::user)->attributes) == Names({"userName", "nickName"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(it_does_not_matter_whether_the_type_comes_before_or_after)
{
    auto const registry = SchemaRegistry::Builder{}.keep_only("User", {"userName"}).add_rfc7643().build().value();
    BOOST_TEST(registry->find_schema(urn::user)->attributes.size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_is_required_cannot_be_left_out)
{
    auto const builder = [] { return SchemaRegistry::Builder{}.add_rfc7643(); };
    BOOST_TEST(has(refusal_of(builder().keep_only("User", {"title"})), "userName"));
    BOOST_TEST(has(refusal_of(builder().keep_only("Group", {"members"})), "displayName"));
    Schema badge{.id = "urn:example:badge:1.0:User",
                 .name = "Badge",
                 .attributes = {{.name = "card",
                                 .type = AttributeType::complex,
                                 .sub_attributes = {{.name = "number", .required = true}, {.name = "colour"}}}}};
    auto const with_badge = [&](bool required) { return builder().add(badge).extend("User", badge.id, required); };
    BOOST_TEST(
        has(refusal_of(with_badge(false).keep_only("User", {"userName", badge.id + ":card.colour"})), "card.number"));
    BOOST_TEST(has(refusal_of(with_badge(true).keep_only("User", {"userName"})), badge.id));
    BOOST_TEST(with_badge(false).keep_only("User", {"userName"}).build().has_value());
}

BOOST_AUTO_TEST_CASE(what_another_type_has_too_stays_for_it)
{
    std::string const uri{urn::enterprise_user};
    Schema const robot{.id = "urn:example:robot:1.0:Robot", .name = "Robot", .attributes = {{.name = "serial"}}};
    auto const builder = [&](Names attributes)
    {
        return SchemaRegistry::Builder{}
            .add_rfc7643()
            .add(robot)
            .add(ResourceTypeDefinition{
                .name = "Robot", .endpoint = "/Robots", .schema = robot.id, .extensions = {{.schema = uri}}})
            .keep_only("User", std::move(attributes));
    };
    // Whole, or not at all; a part of it cannot be one type's.
    for (Names const& attributes : {Names{"userName"}, Names{"userName", uri}})
    {
        auto const registry = builder(attributes).build().value();
        BOOST_TEST(registry->find_resource_type("User")->extensions().size() == attributes.size() - 1);
        BOOST_TEST(registry->find_resource_type("Robot")->extensions().front().schema->attributes.size() == 6u);
    }
    BOOST_TEST(has(refusal_of(builder({"userName", uri + ":department"})), "Robot"));
}

BOOST_AUTO_TEST_CASE(mistakes_are_named)
{
    auto const builder = [] { return SchemaRegistry::Builder{}.add_rfc7643(); };
    BOOST_TEST(has(refusal_of(builder().keep_only("Robot", {"userName"})), "Robot"));
    BOOST_TEST(has(refusal_of(builder().keep_only("User", {"userName", "shoeSize"})), "shoeSize"));
    BOOST_TEST(has(refusal_of(builder().keep_only("User", {"userName", "emails[type eq \"work\"].value"})), "emails["));
    BOOST_TEST(has(refusal_of(builder().keep_only("User", {"userName", ""})), "\"\""));
    auto const shared =
        builder()
            .add(ResourceTypeDefinition{.name = "Admin", .endpoint = "/Admins", .schema = std::string{urn::user}})
            .keep_only("User", {"userName"});
    BOOST_TEST(has(refusal_of(shared), "Admin"));
}

BOOST_AUTO_TEST_CASE(an_enumeration_is_checked_when_it_is_built)
{
    auto const builder = [] { return SchemaRegistry::Builder{}.add_rfc7643(); };
    BOOST_TEST(has(refusal_of(builder().only_values("urn:x", "a", {"b"})), "urn:x"));
    BOOST_TEST(has(refusal_of(builder().only_values(urn::user, "shoeSize", {"b"})), "shoeSize"));
    BOOST_TEST(has(refusal_of(builder().only_values(urn::user, "emails.colour", {"b"})), "emails.colour"));
    BOOST_TEST(has(refusal_of(builder().only_values(urn::user, "title")), "has none"));
    BOOST_TEST(has(refusal_of(builder().only_values(urn::user, "title", {"a", "A"})), "two are the same"));
    BOOST_TEST(has(refusal_of(builder().only_values(urn::user, "active", {"true"})), "only text"));
    Schema const empty{.id = "urn:x:y", .name = "X", .attributes = {{.name = "kind", .only_canonical_values = true}}};
    BOOST_TEST(has(refusal_of(builder().add(empty)), "kind"));

    auto const registry = builder().only_values(urn::user, "emails.type").build().value();
    Attribute const& type = *registry->find_schema(urn::user)->find_attribute("emails")->find_sub_attribute("type");
    BOOST_TEST(type.only_canonical_values);
    BOOST_TEST(type.canonical_values.size() == 3u); // those of RFC 7643: work, home, other
}

BOOST_AUTO_TEST_SUITE_END()
