// What is written must read back as the same value: escapes, digits, decimals with their point (RFC 7643 section
// 2.3.3). And when two values are one, which decides whether a write has changed anything.
#include <scimkit/core/json.hpp>

#include <boost/test/unit_test.hpp>

#include <limits>

using namespace scimkit;
using boost::unit_test::label;
using namespace std::string_view_literals;

BOOST_AUTO_TEST_SUITE(json_write)

namespace
{

std::string written(json::value const& value)
{
    std::string out;
    write_json(out, value);
    return out;
}

bool equal(std::string_view a, std::string_view b)
{
    auto const x = parse_json(a).value();
    auto const y = parse_json(b).value();
    BOOST_TEST(equal_json(x, y) == equal_json(y, x));
    return equal_json(x, y);
}

} // namespace

BOOST_AUTO_TEST_CASE(compact_text_survives_unchanged)
{
    for (auto const text : {"null"sv, "true"sv, "false"sv, "0"sv, "-7"sv, "\"\""sv, "[]"sv, "{}"sv, "[[]]"sv, "[{}]"sv,
                            "[[],[]]"sv, "[{},1,{}]"sv, R"({"a":[],"b":{},"c":1})"sv, R"([[1],[2,[3]],4])"sv,
                            R"({"a":{"b":{"c":[1,{"d":null}]}},"e":"f"})"sv, "18446744073709551615"sv,
                            "-9223372036854775808"sv, "[0.1,-2.5]"sv})
        BOOST_TEST(written(parse_json(text).value()) == text);
}

BOOST_AUTO_TEST_CASE(writing_appends)
{
    std::string out = "x=";
    write_json(out, json::array{1, 2});
    BOOST_TEST(out == "x=[1,2]");
}

BOOST_AUTO_TEST_CASE(a_decimal_has_a_digit_on_each_side_of_the_point, *label("7643-2.3.3-a"))
{
    for (auto const& [number, text] : {std::pair{5.0, "5.0"sv},
                                       {0.0, "0.0"sv},
                                       {-0.0, "-0.0"sv},
                                       {1.5, "1.5"sv},
                                       {0.1, "0.1"sv},
                                       {1e22, "1.0e+22"sv},
                                       {1.5e300, "1.5e+300"sv},
                                       {5e-324, "5.0e-324"sv},
                                       {1.0 / 3, "0.3333333333333333"sv}})
    {
        BOOST_TEST(written(number) == text);
        BOOST_TEST(parse_json(text).value().get_double() == number);
    }
}

BOOST_AUTO_TEST_CASE(what_json_cannot_say_is_written_as_null)
{
    BOOST_TEST(written(std::numeric_limits<double>::infinity()) == "null");
    BOOST_TEST(written(std::numeric_limits<double>::quiet_NaN()) == "null");
}

BOOST_AUTO_TEST_CASE(strings_have_the_shortest_escapes)
{
    auto const text = "plain é😀 /\" \\ \b\f\n\r\t \0\x01\x1F\x7F"sv;
    std::string out;
    write_json_string(out, text);
    BOOST_TEST(out == "\"plain é😀 /\\\" \\\\ \\b\\f\\n\\r\\t \\u0000\\u0001\\u001f\x7F\"");
    BOOST_TEST(std::string_view{parse_json(out).value().get_string()} == text);
}

BOOST_AUTO_TEST_CASE(a_character_is_escaped_wherever_it_stands)
{
    for (char const special : {'"', '\\', '\n', '\x1F', '\0'})
        for (std::size_t size = 1; size < 40; ++size)
            for (std::size_t i = 0; i < size; ++i)
            {
                std::string text(size, size % 2 == 0 ? ' ' : '\x7F');
                text[i] = special;
                text[size / 2] = size % 3 == 0 ? '"' : text[size / 2];
                std::string out;
                write_json_string(out, text);
                BOOST_REQUIRE(std::string_view{parse_json(out).value().get_string()} == text);
            }
}

BOOST_AUTO_TEST_CASE(member_names_are_escaped_too)
{
    BOOST_TEST(written(json::object{{"a\"b", 1}}) == R"({"a\"b":1})");
}

// Parsed values are never so deep, those that programs build may be.
BOOST_AUTO_TEST_CASE(depth_does_not_exhaust_the_stack)
{
    constexpr std::size_t depth = 5'000;
    json::value value = 1;
    for (std::size_t i = 0; i < depth; ++i)
        value = json::array{std::move(value)};
    BOOST_TEST(written(value) == std::string(depth, '[') + "1" + std::string(depth, ']'));
    BOOST_TEST(equal_json(value, value));
}

BOOST_AUTO_TEST_CASE(members_are_equal_in_any_order, *label("7643-2.3.8-b") * label("7643-2.4-b"))
{
    BOOST_TEST(equal(R"({"type":"work","value":"x"})", R"({"value":"x","type":"work"})"));
    BOOST_TEST(equal(R"([{"a":[1,{"b":null}]}])", R"([{"a":[1,{"b":null}]}])"));
    BOOST_TEST(!equal(R"({"a":1})", R"({"b":1})"));
    BOOST_TEST(!equal(R"({"a":1})", R"({"a":1,"b":1})"));
    BOOST_TEST(!equal(R"({"a":{"b":1}})", R"({"a":{"b":2}})"));
}

BOOST_AUTO_TEST_CASE(elements_are_equal_in_their_order_only)
{
    BOOST_TEST(equal("[1,2]", "[1,2]"));
    BOOST_TEST(!equal("[1,2]", "[2,1]"));
    BOOST_TEST(!equal("[1,2]", "[1,2,3]"));
}

BOOST_AUTO_TEST_CASE(values_of_different_kinds_differ)
{
    std::string_view const texts[] = {"null", "true", "false", "0", "1", "\"\"", "\"1\"", "[]", "{}", "\"true\""};
    for (auto const a : texts)
        for (auto const b : texts)
            BOOST_TEST(equal(a, b) == (a == b), a << " and " << b);
}

BOOST_AUTO_TEST_CASE(numbers_are_equal_by_value_whatever_their_kind)
{
    BOOST_TEST(equal("1", "1.0"));
    BOOST_TEST(equal("100", "1e2"));
    BOOST_TEST(equal("-0.0", "0"));
    BOOST_TEST(equal("18446744073709551615", "18446744073709551615"));
    BOOST_TEST(equal("9223372036854775808", "9223372036854775808.0"));
    BOOST_TEST(equal("-9223372036854775808", "-9223372036854775808.0"));
    BOOST_TEST(!equal("1", "1.5"));
    BOOST_TEST(!equal("-1", "18446744073709551615"));
    // As doubles these would be the same.
    BOOST_TEST(!equal("9007199254740993", "9007199254740992.0"));
    BOOST_TEST(!equal("9223372036854775807", "9223372036854775808.0"));
    BOOST_TEST(!equal("18446744073709551615", "18446744073709551616.0"));
    BOOST_TEST(!equal("-1", "1e300"));
    BOOST_TEST(equal_json(json::value(std::uint64_t{5}), json::value(std::int64_t{5})));
    BOOST_TEST(!equal_json(json::value(std::uint64_t{1} << 63), json::value(std::numeric_limits<std::int64_t>::min())));
}

BOOST_AUTO_TEST_SUITE_END()
