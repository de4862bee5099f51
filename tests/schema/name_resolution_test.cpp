// Which attribute a name stands for (RFC 7644 section 3.10, RFC 7643 section 3). A name that resolves to another
// extension's attribute writes where nobody looks; so each tolerance has to be asked for.
#include <scimkit/schema/registry.hpp>

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using boost::unit_test::label;

namespace
{

constexpr std::string_view badge_uri = "urn:example:badge:1.0";

// User with the enterprise extension and one whose URI ends in a version; both have "division".
struct Types
{
    std::shared_ptr<SchemaRegistry const> registry =
        SchemaRegistry::Builder{}
            .add_rfc7643()
            .add(Schema{.id = std::string{badge_uri},
                        .name = "Badge",
                        .attributes = {{.name = "serial"}, {.name = "division"}, {.name = "nickName"}}})
            .extend("User", badge_uri)
            .build()
            .value();
    ResourceType const& user = *registry->find_resource_type("User");
    ResourceType const& group = *registry->find_resource_type("Group");

    /// The path in schema spelling, or "-" if there is no such attribute.
    static std::string resolved(ResourceType const& type, std::string_view text, NameResolution const& how = {})
    {
        auto const ref = type.resolve(parse_attribute_path(text).value(), how);
        return ref ? ref->path() : "-";
    }
};

constexpr NameResolution legacy{.legacy_schema_uris = true};
constexpr NameResolution unprefixed{.unprefixed_extension_attribute = true};
std::string const enterprise(urn::enterprise_user);
std::string const user_uri(urn::user);

} // namespace

BOOST_FIXTURE_TEST_SUITE(name_resolution, Types)

BOOST_AUTO_TEST_CASE(names_resolve_without_regard_to_case, *label("7643-2.1-a") * label("7644-3.10-b"))
{
    BOOST_TEST(resolved(user, "USERNAME") == "userName");
    BOOST_TEST(resolved(user, "Name.FAMILYname") == "name.familyName");
    BOOST_TEST(resolved(user, "URN:IETF:PARAMS:SCIM:SCHEMAS:CORE:2.0:USER:NAME.GIVENNAME") == "name.givenName");
    BOOST_TEST(resolved(user, "URN:ietf:params:SCIM:schemas:Extension:Enterprise:2.0:uSER:MANAGER.$REF") ==
               enterprise + ":manager.$ref");
}

BOOST_AUTO_TEST_CASE(a_resolved_attribute_knows_its_schema_and_definition)
{
    auto const ref = user.resolve({.name = "name", .sub_attribute = "familyName"});
    BOOST_REQUIRE(ref);
    BOOST_TEST(ref->schema == &user.schema());
    BOOST_TEST(ref->attribute == user.schema().find_attribute("name"));
    BOOST_TEST(ref->sub_attribute == ref->attribute->find_sub_attribute("familyName"));
    BOOST_TEST(&ref->leaf() == ref->sub_attribute);
    BOOST_TEST(!ref->in_extension);

    auto const department = user.resolve({.uri = enterprise, .name = "department"});
    BOOST_REQUIRE(department);
    BOOST_TEST(department->schema == registry->find_schema(enterprise));
    BOOST_TEST(&department->leaf() == department->attribute);
    BOOST_TEST(department->in_extension);
    BOOST_CHECK(*department != *ref);
    BOOST_CHECK(*department == *user.resolve({.uri = enterprise, .name = "DEPARTMENT"}));
}

BOOST_AUTO_TEST_CASE(common_attributes_belong_to_every_type,
                     *label("7643-3-f") * label("7643-3.1-c") * label("7644-3.10-d"))
{
    for (auto const* type : {&user, &group})
        for (auto const name : {"schemas", "id", "externalId", "meta.lastModified"})
            BOOST_TEST(resolved(*type, name) == name);
    BOOST_TEST(resolved(user, user_uri + ":externalId") == "externalId");
    BOOST_TEST(resolved(user, user_uri + ":id") == "id");
    BOOST_TEST(resolved(user, enterprise + ":id") == "-");
    BOOST_TEST(user.resolve({.name = "id"})->schema == &common_schema());
}

BOOST_AUTO_TEST_CASE(unknown_names_resolve_to_nothing)
{
    for (std::string const& text :
         {std::string{"shoeSize"}, std::string{"name.shoeSize"}, std::string{"userName.value"}, std::string{"members"},
          user_uri + ":department", enterprise + ":userName", std::string{"urn:example:nothing:userName"},
          std::string{urn::group} + ":members", user_uri, user_uri + ".userName"})
        BOOST_TEST(resolved(user, text) == "-", text);
    BOOST_TEST(resolved(group, "userName") == "-");
    BOOST_TEST(resolved(group, enterprise + ":department") == "-");
    BOOST_CHECK(!user.resolve({}));
    BOOST_CHECK(!user.resolve({.uri = user_uri}));
}

BOOST_AUTO_TEST_CASE(an_uri_with_its_last_part_as_the_name_is_the_whole_extension)
{
    for (auto const& uri : {enterprise, std::string{badge_uri}})
    {
        auto const whole = user.resolve(parse_attribute_path(uri).value());
        BOOST_REQUIRE(whole);
        BOOST_TEST(whole->attribute == nullptr);
        BOOST_TEST(whole->in_extension);
        BOOST_TEST(whole->schema == registry->find_schema(uri));
        BOOST_TEST(whole->path() == uri);
    }
    BOOST_TEST(resolved(group, enterprise) == "-");
}

// The spelling of Entra ID with a dot for the colon: a tolerance elsewhere, never a resolution.
BOOST_AUTO_TEST_CASE(a_dot_does_not_separate_an_extension_from_its_attribute)
{
    for (auto const& how : {NameResolution{}, legacy, unprefixed})
        BOOST_TEST(resolved(user, enterprise + ".department", how) == "-");
}

BOOST_AUTO_TEST_CASE(an_extension_attribute_needs_its_urn_unless_tolerated, *label("7644-3.10-c") * label("7643-3-h"))
{
    BOOST_TEST(resolved(user, "department") == "-");
    BOOST_TEST(resolved(user, "department", unprefixed) == enterprise + ":department");
    BOOST_TEST(resolved(user, "MANAGER.displayname", unprefixed) == enterprise + ":manager.displayName");
    BOOST_TEST(resolved(user, "serial", unprefixed) == std::string{badge_uri} + ":serial");
    BOOST_TEST(resolved(user, "division", unprefixed) == "-");        // two extensions have it
    BOOST_TEST(resolved(user, "nickName", unprefixed) == "nickName"); // the base schema's comes first
    BOOST_TEST(resolved(group, "department", unprefixed) == "-");
}

BOOST_AUTO_TEST_CASE(draft_uris_are_aliases_when_tolerated)
{
    for (std::string const base : {"urn:scim:schemas:core:1.0", "urn:scim:schemas:core:2.0",
                                   "urn:scim:schemas:core:1.0:User", "URN:SCIM:schemas:core:2.0:USER"})
    {
        BOOST_TEST(resolved(user, base + ":userName", legacy) == "userName", base);
        BOOST_TEST(resolved(user, base + ":id", legacy) == "id", base);
        BOOST_TEST(resolved(user, base + ":userName") == "-", base);
        BOOST_TEST(user.is_base_schema(base, true));
        BOOST_TEST(!user.is_base_schema(base));
    }
    for (std::string const extension :
         {"urn:scim:schemas:extension:enterprise:1.0", "urn:scim:schemas:extension:enterprise:2.0",
          "urn:scim:schemas:extension:enterprise:1.0:User", "urn:scim:schemas:extension:enterprise:2.0:User"})
    {
        BOOST_TEST(resolved(user, extension + ":department", legacy) == enterprise + ":department", extension);
        BOOST_TEST(resolved(user, extension, legacy) == enterprise, extension);
        BOOST_TEST(resolved(user, extension + ":department") == "-", extension);
        BOOST_TEST(user.find_extension(extension, true) == registry->find_schema(enterprise));
        BOOST_TEST(user.find_extension(extension) == nullptr);
    }
    BOOST_TEST(resolved(group, "urn:scim:schemas:core:1.0:members", legacy) == "members");
    BOOST_TEST(resolved(group, "urn:scim:schemas:core:1.0:User:members", legacy) == "-");
    BOOST_TEST(resolved(user, "urn:scim:schemas:core:3.0:userName", legacy) == "-");
}

BOOST_AUTO_TEST_CASE(members_of_the_root_are_base_and_common_attributes)
{
    BOOST_TEST(user.find_root_attribute("EMAILS")->path() == "emails");
    BOOST_TEST(user.find_root_attribute("META")->path() == "meta");
    BOOST_CHECK(!user.find_root_attribute("department"));
    BOOST_CHECK(!user.find_root_attribute(enterprise));
    BOOST_CHECK(!user.find_root_attribute("name.familyName"));
    BOOST_CHECK(!user.find_root_attribute(""));
}

BOOST_AUTO_TEST_CASE(schema_uris_are_found_without_regard_to_case, *label("7643-3-e"))
{
    BOOST_TEST(user.is_base_schema("URN:IETF:params:scim:schemas:core:2.0:user"));
    BOOST_TEST(!user.is_base_schema(urn::group));
    BOOST_TEST(!user.is_base_schema(enterprise));
    BOOST_TEST(user.find_extension("urn:EXAMPLE:badge:1.0") == registry->find_schema(badge_uri));
    BOOST_TEST(user.find_extension(urn::user) == nullptr);
    BOOST_TEST(group.find_extension(enterprise) == nullptr);
    BOOST_TEST(registry->find_schema("URN:EXAMPLE:BADGE:1.0")->id == badge_uri);
    BOOST_TEST(registry->find_schema("urn:example:badge") == nullptr);
}

BOOST_AUTO_TEST_CASE(resource_types_are_found_by_name_and_endpoint)
{
    BOOST_TEST(registry->find_resource_type("User") == &user);
    BOOST_TEST(registry->find_resource_type("user") == nullptr);
    BOOST_TEST(registry->find_endpoint("/Users") == &user);
    BOOST_TEST(registry->find_endpoint("/users") == nullptr);
    BOOST_TEST(registry->find_endpoint("/users", true) == &user);
    BOOST_TEST(registry->find_endpoint("/User", true) == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
