// PATCH within lists (RFC 7644 sections 3.5.2.1 to 3.5.2.3): which element is meant, made or gone. Finds edits that
// hit others, and answers from which a client could learn what is never returned.
#include "patch/after.hpp"

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

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
               "invalidValue: Operations[0]: emails.primary: only one element can be primary.");
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
                         R"([{"op":")" + std::string{op} + R"(","path":"emails","value":)" + two + "}]") ==
                   "invalidValue: Operations[0]: emails: only one element can be primary.");
    }
    BOOST_TEST(after(R"({"userName":"a","emails":[{"value":"x"},{"value":"y"}]})",
                     R"([{"op":"replace","path":"emails[value pr]","value":{"primary":true}}])") ==
               "invalidValue: Operations[0]: emails: only one element can be primary.");
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
               "invalidValue: Operations[0]: emails: expected an object, got a string.");
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
                         R"([{"op":"add","path":"emails[)" + std::string{filter} + R"(].value","value":"y"}])",
                         creating()) == "noTarget: Operations[0]: emails.value: no element matches the filter.",
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
                   .starts_with("invalidValue: Operations[0]: x509Certificates.value: expected base64"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(patch_removal)

namespace
{

/// Of a resource with lists and parts that are never returned.
std::string vault_after(std::string_view operations, PatchOptions const& options)
{
    constexpr auto uri = "urn:example:vault:1.0:Vault";
    auto const hidden = [](std::string name, bool many)
    {
        return Attribute{.name = std::move(name),
                         .multi_valued = many,
                         .mutability = Mutability::write_only,
                         .returned = Returned::never};
    };
    auto const complex = [](std::string name, bool many, Attribute part)
    {
        return Attribute{.name = std::move(name),
                         .type = AttributeType::complex,
                         .multi_valued = many,
                         .sub_attributes = {{.name = "label"}, std::move(part)}};
    };
    static auto const registry =
        SchemaRegistry::Builder{}
            .add(Schema{.id = uri,
                        .name = "Vault",
                        .attributes = {hidden("answers", true), complex("phrase", false, hidden("words", true)),
                                       complex("hint", false, hidden("words", true)),
                                       complex("keys", true, hidden("pin", false))}})
            .add(ResourceTypeDefinition{.name = "Vault", .endpoint = "/Vaults", .schema = uri})
            .build()
            .value();
    return after(R"({"answers":["a","c"],"phrase":{"label":"l","words":["a"]},"hint":{"label":"l"},)"
                 R"("keys":[{"label":"l","pin":"1"}]})",
                 operations, options, *registry->find_resource_type("Vault"));
}

} // namespace

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
    auto const all = with(R"({"value":"1","type":"User"},{"value":"2"},{"value":"3"})");
    BOOST_TEST(group_after("[]") == all);
    for (auto const* nobody : {"[{}]", "{}", R"([{"type":"User"}])", R"([{"value":"1"},{"display":"x"}])"})
        BOOST_TEST(group_after(nobody).starts_with("invalidValue: Operations[0]: members["), nobody);
    BOOST_TEST(group_after("null") == R"({"displayName":"G"})");
    BOOST_TEST(group_after(R"(["1"])").starts_with("invalidValue: "));
    BOOST_TEST(group_after("[null]").starts_with("invalidValue: "));
}

BOOST_AUTO_TEST_CASE(of_one_value_with_two_types_that_with_the_listed_type_is_removed,
                     *label("7643-2.4-l") * label("7644-3.5.2.2-n"))
{
    auto const left_of = [](std::string const& stored, std::string const& listed)
    {
        return after(R"({"userName":"a",)" + stored + "}",
                     R"([{"op":"remove","path":"emails","value":)" + listed + "}]", removing_by_value());
    };
    auto const with = [](std::string const& emails) { return R"({"userName":"a",)" + emails + "}"; };
    std::string const work = R"({"value":"x","type":"work","primary":true})";
    std::string const home = R"({"value":"x","type":"home"})";
    std::string const both = R"("emails":[)" + work + "," + home + "]";
    BOOST_TEST(left_of(both, "[" + home + "]") == with(R"("emails":[)" + work + "]"));
    BOOST_TEST(left_of(both, R"([{"value":"X","type":"work","display":"as it was read"}])") ==
               with(R"("emails":[)" + home + "]"));
    BOOST_TEST(left_of(both, R"([{"value":"x","type":"other"}])") == with(both));
    BOOST_TEST(left_of(both, R"([{"value":"x"}])") == R"({"userName":"a"})");
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
        auto const operations = '[' + std::string{operation} + ']';
        BOOST_TEST(after(user_json, operations, strict).starts_with("noTarget: Operations[0]: "), operation);
    }
    BOOST_TEST(after(user_json, R"([{"op":"remove","path":"ims","value":[]}])", strict) == user_json);
}

BOOST_AUTO_TEST_CASE(required_attributes_cannot_be_emptied_in_any_way, *label("7644-3.5.2.2-i"))
{
    auto const required = "mutability: Operations[0]: parts: it is required and cannot be removed.";
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
               "mutability: Operations[0]: owner: it is required and cannot be removed.");
    BOOST_TEST(gadget_after(R"([{"op":"remove","path":"parts[value eq \"p\"].value"}])") ==
               "mutability: Operations[0]: parts.value: it is required and cannot be removed.");
    BOOST_TEST(gadget_after(R"([{"op":"replace","path":"parts[value eq \"p\"]","value":{"value":null}}])") ==
               "mutability: Operations[0]: parts.value: it is required and cannot be removed.");
}

BOOST_AUTO_TEST_CASE(immutable_lists_neither_grow_nor_shrink, *label("7644-3.5.2.2-k"))
{
    auto const sealed =
        R"({"label":"x","owner":{"value":"1"},"parts":[{"value":"p"}],"seals":["a"],"urn:example:gadget:1.0:Extra":{"weight":1}})";
    auto const fixed = "mutability: Operations[0]: seals: it is immutable and has a value.";
    for (auto const* operation :
         {R"({"op":"add","path":"seals","value":"b"})", R"({"op":"remove","path":"seals"})",
          R"({"op":"remove","path":"seals[value eq \"a\"]"})", R"({"op":"replace","path":"seals","value":["b"]})"})
    {
        BOOST_TEST(after(sealed, '[' + std::string{operation} + ']', {}, gadget()) == fixed, operation);
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
               "mutability: Operations[0]: " + std::string{test_extension} +
                   ":badge: it is immutable and has a value.");
    BOOST_TEST(after(R"({"userName":"a"})", remove) == R"({"userName":"a"})");
    BOOST_TEST(gadget_after(R"([{"op":"remove","path":"urn:example:gadget:1.0:Extra"}])") ==
               "mutability: Operations[0]: urn:example:gadget:1.0:Extra: the extension is required.");
}

BOOST_AUTO_TEST_CASE(no_answer_tells_whether_the_value_of_a_removal_is_what_is_never_returned)
{
    std::string const stored = R"({"userName":"a","password":"secret"})";
    for (std::string const value : {R"("secret")", "1", R"({"value":"x"})"})
        BOOST_TEST(after(stored, R"([{"op":"remove","path":"password","value":)" + value + "}]") ==
                   "invalidValue: Operations[0]: password: a remove of it takes no value.");
}

BOOST_AUTO_TEST_CASE(no_answer_tells_which_values_a_list_has_that_is_never_returned)
{
    for (auto const* path : {"answers", "phrase.words"})
        for (auto const* value : {R"(["a"])", R"(["b"])", R"("a")", "[]"})
            for (auto const& options : {removing_by_value(), PatchOptions{}})
                BOOST_TEST(
                    vault_after(R"([{"op":"remove","path":")" + std::string{path} + R"(","value":)" + value + "}]",
                                options) ==
                    "invalidValue: Operations[0]: " + std::string{path} + ": a remove of it takes no value.");
    BOOST_TEST(vault_after(R"([{"op":"remove","path":"answers"}])", removing_by_value()).find("answers") ==
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(no_answer_tells_whether_a_removed_value_has_a_part_that_is_never_returned)
{
    for (auto const* path : {"phrase", "hint"}) // the first has words that are hidden, the second has none
        BOOST_TEST(vault_after(R"([{"op":"remove","path":")" + std::string{path} + R"(","value":{"label":"l"}}])",
                               removing_by_value()) ==
                   "invalidValue: Operations[0]: " + std::string{path} +
                       ": the value of the remove is not what is there, so nothing is removed.");
}

BOOST_AUTO_TEST_CASE(no_element_is_found_by_what_is_never_returned)
{
    PatchOptions options = removing_by_value();
    options.remove_absent = false;
    for (auto const* value : {R"([{"pin":"1"}])", R"([{"pin":"2"}])", R"([{"pin":"1","label":"l"}])"})
        BOOST_TEST(vault_after(R"([{"op":"remove","path":"keys","value":)" + std::string{value} + "}]", options) ==
                   "noTarget: Operations[0]: keys: there is nothing to remove.");
    BOOST_TEST(vault_after(R"([{"op":"remove","path":"keys","value":[{"label":"l"}]}])", options).find("\"pin\"") ==
               std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
