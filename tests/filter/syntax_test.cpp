// What the case table cannot say: the words of a refusal, the limits, and the shape of the tree.

#include <scimkit/filter/filter.hpp>

#include "registry.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(filter_syntax)

namespace
{

using namespace scimkit;
using boost::unit_test::label;

std::string repeat(std::size_t times, std::string_view text)
{
    std::string repeated;
    for (std::size_t i = 0; i < times; ++i)
        repeated += text;
    return repeated;
}

std::string nested(std::size_t depth, std::string_view opening = "(")
{
    return repeat(depth, opening) + "a pr" + repeat(depth, ")");
}

constexpr std::string_view operators = "expected a comparison operator (eq, ne, co, sw, ew, gt, ge, lt, le, pr)";
constexpr std::string_view term = "expected an attribute name, \"not (\" or \"(\"";
constexpr std::string_view value = "expected a value: a string in double quotes, a number, true, false or null";
constexpr std::string_view more = "expected \" and \", \" or \" or the end of the filter";

std::string at(std::size_t offset, std::string_view expected, std::string_view more_text = "")
{
    return "Invalid filter at byte " + std::to_string(offset) + ": " + std::string{expected} + std::string{more_text} +
           ".";
}

std::string detail_of(std::string_view text, FilterSyntax const& syntax = {})
{
    auto const filter = parse_filter(text, syntax);
    BOOST_TEST_REQUIRE(filter.has_error());
    BOOST_TEST((filter.error().code == ErrorCode::invalid_filter));
    return filter.error().detail;
}

Filter presence(std::string name) { return {Presence{{.name = std::move(name)}}}; }

} // namespace

BOOST_AUTO_TEST_CASE(a_refusal_says_where_and_what_was_expected, *label("7644-3.4.2.2-f") * label("7644-3.4.2.2-ba"))
{
    BOOST_TEST(detail_of("") == at(0, term));
    BOOST_TEST(detail_of("userName") == at(8, operators));
    BOOST_TEST(detail_of("userName eq") == at(11, value));
    BOOST_TEST(detail_of("userName eq x") == at(12, value));
    BOOST_TEST(detail_of("title pr \"x\"") == at(8, more));
    BOOST_TEST(detail_of("(title pr") == at(9, "expected \" and \", \" or \" or \")\""));
    BOOST_TEST(detail_of("emails[type pr") == at(14, "expected \" and \", \" or \" or \"]\""));
    BOOST_TEST(detail_of("title pr and") == at(12, "expected a blank"));
    BOOST_TEST(detail_of("title pr and ") == at(13, term));
    BOOST_TEST(detail_of("name. pr") == at(5, "expected a sub-attribute name"));
    BOOST_TEST(detail_of("urn:a:b: pr") == at(8, "expected an attribute name after the schema URI"));
    BOOST_TEST(detail_of("emails[type eq \"x\" and not (a[b pr])]") == at(29, operators));
}

BOOST_AUTO_TEST_CASE(the_furthest_fault_is_reported, *label("7644-3.4.2.2-ba"))
{
    BOOST_TEST(detail_of("(a pr and (b pr and c regex \"x\"))") == at(22, operators, ", found \"regex\""));
}

BOOST_AUTO_TEST_CASE(an_unknown_operator_is_named, *label("7644-3.4.2.2-az") * label("7644-3.4.2.2-ba"))
{
    BOOST_TEST(detail_of("userName regex \"a\"") == at(9, operators, ", found \"regex\""));
    BOOST_TEST(detail_of("userName eqq \"a\"") == at(9, operators, ", found \"eqq\""));
}

BOOST_AUTO_TEST_CASE(a_refusal_echoes_little_and_never_a_value)
{
    BOOST_TEST(detail_of("userName " + repeat(10'000, "x")) == at(9, operators, ""));
    BOOST_TEST(detail_of("password hunter2 x").find("hunter2") == std::string::npos);
    BOOST_TEST(detail_of("password eq hunter2").find("hunter2") == std::string::npos);
    BOOST_TEST(detail_of("password eq \"hunter2").find("hunter2") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_refused_string_says_why, *label("7644-3.4.2.2-y") * label("7644-3.4.2.2-z"))
{
    BOOST_TEST(detail_of("a eq \"x") == at(7, "expected a closing quotation mark"));
    BOOST_TEST(detail_of("a eq \"x\\") == at(7, "expected an escape of JSON"));
    BOOST_TEST(detail_of("a eq \"x\\q\"") == at(7, "expected an escape of JSON"));
    BOOST_TEST(detail_of("a eq \"\\u12\"") == at(6, "expected an escape of JSON"));
    BOOST_TEST(detail_of("a eq \"\\ud83d\"") == at(6, "expected a whole surrogate pair"));
    BOOST_TEST(detail_of("a eq \"\\ud83d\\u00e9\"") == at(6, "expected a whole surrogate pair"));
    BOOST_TEST(detail_of("a eq \"\\ude00\"") == at(6, "expected a whole surrogate pair"));
    BOOST_TEST(detail_of("a eq \"x\ty\"") == at(7, "expected no bare control character in a string"));
    BOOST_TEST(detail_of("a eq \"x\xC0\xAF\"") == at(5, "expected a string in UTF-8"));
    BOOST_TEST(detail_of("a eq \"\xED\xA0\x80\"") == at(5, "expected a string in UTF-8"));
}

BOOST_AUTO_TEST_CASE(an_empty_filter_is_an_error, *label("7644-3.4.2.2-c"))
{
    for (std::string_view const text : {"", " ", "   "})
    {
        BOOST_TEST(parse_filter(text).has_error());
        BOOST_TEST(parse_filter(text, filter_test::tolerant).has_error());
    }
}

BOOST_AUTO_TEST_CASE(a_path_tells_its_own_faults_from_those_of_its_filter)
{
    auto const is = [](std::string_view text, ErrorCode code, std::string_view requirement, std::string const& detail)
    {
        auto const error = parse_path(text).error();
        BOOST_TEST((error.code == code), text);
        BOOST_TEST(error.detail == detail);
        BOOST_TEST(error.requirement == requirement);
    };
    is("emails[type eq work]", ErrorCode::invalid_filter, "7644-3.5.2-h",
       "Invalid filter in the path at byte 15: " + std::string{value} + ".");
    is("emails[type pr", ErrorCode::invalid_path, "7644-3.5.2-g",
       "Invalid path at byte 14: expected \" and \", \" or \" or \"]\".");
    is("emails[type pr]x", ErrorCode::invalid_path, "7644-3.5.2-g",
       "Invalid path at byte 15: expected the end of the path.");
    is("emails[type pr].", ErrorCode::invalid_path, "7644-3.5.2-g",
       "Invalid path at byte 16: expected a sub-attribute name.");
    is("/emails", ErrorCode::invalid_path, "7644-3.5.2-g", "Invalid path at byte 0: expected an attribute name.");
}

BOOST_AUTO_TEST_CASE(nesting_is_limited_exactly, *label("7644-3.4.2.2-as"))
{
    FilterSyntax const syntax{.max_depth = 5};
    BOOST_TEST(parse_filter(nested(5), syntax).has_value());
    BOOST_TEST(detail_of(nested(6), syntax) == at(6, "expected no deeper nesting, the limit is 5"));
    BOOST_TEST(detail_of(nested(6, "not ("), syntax) == at(30, "expected no deeper nesting, the limit is 5"));
    BOOST_TEST(parse_filter("x[" + nested(4) + "]", syntax).has_value());
    BOOST_TEST(parse_filter("x[" + nested(5) + "]", syntax).has_error());
    BOOST_TEST(parse_path("x[" + nested(4) + "]", syntax).has_value());
    BOOST_TEST((parse_path("x[" + nested(5) + "]", syntax).error().code == ErrorCode::invalid_filter));
}

BOOST_AUTO_TEST_CASE(groups_side_by_side_are_not_deep)
{
    BOOST_TEST(parse_filter("((a pr)) and ((b pr)) or not (c pr) and x[(y pr)]", {.max_depth = 2}).has_value());
}

BOOST_AUTO_TEST_CASE(very_deep_input_is_refused_without_using_the_stack, *label("7644-3.4.2.2-as"))
{
    FilterSyntax const roomy{.max_bytes = std::size_t{1} << 20};
    BOOST_TEST(parse_filter(nested(10'000), roomy).has_error());
    BOOST_TEST(parse_filter(nested(10'000, "not ("), roomy).has_error());
    BOOST_TEST(parse_filter(repeat(100'000, "("), roomy).has_error());
    BOOST_TEST((parse_path("x[" + nested(10'000) + "]", roomy).error().code == ErrorCode::invalid_filter));
}

BOOST_AUTO_TEST_CASE(length_is_limited_exactly, *label("7644-3.4.2.2-as"))
{
    std::string const text = "a eq \"xyz\"";
    BOOST_TEST(parse_filter(text, {.max_bytes = text.size()}).has_value());
    BOOST_TEST(detail_of(text, {.max_bytes = text.size() - 1}) == "The filter is longer than the limit of 9 bytes.");
    BOOST_TEST(parse_path("abc", {.max_bytes = 3}).has_value());
    BOOST_TEST((parse_path("abcd", {.max_bytes = 3}).error() ==
                Error{.code = ErrorCode::invalid_path,
                      .detail = "The path is longer than the limit of 3 bytes.",
                      .requirement = "7644-3.5.2-g"}));
    BOOST_TEST((parse_path("a[b pr]", {.max_bytes = 6}).error().code == ErrorCode::invalid_filter));
}

BOOST_AUTO_TEST_CASE(the_number_of_terms_is_limited_exactly)
{
    FilterSyntax const syntax{.max_terms = 3};
    BOOST_TEST(parse_filter("a pr and b pr or c eq 1", syntax).has_value());
    BOOST_TEST(detail_of("a pr and b pr or c eq 1 or d pr", syntax) ==
               at(29, "expected no more comparisons, the limit is 3"));
    BOOST_TEST(parse_filter("x[a pr and b pr and c pr and d pr]", syntax).has_error());
}

BOOST_AUTO_TEST_CASE(a_long_flat_filter_is_one_flat_node)
{
    auto const filter = parse_filter("a pr" + repeat(999, " or a pr"));
    BOOST_TEST_REQUIRE(filter.has_value());
    BOOST_TEST(std::get<Disjunction>(filter->node).operands.size() == 1000U);
}

BOOST_AUTO_TEST_CASE(chains_are_flat_and_a_leading_group_of_the_same_kind_vanishes, *label("7644-3.4.2.2-af"))
{
    Filter const flat{Conjunction{{presence("a"), presence("b"), presence("c")}}};
    BOOST_TEST((*parse_filter("a pr and b pr and c pr") == flat));
    BOOST_TEST((*parse_filter("(a pr and b pr) and c pr") == flat));
    Filter const grouped{Conjunction{{presence("a"), {Conjunction{{presence("b"), presence("c")}}}}}};
    BOOST_TEST((*parse_filter("a pr and (b pr and c pr)") == grouped));
}

BOOST_AUTO_TEST_CASE(precedence_is_group_not_and_or, *label("7644-3.4.2.2-ae") * label("7644-3.4.2.2-ag"))
{
    Filter const loose{Disjunction{{presence("a"), {Conjunction{{presence("b"), presence("c")}}}}}};
    BOOST_TEST((*parse_filter("a pr or b pr and c pr") == loose));
    Filter const grouped{Conjunction{{{Disjunction{{presence("a"), presence("b")}}}, presence("c")}}};
    BOOST_TEST((*parse_filter("(a pr or b pr) and c pr") == grouped));
    Filter const negated{Conjunction{{{Negation{{presence("a")}}}, presence("b")}}};
    BOOST_TEST((*parse_filter("not (a pr) and b pr") == negated));
}

BOOST_AUTO_TEST_CASE(a_sub_attribute_after_a_value_path_joins_what_is_in_the_brackets)
{
    auto const rewritten = [](std::string_view text)
    { return to_string(*parse_filter(text, {.sub_attribute_after_value_path = true})); };
    BOOST_TEST(rewritten("e[t pr].v eq 1") == "e[t pr and v eq 1]");
    BOOST_TEST(rewritten("e[t pr or u pr].v pr") == "e[(t pr or u pr) and v pr]");
    BOOST_TEST(rewritten("e[t pr and u pr].v pr and a pr") == "e[t pr and u pr and v pr] and a pr");
    BOOST_TEST(detail_of("e[t pr].v", {.sub_attribute_after_value_path = true}) == at(9, operators));
    BOOST_TEST(parse_filter("e[t pr].v eq 1").has_error());
}

BOOST_AUTO_TEST_CASE(keywords_are_names_where_a_name_stands, *label("7644-3.4.2.2-ap"))
{
    BOOST_TEST(to_string(*parse_filter("not pr and and pr or or eq \"pr\"")) == "not pr and and pr or or eq \"pr\"");
}

BOOST_AUTO_TEST_SUITE_END()
