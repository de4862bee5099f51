// A PATCH of a large group must not read the group. Finds edits that come apart from what applying the message to the
// whole resource would do (RFC 7644 section 3.5.2), and messages that are split although they need the whole.
#include "patch/split.hpp"
#include "patch/support.hpp"

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(large_attributes)

namespace
{

// "add [{...}]; remove a,b; replace []" and how many operations are left, or "whole" or the refusal.
std::string split(std::string_view operations, PatchOptions const& options = {}, ResourceType const& type = group())
{
    auto const decoded = decode(operations, type, options);
    if (!decoded)
        return refusal(decoded);
    auto const result = split_large_attributes(*decoded, type, options);
    if (!result)
        return refusal(result);
    if (!*result)
        return "whole";
    std::string text;
    for (auto const& edit : (*result)->edits)
    {
        BOOST_TEST(edit.attribute.path() == "members");
        if (edit.kind == LargeAttributeEdit::Kind::remove)
        {
            text += "remove";
            for (auto const& value : edit.values)
                text += ' ' + value;
        }
        else
        {
            text += edit.kind == LargeAttributeEdit::Kind::add ? "add" : "replace";
            for (auto const& element : edit.elements)
                text += ' ' + json::serialize(element);
        }
        text += "; ";
    }
    return text + std::to_string((*result)->operations.size());
}

std::string one(std::string const& op, std::string const& path, std::string const& value = {},
                PatchOptions const& options = {})
{
    return split(R"([{"op":")" + op + R"(","path":")" + path + '"' + (value.empty() ? "" : ",\"value\":" + value) +
                     "}]",
                 options);
}

PatchOptions by_value()
{
    PatchOptions options;
    options.remove_by_value = true;
    return options;
}

} // namespace

BOOST_AUTO_TEST_CASE(additions_and_replacements_become_edits)
{
    BOOST_TEST(one("add", "members", R"([{"value":"1","TYPE":"User"},{"value":"1"}])") ==
               R"(add {"value":"1","type":"User"}; 0)");
    BOOST_TEST(one("add", "members", R"({"value":"1","$ref":null})") == R"(add {"value":"1"}; 0)");
    BOOST_TEST(one("replace", "members", R"([{"value":"1"}])") == R"(replace {"value":"1"}; 0)");
    BOOST_TEST(one("replace", "members", "[]") == "replace; 0");
    BOOST_TEST(one("replace", "members", "null") == "replace; 0");
    BOOST_TEST(one("add", "members", "[]") == "add; 0");
    BOOST_TEST(split(R"([{"op":"add","value":{"displayName":"x","members":[{"value":"1"}]}}])") ==
               R"(add {"value":"1"}; 1)");
}

BOOST_AUTO_TEST_CASE(removals_become_edits)
{
    BOOST_TEST(one("remove", "members") == "replace; 0");
    BOOST_TEST(one("remove", "members[value eq \\\"1\\\"]") == "remove 1; 0");
    BOOST_TEST(one("remove", "members[value eq \\\"1\\\" or (value eq \\\"2\\\" or value eq \\\"3\\\")]") ==
               "remove 1 2 3; 0");
    BOOST_TEST(one("remove", "members", R"([{"value":"1"},{"value":"2"}])", by_value()) == "remove 1 2; 0");
    BOOST_TEST(one("remove", "members", R"({"value":"1"})", by_value()) == "remove 1; 0");
    BOOST_TEST(one("remove", "members", "[]", by_value()) == "remove; 0");
    BOOST_TEST(one("remove", "members[value eq \\\"A\\\" or value eq \\\"a\\\"]") == "remove A a; 0", "ids are exact");
    BOOST_TEST(one("remove", "members", R"([{"value":"1"}])").starts_with("invalidValue: "));
    for (auto const* nobody : {"[{}]", R"([{"type":"User"}])", R"([{"value":""}])", R"([{"value":"1"},{"id":"2"}])"})
    {
        BOOST_TEST(one("remove", "members", nobody, by_value()).starts_with("invalid"), nobody);
        BOOST_TEST(one("replace", "members", nobody).starts_with("invalid"), nobody);
        BOOST_TEST(one("add", "members", nobody).starts_with("invalid"), nobody);
    }
}

BOOST_AUTO_TEST_CASE(the_order_of_edits_and_of_the_other_operations_stays)
{
    BOOST_TEST(
        split(R"([{"op":"remove","path":"members[value eq \"1\"]"},{"op":"replace","path":"displayName","value":"x"},
                         {"op":"add","path":"members","value":[{"value":"2"}]},{"op":"add","path":"externalId","value":"e"}])") ==
        R"(remove 1; add {"value":"2"}; 2)");
    BOOST_TEST(split(R"([{"op":"replace","path":"displayName","value":"x"}])") == "1");
}

BOOST_AUTO_TEST_CASE(what_needs_the_attribute_itself_is_not_split)
{
    for (auto const* path :
         {"members[type eq \\\"User\\\"]", "members[value sw \\\"1\\\"]", "members[not (value eq \\\"1\\\")]",
          "members[value eq \\\"1\\\" and type eq \\\"User\\\"]", "members[value eq \\\"1\\\"].type", "members.display",
          "members[value eq null]", "members[value ne \\\"1\\\"]"})
    {
        BOOST_TEST(one("remove", path) == "whole", path);
    }
    BOOST_TEST(one("add", "members[value eq \\\"1\\\"]", R"({"type":"User"})") == "whole");
    BOOST_TEST(one("add", "members.display", R"("x")") == "whole");
    BOOST_TEST(one("remove", "members", R"([{"value":"e\u0301"}])", by_value()) == "whole", "no normal form");
    auto absent = by_value();
    absent.remove_absent = false;
    BOOST_TEST(one("remove", "members[value eq \\\"1\\\"]", {}, absent) == "whole");
}

BOOST_AUTO_TEST_CASE(a_type_that_requires_its_large_attribute_is_not_split)
{
    BOOST_TEST(split(R"([{"op":"add","path":"parts","value":[{"value":"1"}]}])", {}, gadget()) == "whole");
    BOOST_TEST(split(R"([{"op":"add","path":"hint","value":"x"}])", {}, gadget()) == "whole");
}

BOOST_AUTO_TEST_CASE(types_without_large_attributes_have_no_edits)
{
    BOOST_TEST(split(R"([{"op":"add","path":"emails","value":[{"value":"1"}]}])", {}, user()) == "1");
    BOOST_TEST(split(R"([{"op":"remove","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"}])", {},
                     user()) == "1");
}

BOOST_AUTO_TEST_CASE(values_that_do_not_fit_are_refused_as_by_apply)
{
    BOOST_TEST(one("add", "members", R"([{"value":"1"},{"value":2}])") ==
               "invalidValue: Operations[0]: members[1].value: expected a string, got a number.");
    BOOST_TEST(one("replace", "members", "1") ==
               "invalidValue: Operations[0]: members[0]: expected an object, got a number.");
    BOOST_TEST(one("remove", "members", "[1]", by_value()) ==
               "invalidValue: Operations[0]: members[0]: expected an object, got a number.");
}

// Members that are primary, required parts, members that the service names.
BOOST_AUTO_TEST_CASE(the_rules_for_elements_hold_in_edits_too)
{
    auto const registry =
        SchemaRegistry::Builder{}
            .add(Schema{.id = "urn:example:crew:1.0:Crew",
                        .name = "Crew",
                        .attributes = {{.name = "members",
                                        .type = AttributeType::complex,
                                        .multi_valued = true,
                                        .sub_attributes = {{.name = "value", .mutability = Mutability::immutable},
                                                           {.name = "duty", .required = true},
                                                           {.name = "display", .mutability = Mutability::read_only},
                                                           {.name = "primary", .type = AttributeType::boolean}}}}})
            .add(ResourceTypeDefinition{.name = "Crew",
                                        .endpoint = "/Crews",
                                        .schema = "urn:example:crew:1.0:Crew",
                                        .large_attributes = {"members"}})
            .build()
            .value();
    auto const& crew = *registry->find_resource_type("Crew");
    auto const add = [&](std::string const& members, PatchOptions const& options = {})
    { return split(R"([{"op":"add","path":"members","value":)" + members + "}]", options, crew); };
    BOOST_TEST(add(R"([{"value":"1"}])") == "invalidValue: Operations[0]: members.duty: it is required.");
    BOOST_TEST(add(R"([{"value":"1","duty":"a","primary":true}])") == "whole");
    BOOST_TEST(add(R"([{"value":"1","duty":"a","primary":true},{"value":"2","duty":"a","primary":true}])") ==
               "invalidValue: Operations[0]: members: only one element can be primary.");
    BOOST_TEST(split(R"([{"op":"replace","path":"members","value":[{"value":"1","duty":"a","primary":true}]}])", {},
                     crew) == R"(replace {"value":"1","duty":"a","primary":true}; 0)");
    auto const named = R"([{"value":"1","duty":"a","display":"x"}])";
    BOOST_TEST(add(named) == "mutability: Operations[0]: members[0].display: it is readOnly.");
    PatchOptions echo;
    echo.ignore_readonly_echo = true;
    BOOST_TEST(add(named, echo) == R"(add {"value":"1","duty":"a"}; 0)");
}

BOOST_AUTO_TEST_SUITE_END()
