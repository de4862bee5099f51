// What patch-cases.jsonl leaves open; the table itself is in cases_test.cpp.
#include "patch/support.hpp"

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

namespace
{

// The attributes after the operations, or the refusal; a refusal leaves everything as it was, to the order.
std::string after(std::string_view attributes, std::string_view operations, PatchOptions const& options = {},
                  ResourceType const& type = user())
{
    Patched patched(type, attributes);
    auto const before = patched.text();
    auto const changed = patched.patch(operations, options);
    if (!changed || !*changed)
    {
        BOOST_TEST(patched.text() == before, "unchanged to the order of members");
    }
    return changed ? patched.text() : refusal(changed);
}

std::string in_extension(std::string const& members)
{
    return R"({"userName":"a",")" + std::string(test_extension) + "\":{" + members + "}}";
}

std::string test_operation(std::string const& op, std::string const& path, std::string const& value)
{
    return R"([{"op":")" + op + R"(","path":")" + std::string(test_extension) + ":" + path + R"(","value":)" + value +
           "}]";
}

PatchOptions creating()
{
    PatchOptions options;
    options.create_on_no_match = true;
    return options;
}

PatchOptions removing_by_value()
{
    PatchOptions options;
    options.remove_by_value = true;
    return options;
}

constexpr std::string_view gadget_attributes =
    R"({"label":"x","owner":{"value":"1","display":"Bob","seal":"s","tags":["a"]},"parts":[{"value":"p"},{"value":"q"}],"urn:example:gadget:1.0:Extra":{"weight":1,"checked":"c"}})";

std::string gadget_after(std::string_view operations, PatchOptions const& options = {})
{
    return after(gadget_attributes, operations, options, gadget());
}

} // namespace

BOOST_AUTO_TEST_SUITE(patch_atomicity)

BOOST_AUTO_TEST_CASE(a_failure_at_the_end_takes_everything_back, *label("7644-3.5.2-aa"))
{
    BOOST_TEST(after(R"({"userName":"a","title":"t","name":{"givenName":"A"},"emails":[{"value":"x","primary":true}],
                         "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"D"},"active":true})",
                     R"([{"op":"remove","path":"title"},{"op":"add","path":"nickName","value":"n"},
                         {"op":"replace","path":"name","value":null},
                         {"op":"add","path":"emails","value":{"value":"y","primary":true}},
                         {"op":"remove","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"},
                         {"op":"add","path":"urn:example:params:scim:schemas:extension:test:2.0:User:level","value":1},
                         {"op":"replace","path":"active","value":"no"}])") ==
               "invalidValue: Operations[6]: active: expected true or false, got a string");
}

BOOST_AUTO_TEST_CASE(the_result_is_checked_as_a_whole)
{
    BOOST_TEST(after(R"({"userName":"a","title":"t"})",
                     R"([{"op":"remove","path":"title"},)" + test_operation("add", "locker.site", "\"A\"").substr(1)) ==
               "invalidValue: " + std::string(test_extension) + ":locker.code: it is required");
}

BOOST_AUTO_TEST_CASE(operations_that_cancel_out_change_nothing, *label("7644-3.5.2-ai") * label("7644-3.5.2.1-k"))
{
    Patched patched(user(), R"({"userName":"a","title":"t","nickName":"n"})");
    BOOST_TEST(!patched
                    .patch(R"([{"op":"remove","path":"title"},{"op":"add","path":"active","value":true},
                                  {"op":"remove","path":"active"},{"op":"add","path":"title","value":"t"}])")
                    .value());
    BOOST_TEST(patched.text() == R"({"userName":"a","title":"t","nickName":"n"})");
}

BOOST_AUTO_TEST_CASE(what_comes_back_in_another_order_or_spelling_of_nothing_is_no_change)
{
    auto const name = R"({"userName":"a","name":{"givenName":"A","familyName":"K"},"emails":[{"value":"x"}]})";
    BOOST_TEST(after(name, R"([{"op":"remove","path":"name.givenName"},{"op":"add","path":"name.givenName","value":"A"},
                               {"op":"add","path":"emails.primary","value":false}])") == name);
    BOOST_TEST(after(name, test_operation("replace", "level", "null")) == name);
}

BOOST_AUTO_TEST_CASE(no_operations_change_nothing)
{
    Patched patched(user(), R"({"userName":"a"})");
    BOOST_TEST(!apply_patch(patched.resource, {}).value());
}

BOOST_AUTO_TEST_CASE(details_tell_operation_and_attribute)
{
    Patched patched(user(), R"({"userName":"a"})");
    auto const refused = patched.patch(
        R"([{"op":"add","path":"title","value":"x"},{"op":"add","path":"emails","value":[{"value":"x"},{"value":1}]}])");
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().detail == "Operations[1]: emails[1].value: expected a string, got a number");
    BOOST_TEST(refused.error().attribute == "emails.value");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(patch_of_complex_values)

BOOST_AUTO_TEST_CASE(adding_null_sub_attributes_changes_nothing_replacing_clears_them, *label("7644-3.5.2.1-p"))
{
    auto const name = R"({"userName":"a","name":{"givenName":"A","familyName":"K"}})";
    BOOST_TEST(after(name, R"([{"op":"add","path":"name","value":{"givenName":null}}])") == name);
    BOOST_TEST(after(name, R"([{"op":"replace","path":"name","value":{"givenName":null,"familyName":null}}])") ==
               R"({"userName":"a"})");
    BOOST_TEST(after(name, R"([{"op":"replace","path":"name","value":{}}])") == name);
    BOOST_TEST(after(R"({"userName":"a"})", R"([{"op":"replace","path":"name","value":{"givenName":null}}])") ==
               R"({"userName":"a"})");
}

BOOST_AUTO_TEST_CASE(multi_valued_sub_attributes_grow_and_are_replaced)
{
    BOOST_TEST(gadget_after(R"([{"op":"add","path":"owner.tags","value":["A","b"]}])").find(R"("tags":["a","b"])") !=
               std::string::npos);
    BOOST_TEST(gadget_after(R"([{"op":"add","path":"owner","value":{"tags":["c"]}}])").find(R"("tags":["a","c"])") !=
               std::string::npos);
    BOOST_TEST(gadget_after(R"([{"op":"add","path":"owner.tags","value":"d"}])").find(R"("tags":["a","d"])") !=
               std::string::npos);
    BOOST_TEST(gadget_after(R"([{"op":"replace","path":"owner.tags","value":["c"]}])").find(R"("tags":["c"])") !=
               std::string::npos);
    BOOST_TEST(gadget_after(R"([{"op":"replace","path":"owner.tags","value":[]}])").find("tags") == std::string::npos);
    BOOST_TEST(gadget_after(R"([{"op":"add","path":"owner.tags","value":["c",1]}])") ==
               "invalidValue: Operations[0]: owner.tags[1]: expected a string, got a number");
}

BOOST_AUTO_TEST_CASE(immutable_sub_attributes_of_a_single_value, *label("7644-3.5.2-p") * label("7644-3.5.2-q"))
{
    auto const fixed = "mutability: Operations[0]: owner.seal: it is immutable and has ";
    BOOST_TEST(gadget_after(R"([{"op":"add","path":"owner.seal","value":"s"}])") == gadget_attributes);
    BOOST_TEST(gadget_after(R"([{"op":"replace","path":"owner","value":{"seal":"t"}}])") ==
               fixed + std::string("another value"));
    BOOST_TEST(gadget_after(R"([{"op":"replace","path":"owner","value":{"seal":null}}])") ==
               fixed + std::string("a value"));
    BOOST_TEST(gadget_after(R"([{"op":"remove","path":"owner.seal"}])") == fixed + std::string("a value"));
    BOOST_TEST(after(R"({"userName":"a",")" + std::string(test_extension) + R"(":{"locker":{"code":"1"}}})",
                     test_operation("add", "locker.key", "\"k\""))
                   .find(R"({"code":"1","key":"k"})") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_filter_on_a_single_complex_value_selects_it_or_not)
{
    auto const name = R"({"userName":"a","name":{"givenName":"A","familyName":"K"}})";
    BOOST_TEST(after(name, R"([{"op":"replace","path":"name[givenName eq \"a\"].familyName","value":"L"}])") ==
               R"({"userName":"a","name":{"givenName":"A","familyName":"L"}})");
    BOOST_TEST(after(name, R"([{"op":"remove","path":"name[givenName eq \"a\"]"}])") == R"({"userName":"a"})");
    BOOST_TEST(after(name, R"([{"op":"replace","path":"name[givenName eq \"b\"].familyName","value":"L"}])", creating())
                   .starts_with("noTarget: "));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(patch_of_elements)

BOOST_AUTO_TEST_CASE(a_sub_attribute_without_brackets_is_that_of_every_element)
{
    auto const emails = R"({"userName":"a","emails":[{"value":"x"},{"value":"y","display":"d"}]})";
    BOOST_TEST(after(emails, R"([{"op":"replace","path":"emails.display","value":"e"}])") ==
               R"({"userName":"a","emails":[{"value":"x","display":"e"},{"value":"y","display":"e"}]})");
    BOOST_TEST(after(R"({"userName":"a"})", R"([{"op":"replace","path":"emails.value","value":"e"}])") ==
               R"({"userName":"a","emails":[{"value":"e"}]})");
    BOOST_TEST(after(R"({"userName":"a"})", R"([{"op":"replace","path":"emails.value","value":null}])") ==
               R"({"userName":"a"})");
    BOOST_TEST(after(emails, R"([{"op":"replace","path":"emails.primary","value":true}])") ==
               "invalidValue: Operations[0]: emails.primary: only one element can be primary");
}

BOOST_AUTO_TEST_CASE(adding_an_element_that_is_there_as_primary_makes_it_primary,
                     *label("7644-3.5.2-x") * label("7644-3.5.2-y"))
{
    BOOST_TEST(
        after(R"({"userName":"a","emails":[{"value":"x","primary":true},{"value":"y","type":"work"}]})",
              R"([{"op":"add","path":"emails","value":[{"value":"y","type":"work","primary":true}]}])") ==
        R"({"userName":"a","emails":[{"value":"x","primary":false},{"value":"y","type":"work","primary":true}]})");
}

BOOST_AUTO_TEST_CASE(two_primaries_in_one_value_are_refused, *label("7644-3.5.2-z"))
{
    auto const two = R"([{"value":"x","primary":true},{"value":"y","primary":true}])";
    for (auto const* op : {"add", "replace"})
    {
        BOOST_TEST(after(R"({"userName":"a"})",
                         R"([{"op":")" + std::string(op) + R"(","path":"emails","value":)" + two + "}]") ==
                   "invalidValue: Operations[0]: emails: only one element can be primary");
    }
    BOOST_TEST(after(R"({"userName":"a","emails":[{"value":"x"},{"value":"y"}]})",
                     R"([{"op":"replace","path":"emails[value pr]","value":{"primary":true}}])") ==
               "invalidValue: Operations[0]: emails: only one element can be primary");
}

BOOST_AUTO_TEST_CASE(a_member_is_known_by_its_value_alone, *label("7643-4.2-j"))
{
    BOOST_TEST(after(R"({"displayName":"G","members":[{"value":"1","type":"User"}]})",
                     R"([{"op":"add","path":"members","value":[{"value":"1","display":"x"},{"value":"2"}]}])", {},
                     group()) == R"({"displayName":"G","members":[{"value":"1","type":"User"},{"value":"2"}]})");
}

BOOST_AUTO_TEST_CASE(replacing_members_keeps_what_is_known_of_those_that_stay)
{
    BOOST_TEST(after(R"({"displayName":"G","members":[{"value":"1","type":"User"},{"value":"2"}]})",
                     R"([{"op":"replace","path":"members","value":[{"value":"1"}]}])", {},
                     group()) == R"({"displayName":"G","members":[{"value":"1","type":"User"}]})");
}

BOOST_AUTO_TEST_CASE(simple_values_are_not_doubled, *label("7644-3.5.2.1-m") * label("7644-3.5.2.2-h"))
{
    BOOST_TEST(after(in_extension(R"("tags":["a","b"])"), test_operation("add", "tags", R"(["A","c","C"])")) ==
               in_extension(R"("tags":["a","b","c"])"));
    BOOST_TEST(after(in_extension(R"("tags":["a","b"])"), test_operation("replace", "tags[value eq \\\"a\\\"]",
                                                                         "\"B\"")) == in_extension(R"("tags":["B"])"));
    BOOST_TEST(after(in_extension(R"("tags":["a","b"])"),
                     test_operation("replace", "tags[value eq \\\"a\\\"]", "null")) == in_extension(R"("tags":["b"])"));
}

BOOST_AUTO_TEST_CASE(a_selected_element_can_be_cleared)
{
    auto const emails = R"({"userName":"a","emails":[{"value":"x","type":"work"},{"value":"y"}]})";
    BOOST_TEST(after(emails, R"([{"op":"replace","path":"emails[type eq \"work\"]","value":null}])") ==
               R"({"userName":"a","emails":[{"value":"y"}]})");
    BOOST_TEST(after(emails, R"([{"op":"add","path":"emails[type eq \"work\"]","value":null}])") == emails);
    BOOST_TEST(after(emails, R"([{"op":"replace","path":"emails[type eq \"work\"]","value":"z"}])") ==
               "invalidValue: Operations[0]: emails: expected an object, got a string");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(patch_creation)

BOOST_AUTO_TEST_CASE(an_eq_filter_describes_the_new_element, *label("7644-3.5.2.1-o") * label("7644-3.5.2.3-l"))
{
    BOOST_TEST(
        after(
            R"({"userName":"a","emails":[{"value":"x","primary":true}]})",
            R"([{"op":"replace","path":"emails[type eq \"work\" and (primary eq true and display eq null)].value","value":"y"}])",
            creating()) ==
        R"({"userName":"a","emails":[{"value":"x","primary":false},{"type":"work","primary":true,"value":"y"}]})");
    BOOST_TEST(after(R"({"userName":"a"})", R"([{"op":"add","path":"emails[type eq \"work\"]","value":{"value":"y"}}])",
                     creating()) == R"({"userName":"a","emails":[{"type":"work","value":"y"}]})");
    BOOST_TEST(after(R"({"userName":"a"})", R"([{"op":"add","path":"emails[type eq \"work\"].type","value":"home"}])",
                     creating()) == R"({"userName":"a","emails":[{"type":"home"}]})");
}

BOOST_AUTO_TEST_CASE(what_the_filter_does_not_say_cannot_be_created, *label("7644-3.5.2.3-k"))
{
    for (auto const* filter : {R"(type ne \"x\")", R"(type pr)", R"(type eq \"a\" or type eq \"b\")",
                               R"(not (type eq \"a\"))", R"(type eq \"a\" and type eq \"b\")", R"(type sw \"a\")"})
    {
        BOOST_TEST(after(R"({"userName":"a"})",
                         R"([{"op":"add","path":"emails[)" + std::string(filter) + R"(].value","value":"y"}])",
                         creating()) == "noTarget: Operations[0]: emails.value: no element matches the filter",
                   filter);
    }
    BOOST_TEST(after(R"({"userName":"a"})",
                     R"([{"op":"replace","path":"emails[type eq \"work\"]","value":{"value":"y"}}])", creating())
                   .starts_with("noTarget: "));
    BOOST_TEST(
        after(in_extension(R"("level":1)"), test_operation("add", "tags[value eq \\\"a\\\"]", "\"b\""), creating())
            .starts_with("noTarget: "));
}

BOOST_AUTO_TEST_CASE(clearing_what_is_not_there_creates_nothing)
{
    BOOST_TEST(after(R"({"userName":"a"})",
                     R"([{"op":"replace","path":"emails[type eq \"work\"].value","value":null}])",
                     creating()) == R"({"userName":"a"})");
    BOOST_TEST(
        after(R"({"userName":"a"})", R"([{"op":"replace","path":"emails[type eq \"work\"].value","value":null}])")
            .starts_with("noTarget: "));
}

BOOST_AUTO_TEST_CASE(an_element_is_not_made_from_values_that_do_not_fit)
{
    BOOST_TEST(after(R"({"userName":"a"})",
                     R"([{"op":"add","path":"x509Certificates[value eq \"!\"].display","value":"y"}])", creating())
                   .starts_with("invalidValue: Operations[0]: x509Certificates[0].value: expected base64"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(patch_removal)

BOOST_AUTO_TEST_CASE(listed_elements_are_removed_and_no_others, *label("7644-3.5.2.2-n"))
{
    auto const group_after = [](std::string const& value)
    {
        return after(R"({"displayName":"G","members":[{"value":"1","type":"User"},{"value":"2"},{"value":"3"}]})",
                     R"([{"op":"remove","path":"members","value":)" + value + "}]", removing_by_value(), group());
    };
    auto const with = [](std::string const& members) { return R"({"displayName":"G","members":[)" + members + "]}"; };
    BOOST_TEST(group_after(R"([{"value":"1","type":"Group","$ref":null},{"value":"3"},{"value":"9"}])") ==
               with(R"({"value":"2"})"));
    BOOST_TEST(group_after(R"({"value":"2"})") == with(R"({"value":"1","type":"User"},{"value":"3"})"));
    BOOST_TEST(group_after(R"([{"type":"User"}])") == with(R"({"value":"2"},{"value":"3"})"));
    auto const all = with(R"({"value":"1","type":"User"},{"value":"2"},{"value":"3"})");
    BOOST_TEST(group_after("[]") == all);
    BOOST_TEST(group_after("[{}]") == all);
    BOOST_TEST(group_after("null") == R"({"displayName":"G"})");
    BOOST_TEST(group_after(R"(["1"])").starts_with("invalidValue: "));
    BOOST_TEST(group_after("[null]").starts_with("invalidValue: "));
}

BOOST_AUTO_TEST_CASE(simple_values_are_removed_by_the_case_rule)
{
    BOOST_TEST(after(in_extension(R"("tags":["a","b"])"), test_operation("remove", "tags", R"(["A"])"),
                     removing_by_value()) == in_extension(R"("tags":["b"])"));
}

BOOST_AUTO_TEST_CASE(read_only_parts_of_a_listed_element_do_no_harm)
{
    BOOST_TEST(
        gadget_after(R"([{"op":"remove","path":"parts","value":[{"value":"p","display":"x"}]}])", removing_by_value())
            .find(R"("parts":[{"value":"q"}])") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(removing_what_is_not_there_can_be_an_error, *label("7644-3.5.2.2-l") * label("7644-3.5.2.2-m"))
{
    auto strict = removing_by_value();
    strict.remove_absent = false;
    auto const user_json = R"({"userName":"a","emails":[{"value":"x"}]})";
    for (auto const* operation :
         {R"({"op":"remove","path":"title"})", R"({"op":"remove","path":"name.givenName"})",
          R"({"op":"remove","path":"emails[value eq \"y\"]"})",
          R"({"op":"remove","path":"emails[value eq \"y\"].display"})",
          R"({"op":"remove","path":"emails","value":[{"value":"x"},{"value":"y"}]})",
          R"({"op":"remove","path":"ims","value":[{"value":"x"}]})",
          R"({"op":"remove","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"})"})
    {
        auto const operations = '[' + std::string(operation) + ']';
        BOOST_TEST(after(user_json, operations, strict).starts_with("noTarget: Operations[0]: "), operation);
    }
    BOOST_TEST(after(user_json, R"([{"op":"remove","path":"ims","value":[]}])", strict) == user_json);
}

BOOST_AUTO_TEST_CASE(required_attributes_cannot_be_emptied_in_any_way, *label("7644-3.5.2.2-i"))
{
    auto const required = "mutability: Operations[0]: parts: it is required and cannot be removed";
    BOOST_TEST(gadget_after(R"([{"op":"remove","path":"parts"}])") == required);
    BOOST_TEST(gadget_after(R"([{"op":"replace","path":"parts","value":[]}])") == required);
    BOOST_TEST(gadget_after(R"([{"op":"remove","path":"parts[value pr]"}])") == required);
    BOOST_TEST(gadget_after(R"([{"op":"remove","path":"parts","value":[{"value":"p"},{"value":"q"}]}])",
                            removing_by_value()) == required);
    BOOST_TEST(
        gadget_after(
            R"([{"op":"remove","path":"parts[value eq \"p\"]"},{"op":"remove","path":"parts[value eq \"q\"]"}])") ==
        required);
    BOOST_TEST(gadget_after(R"([{"op":"remove","path":"owner"}])") ==
               "mutability: Operations[0]: owner: it is required and cannot be removed");
    BOOST_TEST(gadget_after(R"([{"op":"remove","path":"parts[value eq \"p\"].value"}])") ==
               "mutability: Operations[0]: parts.value: it is required and cannot be removed");
    BOOST_TEST(gadget_after(R"([{"op":"replace","path":"parts[value eq \"p\"]","value":{"value":null}}])") ==
               "mutability: Operations[0]: parts.value: it is required and cannot be removed");
}

BOOST_AUTO_TEST_CASE(immutable_lists_neither_grow_nor_shrink, *label("7644-3.5.2.2-k"))
{
    auto const sealed =
        R"({"label":"x","owner":{"value":"1"},"parts":[{"value":"p"}],"seals":["a"],"urn:example:gadget:1.0:Extra":{"weight":1}})";
    auto const fixed = "mutability: Operations[0]: seals: it is immutable and has a value";
    for (auto const* operation :
         {R"({"op":"add","path":"seals","value":"b"})", R"({"op":"remove","path":"seals"})",
          R"({"op":"remove","path":"seals[value eq \"a\"]"})", R"({"op":"replace","path":"seals","value":["b"]})"})
    {
        BOOST_TEST(after(sealed, '[' + std::string(operation) + ']', {}, gadget()) == fixed, operation);
    }
    BOOST_TEST(after(sealed, R"([{"op":"add","path":"seals","value":["A"]}])", {}, gadget()) == sealed);
    BOOST_TEST(after(sealed, R"([{"op":"remove","path":"seals[value eq \"b\"]"}])", {}, gadget()) == sealed);
}

BOOST_AUTO_TEST_CASE(an_extension_is_removed_but_for_what_is_the_services)
{
    auto const remove = R"([{"op":"remove","path":"urn:example:params:scim:schemas:extension:test:2.0:User"}])";
    BOOST_TEST(after(in_extension(R"("level":1,"serial":"s","tags":["a"])"), remove) ==
               in_extension(R"("serial":"s")"));
    BOOST_TEST(after(in_extension(R"("level":1,"badge":"b")"), remove) ==
               "mutability: Operations[0]: " + std::string(test_extension) + ":badge: it is immutable and has a value");
    BOOST_TEST(after(R"({"userName":"a"})", remove) == R"({"userName":"a"})");
    BOOST_TEST(gadget_after(R"([{"op":"remove","path":"urn:example:gadget:1.0:Extra"}])") ==
               "mutability: Operations[0]: urn:example:gadget:1.0:Extra: the extension is required");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(patch_of_what_is_not_the_clients)

BOOST_AUTO_TEST_CASE(an_echo_of_read_only_attributes_is_a_tolerance, *label("7644-3.5.2-r") * label("7644-3.5.2-o"))
{
    PatchOptions echo;
    echo.ignore_readonly_echo = true;
    auto const operations = R"([{"op":"replace","value":{"id":"1","meta":{"version":"x"},"groups":[],"title":"t",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"1","displayName":"B"}}}}])";
    BOOST_TEST(
        after(R"({"userName":"a"})", operations, echo) ==
        R"({"userName":"a","title":"t","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"1"}}})");
    BOOST_TEST(after(R"({"userName":"a"})", operations) == "mutability: Operations[0]: id: it is readOnly");
    BOOST_TEST(after(R"({"userName":"a"})", R"([{"op":"replace","value":{"id":"2"}}])", echo) ==
               "mutability: Operations[0]: id: it is readOnly");
    BOOST_TEST(after(R"({"userName":"a"})", R"([{"op":"replace","path":"id","value":"1"}])", echo) ==
               "mutability: Operations[0]: id: it is readOnly");
    BOOST_TEST(after(R"({"userName":"a"})", R"([{"op":"remove","path":"meta.version"}])", echo) ==
               "mutability: Operations[0]: meta.version: it is readOnly");
}

BOOST_AUTO_TEST_CASE(schemas_follow_the_data, *label("7644-3.5.2-t") * label("7644-3.5.2-u") * label("7644-3.5.2-v"))
{
    auto const ada = std::string(R"({"userName":"a"})");
    auto const with = [&](std::string const& op, std::string const& value, PatchOptions const& options = {})
    { return after(ada, R"([{"op":")" + op + R"(","path":"schemas","value":)" + value + "}]", options); };
    auto const enterprise = '"' + std::string(urn::enterprise_user) + '"';
    auto const base = '"' + std::string(urn::user) + '"';
    BOOST_TEST(with("add", '[' + enterprise + ']') == ada);
    BOOST_TEST(with("add", enterprise) == ada);
    BOOST_TEST(with("add", "[]") == ada);
    BOOST_TEST(with("add", "null") == ada);
    BOOST_TEST(with("replace", '[' + base + ',' + enterprise + ']') == ada);
    BOOST_TEST(with("replace", '[' + enterprise + ']') ==
               "mutability: Operations[0]: schemas: the base schema cannot be taken away");
    BOOST_TEST(with("replace", "[]") == "mutability: Operations[0]: schemas: it is required and cannot be removed");
    BOOST_TEST(with("replace", "null") == "mutability: Operations[0]: schemas: it is required and cannot be removed");
    BOOST_TEST(with("remove", '[' + enterprise + ']').starts_with("mutability: "));
    BOOST_TEST(with("add", R"(["urn:x"])") ==
               "invalidValue: Operations[0]: schemas: there is a URI that is no schema of the resource type User");
    BOOST_TEST(with("add", "[1]") == "invalidValue: Operations[0]: schemas: expected schema URIs");
    PatchOptions tolerant;
    tolerant.canonical.ignore_unknown_schemas = true;
    BOOST_TEST(with("add", R"(["urn:x"])", tolerant) == ada);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(patch_at_scale)

namespace
{

std::string members(int count)
{
    json::array elements;
    for (int i = 0; i < count; ++i)
    {
        elements.push_back(json::object{{"value", "m" + std::to_string(i)}});
    }
    return json::serialize(json::object{{"displayName", "G"}, {"members", std::move(elements)}});
}

std::string operations(int count, auto operation)
{
    std::string text = "[";
    for (int i = 0; i < count; ++i)
    {
        text += (i == 0 ? "" : ",") + operation("m" + std::to_string(i));
    }
    return text + ']';
}

} // namespace

// A quadratic way through any of these would take minutes.
BOOST_AUTO_TEST_CASE(ten_thousand_members_come_and_go_one_by_one)
{
    Patched patched(group(), members(20'000));
    BOOST_TEST(patched
                   .patch(operations(10'000, [](std::string const& id)
                                     { return R"({"op":"remove","path":"members[value eq \")" + id + R"(\"]"})"; }))
                   .value());
    BOOST_TEST(patched.resource.attributes.at("members").as_array().size() == 10'000U);
    BOOST_TEST(patched
                   .patch(operations(10'000, [](std::string const& id)
                                     { return R"({"op":"add","path":"members","value":[{"value":")" + id + "\"}]}"; }))
                   .value());
    BOOST_TEST(patched.resource.attributes.at("members").as_array().size() == 20'000U);
    BOOST_TEST(!patched.patch(R"([{"op":"add","path":"members","value":[{"value":"m1"}]}])").value());
}

BOOST_AUTO_TEST_CASE(removals_one_by_one_and_in_a_run_leave_the_same)
{
    auto const remove = [](std::string_view filter)
    { return R"({"op":"remove","path":"members[)" + std::string(filter) + R"(]"})"; };
    Patched run(group(), members(30));
    Patched apart(group(), members(30));
    BOOST_TEST(run.patch('[' + remove(R"(value eq \"M1\")") + ',' + remove(R"(value eq \"m2\" or value eq \"m3\")") +
                         ',' + remove(R"(value eq \"none\")") + ',' + remove(R"(value sw \"m2\")") + ']')
                   .value());
    for (auto const* filter :
         {R"(value eq \"M1\")", R"(value eq \"m2\" or value eq \"m3\")", R"(value eq \"none\")", R"(value sw \"m2\")"})
    {
        BOOST_TEST(!!apart.patch('[' + remove(filter) + ']'));
    }
    BOOST_TEST(run.text() == apart.text());
    BOOST_TEST(run.resource.attributes.at("members").as_array().size() == 17U);
}

BOOST_AUTO_TEST_SUITE_END()
