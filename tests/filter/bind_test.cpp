// Binding: names become definitions, literals become typed, and what cannot be answered is refused.

#include <scimkit/core/text.hpp>
#include <scimkit/filter/bind.hpp>

#include "registry.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(filter_bind)

namespace
{

using namespace scimkit;
using boost::unit_test::label;

result<BoundFilter> bound(std::string_view text, BindOptions const& options = {}, std::string_view type = "Probe")
{
    return bind(parse_filter(text).value(), filter_test::type(type), options);
}

Error refusal(std::string_view text, BindOptions const& options = {}, std::string_view type = "Probe")
{
    auto const filter = bound(text, options, type);
    BOOST_TEST_REQUIRE(filter.has_error(), text);
    return filter.error();
}

/// How a bound filter reads, or why it was refused.
std::string answer(std::string_view text, BindOptions const& options = {}, std::string_view type = "Probe")
{
    auto const filter = bound(text, options, type);
    return filter ? to_string(*filter) : filter.error().detail;
}

template <class Node>
Node const& node(result<BoundFilter> const& filter)
{
    return std::get<Node>(filter.value().node);
}

result<BoundPath> bound_path(std::string_view text, BindOptions const& options = {}, std::string_view type = "Probe")
{
    return bind(parse_path(text).value(), filter_test::type(type), options);
}

std::string path_refusal(std::string_view text, ErrorCode code)
{
    auto const path = bound_path(text);
    BOOST_TEST_REQUIRE(path.has_error(), text);
    BOOST_TEST((path.error().code == code), text);
    return path.error().detail;
}

constexpr BindOptions by_value{.complex_compares_by_value = true};
constexpr BindOptions root{.unknown_has_no_value = true};

} // namespace

BOOST_AUTO_TEST_CASE(names_resolve_without_regard_to_case, *label("7644-3.4.2.2-d"))
{
    auto const filter = bound("USERNAME eq \"Ada\"", {}, "User");
    auto const& comparison = node<BoundComparison>(filter);
    BOOST_TEST(comparison.attribute.path() == "userName");
    BOOST_TEST((comparison.attribute.attribute == filter_test::type("User").schema().find_attribute("userName")));
}

BOOST_AUTO_TEST_CASE(a_urn_names_the_schema, *label("7644-3.4.2.2-an"))
{
    BOOST_TEST(answer("urn:ietf:params:scim:schemas:core:2.0:User:name.familyName eq \"J\"", {}, "User") ==
               "name.familyName eq \"J\"");
    auto const filter =
        bound("urn:ietf:params:scim:schemas:extension:enterprise:2.0:user:MANAGER.value pr", {}, "User");
    BOOST_TEST(node<BoundPresence>(filter).attribute.in_extension);
}

BOOST_AUTO_TEST_CASE(a_string_literal_has_text_and_key, *label("7644-3.4.2.2-bb"))
{
    auto const folded = bound("text eq \"ÄDa\"");
    BOOST_TEST((std::get<StringKey>(node<BoundComparison>(folded).value) ==
                StringKey{.text = "ÄDa", .key = comparison_key("äda", false)}));
    auto const exact = bound("exact eq \"ÄDa\"");
    BOOST_TEST((std::get<StringKey>(node<BoundComparison>(exact).value) == StringKey{.text = "ÄDa", .key = "ÄDa"}));
}

BOOST_AUTO_TEST_CASE(literals_take_the_type_of_the_attribute)
{
    BOOST_TEST((node<BoundComparison>(bound("flag eq true")).value == BoundLiteral{true}));
    BOOST_TEST((node<BoundComparison>(bound("count eq 5")).value == BoundLiteral{Number{std::int64_t{5}}}));
    BOOST_TEST((node<BoundComparison>(bound("when eq \"1970-01-01T01:00:01+01:00\"")).value ==
                BoundLiteral{Instant{std::chrono::seconds{1}}}));
    BOOST_TEST((node<BoundComparison>(bound("text eq null")).value == BoundLiteral{nullptr}));
}

BOOST_AUTO_TEST_CASE(a_literal_of_another_type_is_refused, *label("7644-3.4.2.2-w"))
{
    for (std::string_view const text :
         {"text eq 5", "text eq true", "link eq 5", "blob eq true", "flag eq \"maybe\"", "flag eq \"true\"",
          "flag eq 1", "count eq \"5\"", "count eq true", "ratio eq \"x\"", "when eq 5", "when eq \"yesterday\"",
          "when eq \"2020-13-01T00:00:00Z\"", "when gt true"})
    {
        BOOST_TEST((refusal(text).code == ErrorCode::invalid_filter), text);
    }
    BOOST_TEST((refusal("parts.weight eq \"x\"") == Error{.code = ErrorCode::invalid_filter,
                                                          .detail = "parts.weight is a decimal number and compares "
                                                                    "with a number.",
                                                          .attribute = "parts.weight",
                                                          .requirement = "7644-3.4.2.2-w"}));
}

BOOST_AUTO_TEST_CASE(order_is_refused_on_boolean_and_binary, *label("7644-3.4.2.2-t") * label("7644-3.4.2.2-u"))
{
    for (std::string_view const op : {"gt", "ge", "lt", "le"})
    {
        BOOST_TEST(answer("flag " + std::string{op} + " true") ==
                   "flag is a boolean and cannot be compared with " + std::string{op} + ".");
        BOOST_TEST(answer("blob " + std::string{op} + " \"TQ==\"") ==
                   "blob is binary and cannot be compared with " + std::string{op} + ".");
    }
    BOOST_TEST(bound("flag ne true").has_value());
    BOOST_TEST(bound("blob ne \"TQ==\"").has_value());
    BOOST_TEST(bound("blob pr").has_value());
}

BOOST_AUTO_TEST_CASE(substrings_are_for_text_only, *label("7644-3.4.2.2-v"))
{
    for (std::string_view const op : {"co", "sw", "ew"})
    {
        std::string const spaced = ' ' + std::string{op} + ' ';
        BOOST_TEST(bound("text" + spaced + "\"x\"").has_value());
        BOOST_TEST(bound("link" + spaced + "\"x\"").has_value());
        BOOST_TEST((refusal("flag" + spaced + "true").code == ErrorCode::invalid_filter));
        BOOST_TEST((refusal("count" + spaced + "5").code == ErrorCode::invalid_filter));
        BOOST_TEST((refusal("ratio" + spaced + "5").code == ErrorCode::invalid_filter));
        BOOST_TEST((refusal("blob" + spaced + "\"TQ==\"").code == ErrorCode::invalid_filter));
        BOOST_TEST((refusal("when" + spaced + "\"2020-01-01T00:00:00Z\"").code == ErrorCode::invalid_filter));
    }
}

BOOST_AUTO_TEST_CASE(null_is_for_eq_and_ne_of_any_attribute, *label("7644-3.4.2.2-x"))
{
    for (std::string_view const name : {"text", "flag", "count", "when", "blob", "tags", "part", "parts", "parts.type"})
    {
        BOOST_TEST(bound(std::string{name} + " eq null").has_value(), name);
        BOOST_TEST(bound(std::string{name} + " ne null").has_value(), name);
        for (std::string_view const op : {" co ", " sw ", " ew ", " gt ", " ge ", " lt ", " le "})
        {
            std::string const text = std::string{name} + std::string{op} + "null";
            BOOST_TEST((refusal(text).code == ErrorCode::invalid_filter), text);
        }
    }
    BOOST_TEST(answer("text gt null") == "text is a string and cannot be compared with gt null.");
    BOOST_TEST(answer("part ne null") == "part pr");
    BOOST_TEST(answer("parts eq null", by_value) == "not (parts pr)");
}

BOOST_AUTO_TEST_CASE(a_complex_attribute_is_compared_by_a_sub_attribute, *label("7644-3.4.2.2-au"))
{
    BOOST_TEST((refusal("name eq \"Ada\"", {}, "User") ==
                Error{ErrorCode::invalid_filter, "name is complex: compare one of its sub-attributes.", "name"}.against(
                    "7644-3.4.2.2-au")));
    BOOST_TEST((refusal("emails co \"x\"", {}, "User").code == ErrorCode::invalid_filter));
    BOOST_TEST(answer("name pr", {}, "User") == "name pr");
}

BOOST_AUTO_TEST_CASE(a_complex_attribute_may_stand_for_its_value, *label("7644-3.4.2.2-av") * label("7643-2.4-h"))
{
    BOOST_TEST(answer("emails co \"x\"", by_value, "User") == "emails.value co \"x\"");
    BOOST_TEST(answer("members eq \"1\"", by_value, "Group") == "members.value eq \"1\"");
    BOOST_TEST(answer("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager eq \"1\"", by_value,
                      "User") == "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq \"1\"");
    BOOST_TEST((refusal("name eq \"x\"", by_value, "User").code == ErrorCode::invalid_filter)); // has no value
}

BOOST_AUTO_TEST_CASE(an_extension_attribute_may_stand_without_its_urn)
{
    BindOptions const entra{.names = {.unprefixed_extension_attribute = true}, .complex_compares_by_value = true};
    BOOST_TEST(answer("id eq \"1\" and manager eq \"2\"", entra, "User") ==
               "id eq \"1\" and urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq \"2\"");
    BOOST_TEST((refusal("manager eq \"2\"", {}, "User").code == ErrorCode::invalid_filter));
}

BOOST_AUTO_TEST_CASE(a_boolean_may_come_as_a_string)
{
    BindOptions const entra{.boolean_as_string = true};
    BOOST_TEST(answer("flag eq \"True\"", entra) == "flag eq true");
    BOOST_TEST(answer("parts[primary ne \"FALSE\"]", entra) == "parts[primary ne false]");
    BOOST_TEST((refusal("flag eq \"yes\"", entra).code == ErrorCode::invalid_filter));
    BOOST_TEST((refusal("flag gt \"true\"", entra).code == ErrorCode::invalid_filter));
    BOOST_TEST(answer("text eq \"true\"", entra) == "text eq \"true\"");
}

BOOST_AUTO_TEST_CASE(an_unknown_attribute_is_refused_by_name, *label("7644-3.4.2.2-be"))
{
    BOOST_TEST(answer("nosuch eq 1") == "The resource type Probe has no attribute \"nosuch\".");
    BOOST_TEST(answer("urn:example:other:1.0:X:a eq 1") ==
               "The resource type Probe has no attribute \"urn:example:other:1.0:X:a\".");
    BOOST_TEST(answer("part.nosuch eq 1") == "\"part\" has no sub-attribute \"nosuch\".");
    BOOST_TEST(answer("text.value eq \"x\"") == "\"text\" has no sub-attribute \"value\".");
    BOOST_TEST(answer("parts[nosuch eq 1]") == "parts has no sub-attribute \"nosuch\".");
    BOOST_TEST(answer(std::string(5'000, 'x') + " pr").size() < 200U);
}

BOOST_AUTO_TEST_CASE(an_unknown_attribute_may_have_no_value)
{
    for (std::string_view const text :
         {"nosuch pr", "nosuch eq 1", "nosuch ne null", "part.nosuch gt 1", "nosuch[a pr]", "parts[nosuch eq 1]",
          "text pr and nosuch pr", "nosuch pr or nosuch co \"x\""})
    {
        BOOST_TEST(answer(text, root) == "not (id pr)", text);
    }
    for (std::string_view const text :
         {"nosuch eq null", "nosuch ne 1", "not (nosuch pr)", "text pr or nosuch ne \"x\"", "not (nosuch[a pr])"})
    {
        BOOST_TEST(answer(text, root) == "id pr", text);
    }
    BOOST_TEST((refusal("nosuch gt null", root).code == ErrorCode::invalid_filter));
}

BOOST_AUTO_TEST_CASE(tests_of_unknown_attributes_are_folded_away)
{
    BOOST_TEST(answer("text pr or nosuch pr", root) == "text pr");
    BOOST_TEST(answer("text pr and nosuch ne 1 and count pr", root) == "text pr and count pr");
    BOOST_TEST(answer("parts[type pr or nosuch pr]", root) == "parts[type pr]");
    BOOST_TEST(answer("parts[nosuch ne 1]", root) == "parts pr");
    BOOST_TEST(answer("text pr and (nosuch pr or count pr and flag pr)", root) == "text pr and count pr and flag pr");
}

BOOST_AUTO_TEST_CASE(folding_hides_no_error)
{
    BOOST_TEST((refusal("nosuch pr and flag gt true", root).code == ErrorCode::invalid_filter));
}

BOOST_AUTO_TEST_CASE(nested_groups_of_one_kind_are_flattened)
{
    auto const filter = bound("text pr and (count pr and (flag pr and ratio pr))");
    BOOST_TEST(node<BoundConjunction>(filter).operands.size() == 4U);
}

BOOST_AUTO_TEST_CASE(what_is_never_returned_is_not_tested, *label("7644-3.4.2.2-bg"))
{
    for (std::string_view const text : {"secret eq \"x\"", "secret pr", "secret eq null", "parts.pin sw \"1\"",
                                        "parts[pin eq \"1\"]", "text pr or not (secret pr)"})
    {
        BOOST_TEST((refusal(text).code == ErrorCode::invalid_filter), text);
        BOOST_TEST((refusal(text, {.never_returned = ErrorCode::sensitive}).code == ErrorCode::sensitive), text);
    }
    BOOST_TEST(answer("secret eq \"x\"") == "secret is never returned and cannot be used in a filter.");
}

BOOST_AUTO_TEST_CASE(brackets_hold_tests_of_sub_attributes, *label("7644-3.4.2.2-aj"))
{
    auto const filter = bound("PARTS[TYPE eq \"x\"]");
    auto const& path = node<BoundValuePath>(filter);
    auto const& test = std::get<BoundComparison>(path.filter.front().node);
    BOOST_TEST((path.attribute.sub_attribute == nullptr));
    BOOST_TEST((test.attribute.attribute == path.attribute.attribute));
    BOOST_TEST(test.attribute.sub_attribute->name == "type");
    for (std::string_view const text :
         {"parts[type.x eq 1]", "parts[urn:example:a:1.0:B:type pr]", "parts[parts.type pr]"})
    {
        BOOST_TEST((refusal(text).code == ErrorCode::invalid_filter), text);
    }
}

BOOST_AUTO_TEST_CASE(brackets_follow_only_what_can_have_elements)
{
    BOOST_TEST(bound("part[type pr]").has_value());
    BOOST_TEST(bound("meta[version pr]").has_value());
    BOOST_TEST(bound("schemas[value sw \"urn:\"]").has_value());
    BOOST_TEST(answer("text[value pr]") == "text is a single simple value and cannot be filtered with brackets.");
    BOOST_TEST(answer("parts.type[value pr]") ==
               "parts.type is a sub-attribute: only whole attributes can be filtered with brackets.");
}

BOOST_AUTO_TEST_CASE(value_is_the_element_of_a_simple_attribute)
{
    auto const filter = bound("marks[VALUE gt 3]");
    auto const& test = std::get<BoundComparison>(node<BoundValuePath>(filter).filter.front().node);
    BOOST_TEST((test.attribute.sub_attribute == nullptr));
    BOOST_TEST(answer("marks[type gt 3]") == "marks has no sub-attribute \"type\".");
    BOOST_TEST((refusal("marks[value co \"3\"]").code == ErrorCode::invalid_filter));
}

BOOST_AUTO_TEST_CASE(a_tree_with_brackets_in_brackets_is_refused, *label("7644-3.4.2.2-ak") * label("7644-err-4690"))
{
    Filter const inner{ValuePath{{.name = "parts"}, {{Presence{{.name = "type"}}}}}};
    Filter const outer{ValuePath{{.name = "parts"}, {inner}}};
    auto const filter = bind(outer, filter_test::type("Probe"));
    BOOST_TEST_REQUIRE(filter.has_error());
    BOOST_TEST((filter.error().code == ErrorCode::invalid_filter));
}

BOOST_AUTO_TEST_CASE(a_whole_extension_is_not_an_attribute_of_a_filter)
{
    BOOST_TEST((refusal("urn:example:params:scim:schemas:extension:2.0:Probe pr").code == ErrorCode::invalid_filter));
    BOOST_TEST(
        (refusal("urn:example:params:scim:schemas:extension:2.0:Probe[a pr]").code == ErrorCode::invalid_filter));
}

BOOST_AUTO_TEST_CASE(paths_resolve)
{
    BOOST_TEST(bound_path("PART.Type").value().attribute.path() == "part.type");
    BOOST_TEST(bound_path("secret").value().attribute.path() == "secret"); // to write it, not to test it
    auto const extension = bound_path(filter_test::probe_extension).value();
    BOOST_TEST((extension.attribute.attribute == nullptr));
    BOOST_TEST(extension.attribute.schema->id == filter_test::probe_extension);
    auto const filtered = bound_path("parts[type eq \"x\"].VALUE").value();
    BOOST_TEST(filtered.attribute.path() == "parts.value");
    BOOST_TEST(to_string(filtered.filter.front()).starts_with("parts.type")); // the bare test knows its attribute
}

BOOST_AUTO_TEST_CASE(a_bad_path_is_told_from_a_bad_filter_in_it)
{
    BOOST_TEST(path_refusal("nosuch", ErrorCode::invalid_path) ==
               "The resource type Probe has no attribute \"nosuch\".");
    BOOST_TEST(path_refusal("part.nosuch", ErrorCode::invalid_path) == "\"part\" has no sub-attribute \"nosuch\".");
    BOOST_TEST(path_refusal("text[value pr]", ErrorCode::invalid_path) ==
               "text is a single simple value and cannot be filtered with brackets.");
    BOOST_TEST(path_refusal("parts[type pr].nosuch", ErrorCode::invalid_path) ==
               "parts has no sub-attribute \"nosuch\".");
    BOOST_TEST(path_refusal("tags[value pr].value", ErrorCode::invalid_path) == "tags has no sub-attribute \"value\".");
    BOOST_TEST(path_refusal("parts.type[value pr]", ErrorCode::invalid_path) ==
               "parts.type is a sub-attribute: only whole attributes can be filtered with brackets.");
    BOOST_TEST(path_refusal(std::string{filter_test::probe_extension} + "[a pr]", ErrorCode::invalid_path) ==
               std::string{filter_test::probe_extension} +
                   " is a whole schema extension and cannot be filtered with brackets.");
    BOOST_TEST(path_refusal("parts[nosuch pr]", ErrorCode::invalid_filter) == "parts has no sub-attribute \"nosuch\".");
    BOOST_TEST(path_refusal("parts[primary gt true]", ErrorCode::invalid_filter) ==
               "parts.primary is a boolean and cannot be compared with gt.");
}

BOOST_AUTO_TEST_SUITE_END()
