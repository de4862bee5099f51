// What a resource must fulfil as a whole before it is stored (RFC 7643 sections 2.2 and 2.4): what is required is
// there, one element is primary. And when two states are one, which keeps a version as it was.
#include "resource/support.hpp"

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

namespace
{

std::string check(std::string_view attributes, ResourceType const& type = user())
{
    return refusal(check_resource(object(attributes), type));
}

std::string gadget_with(std::string const& more)
{
    return R"({"label":"x","owner":{"value":"1"},"parts":[{"value":"p"}],"urn:example:gadget:1.0:Extra":{"weight":1})" +
           more + "}";
}

} // namespace

BOOST_AUTO_TEST_SUITE(resource_checks)

BOOST_AUTO_TEST_CASE(required_attributes_must_be_there, *label("7644-3.3-o") * label("7644-3.5.1-l") *
                                                            label("7643-4.2-b") * label("7643-4.1.1-a") *
                                                            label("7643-2.5-d") * label("7643-2.2-a"))
{
    BOOST_TEST(check(R"({"userName":"a"})") == "");
    BOOST_TEST(check(R"({"title":"a"})") == "invalidValue: userName: it is required.");
    BOOST_TEST(check(R"({"userName":null})") == "invalidValue: userName: it is required.");
    BOOST_TEST(check("{}", group()) == "invalidValue: displayName: it is required.");
    BOOST_TEST(check(gadget_with(""), gadget()) == "");
}

BOOST_AUTO_TEST_CASE(required_sub_attributes_count_while_their_parent_is_assigned, *label("7643-4.2-g"))
{
    BOOST_TEST(
        check(
            R"({"userName":"a","urn:example:params:scim:schemas:extension:test:2.0:User":{"locker":{"site":"A"}}})") ==
        "invalidValue: " + std::string{test_extension} + ":locker.code: it is required.");
    BOOST_TEST(check(R"({"userName":"a","urn:example:params:scim:schemas:extension:test:2.0:User":{"level":1}})") ==
               "");
    BOOST_TEST(check(R"({"label":"x","owner":{"value":"1"},"parts":[{"value":"p"},{"$ref":"p"}],
                         "urn:example:gadget:1.0:Extra":{"weight":1}})",
                     gadget()) == "invalidValue: parts[1].value: it is required.");
}

BOOST_AUTO_TEST_CASE(required_extensions_must_be_there)
{
    auto const missing =
        "invalidValue: " + std::string{gadget_extension} + ": the resource type requires this extension.";
    auto const without = std::string{R"({"label":"x","owner":{"value":"1"},"parts":[{"value":"p"}])"};
    BOOST_TEST(check(without + "}", gadget()) == missing);
    BOOST_TEST(check(without + R"(,"urn:example:gadget:1.0:Extra":{}})", gadget()) == missing);
    BOOST_TEST(check(without + R"(,"urn:example:gadget:1.0:Extra":{"weight":null}})", gadget()) == missing);
    BOOST_TEST(check(without + R"(,"urn:example:gadget:1.0:Extra":{"origin":"x"}})", gadget()) ==
               "invalidValue: " + std::string{gadget_extension} + ":weight: it is required.");
}

BOOST_AUTO_TEST_CASE(one_element_at_most_is_primary, *label("7643-2.4-e"))
{
    BOOST_TEST(check(R"({"userName":"a","emails":[{"value":"1","primary":true},{"value":"2","primary":true}]})") ==
               "invalidValue: emails[1].primary: another element is primary already.");
    BOOST_TEST(check(R"({"userName":"a","emails":[{"primary":true},{"primary":false}],"ims":[{"primary":true}]})") ==
               "");
    BOOST_TEST(check(R"({"userName":"a","urn:example:params:scim:schemas:extension:test:2.0:User":
                         {"devices":[{"primary":true},{"primary":true}]}})")
                   .ends_with(":devices[1].primary: another element is primary already."));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(states)

namespace
{
bool same(std::string_view a, std::string_view b)
{
    bool const forth = same_state(object(a), object(b));
    BOOST_TEST(forth == same_state(object(b), object(a)));
    return forth;
}
} // namespace

BOOST_AUTO_TEST_CASE(order_of_members_kinds_of_numbers_and_unassigned_values_make_no_difference, *label("7643-2.3.8-b"))
{
    BOOST_TEST(same(R"({"a":1,"b":{"c":"x","d":2}})", R"({"b":{"d":2.0,"c":"x"},"a":1.0})"));
    BOOST_TEST(same(R"({"a":null})", "{}"));
    BOOST_TEST(!same(R"({"a":1})", R"({"a":2})"));
    BOOST_TEST(!same(R"({"a":1})", R"({"b":1})"));
    BOOST_TEST(!same(R"({"a":"x"})", R"({"a":"X"})"));
    BOOST_TEST(!same(R"({"a":[1]})", R"({"a":1})"));
    BOOST_TEST(!same(R"({"a":{}})", R"({"a":[]})"));
    BOOST_TEST(!same(R"({"a":[1,2]})", R"({"a":[1]})"));
}

BOOST_AUTO_TEST_CASE(an_absent_primary_of_an_element_is_false, *label("7643-2.4-f"))
{
    BOOST_TEST(same(R"({"e":[{"value":"1","primary":false}]})", R"({"e":[{"value":"1"}]})"));
    BOOST_TEST(!same(R"({"e":[{"value":"1","primary":true}]})", R"({"e":[{"value":"1"}]})"));
    BOOST_TEST(!same(R"({"primary":false})", "{}"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(resources)

BOOST_AUTO_TEST_CASE(schemas_are_the_base_and_the_extensions_with_data, *label("7643-3-i") * label("7643-2.1-g"))
{
    auto const uris = [](std::string_view attributes) { return schemas_of(user(), object(attributes)); };
    BOOST_TEST(uris("{}") == std::vector<std::string_view>{urn::user});
    BOOST_TEST(uris(R"({"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{}})").size() == 1U);
    BOOST_TEST(uris(R"({"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"division":"x"}})") ==
               (std::vector<std::string_view>{urn::user, urn::enterprise_user}));
}

BOOST_AUTO_TEST_CASE(a_version_is_a_weak_entity_tag, *label("7643-3.1-w"))
{
    BOOST_TEST(format_version(Version{42}) == "W/\"42\"");
    BOOST_TEST(format_version(Version{}) == "");
}

BOOST_AUTO_TEST_CASE(values_are_found_in_extensions_and_complex_attributes)
{
    auto const attributes = object(R"({"title":"Dr","name":{"givenName":"A"},"emails":[{"value":"x"}],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"1"}}})");
    auto const find = [&](std::string_view path)
    {
        auto const* value = find_value(attributes, ref(user(), path));
        return value ? json::serialize(*value) : std::string{"none"};
    };
    auto const enterprise = std::string{urn::enterprise_user};
    BOOST_TEST(find("title") == "\"Dr\"");
    BOOST_TEST(find("name.givenName") == "\"A\"");
    BOOST_TEST(find("name.familyName") == "none");
    BOOST_TEST(find("emails.value") == R"([{"value":"x"}])");
    BOOST_TEST(find(enterprise + ":manager.value") == "\"1\"");
    BOOST_TEST(find(enterprise + ":division") == "none");
    BOOST_TEST(find(enterprise) == R"({"manager":{"value":"1"}})");
    BOOST_TEST(find(std::string{test_extension} + ":level") == "none");
    BOOST_TEST(find("nickName") == "none");
}

BOOST_AUTO_TEST_SUITE_END()
