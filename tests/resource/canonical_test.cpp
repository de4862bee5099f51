// One form for every body (RFC 7643 sections 2.1, 2.5, 3 and 3.3; RFC 7644 section 3.3): whatever spelling, place or
// empty value clients choose, the same is stored, and what nobody knows is refused or left out as the service was
// told.
#include "resource/user_bodies.hpp"

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(canonical_bodies)

namespace
{

CanonicalOptions tolerant()
{
    return {.ignore_unknown_attributes = true,
            .ignore_unknown_schemas = true,
            .extension_without_schema = true,
            .missing_schemas = true,
            .lax_formats = true,
            .names = {.unprefixed_extension_attribute = true, .legacy_schema_uris = true}};
}

} // namespace

BOOST_AUTO_TEST_CASE(names_come_out_in_schema_spelling, *label("7643-2.1-a") * label("7643-2.1-b"))
{
    BOOST_TEST(
        canonical(parse(
            R"({"SCHEMAS":["urn:ietf:params:scim:schemas:core:2.0:USER"],"USERNAME":"ada","Name":{"FAMILYNAME":"K"}})")) ==
        R"({"userName":"ada","name":{"familyName":"K"}})");
}

BOOST_AUTO_TEST_CASE(core_names_may_be_fully_qualified)
{
    BOOST_TEST(canonical_user(R"("urn:ietf:params:scim:schemas:core:2.0:user:TITLE":"Dr")") ==
               R"({"userName":"ada","title":"Dr"})");
}

BOOST_AUTO_TEST_CASE(a_name_twice_is_refused_in_any_spelling, *label("7643-2.1-f"))
{
    BOOST_TEST(canonical_user(R"("USERNAME":"b")") == "invalidSyntax: userName: the name is there twice.");
    BOOST_TEST(canonical_user(R"("title":null,"Title":"x")") == "invalidSyntax: title: the name is there twice.");
    BOOST_TEST(canonical_user(R"("title":"a","urn:ietf:params:scim:schemas:core:2.0:User:title":"b")") ==
               "invalidSyntax: title: the name is there twice.");
    BOOST_TEST(canonical_user(R"("id":"1","ID":"1")") == "invalidSyntax: id: the name is there twice.");
    BOOST_TEST(canonical_user(R"("name":{"givenName":"a","GIVENNAME":"b"})") ==
               "invalidSyntax: name.givenName: the name is there twice.");
    auto const uri = std::string{enterprise};
    BOOST_TEST(with_extension(enterprise, '"' + uri + R"(":{"department":"a"},")" + uri + R"(:department":"b")") ==
               "invalidSyntax: " + uri + ":department: the name is there twice.");
    BOOST_TEST(with_extension(enterprise,
                              '"' + uri + R"(":{},"URN:ietf:params:scim:schemas:extension:enterprise:2.0:User":{})") ==
               "invalidSyntax: " + uri + ": the name is there twice.");
}

BOOST_AUTO_TEST_CASE(read_only_attributes_are_dropped_whatever_they_are,
                     *label("7644-3.3-b") * label("7643-3.1-h") * label("7643-3.1-p") * label("7644-3.5.1-k") *
                         label("7643-4.1.2-p"))
{
    BOOST_TEST(canonical_user(R"("id":7,"meta":"x","groups":[{"value":"g"}])") == R"({"userName":"ada"})");
}

BOOST_AUTO_TEST_CASE(read_only_sub_attributes_are_dropped, *label("7643-4.3-e") * label("7643-7-zk"))
{
    auto const uri = std::string{enterprise};
    BOOST_TEST(with_extension(enterprise, '"' + uri + R"(":{"manager":{"value":"1","displayName":"Bob"}})") ==
               R"({"userName":"ada",")" + uri + R"(":{"manager":{"value":"1"}}})");
}

BOOST_AUTO_TEST_CASE(what_is_unassigned_vanishes_at_every_level,
                     *label("7643-2.5-a") * label("7643-2.5-e") * label("7643-2.5-h") * label("7644-3.3-h"))
{
    BOOST_TEST(canonical_user(R"("title":null,"active":null,"emails":[],"name":{"givenName":null},"ims":[],
                                 "phoneNumbers":null,"addresses":[{"region":null,"type":"work"}],"photos":null)") ==
               R"({"userName":"ada","addresses":[{"type":"work"}]})");
}

BOOST_AUTO_TEST_CASE(an_empty_array_or_null_in_an_array_is_a_fault_where_it_means_nothing, *label("7643-2.5-f"))
{
    BOOST_TEST(canonical_user(R"("nickName":[])") == "invalidValue: nickName: expected a string, got an array.");
    BOOST_TEST(canonical_user(R"("emails":[{"value":"a"},null])") == "invalidValue: emails[1]: null is no element.");
}

BOOST_AUTO_TEST_CASE(an_empty_string_is_a_value_but_not_of_an_external_id,
                     *label("7643-2.3.1-a") * label("7643-2.5-g") * label("7643-3.1-y"))
{
    BOOST_TEST(canonical_user(R"("nickName":"","externalId":"")") == R"({"userName":"ada","nickName":""})");
}

BOOST_AUTO_TEST_CASE(a_body_is_an_object, *label("7644-3.3-p") * label("7644-3.5.1-p"))
{
    BOOST_TEST(canonical(parse("[]")) == "invalidSyntax: The body has to be a JSON object.");
}

BOOST_AUTO_TEST_CASE(unknown_attributes_are_refused_or_ignored, *label("7643-2-c") * label("7644-3.3-y"))
{
    BOOST_TEST(canonical_user(R"("foo":1)") == "invalidSyntax: The resource type User has no attribute \"foo\".");
    BOOST_TEST(canonical_user(R"("name":{"foo":1})") == "invalidSyntax: name: there is no sub-attribute \"foo\".");
    BOOST_TEST(canonical_user(R"("foo":1,"name":{"foo":1,"givenName":"A"})", tolerant()) ==
               R"({"userName":"ada","name":{"givenName":"A"}})");
}

BOOST_AUTO_TEST_CASE(long_names_are_cut_in_details_between_characters)
{
    auto const name = std::string(99, 'x') + "\u00e9" + std::string(5'000, 'y');
    BOOST_TEST(canonical_user('"' + name + "\":1") ==
               "invalidSyntax: The resource type User has no attribute \"" + std::string(99, 'x') + "...\".");
    BOOST_TEST(canonical_user("\"name\":{\"" + name + "\":1}") ==
               "invalidSyntax: name: there is no sub-attribute \"" + std::string(99, 'x') + "...\".");
}

BOOST_AUTO_TEST_CASE(attributes_of_another_type_are_unknown, *label("7643-2-b"))
{
    BOOST_TEST(canonical_user(R"("members":[])") ==
               "invalidSyntax: The resource type User has no attribute \"members\".");
}

BOOST_AUTO_TEST_CASE(extension_attributes_need_their_uri_even_in_tolerant_mode,
                     *label("7643-3-h") * label("7643-3.3-a") * label("7644-3.3-x"))
{
    BOOST_TEST(canonical_user(R"("employeeNumber":"1")") ==
               "invalidSyntax: The resource type User has no attribute \"employeeNumber\".");
    BOOST_TEST(canonical_user(R"("employeeNumber":"1")", tolerant()) == R"({"userName":"ada"})");
}

BOOST_AUTO_TEST_CASE(extension_data_comes_in_an_object_or_by_qualified_names,
                     *label("7643-3.3-e") * label("7643-3.3-f"))
{
    auto const uri = std::string{enterprise};
    BOOST_TEST(with_extension(enterprise, '"' + uri + R"(":{"DEPARTMENT":"R"},")" + uri + R"(:division":"X")") ==
               R"({"userName":"ada",")" + uri + R"(":{"department":"R","division":"X"}})");
    BOOST_TEST(with_extension(enterprise, '"' + uri + R"(":null)") == R"({"userName":"ada"})");
    BOOST_TEST(with_extension(enterprise, '"' + uri + R"(":[])") ==
               "invalidValue: " + uri + ": expected an object with the extension's attributes.");
    BOOST_TEST(with_extension(enterprise, '"' + uri + R"(":{"foo":1})") ==
               "invalidSyntax: The resource type User has no attribute \"" + uri + ":foo\".");
}

BOOST_AUTO_TEST_CASE(extension_data_needs_its_uri_in_schemas_unless_tolerated, *label("7643-3-j"))
{
    auto const data = '"' + std::string{enterprise} + R"(":{"department":"R"})";
    BOOST_TEST(canonical_user(data) ==
               "invalidSyntax: schemas: " + std::string{enterprise} + " has to be in it, since the body has its data.");
    BOOST_TEST(canonical_user('"' + std::string{enterprise} + R"(":{"department":null})") == R"({"userName":"ada"})");
    BOOST_TEST(canonical_user(data, tolerant()) == R"({"userName":"ada",)" + data + '}');
}

BOOST_AUTO_TEST_CASE(schemas_must_name_the_base_schema_and_nothing_unknown,
                     *label("7643-3-a") * label("7643-3-b") * label("7643-3.3-b") * label("7644-3.3-q") *
                         label("7644-3.3-r"))
{
    auto const base = std::string{"invalidSyntax: schemas: "} + std::string{urn::user} + " has to be in it.";
    BOOST_TEST(canonical(parse(R"({"userName":"a"})")) == base);
    BOOST_TEST(canonical(parse(R"({"schemas":[],"userName":"a"})")) == base);
    BOOST_TEST(canonical(parse(R"({"schemas":null,"userName":"a"})")) == base);
    BOOST_TEST(canonical(parse(R"({"schemas":["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]})")) ==
               base);
    BOOST_TEST(canonical(parse(R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:x:y"]})")) ==
               "invalidSyntax: schemas: \"urn:x:y\" is not a schema of the resource type User.");
    for (auto const* wrong :
         {R"({"schemas":"urn:ietf:params:scim:schemas:core:2.0:User"})", R"({"schemas":[1]})", R"({"schemas":{}})"})
    {
        BOOST_TEST(canonical(parse(wrong), tolerant()) == "invalidSyntax: schemas: expected an array of schema URIs.");
    }
}

BOOST_AUTO_TEST_CASE(schemas_may_repeat_themselves_and_come_in_any_order,
                     *label("7643-3-c") * label("7643-3-d") * label("7643-3.3-c") * label("7643-3-e"))
{
    BOOST_TEST(
        canonical(parse(R"({"userName":"a","schemas":["URN:IETF:PARAMS:SCIM:SCHEMAS:EXTENSION:ENTERPRISE:2.0:USER",
        "urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:core:2.0:User"]})")) ==
        R"({"userName":"a"})");
}

BOOST_AUTO_TEST_CASE(each_tolerance_of_schemas_accepts_its_deviation_and_no_other)
{
    auto const only = [](auto set)
    {
        CanonicalOptions options;
        set(options);
        return options;
    };
    auto const missing = only([](CanonicalOptions& o) { o.missing_schemas = true; });
    auto const unknown = only([](CanonicalOptions& o) { o.ignore_unknown_schemas = true; });
    auto const legacy = only([](CanonicalOptions& o) { o.names.legacy_schema_uris = true; });
    BOOST_TEST(canonical(parse(R"({"userName":"a"})"), missing) == R"({"userName":"a"})");
    BOOST_TEST(canonical(parse(R"({"schemas":["urn:x"],"userName":"a"})"), missing).starts_with("invalidSyntax"));
    BOOST_TEST(canonical_user(R"("urn:x:ext:1.0:User":{"a":1},"urn:x:ext:1.0:User:b":1)", unknown) ==
               R"({"userName":"ada"})");
    BOOST_TEST(canonical_user(R"("urn:x:ext:1.0:User":{"a":1})")
                   .starts_with("invalidSyntax: The resource type User has no schema for"));
    BOOST_TEST(canonical_user(R"("foo":1)", unknown).starts_with("invalidSyntax"));
    auto const old = parse(R"({"schemas":["urn:scim:schemas:core:1.0"],"userName":"a"})");
    BOOST_TEST(canonical(old, legacy) == R"({"userName":"a"})");
    BOOST_TEST(canonical(old).starts_with("invalidSyntax"));
}

BOOST_AUTO_TEST_CASE(an_unknown_name_of_a_known_schema_is_an_unknown_attribute)
{
    CanonicalOptions schemas_only;
    schemas_only.ignore_unknown_schemas = true;
    auto const name = std::string{enterprise} + ":foo";
    BOOST_TEST(canonical_user('"' + name + "\":1", schemas_only) ==
               "invalidSyntax: The resource type User has no attribute \"" + name + "\".");
    BOOST_TEST(canonical_user('"' + name + "\":1", tolerant()) == R"({"userName":"ada"})");
}

BOOST_AUTO_TEST_SUITE_END()
