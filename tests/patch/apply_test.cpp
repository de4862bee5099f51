// What patch-cases.jsonl leaves open; the table itself is in cases_test.cpp.
#include "patch/after.hpp"

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

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
               "invalidValue: Operations[6]: active: expected true or false, got a string.");
}

BOOST_AUTO_TEST_CASE(the_result_is_checked_as_a_whole)
{
    BOOST_TEST(after(R"({"userName":"a","title":"t"})",
                     R"([{"op":"remove","path":"title"},)" + test_operation("add", "locker.site", "\"A\"").substr(1)) ==
               "invalidValue: " + std::string{test_extension} + ":locker.code: it is required.");
}

BOOST_AUTO_TEST_CASE(operations_that_cancel_out_change_nothing, *label("7644-3.5.2-ai") * label("7644-3.5.2.1-k"))
{
    Patched patched{user(), R"({"userName":"a","title":"t","nickName":"n"})"};
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

BOOST_AUTO_TEST_CASE(operations_that_look_through_too_many_elements_are_refused)
{
    json::array emails;
    for (int i = 0; i < 100; ++i)
        emails.push_back(json::object{{"value", "e" + std::to_string(i)}});
    json::array operations;
    for (int i = 0; i < 10; ++i)
        operations.push_back(json::object{{"op", "replace"},
                                          {"path", "emails[value eq \"e1\" or display eq \"none\"].type"},
                                          {"value", "t" + std::to_string(i)}});
    auto const patch_within = [&](std::uint64_t tests)
    {
        Patched patched{user(), json::serialize(json::object{{"userName", "a"}, {"emails", emails}})};
        PatchOptions options;
        options.max_element_tests = tests;
        return patched.patch(json::serialize(operations), options);
    };
    BOOST_TEST(patch_within(2'000).value());
    auto const refused = patch_within(1'999);
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().code == ErrorCode::too_many));
    BOOST_TEST(refused.error().detail == "Operations[9]: emails.type: the operations look through too many elements.");
}

BOOST_AUTO_TEST_CASE(adding_many_elements_one_by_one_looks_through_them_once)
{
    json::array operations;
    for (int i = 0; i < 100; ++i)
        operations.push_back(json::object{
            {"op", "add"}, {"path", "members"}, {"value", json::array{json::object{{"value", std::to_string(i)}}}}});
    Patched patched{group(), R"({"displayName":"g","members":[{"value":"a"}]})"};
    PatchOptions options;
    options.max_element_tests = 1;
    BOOST_TEST(patched.patch(json::serialize(operations), options).value());
}

// A JSON object of the resource moves its members when it grows, and Boost.JSON lets it grow when a member is asked for
// that is there. So every number of attributes before, and of new ones in between, meets every number of additions.
BOOST_AUTO_TEST_CASE(elements_added_one_by_one_are_all_there_whatever_the_size_of_the_resource)
{
    static constexpr std::string_view names[] = {"title",  "nickName", "userType", "displayName",      "profileUrl",
                                                 "locale", "timezone", "active",   "preferredLanguage"};
    auto const value_of = [](std::string_view name)
    {
        return name == "active"       ? json::value(true)
               : name == "profileUrl" ? json::value("https://example.com/")
               : name == "timezone"   ? json::value("Europe/Rome")
                                      : json::value("en");
    };
    for (auto const* path :
         {"emails", "phoneNumbers", "roles", "urn:example:params:scim:schemas:extension:test:2.0:User:tags"})
    {
        for (std::size_t before = 0; before <= std::size(names); ++before)
        {
            for (std::size_t between = 0; before + between <= std::size(names); ++between)
            {
                json::object attributes{{"userName", "a"}};
                json::array operations;
                for (std::size_t i = 0; i < before + between; ++i)
                {
                    if (i < before)
                    {
                        attributes[names[i]] = value_of(names[i]);
                    }
                    else
                    {
                        operations.push_back(
                            json::object{{"op", "add"}, {"path", names[i]}, {"value", value_of(names[i])}});
                    }
                }
                constexpr int additions = 12;
                for (int i = 0; i < additions; ++i)
                {
                    auto const text = "v" + std::to_string(i);
                    bool const is_simple = std::string_view{path}.starts_with("urn:");
                    auto const element = is_simple ? json::value(text) : json::value(json::object{{"value", text}});
                    operations.push_back(json::object{{"op", "add"}, {"path", path}, {"value", json::array{element}}});
                }
                Patched patched{user(), json::serialize(attributes)};
                PatchOptions options;
                options.canonical.lax_formats = true;
                BOOST_REQUIRE(patched.patch(json::serialize(operations), options).value());
                auto const target = ref(user(), path);
                auto const* stored = find_value(patched.resource.attributes, target);
                BOOST_REQUIRE(stored != nullptr);
                BOOST_TEST(stored->as_array().size() == static_cast<std::size_t>(additions),
                           path << " after " << before << " and " << between);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(members_added_one_by_one_and_removed_by_type_leave_nothing_behind)
{
    json::array operations;
    for (int i = 0; i < 12; ++i)
    {
        operations.push_back(
            json::object{{"op", "add"},
                         {"path", "members"},
                         {"value", json::array{json::object{{"value", std::to_string(i)}, {"type", "Group"}}}}});
    }
    operations.push_back(json::object{{"op", "remove"}, {"path", R"(members[type eq "Group"])"}});
    operations.push_back(
        json::object{{"op", "add"}, {"path", "members"}, {"value", json::array{json::object{{"value", "last"}}}}});
    BOOST_TEST(after(R"({"displayName":"g"})", json::serialize(operations), {}, group()) ==
               R"({"displayName":"g","members":[{"value":"last"}]})");
}

BOOST_AUTO_TEST_CASE(an_empty_external_id_is_none, *label("7643-3.1-y"))
{
    auto const before = R"({"userName":"a","externalId":"7"})";
    BOOST_TEST(after(before, R"([{"op":"replace","path":"externalId","value":""}])") == R"({"userName":"a"})");
    BOOST_TEST(after(before, R"([{"op":"add","value":{"externalId":""}}])") == before);
}

BOOST_AUTO_TEST_CASE(no_operations_change_nothing)
{
    Patched patched{user(), R"({"userName":"a"})"};
    BOOST_TEST(!apply_patch(patched.resource, {}).value());
}

BOOST_AUTO_TEST_CASE(who_looks_in_between_sees_what_there_is_and_the_whole_is_judged_once)
{
    auto const operations = decode(R"([{"op":"add","path":"emails","value":[{"value":"a"}]},)"
                                   R"({"op":"add","path":"emails","value":[{"value":"b"}]},)"
                                   R"({"op":"add","path":"userName","value":"ada"}])",
                                   user())
                                .value();
    Patched patched{user(), "{}"}; // what is required comes last
    std::vector<std::string> seen;
    auto const look = [&](std::size_t position) -> result<bool>
    {
        seen.push_back(std::to_string(position) + patched.text());
        if (position == 1) // what an index knew of the elements counts no more
            patched.resource.attributes.at("emails").as_array().front() = json::object{{"value", "b"}};
        return position == 1;
    };
    BOOST_TEST(apply_patch(patched.resource, operations, {}, look).value());
    BOOST_TEST(seen.size() == 3U);
    BOOST_TEST(seen.front() == "0{}");
    BOOST_TEST(seen[1] == R"(1{"emails":[{"value":"a"}]})");
    BOOST_TEST(patched.text() == R"({"emails":[{"value":"b"}],"userName":"ada"})");

    auto const before = patched.text();
    auto const refuse = [](std::size_t position) -> result<bool> {
        return position == 1 ? result<bool>{Error{ErrorCode::invalid_value, "no."}} : result<bool>{false};
    };
    auto const more = decode(R"([{"op":"add","path":"title","value":"x"},{"op":"remove","path":"emails"}])", user());
    BOOST_TEST(!apply_patch(patched.resource, more.value(), {}, refuse));
    BOOST_TEST(patched.text() == before);
}

BOOST_AUTO_TEST_CASE(details_tell_operation_and_attribute)
{
    Patched patched{user(), R"({"userName":"a"})"};
    auto const refused = patched.patch(
        R"([{"op":"add","path":"title","value":"x"},{"op":"add","path":"emails","value":[{"value":"x"},{"value":1}]}])");
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().detail == "Operations[1]: emails[1].value: expected a string, got a number.");
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
               "invalidValue: Operations[0]: owner.tags[1]: expected a string, got a number.");
}

BOOST_AUTO_TEST_CASE(immutable_sub_attributes_of_a_single_value, *label("7644-3.5.2-p") * label("7644-3.5.2-q"))
{
    auto const fixed = "mutability: Operations[0]: owner.seal: it is immutable and has ";
    BOOST_TEST(gadget_after(R"([{"op":"add","path":"owner.seal","value":"s"}])") == gadget_attributes);
    BOOST_TEST(gadget_after(R"([{"op":"replace","path":"owner","value":{"seal":"t"}}])") ==
               fixed + std::string{"another value."});
    BOOST_TEST(gadget_after(R"([{"op":"replace","path":"owner","value":{"seal":null}}])") ==
               fixed + std::string{"a value."});
    BOOST_TEST(gadget_after(R"([{"op":"remove","path":"owner.seal"}])") == fixed + std::string{"a value."});
    BOOST_TEST(after(R"({"userName":"a",")" + std::string{test_extension} + R"(":{"locker":{"code":"1"}}})",
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
    BOOST_TEST(after(R"({"userName":"a"})", operations) == "mutability: Operations[0]: id: it is readOnly.");
    BOOST_TEST(after(R"({"userName":"a"})", R"([{"op":"replace","value":{"id":"2"}}])", echo) ==
               "mutability: Operations[0]: id: it is readOnly.");
    BOOST_TEST(after(R"({"userName":"a"})", R"([{"op":"replace","path":"id","value":"1"}])", echo) ==
               "mutability: Operations[0]: id: it is readOnly.");
    BOOST_TEST(after(R"({"userName":"a"})", R"([{"op":"remove","path":"meta.version"}])", echo) ==
               "mutability: Operations[0]: meta.version: it is readOnly.");
}

BOOST_AUTO_TEST_CASE(schemas_follow_the_data, *label("7644-3.5.2-t") * label("7644-3.5.2-u") * label("7644-3.5.2-v"))
{
    auto const ada = std::string{R"({"userName":"a"})"};
    auto const with = [&](std::string const& op, std::string const& value, PatchOptions const& options = {})
    { return after(ada, R"([{"op":")" + op + R"(","path":"schemas","value":)" + value + "}]", options); };
    auto const enterprise = '"' + std::string{urn::enterprise_user} + '"';
    auto const base = '"' + std::string{urn::user} + '"';
    BOOST_TEST(with("add", '[' + enterprise + ']') == ada);
    BOOST_TEST(with("add", enterprise) == ada);
    BOOST_TEST(with("add", "[]") == ada);
    BOOST_TEST(with("add", "null") == ada);
    BOOST_TEST(with("replace", '[' + base + ',' + enterprise + ']') == ada);
    BOOST_TEST(with("replace", '[' + enterprise + ']') ==
               "mutability: Operations[0]: schemas: the base schema cannot be taken away.");
    BOOST_TEST(with("replace", "[]") == "mutability: Operations[0]: schemas: it is required and cannot be removed.");
    BOOST_TEST(with("replace", "null") == "mutability: Operations[0]: schemas: it is required and cannot be removed.");
    BOOST_TEST(with("remove", '[' + enterprise + ']').starts_with("mutability: "));
    BOOST_TEST(with("add", R"(["urn:x"])") ==
               "invalidValue: Operations[0]: schemas: there is a URI that is no schema of the resource type User.");
    BOOST_TEST(with("add", "[1]") == "invalidValue: Operations[0]: schemas: expected schema URIs.");
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
        elements.push_back(json::object{{"value", "m" + std::to_string(i)}});
    return json::serialize(json::object{{"displayName", "G"}, {"members", std::move(elements)}});
}

std::string operations(int count, auto operation)
{
    std::string text = "[";
    for (int i = 0; i < count; ++i)
        text += (i == 0 ? "" : ",") + operation("m" + std::to_string(i));
    return text + ']';
}

} // namespace

// A quadratic way through any of these would take minutes.
BOOST_AUTO_TEST_CASE(ten_thousand_members_come_and_go_one_by_one)
{
    Patched patched{group(), members(20'000)};
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
    { return R"({"op":"remove","path":"members[)" + std::string{filter} + R"(]"})"; };
    Patched run{group(), members(30)};
    Patched apart{group(), members(30)};
    BOOST_TEST(run.patch('[' + remove(R"(value eq \"M1\")") + ',' + remove(R"(value eq \"m2\" or value eq \"m3\")") +
                         ',' + remove(R"(value eq \"none\")") + ',' + remove(R"(value sw \"m2\")") + ']')
                   .value());
    for (auto const* filter :
         {R"(value eq \"M1\")", R"(value eq \"m2\" or value eq \"m3\")", R"(value eq \"none\")", R"(value sw \"m2\")"})
    {
        BOOST_TEST(!!apart.patch('[' + remove(filter) + ']'));
    }
    BOOST_TEST(run.text() == apart.text());
    BOOST_TEST(run.resource.attributes.at("members").as_array().size() == 18U, "M1 is nobody");
}

BOOST_AUTO_TEST_SUITE_END()
