// Operations of a PATCH as real clients send them, made what they mean (RFC 7644 section 3.5.2), at each kind of
// target. Finds above all values that would clear or add something that nobody asked for.
#include "support.hpp"
#include "tolerance/rewriting.hpp"

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(rewrite_patch_)

namespace
{

constexpr std::string_view manager = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";

PatchOperation operation(PatchOp op, std::string_view path, std::string_view value, ResourceType const& type = user())
{
    PatchOperation made;
    made.op = op;
    made.path.attribute = type.resolve(parse_attribute_path(path).value()).value();
    made.value = parse(value);
    return made;
}

/// The same through a value path; which elements it selects does not matter here.
PatchOperation filtered(PatchOperation made)
{
    made.path.filter.push_back({BoundConstant{.always = true}});
    return made;
}

std::string rewritten(PatchOperation made, Tolerance const& tolerance)
{
    rewrite_patch({&made, 1}, tolerance);
    return print(made.value);
}

void check_switch(bool Tolerance::*member, PatchOperation const& made, std::string_view after)
{
    BOOST_TEST(rewritten(made, only(member)) == print(parse(after)));
    BOOST_TEST(rewritten(made, Tolerance{}) == print(parse(after)));
    BOOST_TEST(rewritten(made, Tolerance::strict()) == print(made.value));
    BOOST_TEST(rewritten(made, all_but(member)) == print(made.value));
}

void check_untouched(PatchOperation const& made) { BOOST_TEST(rewritten(made, Tolerance{}) == print(made.value)); }

} // namespace

BOOST_AUTO_TEST_CASE(strings_that_spell_a_boolean_become_one_at_every_kind_of_target)
{
    auto const member = &Tolerance::boolean_as_string;
    check_switch(member, operation(PatchOp::replace, "active", R"("False")"), "false");
    check_switch(member, operation(PatchOp::add, "emails.primary", R"("True")"), "true");
    check_switch(member, filtered(operation(PatchOp::replace, "emails.primary", R"("true")")), "true");
    check_switch(member, filtered(operation(PatchOp::replace, "emails", R"({"Primary": "true"})")),
                 R"({"Primary": true})");
    check_switch(member, operation(PatchOp::add, "emails", R"([{"primary": "true"}])"), R"([{"primary": true}])");
    constexpr std::string_view own = "urn:example:params:scim:schemas:extension:own:2.0:User";
    check_switch(member, operation(PatchOp::add, std::string{own} + ":flags", R"("true")"), "true");
    check_switch(member, operation(PatchOp::remove, std::string{own} + ":flags", R"(["TRUE", "x"])"), R"([true, "x"])");
    check_switch(member, filtered(operation(PatchOp::replace, std::string{own} + ":flags", R"("false")")), "false");
    check_switch(member, operation(PatchOp::replace, own, R"({"sponsor": {"value": "1", "confirmed": "true"}})"),
                 R"({"sponsor": {"value": "1", "confirmed": true}})");
    check_untouched(operation(PatchOp::replace, "active", R"("no")"));
    check_untouched(operation(PatchOp::replace, "title", R"("true")"));
}

BOOST_AUTO_TEST_CASE(a_string_stands_for_a_complex_value)
{
    auto const member = &Tolerance::string_for_complex;
    check_switch(member, operation(PatchOp::add, manager, R"("26")"), R"({"value": "26"})");
    check_switch(member, operation(PatchOp::replace, manager, R"("26")"), R"({"value": "26"})");
    check_switch(member,
                 operation(PatchOp::replace, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
                           R"({"manager": "26"})"),
                 R"({"manager": {"value": "26"}})");
    for (auto const op : {PatchOp::add, PatchOp::replace, PatchOp::remove})
    {
        check_switch(member, operation(op, "members", R"(["1", "2"])", group()), R"([{"value": "1"}, {"value": "2"}])");
        BOOST_TEST(rewritten(operation(op, "members", R"("1")", group()), only(member)) == R"({"value":"1"})");
        BOOST_TEST(rewritten(operation(op, "members", R"("1")", group()), all_but(member)) == R"("1")");
    }
    check_untouched(operation(PatchOp::add, "name", R"("Ada King")"));
    check_untouched(operation(PatchOp::add, "emails", R"("x@y.example")"));
    check_untouched(operation(PatchOp::add, "emails", R"(["x@y.example"])"));
    check_untouched(operation(PatchOp::remove, "emails", R"("x@y.example")"));
    check_untouched(operation(PatchOp::replace, "members", R"("")", group()));
}

BOOST_AUTO_TEST_CASE(json_text_in_a_string_is_what_an_add_means)
{
    auto const member = &Tolerance::string_for_complex;
    auto const text = R"("{\"id\":\"7\",\"value\":\"Reader\",\"displayName\":\"R\"}")";
    BOOST_TEST(rewritten(operation(PatchOp::add, "roles", text), only(member)) ==
               R"({"id":"7","value":"Reader","displayName":"R"})");
    check_switch(member, operation(PatchOp::add, "roles", R"("[{\"value\":\"a\"},{\"value\":\"b\"}]")"),
                 R"([{"value": "a"}, {"value": "b"}])");
    BOOST_TEST(rewritten(operation(PatchOp::add, "roles", R"("{\"value\":\"a\",\"primary\":\"True\"}")"),
                         Tolerance{}) == R"([{"value":"a","primary":true}])");
    check_switch(member, operation(PatchOp::add, "members", R"("[{\"value\":\"1\"}]")", group()),
                 R"([{"value": "1"}])");
}

BOOST_AUTO_TEST_CASE(text_that_is_no_json_or_not_of_an_add_stays)
{
    check_untouched(operation(PatchOp::add, "roles", R"("{broken")"));
    check_untouched(operation(PatchOp::add, "roles", R"("[1,]")"));
    check_untouched(operation(PatchOp::add, "roles", R"("{\"a\":1,\"a\":2}")"));
    check_untouched(operation(PatchOp::add, "roles", R"("12")"));
    check_untouched(operation(PatchOp::add, "roles", R"("null")"));
    check_untouched(operation(PatchOp::add, "roles", R"(" {\"value\":\"a\"}")"));
    check_untouched(operation(PatchOp::replace, "roles", R"("[{\"value\":\"a\"}]")"));
    check_untouched(operation(PatchOp::add, "title", R"("[{\"value\":\"a\"}]")"));
    check_untouched(filtered(operation(PatchOp::add, "roles", R"("{\"value\":\"a\"}")")));
    check_untouched(operation(PatchOp::add, "members", R"("[broken")", group()));
}

BOOST_AUTO_TEST_CASE(json_text_has_limits)
{
    auto const text_of = [](std::string const& inner) { return print(json::value(inner)); };
    check_untouched(operation(PatchOp::add, "roles", text_of(std::string(9, '[') + std::string(9, ']'))));
    check_untouched(operation(PatchOp::add, "roles", text_of("[\"" + std::string(70'000, 'a') + "\"]")));
    std::string many = "[0";
    for (int i = 0; i < 11'000; ++i)
        many += ",0";
    check_untouched(operation(PatchOp::add, "roles", text_of(many + "]")));
}

BOOST_AUTO_TEST_CASE(an_array_of_one_stands_for_the_one)
{
    auto const member = &Tolerance::array_for_single;
    check_switch(member, operation(PatchOp::add, manager, R"([{"value": "26"}])"), R"({"value": "26"})");
    check_switch(member, operation(PatchOp::replace, "name", R"([{"givenName": "Ada"}])"), R"({"givenName": "Ada"})");
    check_switch(member, operation(PatchOp::add, "title", R"(["Dr"])"), R"("Dr")");
    check_switch(member, operation(PatchOp::replace, "active", "[false]"), "false");
    check_switch(member, operation(PatchOp::replace, "name.givenName", R"(["Ada"])"), R"("Ada")");
    check_switch(member, operation(PatchOp::replace, "name", R"({"givenName": ["Ada"]})"), R"({"givenName": "Ada"})");
    check_switch(member, operation(PatchOp::add, "emails", R"([{"value": ["a"]}])"), R"([{"value": "a"}])");
    check_switch(member, filtered(operation(PatchOp::replace, "emails", R"([{"value": "a"}])")), R"({"value": "a"})");
    check_switch(member, filtered(operation(PatchOp::replace, "emails.value", R"(["a"])")), R"("a")");
    check_untouched(operation(PatchOp::replace, "name", R"([{"givenName": "A"}, {"givenName": "A"}])"));
    check_switch(member, operation(PatchOp::remove, manager, R"([{"value": "26"}])"), R"({"value": "26"})");
    check_untouched(filtered(operation(PatchOp::replace, "emails", R"([{"value": "a"}, {"value": "b"}])")));
}

BOOST_AUTO_TEST_CASE(an_array_of_one_that_says_nothing_never_clears)
{
    for (auto const* const path : {"title", "name", "active"})
        for (auto const* const value : {"[]", "[null]", R"([""])", "[[]]", R"([["a"]])"})
            check_untouched(operation(PatchOp::replace, path, value));
    for (auto const* const value : {"[null]", R"([""])"})
        check_untouched(operation(PatchOp::replace, manager, value));
    BOOST_TEST(rewritten(operation(PatchOp::replace, manager, R"([{"value": ""}])"), Tolerance{}) == R"({"value":""})");
}

BOOST_AUTO_TEST_CASE(one_object_stands_for_an_array_of_one)
{
    check_switch(&Tolerance::object_for_multi, operation(PatchOp::replace, "emails", R"({"value": "a"})"),
                 R"([{"value": "a"}])");
    check_untouched(filtered(operation(PatchOp::replace, "emails", R"({"value": "a"})")));
}

BOOST_AUTO_TEST_CASE(an_empty_string_clears_a_complex_attribute)
{
    auto const member = &Tolerance::empty_string_clears_complex;
    check_switch(member, operation(PatchOp::replace, manager, R"("")"), "null");
    check_switch(member, operation(PatchOp::replace, manager, R"({"value": ""})"), "null");
    check_switch(member, operation(PatchOp::replace, std::string{manager} + ".value", R"("")"), "null");
    check_switch(member, operation(PatchOp::remove, manager, R"("")"), "null");
    check_untouched(operation(PatchOp::replace, "title", R"("")"));
    check_untouched(operation(PatchOp::replace, "members", R"([{"value": ""}])", group()));
}

BOOST_AUTO_TEST_CASE(an_add_that_clears_becomes_a_replace)
{
    auto clearing = operation(PatchOp::add, manager, R"("")");
    rewrite_patch({&clearing, 1}, Tolerance{});
    BOOST_TEST((clearing.op == PatchOp::replace));
    BOOST_TEST(clearing.value.is_null());

    // while an add of null adds nothing (RFC 7643 section 2.5) and stays an add
    auto adding_null = operation(PatchOp::add, manager, "null");
    rewrite_patch({&adding_null, 1}, Tolerance{});
    BOOST_TEST((adding_null.op == PatchOp::add));
}

BOOST_AUTO_TEST_CASE(two_primaries_in_one_value_stay_for_the_patch_to_refuse)
{
    check_untouched(operation(PatchOp::add, "emails", R"([{"primary": true}, {"primary": true}])"));
    check_untouched(operation(PatchOp::replace, "emails", R"([{"primary": true}, {"primary": true}])"));
}

BOOST_AUTO_TEST_CASE(a_whole_extension_that_is_no_object_stays)
{
    constexpr std::string_view extension = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    check_untouched(operation(PatchOp::replace, extension, R"("true")"));
    check_untouched(operation(PatchOp::remove, extension, "null"));
}

BOOST_AUTO_TEST_CASE(all_operations_are_rewritten)
{
    std::vector<PatchOperation> operations{operation(PatchOp::replace, "active", R"("True")"),
                                           operation(PatchOp::remove, "title", "null"),
                                           operation(PatchOp::replace, manager, R"("26")")};
    rewrite_patch(operations, Tolerance{});
    BOOST_TEST(print(operations[0].value) == "true");
    BOOST_TEST(print(operations[1].value) == "null");
    BOOST_TEST(print(operations[2].value) == R"({"value":"26"})");
    rewrite_patch({}, Tolerance{});
}

BOOST_AUTO_TEST_SUITE_END()
