// When two texts are the same (RFC 7643 sections 2.2 and 7; RFC 7644 sections 5 and 7.8). A mistake here gives two
// people one name, or one person two; and no text of a stranger may cost quadratic work.
#include <scimkit/core/text.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>

using namespace scimkit;
using boost::unit_test::label;
using namespace std::string_view_literals;

namespace
{

std::string utf8_of(char32_t letter)
{
    auto const tail = [&](int shift) { return static_cast<char>(0x80U | ((letter >> shift) & 0x3FU)); };
    if (letter < 0x800)
        return {static_cast<char>(0xC0U | (letter >> 6)), tail(0)};
    if (letter < 0x10000)
        return {static_cast<char>(0xE0U | (letter >> 12)), tail(6), tail(0)};
    return {static_cast<char>(0xF0U | (letter >> 18)), tail(12), tail(6), tail(0)};
}

} // namespace

BOOST_AUTO_TEST_SUITE(text)

BOOST_AUTO_TEST_CASE(ascii_names_compare_without_case, *label("7643-2.1-e"))
{
    BOOST_TEST(equal_ascii_ignoring_case("userName", "USERNAME"));
    BOOST_TEST(equal_ascii_ignoring_case("", ""));
    BOOST_TEST(!equal_ascii_ignoring_case("userName", "userNam"));
    BOOST_TEST(!equal_ascii_ignoring_case("a@", "a`")); // neighbours of the letters stay what they are
    BOOST_TEST(!equal_ascii_ignoring_case("[", "{"));
    BOOST_TEST(!equal_ascii_ignoring_case("\xC3\x84", "\xC3\xA4")); // only ASCII
    BOOST_TEST(to_ascii_lower("URN:Ä@[Z") == "urn:Ä@[z");
}

BOOST_AUTO_TEST_CASE(well_formed_utf8_is_told_from_other_bytes, *label("7643-2.3.1-b"))
{
    for (auto const good : {""sv, "plain"sv, "\0"sv, "é"sv, "日本語 and twelve more letters"sv, "\xF0\x9F\x98\x80"sv,
                            "\xEF\xBF\xBD"sv, "\xF4\x8F\xBF\xBF"sv})
        BOOST_TEST(is_valid_utf8(good), good);
    for (auto const bad : {
             "\x80"sv, // a continuation alone
             "eight or more \xFF"sv,
             "\xC3"sv,
             "\xE2\x82"sv,
             "\xF0\x9F\x98"sv, // cut off
             "\xC3("sv,        // not continued
             "\xC0\xAF"sv,     // overlong '/'
             "\xE0\x80\xAF"sv,
             "\xF0\x80\x80\xAF"sv,
             "\xED\xA0\x80"sv, // a surrogate
             "\xED\xBF\xBF"sv,
             "\xF4\x90\x80\x80"sv, // beyond U+10FFFF
             "\xF8\x88\x80\x80\x80"sv,
         })
        BOOST_TEST(!is_valid_utf8(bad));
}

BOOST_AUTO_TEST_CASE(case_does_not_matter_where_the_attribute_is_not_case_exact, *label("7643-7-o"))
{
    for (auto const& [a, b] : {
             std::pair{"Tour Guide"sv, "TOUR GUIDE"sv},
             {"straße"sv, "STRAẞE"sv},
             {"ΟΔΟΣ"sv, "οδοσ"sv},
             {"İ"sv, "i\u0307"sv}, // dotted capital I is i and a dot, never plain i
             {"İ"sv, "I\u0307"sv},
             {"ÉCOLE"sv, "e\u0301cole"sv},
             {"Жук"sv, "жУК"sv},
             {"ǅ"sv, "ǆ"sv},
             {"\u1FB3\u0301"sv, "\u1FB4"sv}, // iota subscript under an accent
             {"\u1FBC\u0301"sv, "\u1FB4"sv}, // and beside a capital
             {"\u212A"sv, "k"sv},            // KELVIN SIGN
         })
    {
        BOOST_TEST_CONTEXT(a << " and " << b)
        {
            BOOST_TEST(equal_text(a, b, false));
            BOOST_TEST(comparison_key(a, false) == comparison_key(b, false));
            BOOST_TEST(!equal_text("x" + std::string{a}, std::string{b}, false));
        }
    }
    // Of each letter the lower case, and no more (RFC 8265 section 3.3.2).
    for (auto const& [a, b] : {std::pair{"straße"sv, "STRASSE"sv},
                               {"ẞ"sv, "ss"sv},
                               {"οδοσ"sv, "οδος"sv}, // sigma at the end
                               {"ΟΔΟΣ"sv, "οδος"sv},
                               {"ﬁsh"sv, "FISH"sv}, // ligature
                               {"ŉ"sv, "ʼn"sv},
                               {"ſ"sv, "s"sv}, // long s is no capital
                               {"µ"sv, "μ"sv}})
        BOOST_TEST(!equal_text(a, b, false), a);
    BOOST_TEST(!equal_text("İ", "i", false));
    BOOST_TEST(!equal_text("ı", "i", false));
    BOOST_TEST(!equal_text("é", "e", false));
}

BOOST_AUTO_TEST_CASE(width_does_not_matter_where_case_does_not,
                     *label("7643-x7644-5-b") * label("7644-5-c") * label("7643-x7644-5-f"))
{
    for (auto const& [a, b] : {
             std::pair{"ａｄａ"sv, "ADA"sv}, // full-width letters, in both cases
             {"ＡＤＡ＠ｅｘａｍｐｌｅ．ｃｏｍ"sv, "ada@example.com"sv},
             {"user１２"sv, "user12"sv},
             {"ｶﾞ"sv, "ガ"sv}, // half-width, and its mark is a letter of its own
             {"ﾊﾟ"sv, "ハ\u309A"sv},
             {"\uFFC7"sv, "\u3154"sv}, // half-width Hangul
             {"\uFFBE\uFFDC"sv, "\u314E\u3163"sv},
             {"\uFFE3\uFFE5\uFFED"sv, "\u00AF\u00A5\u25A0"sv}, // signs
             {"ＥＣＯＬＥ\u0301"sv, "ecole\u0301"sv},
         })
        BOOST_TEST_CONTEXT(a << " and " << b)
        {
            BOOST_TEST(equal_text(a, b, false));
            BOOST_TEST(!equal_text(a, b, true), "an exact attribute is exact in its width");
            BOOST_TEST(comparison_key(comparison_key(a, false), false) == comparison_key(a, false));
        }
    // Other forms of compatibility are letters of their own.
    for (auto const& [a, b] : {std::pair{"①"sv, "1"sv},
                               {"Ⅳ"sv, "IV"sv},
                               {"x²"sv, "x2"sv},
                               {"ﺏ"sv, "ب"sv},
                               {"㍿"sv, "株式会社"sv},
                               {"\uFFC7"sv, "\u1166"sv}})
        BOOST_TEST(!equal_text(a, b, false), a);
}

BOOST_AUTO_TEST_CASE(case_matters_where_the_attribute_is_case_exact, *label("7643-7-o"))
{
    BOOST_TEST(!equal_text("ABC", "abc", true));
    BOOST_TEST(!equal_text("É", "é", true));
    BOOST_TEST(!equal_text("ß", "ss", true));
    BOOST_TEST(comparison_key("AbC", true) == "AbC");
}

BOOST_AUTO_TEST_CASE(composed_and_decomposed_forms_are_the_same_text, *label("7643-x7644-7.8-a"))
{
    BOOST_TEST(equal_text("\u00E9", "e\u0301", true));
    BOOST_TEST(comparison_key("e\u0301", true) == "\u00E9");
    BOOST_TEST(equal_text("\uD55C", "\u1112\u1161\u11AB", true));    // Hangul
    BOOST_TEST(equal_text("\u212B", "\u00C5", true));                // ANGSTROM SIGN
    BOOST_TEST(equal_text("a\u0323\u0307", "a\u0307\u0323", true));  // marks in any order
    BOOST_TEST(equal_text("\u037E", ";", true));                     // not ASCII, but equivalent to it
    BOOST_TEST(!equal_text("ﬁ", "fi", true));                        // compatibility is not equivalence
    BOOST_TEST(!equal_text("a\u0301\u0300", "a\u0300\u0301", true)); // marks of one class keep their order
}

BOOST_AUTO_TEST_CASE(keys_are_stable_and_ordered_by_code_point)
{
    for (auto const text : {"Straße"sv, "İstanbul"sv, "e\u0301"sv, "\u1FB4"sv, "\uD55C"sv})
        for (bool const exact : {true, false})
        {
            auto const key = comparison_key(text, exact);
            BOOST_TEST(comparison_key(key, exact) == key);
        }
    BOOST_TEST(comparison_key("Z", false) < comparison_key("é", false));
    BOOST_TEST(comparison_key("\uFFFD", true) < comparison_key("\U0001F600", true));
}

BOOST_AUTO_TEST_CASE(every_letter_has_one_key_whether_composed_or_not)
{
    std::size_t letters = 0;
    std::size_t wrong = 0;
    for (char32_t letter = 0x80; letter < 0x11'0000; ++letter)
    {
        if (letter == 0xD800)
            letter = 0xE000; // halves of letters
        std::string const text = utf8_of(letter);
        auto const key = comparison_key(text, false);
        wrong += comparison_key(key, false) == key ? 0U : 1U;
        wrong += comparison_key(comparison_key(text, true), false) == key ? 0U : 1U;
        ++letters;
    }
    BOOST_TEST(letters == 0x11'0000U - 0x80U - 0x800U);
    BOOST_TEST(wrong == 0U);
}

BOOST_AUTO_TEST_CASE(zero_bytes_are_text_like_others)
{
    BOOST_TEST(comparison_key("A\0É"sv, false) == "a\0é"sv);
    BOOST_TEST(!equal_text("a\0b"sv, "a\0c"sv, false));
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_utf8_compare_as_they_are)
{
    BOOST_TEST(comparison_key("A\xFF", false) == "A\xFF");
    BOOST_TEST(equal_text("A\xFF", "A\xFF", false));
    BOOST_TEST(!equal_text("A\xFF", "a\xFF", false));
}

// A bubble sort of the marks would take minutes.
BOOST_AUTO_TEST_CASE(a_long_run_of_combining_marks_costs_no_quadratic_work)
{
    std::string hostile = "a";
    for (int i = 0; i < 200'000; ++i)
        hostile += i % 2 == 0 ? "\u0301" : "\u0316"; // above, below, above ...
    auto const start = std::chrono::steady_clock::now();
    auto const key = comparison_key(hostile, false);
    BOOST_CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{10});
    BOOST_TEST(key.substr(0, 5) == "\u00E1\u0316\u0316\u0316"sv.substr(0, 5));
}

BOOST_AUTO_TEST_SUITE_END()
