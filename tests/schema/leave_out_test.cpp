// SchemaRegistry::Builder made of another registry, with attributes left out, and with values suggested.
#include <scimkit/schema/registry.hpp>

#include <boost/test/unit_test.hpp>

using namespace scimkit;

BOOST_AUTO_TEST_SUITE(leave_out)

namespace
{

using Builder = SchemaRegistry::Builder;

std::string const enterprise{urn::enterprise_user};

std::string refusal(Builder const& builder)
{
    auto const registry = builder.build();
    return registry ? std::string{} : registry.error().detail;
}

bool has(SchemaRegistry const& registry, std::string_view type, std::string_view path)
{
    return registry.find_resource_type(type)->resolve(parse_attribute_path(path).value()).has_value();
}

} // namespace

BOOST_AUTO_TEST_CASE(what_is_left_out_is_gone_and_all_else_stays)
{
    auto const registry = Builder{}
                              .add_rfc7643()
                              .leave_out("User", {"PASSWORD", "name.middleName", enterprise + ":costCenter"})
                              .leave_out("User", {"externalId"})
                              .build()
                              .value();
    for (std::string const& gone : {std::string{"password"}, std::string{"name.middleName"}, std::string{"externalId"},
                                    enterprise + ":costCenter"})
        BOOST_TEST(!has(*registry, "User", gone), gone);
    for (std::string const& left : {std::string{"name.givenName"}, std::string{"emails.type"}, std::string{"groups"},
                                    std::string{"id"}, enterprise + ":manager.value", enterprise + ":manager.$ref"})
        BOOST_TEST(has(*registry, "User", left), left);
    BOOST_TEST(has(*registry, "Group", "externalId"));
    BOOST_TEST((registry->find_resource_type("User")->before_keep_only() != nullptr));
    BOOST_TEST((registry->find_resource_type("Group")->before_keep_only() == nullptr));
    auto const whole = Builder{}.add_rfc7643().build().value();
    auto emails = *whole->find_schema(urn::user)->find_attribute("emails");
    BOOST_TEST((*registry->find_schema(urn::user)->find_attribute("emails") == emails));
}

BOOST_AUTO_TEST_CASE(an_extension_of_which_all_is_left_out_goes_and_so_does_one_by_its_uri)
{
    for (std::vector<std::string> const& names :
         {std::vector{enterprise},
          std::vector{enterprise + ":employeeNumber", enterprise + ":costCenter", enterprise + ":organization",
                      enterprise + ":division", enterprise + ":department", enterprise + ":manager"}})
    {
        auto const registry = Builder{}.add_rfc7643().leave_out("User", names).build().value();
        BOOST_TEST(registry->find_resource_type("User")->extensions().empty());
        BOOST_TEST((registry->find_schema(enterprise) == nullptr));
    }
}

BOOST_AUTO_TEST_CASE(it_takes_from_what_is_kept)
{
    auto const registry = Builder{}
                              .add_rfc7643()
                              .keep_only("User", {"userName", "name", "password"})
                              .leave_out("User", {"password"})
                              .build()
                              .value();
    BOOST_TEST(has(*registry, "User", "name.givenName"));
    BOOST_TEST(!has(*registry, "User", "password"));
    BOOST_TEST(!has(*registry, "User", "title"));
    BOOST_TEST(!has(*registry, "User", "externalId"));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_left_out_is_told)
{
    BOOST_TEST(refusal(Builder{}.add_rfc7643().leave_out("User", {"userName"})) ==
               "keep_only: userName of User is required and cannot be left out.");
    BOOST_TEST(refusal(Builder{}.add_rfc7643().leave_out("User", {"shoeSize"})) ==
               "leave_out: User has no attribute \"shoeSize\".");
    BOOST_TEST(refusal(Builder{}.add_rfc7643().leave_out("Usr", {"title"})) ==
               "keep_only: the resource type \"Usr\" is not known.");
}

BOOST_AUTO_TEST_CASE(a_registry_of_another_is_the_same)
{
    auto const first = Builder{}
                           .add_rfc7643()
                           .keep_only("User", {"userName", "name.givenName", enterprise + ":department"})
                           .only_values(urn::group, "members.type")
                           .build()
                           .value();
    auto const second = Builder{}.add(*first).build().value();
    BOOST_REQUIRE(second->schemas().size() == first->schemas().size());
    for (Schema const& schema : first->schemas())
        BOOST_TEST((*second->find_schema(schema.id) == schema), schema.id);
    for (auto const& type : first->resource_types())
    {
        auto const* copy = second->find_resource_type(type->name());
        BOOST_REQUIRE(copy != nullptr);
        BOOST_TEST((copy->definition() == type->definition()), type->name());
        BOOST_TEST((copy->before_keep_only() == nullptr) == (type->before_keep_only() == nullptr));
        BOOST_TEST(has(*second, type->name(), "externalId") == has(*first, type->name(), "externalId"));
    }
    auto const* whole = second->find_resource_type("User")->before_keep_only();
    BOOST_TEST(whole->resolve({.name = "title"}).has_value()); // what was there before is known still
}

BOOST_AUTO_TEST_CASE(values_are_suggested_and_others_taken)
{
    auto const registry = Builder{}.add_rfc7643().suggest_values(urn::user, "roles.type", {"other"}).build().value();
    auto const* type = registry->find_schema(urn::user)->find_attribute("roles")->find_sub_attribute("type");
    BOOST_TEST((type->canonical_values == std::vector<std::string>{"other"}));
    BOOST_TEST(!type->only_canonical_values);
    BOOST_TEST(refusal(Builder{}.add_rfc7643().suggest_values(urn::user, "roles.type", {})) ==
               "suggest_values: there are no values.");
    BOOST_TEST(refusal(Builder{}.add_rfc7643().suggest_values(urn::user, "roles.nothing", {"a"})) ==
               "suggest_values: the schema " + std::string{urn::user} + " has no attribute \"roles.nothing\".");
}

BOOST_AUTO_TEST_SUITE_END()
