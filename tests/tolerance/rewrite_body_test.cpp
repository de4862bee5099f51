// Bodies as real clients send them, made what they mean. Finds switches that do more or less than their own
// deviation, and guesses where more than one thing could be meant: such a value stays, for a precise refusal.
#include "support.hpp"
#include "tolerance/rewriting.hpp"

#include <chrono>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(rewrite_body_)

namespace
{

constexpr std::string_view enterprise = R"("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")";

std::string rewritten(std::string_view body, Tolerance const& tolerance, ResourceType const& type = user())
{
    auto value = parse(body);
    rewrite_body(value, type, tolerance);
    return print(value);
}

std::string in_enterprise(std::string_view object)
{
    return "{" + std::string{enterprise} + ":" + std::string{object} + "}";
}

/// `before` becomes `after` by that switch, also among all others, and without it, also among all others, stays.
void check_switch(bool Tolerance::*member, std::string_view before, std::string_view after,
                  ResourceType const& type = user())
{
    BOOST_TEST(rewritten(before, only(member), type) == print(parse(after)));
    BOOST_TEST(rewritten(before, Tolerance{}, type) == print(parse(after)));
    BOOST_TEST(rewritten(before, Tolerance::strict(), type) == print(parse(before)));
    BOOST_TEST(rewritten(before, all_but(member), type) == print(parse(before)));
}

void check_untouched(std::string_view body, ResourceType const& type = user())
{
    BOOST_TEST(rewritten(body, Tolerance{}, type) == print(parse(body)));
}

} // namespace

BOOST_AUTO_TEST_CASE(strings_that_spell_a_boolean_become_one)
{
    auto const member = &Tolerance::boolean_as_string;
    check_switch(member, R"({"active": "True"})", R"({"active": true})");
    check_switch(member, R"({"active": "false"})", R"({"active": false})");
    check_switch(member, R"({"ACTIVE": "FALSE"})", R"({"ACTIVE": false})");
    check_switch(member, R"({"roles": [{"value": "a", "Primary": "True"}]})",
                 R"({"roles": [{"value": "a", "Primary": true}]})");
    check_switch(member, R"({"urn:ietf:params:scim:schemas:core:2.0:User:active": "true"})",
                 R"({"urn:ietf:params:scim:schemas:core:2.0:User:active": true})");
    check_switch(member, R"({"urn:example:params:scim:schemas:extension:own:2.0:User": {"flags": ["true", false, "x"],
                             "sponsor": {"confirmed": "TRUE"}, "badges": [{"marks": ["true"]}]}})",
                 R"({"urn:example:params:scim:schemas:extension:own:2.0:User": {"flags": [true, false, "x"],
                     "sponsor": {"confirmed": true}, "badges": [{"marks": [true]}]}})");
}

BOOST_AUTO_TEST_CASE(other_strings_are_no_booleans)
{
    for (auto const* text : {"", "yes", "1", "truee", " true", "t"})
        check_untouched(R"({"active": ")" + std::string{text} + R"("})");
    check_untouched(R"({"active": 1, "displayName": "true", "title": "False"})");
    check_untouched(R"({"emails": [{"value": "true", "type": "false"}]})");
    check_untouched(R"({"active": ["true", "true"]})");
}

BOOST_AUTO_TEST_CASE(a_string_stands_for_a_complex_value)
{
    auto const member = &Tolerance::string_for_complex;
    check_switch(member, in_enterprise(R"({"manager": "26"})"), in_enterprise(R"({"manager": {"value": "26"}})"));
    check_switch(member, R"({"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager": "26"})",
                 R"({"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager": {"value": "26"}})");
    check_switch(member, R"({"members": ["1", {"value": "2"}, "3"]})",
                 R"({"members": [{"value": "1"}, {"value": "2"}, {"value": "3"}]})", group());
}

BOOST_AUTO_TEST_CASE(a_string_is_no_complex_value_where_its_place_is_not_certain)
{
    check_untouched(R"({"name": "Ada King"})");      // no `value`
    check_untouched(R"({"emails": "x@y.example"})"); // of which type?
    check_untouched(R"({"emails": ["x@y.example"]})");
    check_untouched(R"({"addresses": ["4 Mill Lane"]})");
    check_untouched(R"({"members": "1"})", group());
    check_untouched(R"({"members": ["", null, 1, [], ["1"]]})", group());
}

BOOST_AUTO_TEST_CASE(an_array_of_one_stands_for_the_one)
{
    auto const member = &Tolerance::array_for_single;
    check_switch(member, in_enterprise(R"({"manager": [{"value": "26"}]})"),
                 in_enterprise(R"({"manager": {"value": "26"}})"));
    check_switch(member, R"({"name": [{"givenName": "Ada"}]})", R"({"name": {"givenName": "Ada"}})");
}

BOOST_AUTO_TEST_CASE(an_array_of_one_stands_for_a_simple_value_too)
{
    auto const member = &Tolerance::array_for_single;
    check_switch(member, R"({"title": ["Dr"], "active": [true]})", R"({"title": "Dr", "active": true})");
    check_switch(member, R"({"urn:ietf:params:scim:schemas:core:2.0:User": {"title": ["Dr"]}})",
                 R"({"urn:ietf:params:scim:schemas:core:2.0:User": {"title": "Dr"}})");
    check_switch(member, R"({"members": [{"value": ["1"]}]})", R"({"members": [{"value": "1"}]})", group());
}

BOOST_AUTO_TEST_CASE(an_array_of_none_or_two_or_of_nothing_stays)
{
    for (auto const* const nothing : {"[]", "[null]", R"([""])", "[{}]", "[[]]"})
        check_untouched(R"({"title": )" + std::string{nothing} + R"(, "name": )" + nothing + "}");
    check_untouched(R"({"title": ["Dr", "Ms"]})");
    check_untouched(R"({"name": [{"givenName": "Ada"}, {"givenName": "Bob"}]})");
    check_untouched(R"({"name": []})");
    check_untouched(in_enterprise(R"({"manager": [[["26"]]]})"));
}

BOOST_AUTO_TEST_CASE(one_object_stands_for_an_array_of_one)
{
    auto const member = &Tolerance::object_for_multi;
    check_switch(member, R"({"emails": {"value": "a@w.example", "primary": true}})",
                 R"({"emails": [{"value": "a@w.example", "primary": true}]})");
    check_switch(member, R"({"members": {"value": "1"}})", R"({"members": [{"value": "1"}]})", group());
    check_untouched(R"({"urn:example:params:scim:schemas:extension:own:2.0:User": {"flags": {"a": 1}}})");
}

BOOST_AUTO_TEST_CASE(an_empty_string_clears_a_complex_attribute)
{
    auto const member = &Tolerance::empty_string_clears_complex;
    check_switch(member, in_enterprise(R"({"manager": ""})"), in_enterprise(R"({"manager": null})"));
    check_switch(member, in_enterprise(R"({"manager": {"value": ""}})"), in_enterprise(R"({"manager": null})"));
    check_switch(member, in_enterprise(R"({"manager": {"Value": "", "$ref": null, "displayName": ""}})"),
                 in_enterprise(R"({"manager": null})"));
    check_switch(member, R"({"name": ""})", R"({"name": null})");
}

BOOST_AUTO_TEST_CASE(what_still_says_something_is_not_cleared)
{
    check_untouched(in_enterprise(R"({"manager": {"value": "", "$ref": "https://example.com/Users/26"}})"));
    check_untouched(in_enterprise(R"({"manager": {"value": " "}})"));
    check_untouched(in_enterprise(R"({"manager": {"displayName": ""}})"));
    check_untouched(R"({"name": {"givenName": ""}})");
    check_untouched(R"({"title": "", "emails": "", "members": [{"value": ""}]})");
}

BOOST_AUTO_TEST_CASE(of_several_primaries_the_first_stays)
{
    auto const member = &Tolerance::several_primaries;
    check_switch(member,
                 R"({"emails": [{"value": "a"}, {"value": "b", "primary": true}, {"value": "c", "PRIMARY": true},
                                {"value": "d", "primary": false}, {"value": "e", "primary": true}]})",
                 R"({"emails": [{"value": "a"}, {"value": "b", "primary": true}, {"value": "c", "PRIMARY": false},
                                {"value": "d", "primary": false}, {"value": "e", "primary": false}]})");
    check_untouched(R"({"emails": [{"primary": true}], "phoneNumbers": [{"primary": true}]})");
    check_untouched(R"({"emails": [{"primary": 1}, "x", null, {"primary": "yes"}, {"primary": true}]})");
}

BOOST_AUTO_TEST_CASE(tolerances_work_together)
{
    Tolerance const all;
    BOOST_TEST(rewritten(R"({"emails": [{"value": "a", "primary": "True"}, {"value": "b", "primary": "true"}]})",
                         all) == R"({"emails":[{"value":"a","primary":true},{"value":"b","primary":false}]})");
    BOOST_TEST(rewritten(R"({"emails": {"value": "a", "primary": "True"}})", all) ==
               R"({"emails":[{"value":"a","primary":true}]})");
    BOOST_TEST(rewritten(in_enterprise(R"({"manager": ["26"]})"), all) ==
               in_enterprise(R"({"manager":{"value":"26"}})"));
    BOOST_TEST(rewritten(in_enterprise(R"({"manager": [{"value": ""}]})"), all) ==
               in_enterprise(R"({"manager":{"value":""}})")); // an element of blanks is no way to clear
    BOOST_TEST(rewritten(in_enterprise(R"({"manager": ""})"), only(&Tolerance::string_for_complex)) ==
               in_enterprise(R"({"manager":""})"));
}

BOOST_AUTO_TEST_CASE(extensions_are_found_in_any_case_and_under_their_draft_uris)
{
    BOOST_TEST(rewritten(R"({"URN:IETF:params:scim:schemas:extension:ENTERPRISE:2.0:user": {"Manager": "26"}})",
                         Tolerance{}) ==
               R"({"URN:IETF:params:scim:schemas:extension:ENTERPRISE:2.0:user":{"Manager":{"value":"26"}}})");

    auto const member = &Tolerance::legacy_schema_uris;
    constexpr std::string_view container = R"({"urn:scim:schemas:extension:enterprise:2.0": {"manager": "26"}})";
    constexpr std::string_view name = R"({"urn:scim:schemas:extension:enterprise:1.0:manager": "26"})";
    BOOST_TEST(rewritten(container, Tolerance{}) ==
               R"({"urn:scim:schemas:extension:enterprise:2.0":{"manager":{"value":"26"}}})");
    BOOST_TEST(rewritten(container, all_but(member)) == print(parse(container)));
    BOOST_TEST(rewritten(name, Tolerance{}) ==
               R"({"urn:scim:schemas:extension:enterprise:1.0:manager":{"value":"26"}})");
    BOOST_TEST(rewritten(name, all_but(member)) == print(parse(name)));
}

BOOST_AUTO_TEST_CASE(what_is_not_understood_stays)
{
    for (auto const* body : {"null", "[]", R"("active")", "1", R"([{"active": "true"}])"})
        check_untouched(body);
    check_untouched(R"({"nosuch": "true", "manager": "26", "name.active": "true", "": "", ":": "", "a:": "", ":a": "",
                        "urn:nosuch:active": "true", "urn:ietf:params:scim:schemas:core:2.0:User": "true",
                        "urn:ietf:params:scim:schemas:core:2.0:User:name.givenName": ""})");
    check_untouched(in_enterprise(R"("true")"));
    check_untouched(in_enterprise(R"([{"manager": "26"}])"));
    check_untouched(R"({"name": {"nosuch": {"active": "true"}}, "emails": [[{"primary": "true"}]]})");
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_members_are_no_work_worth_mentioning)
{
    json::array members;
    for (int i = 0; i < 100'000; ++i)
        members.push_back(json::object{{"value", std::to_string(i)}, {"type", "User"}});
    json::value body = json::object{{"members", std::move(members)}};
    auto const start = std::chrono::steady_clock::now();
    rewrite_body(body, group(), Tolerance{});
    BOOST_TEST((std::chrono::steady_clock::now() - start < std::chrono::seconds{2}));
    BOOST_TEST(body.at("members").as_array().size() == 100'000U);
}

BOOST_AUTO_TEST_SUITE_END()
