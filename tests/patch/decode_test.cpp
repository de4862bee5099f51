// What a PATCH message asks for (RFC 7644 section 3.5.2), before anything is changed: a message that could be meant
// in two ways, or whose data would be lost in silence, is refused at its operation.
#include "patch/support.hpp"

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

namespace
{

constexpr std::string_view schemas = R"("schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"])";

std::string refused(std::string_view operations, PatchOptions const& options = {})
{
    return refusal(decode(operations, user(), options));
}

std::string refused_body(std::string const& body, PatchOptions const& options = {})
{
    return refusal(decode_patch(parse(body), user(), options));
}

// "add title "Dr"; replace name.givenName null": what operations were read.
std::string decoded(std::string_view operations, PatchOptions const& options = {})
{
    auto const read = decode(operations, user(), options);
    if (!read)
        return refusal(read);
    std::string text;
    for (auto const& operation : *read)
    {
        text += text.empty() ? "" : "; ";
        text += operation.op == PatchOp::add ? "add " : operation.op == PatchOp::remove ? "remove " : "replace ";
        text += operation.path.attribute.path();
        text += operation.path.filter.empty() ? "" : '[' + to_string(operation.path.filter.front()) + ']';
        text += ' ' + json::serialize(operation.value) + (operation.implicit ? "!" : "");
    }
    return text;
}

PatchOptions dotted() { return {.dotted_keys = true}; }

} // namespace

BOOST_AUTO_TEST_SUITE(patch_messages)

BOOST_AUTO_TEST_CASE(the_body_is_a_patch_message, *label("7644-3.5.2-b"))
{
    BOOST_TEST(refused_body("[]") == "invalidSyntax: The body has to be a JSON object.");
    auto const wrong = "invalidSyntax: schemas: a PATCH has to be [\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"].";
    for (
        auto const* body :
        {R"({"Operations":[{"op":"remove","path":"title"}]})",
         R"({"schemas":[],"Operations":[{"op":"remove","path":"title"}]})",
         R"({"schemas":"urn:ietf:params:scim:api:messages:2.0:PatchOp","Operations":[{"op":"remove","path":"title"}]})",
         R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp",1],"Operations":[{"op":"remove","path":"title"}]})",
         R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"Operations":[{"op":"remove","path":"title"}]})"})
    {
        BOOST_TEST(refused_body(body) == wrong, body);
    }
    BOOST_TEST(
        refused_body(
            R"({"schemas":["URN:ietf:params:scim:api:messages:2.0:PATCHOP"],"Operations":[{"op":"remove","path":"title"}]})") ==
        "");
}

BOOST_AUTO_TEST_CASE(foreign_schemas_beside_the_message_are_a_tolerance)
{
    auto const body =
        R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp","urn:x"],"Operations":[{"op":"remove","path":"title"}]})";
    PatchOptions options;
    BOOST_TEST(refused_body(body, options).starts_with("invalidSyntax: schemas"));
    options.canonical.ignore_unknown_schemas = true;
    BOOST_TEST(refused_body(body, options) == "");
}

BOOST_AUTO_TEST_CASE(operations_are_a_list_of_at_least_one, *label("7644-3.5.2-c"))
{
    for (auto const* operations : {"[]", "null", "{}", "1"})
    {
        BOOST_TEST(refused(operations) == "invalidSyntax: Operations: expected an array of one or more operations.",
                   operations);
    }
    BOOST_TEST(refused_body('{' + std::string{schemas} + '}').starts_with("invalidSyntax: Operations"));
    BOOST_TEST(refused("[1]") == "invalidSyntax: Operations[0]: An operation has to be an object.");
}

BOOST_AUTO_TEST_CASE(too_many_operations_are_refused)
{
    PatchOptions options;
    options.max_operations = 2;
    auto const remove = std::string{R"({"op":"remove","path":"title"})"};
    BOOST_TEST(refused('[' + remove + ',' + remove + ']', options) == "");
    BOOST_TEST(refused('[' + remove + ',' + remove + ',' + remove + ']', options) ==
               "tooMany: Operations: there are more than 2.");
}

BOOST_AUTO_TEST_CASE(member_names_ignore_case_but_come_once, *label("7644-3.5.2-d"))
{
    BOOST_TEST(refused_body(R"({"SCHEMAS":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                               "operations":[{"OP":"add","Path":"title","VALUE":"x"}],"id":"extra"})") == "");
    BOOST_TEST(refused(R"([{"op":"add","OP":"remove","path":"title","value":"x"}])") ==
               "invalidSyntax: Operations[0]: op: the name is there twice.");
    BOOST_TEST(refused(R"([{"op":"add","path":"title","PATH":"x","value":"x"}])") ==
               "invalidSyntax: Operations[0]: path: the name is there twice.");
    BOOST_TEST(refused_body('{' + std::string{schemas} + R"(,"Operations":[],"operations":[]})") ==
               "invalidSyntax: Operations: the name is there twice.");
    BOOST_TEST(refused_body('{' + std::string{schemas} + R"(,"Schemas":[],"operations":[]})") ==
               "invalidSyntax: schemas: the name is there twice.");
}

BOOST_AUTO_TEST_CASE(op_is_one_of_three_words, *label("7644-3.5.2-e"))
{
    for (auto const* op : {"\"move\"", "\"\"", "1", "null", "\"Add\"", "[\"add\"]"})
    {
        BOOST_TEST(refused(R"([{"op":)" + std::string{op} + R"(,"path":"title","value":"x"}])") ==
                       "invalidSyntax: Operations[0]: op: expected \"add\", \"remove\" or \"replace\".",
                   op);
    }
    PatchOptions options;
    options.op_letter_case = true;
    BOOST_TEST(decoded(R"([{"op":"rePLACE","path":"title","value":"x"}])", options) == "replace title \"x\"");
}

BOOST_AUTO_TEST_CASE(a_path_is_a_string_of_the_path_grammar,
                     *label("7644-3.5.2-f") * label("7644-3.5.2-g") * label("7644-3.5.2-h") * label("7644-3.5.2-i"))
{
    auto const with_path = [](std::string const& path)
    { return refused(R"([{"op":"remove","path":"title"},{"op":"remove","path":)" + path + "}]"); };
    BOOST_TEST(with_path("[\"title\"]") == "invalidSyntax: Operations[1]: path: expected a string.");
    BOOST_TEST(with_path("\"/emails/0\"").starts_with("invalidPath: Operations[1]: "));
    BOOST_TEST(with_path("\"name..x\"").starts_with("invalidPath: "));
    BOOST_TEST(with_path("\"\"").starts_with("invalidPath: "));
    BOOST_TEST(with_path("\"nosuch\"").starts_with("invalidPath: "));
    BOOST_TEST(with_path("\"emails[type regex \\\"x\\\"]\"").starts_with("invalidFilter: "));
}

BOOST_AUTO_TEST_CASE(remove_needs_a_path, *label("7644-3.5.2-k") * label("7644-3.5.2.2-a"))
{
    BOOST_TEST(refused(R"([{"op":"remove"}])") == "noTarget: Operations[0]: A remove needs a path.");
    BOOST_TEST(refused(R"([{"op":"remove","path":null,"value":{"title":"x"}}])") ==
               "noTarget: Operations[0]: A remove needs a path.");
}

BOOST_AUTO_TEST_CASE(add_and_replace_need_a_value,
                     *label("7644-3.5.2.1-a") * label("7644-3.5.2.3-m") * label("7644-3.5.2.1-c"))
{
    BOOST_TEST(refused(R"([{"op":"add","path":"title"}])") ==
               "invalidValue: Operations[0]: An add or replace needs a value.");
    BOOST_TEST(refused(R"([{"op":"replace"}])") == "invalidValue: Operations[0]: An add or replace needs a value.");
    for (auto const* value : {"\"x\"", "null", "[]", "1"})
    {
        BOOST_TEST(refused(R"([{"op":"add","value":)" + std::string{value} + "}]") ==
                       "invalidValue: Operations[0]: value: expected an object of attributes, since there is no path.",
                   value);
    }
}

BOOST_AUTO_TEST_CASE(positions_are_those_of_the_message)
{
    auto const operations =
        decode(R"([{"op":"add","value":{"title":"a","nickName":"b"}},{"op":"remove","path":"title"}])", user()).value();
    BOOST_REQUIRE(operations.size() == 3U);
    BOOST_TEST(operations[0].position == 0U);
    BOOST_TEST(operations[1].position == 0U);
    BOOST_TEST(operations[2].position == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(path_less_values)

BOOST_AUTO_TEST_CASE(each_member_becomes_an_operation,
                     *label("7644-3.5.2.1-b") * label("7644-3.5.2.1-d") * label("7644-3.5.2-j"))
{
    auto const uri = std::string{urn::enterprise_user};
    BOOST_TEST(decoded(R"([{"op":"add","value":{"NICKNAME":"A","emails":[],
                           "URN:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"Department":"D"},
                           "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:division":"X",
                           "urn:ietf:params:scim:schemas:core:2.0:User:title":"T"}}])") ==
               "add nickName \"A\"!; add emails []!; add " + uri + ":department \"D\"!; add " + uri +
                   ":division \"X\"!; add title \"T\"!");
    BOOST_TEST(decoded(R"([{"op":"add","value":{}}])") == "");
}

BOOST_AUTO_TEST_CASE(an_extension_as_path_stands_for_its_attributes, *label("7644-3.5.2-m"))
{
    auto const uri = std::string{urn::enterprise_user};
    auto const with = [&](std::string const& op, std::string const& value)
    { return decoded(R"([{"op":")" + op + R"(","path":")" + uri + R"(","value":)" + value + "}]"); };
    BOOST_TEST(with("replace", R"({"department":"D"})") == "replace " + uri + ":department \"D\"!");
    BOOST_TEST(with("add", "null") == "");
    BOOST_TEST(with("replace", "null") == "remove " + uri + " null!");
    BOOST_TEST(with("remove", "null") == "remove " + uri + " null");
    BOOST_TEST(with("add", "1") ==
               "invalidValue: Operations[0]: " + uri + ": expected an object with the extension's attributes.");
    BOOST_TEST(with("add", R"({"foo":1})") ==
               "invalidSyntax: Operations[0]: The resource type User has no attribute \"" + uri + ":foo\".");
}

BOOST_AUTO_TEST_CASE(one_target_twice_is_refused, *label("7643-2.1-f"))
{
    auto const twice = [](std::string const& members, PatchOptions const& options = {})
    { return refused(R"([{"op":"add","value":{)" + members + "}}]", options); };
    auto const uri = std::string{urn::enterprise_user};
    BOOST_TEST(twice(R"("title":"a","TITLE":"b")") == "invalidSyntax: Operations[0]: title: the name is there twice.");
    BOOST_TEST(twice('"' + uri + R"(":{"division":"a"},")" + uri + R"(:division":"b")") ==
               "invalidSyntax: Operations[0]: " + uri + ":division: the name is there twice.");
    BOOST_TEST(twice('"' + uri + R"(":{},"URN:ietf:params:scim:schemas:extension:enterprise:2.0:User":{})") ==
               "invalidSyntax: Operations[0]: " + uri + ": the name is there twice.");
    BOOST_TEST(twice(R"("name.givenName":"a","NAME.givenname":"b")", dotted()) ==
               "invalidSyntax: Operations[0]: name.givenName: the name is there twice.");
    BOOST_TEST(twice(R"("emails[type eq \"work\"].value":"a","Emails[TYPE eq \"work\"].value":"b")", dotted())
                   .starts_with("invalidSyntax: "));
    BOOST_TEST(
        twice(
            R"("emails[type eq \"work\"].value":"a","emails[type eq \"home\"].value":"b","name":{},"name.givenName":"a")",
            dotted()) == "");
}

BOOST_AUTO_TEST_CASE(keys_may_be_paths_where_tolerated)
{
    auto const operations =
        R"([{"op":"replace","value":{"name.givenName":"A","emails[type eq \"work\"].value":"x",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value":"1",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager.$ref":"u"}}}])";
    auto const uri = std::string{urn::enterprise_user};
    BOOST_TEST(decoded(operations, dotted()) ==
               "replace name.givenName \"A\"!; replace emails.value[" +
                   to_string(decode(R"([{"op":"remove","path":"emails[type eq \"work\"]"}])", user())
                                 .value()
                                 .front()
                                 .path.filter.front()) +
                   "] \"x\"!; replace " + uri + ":manager.value \"1\"!; replace " + uri + ":manager.$ref \"u\"!");
    BOOST_TEST(refused(operations).starts_with("invalidSyntax: "));
}

BOOST_AUTO_TEST_CASE(a_bad_filter_in_a_key_is_told)
{
    PatchOptions options = dotted();
    options.canonical.ignore_unknown_attributes = true;
    BOOST_TEST(refused(R"([{"op":"add","value":{"emails[type regex 1].value":"x"}}])", options)
                   .starts_with("invalidFilter: "));
    BOOST_TEST(decoded(R"([{"op":"add","value":{"no..such":"x","foo.bar":1}}])", options) == "");
}

BOOST_AUTO_TEST_CASE(a_key_that_goes_on_behind_an_attribute_is_refused_as_its_path_is)
{
    PatchOptions options = dotted();
    options.canonical.ignore_unknown_attributes = true;
    options.canonical.ignore_unknown_schemas = true;
    auto const uri = std::string{urn::enterprise_user};
    for (auto const& name : std::vector<std::string>{
             uri + ".manager.value", uri + ":manager.boss", "URN" + uri.substr(3) + ".MANAGER.value", "name.nick",
             R"(emails[type eq \"work\"].nick)", std::string{urn::user} + ":name.nick", "name.givenName.x"})
    {
        auto const key = R"([{"op":"add","value":{")" + name + R"(":"x"}}])";
        auto const path = R"([{"op":"add","path":")" + name + R"(","value":"x"}])";
        BOOST_TEST(refused(key, options) == refused(path, options));
        BOOST_TEST(refused(key, options) != "", name);
    }
    auto const inside = R"([{"op":"add","value":{")" + uri + R"(":{"division":"D","manager.boss":"x"}}}])";
    BOOST_TEST(refused(inside, options).starts_with("invalidPath: "));
    BOOST_TEST(decoded(R"([{"op":"add","value":{"urn:example:x.manager.value":"x","nick.name":"x"}}])", options) == "");
}

BOOST_AUTO_TEST_CASE(so_is_one_behind_a_common_attribute_or_a_name_without_its_uri)
{
    PatchOptions options = dotted();
    options.canonical.ignore_unknown_attributes = true;
    options.canonical.ignore_unknown_schemas = true;
    auto const key = [](std::string const& name) { return R"([{"op":"add","value":{")" + name + R"(":"x"}}])"; };
    for (std::string const name : {"id.x", "externalId.x", "schemas.x", "meta.version.x", "META.x", "meta[x pr].y"})
        BOOST_TEST(refused(key(name), options) != "", name);
    BOOST_TEST(refused(key(std::string{urn::user} + ":externalId.x"), options) != "");
    BOOST_TEST(decoded(key("manager.x"), options) == "", "somebody else's");
    options.bind.names.unprefixed_extension_attribute = true;
    BOOST_TEST(refused(key("manager.x"), options) != "");
    BOOST_TEST(refused(key("department.x"), options) != "");
    BOOST_TEST(decoded(key(std::string(100'000, '.')), options) == "");
}

// JSON has no order of members, so none of them can come last.
BOOST_AUTO_TEST_CASE(no_member_of_a_value_is_within_another_one)
{
    PatchOptions options = dotted();
    options.canonical.ignore_unknown_attributes = true;
    auto const uri = std::string{urn::enterprise_user};
    std::string const work = R"("emails[type eq \"work\"])";
    std::string const name = R"("name":{"givenName":"two"})";
    std::string const manager = '"' + uri + R"(":{"manager":{"value":"m"}})";
    std::pair<std::string, std::string> const overlaps[] = {
        {R"("name.givenName":"one")", name},
        {R"("name.givenName":"one")", R"("name":null)"},
        {R"("name.givenName":"one")", '"' + std::string{urn::user} + "\":{" + name + "}"},
        {work + R"(.value":"a@x")", R"("emails":[{"value":"b@x"}])"},
        {work + R"(.value":"a@x")", work + R"(":{"value":"b@x"})"},
        {work + R"(.value":"a@x")", R"("emails.value":"b@x")"},
        {'"' + uri + R"(:manager.value":"n")", manager},
        {'"' + uri + R"(:manager.value":"n")", '"' + uri + R"(":null)"}};
    for (auto const& [one, other] : overlaps)
        for (auto const& both : {one + "," + other, other + "," + one})
            BOOST_TEST(refused(R"([{"op":"replace","value":{)" + both + "}}]", options).starts_with("invalidSyntax: "),
                       both);
    std::string const home = R"("emails[type eq \"home\"])";
    for (auto const& apart :
         {R"("name.givenName":"one","name":{"familyName":"two"})" + std::string{},
          R"("name.givenName":"one","name.familyName":"two")" + std::string{},
          work + R"(.value":"a@x",)" + home + R"(.value":"b@x")",
          work + R"(.value":"a@x",)" + work + R"(.display":"A")", '"' + uri + R"(:department":"d",)" + manager})
        BOOST_TEST(refused(R"([{"op":"replace","value":{)" + apart + "}}]", options) == "", apart);
}

BOOST_AUTO_TEST_CASE(unknown_members_follow_the_policy_for_bodies, *label("7643-2-c"))
{
    auto const operations = R"([{"op":"add","value":{"foo":1,"title":"x",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"bar":1,"division":null}}}])";
    PatchOptions options;
    BOOST_TEST(refused(operations) == "invalidSyntax: Operations[0]: The resource type User has no attribute \"foo\".");
    options.canonical.ignore_unknown_attributes = true;
    BOOST_TEST(decoded(operations, options) ==
               "add title \"x\"!; add " + std::string{urn::enterprise_user} + ":division null!");
    BOOST_TEST(refused(R"([{"op":"add","path":"foo","value":1}])", options).starts_with("invalidPath: "));
}

BOOST_AUTO_TEST_CASE(the_object_of_a_schema_is_refused_when_no_name_in_it_is_known)
{
    PatchOptions options = dotted();
    options.canonical.ignore_unknown_attributes = true;
    options.canonical.ignore_unknown_schemas = true;
    std::string const quoted_extension = '"' + std::string{urn::enterprise_user} + '"';
    std::string const quoted_base = '"' + std::string{urn::user} + '"';
    auto const with_value = [](std::string const& op, std::string const& path, std::string const& value)
    { return "[{\"op\":\"" + op + "\"," + path + "\"value\":" + value + "}]"; };
    for (std::string const op : {"add", "replace"})
    {
        for (auto const& value :
             {"{" + quoted_extension + R"(:{"dept":"D"}})", "{" + quoted_extension + R"(:{"dept":"D"},"title":"x"})",
              "{" + quoted_base + R"(:{"foo":1},"title":"x"})"})
        {
            BOOST_TEST(refused(with_value(op, "", value), options).starts_with("invalidValue: Operations[0]: "), value);
        }
        for (auto const& uri : {quoted_extension, quoted_base})
        {
            auto const reason = refused(with_value(op, "\"path\":" + uri + ",", R"({"foo":"D"})"), options);
            BOOST_TEST(reason.starts_with("invalidValue: Operations[0]: " + uri.substr(1, uri.size() - 2)), reason);
        }
        // What is empty or null says nothing that could be lost; at the top, names are left out one by one.
        for (auto const& value : {std::string{"{}"}, std::string{R"({"nickname2":"x"})"},
                                  "{" + quoted_extension + R"(:{"foo":null}})", "{" + quoted_extension + ":{}}"})
        {
            BOOST_TEST(decoded(with_value(op, "", value), options) == "", value);
        }
        BOOST_TEST(decoded(with_value(op, "", R"({"id":"1","foo":2})"), options) == op + " id \"1\"!");
    }
}

BOOST_AUTO_TEST_CASE(extension_attributes_without_their_uri_are_a_tolerance_of_paths)
{
    PatchOptions options = dotted();
    options.bind.names.unprefixed_extension_attribute = true;
    auto const uri = std::string{urn::enterprise_user};
    BOOST_TEST(decoded(R"([{"op":"add","path":"department","value":"D"}])", options) ==
               "add " + uri + ":department \"D\"");
    BOOST_TEST(refused(R"([{"op":"add","path":"department","value":"D"}])").starts_with("invalidPath: "));
}

BOOST_AUTO_TEST_CASE(values_of_a_removal_are_kept_only_where_they_mean_something)
{
    PatchOptions options;
    auto const remove = [&](std::string const& path)
    { return decoded(R"([{"op":"remove","path":")" + path + R"(","value":[{"value":"1"}]}])", options); };
    auto const refusal_of = [&](std::string const& path)
    { return refused(R"([{"op":"remove","path":")" + path + R"(","value":[{"value":"1"}]}])", options); };
    auto const shown = [](std::string const& path) { return path.substr(0, path.find('[')); };
    for (auto const* path : {"emails", "emails[value pr]", "roles", "emails.value",
                             "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"})
    {
        BOOST_TEST(refusal_of(path) ==
                   "invalidValue: Operations[0]: " + shown(path) +
                       ": a remove takes no value; a filter in the path says what is to be removed.");
    }
    options.remove_by_value = true;
    BOOST_TEST(remove("emails") == R"(remove emails [{"value":"1"}])");
    BOOST_TEST(refusal_of("emails.value").starts_with("invalidValue: Operations[0]: emails.value: "));
    BOOST_TEST(refusal_of("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User").starts_with("invalidValue: "));
    BOOST_TEST(remove("emails[primary eq true]").ends_with(R"( [{"value":"1"}])"));
    BOOST_TEST(remove("emails[primary eq true].value").ends_with(R"( [{"value":"1"}])"));
    BOOST_TEST(decoded(R"([{"op":"remove","path":"emails"}])", options) == "remove emails null");
    for (std::string const nothing : {R"("")", "{}", "[]", "null"})
        for (std::string const path : {"title", "name.givenName", "password"})
            BOOST_TEST(decoded(R"([{"op":"remove","path":")" + path + R"(","value":)" + nothing + "}]", options) ==
                       "remove " + path + " null");
}

BOOST_AUTO_TEST_SUITE_END()
