// Strangers' bytes become values here first (RFC 8259): what two parsers could read in two ways, what would lose
// digits (RFC 7643 section 2.3) and what costs more than its size must end as a refusal that names the place.
#include <scimkit/core/json.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <limits>
#include <string>
#include <vector>

using namespace scimkit;
using boost::unit_test::label;
using namespace std::string_view_literals;

BOOST_AUTO_TEST_SUITE(json_parse)

namespace
{

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

// The detail of the refusal; fails where the text is accepted.
std::string refusal(std::string_view text, JsonLimits const& limits = {})
{
    auto const value = parse_json(text, limits);
    BOOST_REQUIRE_MESSAGE(!value, "accepted: " << text);
    BOOST_CHECK(value.error().code == ErrorCode::invalid_syntax);
    return value.error().detail;
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

} // namespace

BOOST_AUTO_TEST_CASE(a_document_becomes_a_value)
{
    auto const value =
        parse_json(R"( {"a":[1,-2,2.5,true,false,null],"b":{"c":"\u00e9\ud83d\ude00\n"},"":""} )").value();
    auto const& object = value.get_object();
    BOOST_REQUIRE(object.size() == 3u);
    auto const& array = object.at("a").get_array();
    BOOST_TEST(array.at(0).get_int64() == 1);
    BOOST_TEST(array.at(1).get_int64() == -2);
    BOOST_TEST(array.at(2).get_double() == 2.5);
    BOOST_TEST(array.at(3).get_bool());
    BOOST_TEST(!array.at(4).get_bool());
    BOOST_TEST(array.at(5).is_null());
    BOOST_TEST(std::string_view{object.at("b").at("c").get_string()} == "é😀\n"sv);
    BOOST_TEST(object.at("").get_string().empty());
}

BOOST_AUTO_TEST_CASE(any_value_can_be_the_whole_text)
{
    for (auto const text : {"1"sv, "\"x\""sv, "null"sv, "true"sv, "[]"sv, "{}"sv, " 1.5 \n"sv})
        BOOST_TEST(parse_json(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(what_is_not_json_is_refused_with_the_place)
{
    for (auto const text :
         {""sv,       " "sv,       "{"sv,           "[1"sv,    "[1,]"sv,     "{\"a\":}"sv, "{\"a\" 1}"sv,
          "{a:1}"sv,  "'a'"sv,     "tru"sv,         "NaN"sv,   "Infinity"sv, "-"sv,        "+1"sv,
          ".5"sv,     "1."sv,      "01"sv,          "1e"sv,    "0x10"sv,     "// c\n1"sv,  "/**/1"sv,
          "\"\t\""sv, "\"\\x\""sv, "\"\\u12g4\""sv, "\"open"sv})
        BOOST_TEST(contains(refusal(text), "at byte "), text);
    BOOST_TEST(contains(refusal("[1, 2, x]"), "at byte 7."));
}

BOOST_AUTO_TEST_CASE(text_after_the_value_is_refused)
{
    BOOST_TEST(contains(refusal("{} x"), "at byte 3."));
    refusal("1 2");
    refusal("[]]");
    refusal("{}\0"sv);
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_is_refused) { refusal("\xEF\xBB\xBF{}"); }

BOOST_AUTO_TEST_CASE(invalid_utf8_is_refused_in_values_and_names, *label("7643-2.3.1-b"))
{
    refusal("\"\xFF\"");
    refusal("\"\xC0\xAF\"");
    refusal("\"\xED\xA0\x80\"");
    refusal("\"\xF4\x90\x80\x80\"");
    refusal("\"\xC3\"");
    refusal("{\"\xFF\":1}");
}

BOOST_AUTO_TEST_CASE(lone_surrogates_are_refused)
{
    refusal(R"("\ud800")");
    refusal(R"("\udc00")");
    refusal(R"("\ud800\ud800")");
    refusal(R"("\ud800x")");
    refusal(R"({"\udfff":1})");
}

BOOST_AUTO_TEST_CASE(a_member_name_twice_in_one_object_is_refused)
{
    BOOST_TEST(contains(refusal(R"({"a":1,"b":2,"a":1})"), "\"a\" twice"));
    BOOST_TEST(contains(refusal(R"({"userName":1,"user\u004Eame":2})"), "\"userName\" twice")); // spelled otherwise
    refusal(R"({"\u00e9":1,"é":2})");
    refusal(R"({"":1,"":2})");
    refusal(R"([{"x":{"y":1,"y":2}}])");
    refusal(R"({"a":{"a":1},"a":2})");
}

BOOST_AUTO_TEST_CASE(a_name_may_be_in_many_objects)
{
    BOOST_TEST(parse_json(R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]})").has_value());
    BOOST_TEST(parse_json(R"({"a":1,"A":2})").has_value()); // case is for the schema to judge
    BOOST_TEST(parse_json(R"({"ab":{"c":1},"a":{"bc":1}})").has_value());
}

BOOST_AUTO_TEST_CASE(one_name_twice_is_found_among_thousands_without_quadratic_work)
{
    std::string text = "{";
    for (int i = 0; i < 9'000; ++i)
        text += "\"member" + std::to_string(i) + "\":0,";
    auto const start = std::chrono::steady_clock::now();
    BOOST_TEST(parse_json(text + "\"last\":0}").has_value());
    BOOST_TEST(contains(refusal(text + "\"member4711\":0}"), "\"member4711\" twice"));
    BOOST_CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{10});
}

BOOST_AUTO_TEST_CASE(numbers_that_no_double_can_hold_are_refused)
{
    refusal("1e400");
    refusal("-1e400");
    refusal("[1e309]");
    refusal("1e99999999999");
    refusal(std::string(400, '9'));
    BOOST_TEST(parse_json("1e308").value().get_double() == 1e308);
    BOOST_TEST(parse_json("1e-400").value().get_double() == 0.0);
}

BOOST_AUTO_TEST_CASE(numbers_are_exact)
{
    BOOST_TEST(parse_json("9223372036854775807").value().get_int64() == std::numeric_limits<std::int64_t>::max());
    BOOST_TEST(parse_json("-9223372036854775808").value().get_int64() == std::numeric_limits<std::int64_t>::min());
    BOOST_TEST(parse_json("18446744073709551615").value().get_uint64() == std::numeric_limits<std::uint64_t>::max());
    BOOST_TEST(parse_json("18446744073709551616").value().get_double() == 18446744073709551616.0);
    for (auto const& [text, number] : {std::pair{"0.1"sv, 0.1},
                                       {"7.0420557077594588669468784357561207962098443483187940792729600000e+59"sv,
                                        7.0420557077594588669468784357561207962098443483187940792729600000e+59},
                                       {"2.2250738585072011e-308"sv, 2.2250738585072011e-308},
                                       {"4.9406564584124654e-324"sv, 4.9406564584124654e-324},
                                       {"1.7976931348623157e308"sv, 1.7976931348623157e308},
                                       {"9007199254740993.0"sv, 9007199254740992.0}})
        BOOST_TEST(parse_json(text).value().get_double() == number, text);
}

// RFC 7643 section 2.3.4: an integer has neither fraction nor exponent; the kind keeps what the text had.
BOOST_AUTO_TEST_CASE(a_fraction_or_an_exponent_makes_a_double, *label("7643-2.3.4-a"))
{
    for (auto const text : {"3.0"sv, "3e2"sv, "3E+2"sv, "30e-1"sv, "0.0"sv})
        BOOST_TEST(parse_json(text).value().is_double(), text);
    for (auto const text : {"3"sv, "-7"sv, "0"sv})
        BOOST_TEST(parse_json(text).value().is_int64(), text);
}

BOOST_AUTO_TEST_CASE(nesting_ends_at_the_limit)
{
    BOOST_TEST(parse_json(nested(32)).has_value());
    BOOST_TEST(contains(refusal(nested(33)), "deeper than 32"));
    BOOST_TEST(parse_json(nested(3), {.max_depth = 3}).has_value());
    refusal(R"({"a":{"b":{"c":[]}}})", {.max_depth = 3});
    refusal(std::string(1'000'000, '['));
}

BOOST_AUTO_TEST_CASE(values_are_counted)
{
    BOOST_TEST(parse_json("[1,2,{}]", {.max_values = 4}).has_value());
    BOOST_TEST(contains(refusal("[1,2,{}]", {.max_values = 3}), "too many values"));
    for (auto const text :
         {"[null]"sv, "[true]"sv, "[1]"sv, "[18446744073709551615]"sv, "[1.5]"sv, "[\"\"]"sv, "[[]]"sv, "[{}]"sv})
        refusal(text, {.max_values = 1});
}

/// What waits on the parser's stack is counted ahead in texts that are not short.
BOOST_AUTO_TEST_CASE(a_long_text_is_read_as_its_parts_are)
{
    std::string const escaped(3'000, '\\'); // 1,500 backslashes
    for (std::string const& part : std::vector<std::string>{
             R"(1)", R"("")", R"([])", R"({})", R"([[],{},[[1,"a"],{"a":{"b":[null,true,false,-1.5e3]}}]])",
             R"({"a":1,"b":{"c":"d\"e\\","\u0066":[1,2,3]},"":""})", "\"" + escaped + "\"",
             "{\"" + escaped + "\":\"" + escaped + "\"}",
             "[" + std::string(50, ' ') + "1 , 2\t,\r\n3" + std::string(50, ' ') + "]", "\"\xc3\xa9\xf0\x9f\x98\x80\""})
    {
        auto const one = parse_json(part).value();
        for (std::size_t const bytes : {20'000U, 100'000U})
        {
            std::string text = "[";
            std::size_t count = 0;
            for (; text.size() < bytes; ++count)
                text += part + ",";
            text.back() = ']';
            auto const all = parse_json(text).value();
            BOOST_REQUIRE(all.get_array().size() == count);
            for (auto const& each : all.get_array())
                BOOST_REQUIRE(equal_json(each, one));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_long_text_that_is_no_json_is_refused)
{
    std::string const many(20'000, '1');
    for (std::string const& text :
         {"[" + many, many + "]", "[" + many + "]]", "\"" + many, "\"" + many + "\\", "{" + many + ":1}",
          std::string(50'000, '['), std::string(50'000, ']'), std::string(50'000, ':'), std::string(50'000, ','),
          std::string(50'000, '"'), std::string(50'000, ' '), "[" + std::string(50'000, '\\')})
        refusal(text);
    std::string numbers = "[1";
    for (int i = 0; i < 20'000; ++i)
        numbers += " 1";
    refusal(numbers);
    BOOST_TEST(contains(refusal(numbers.replace(2, 1, ","), {.max_values = 100}), "at byte"));
}

BOOST_AUTO_TEST_CASE(members_of_what_is_open_are_counted)
{
    auto const members = [](std::size_t count)
    {
        std::string text;
        for (std::size_t i = 0; i < count; ++i)
            text += "\"m" + std::to_string(i) + "\":0,";
        return text;
    };
    BOOST_TEST(parse_json("{" + members(9'999) + "\"last\":1}").has_value());
    BOOST_TEST(contains(refusal("{" + members(10'000) + "\"last\":1}"), "too many members"));
    BOOST_TEST(
        contains(refusal("{" + members(5'000) + "\"in\":{" + members(5'000) + "\"last\":1}}"), "too many members"));
    BOOST_TEST(parse_json("[{" + members(9'000) + "\"last\":1},{" + members(9'000) + "\"last\":1}]").has_value());
}

BOOST_AUTO_TEST_CASE(a_text_longer_than_the_limit_is_too_large)
{
    BOOST_TEST(parse_json("[1,2]", {.max_bytes = 5}).has_value());
    auto const value = parse_json("[1,2]", {.max_bytes = 4});
    BOOST_REQUIRE(!value);
    BOOST_CHECK(value.error().code == ErrorCode::payload_too_large);
}

BOOST_AUTO_TEST_CASE(the_value_outlives_the_text)
{
    auto text = std::string{R"({"a long enough name for the heap":"a long enough text for the heap too"})"};
    auto const value = parse_json(text).value();
    text.assign(text.size(), 'x');
    BOOST_TEST(std::string_view{value.at("a long enough name for the heap").get_string()} ==
               "a long enough text for the heap too"sv);
}

BOOST_AUTO_TEST_SUITE_END()
