// Text of strangers in a log line stays one line of ASCII that cannot be taken for another.
#include <scimkit/core/log_text.hpp>

#include <boost/test/unit_test.hpp>

using scimkit::append_log_text;

namespace
{

std::string shown(std::string_view text, std::size_t max_bytes = 1000, bool bare = false)
{
    std::string out;
    append_log_text(out, text, max_bytes, bare);
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(log_text)

BOOST_AUTO_TEST_CASE(plain_text_stays_as_it_is)
{
    BOOST_TEST(shown("") == "");
    BOOST_TEST(shown("/scim/v2/Users/x%20y?a=b [c] 'd'") == "/scim/v2/Users/x%20y?a=b [c] 'd'");
}

BOOST_AUTO_TEST_CASE(any_byte_comes_out_as_printable_ascii_that_ends_no_field)
{
    for (int value = 0; value < 256; ++value)
    {
        std::string const byte(1, static_cast<char>(value));
        for (bool const bare : {false, true})
        {
            auto const text = shown(byte, 1000, bare);
            for (char const c : text)
                BOOST_TEST((c >= 0x20 && c < 0x7F && c != '"' && !(bare && c == ' ')), "byte " << value);
            BOOST_TEST((text == byte || (text.size() == 4 && text.starts_with("\\x"))), "byte " << value);
        }
    }
    BOOST_TEST(shown("a\nb\x9B\xC3\xA9\x7F") == "a\\x0ab\\x9b\\xc3\\xa9\\x7f");
    BOOST_TEST(shown("\"\\") == "\\x22\\x5c");
    BOOST_TEST(shown("a b", 1000, true) == "a\\x20b");
}

BOOST_AUTO_TEST_CASE(a_text_has_at_most_the_given_size_and_says_that_it_was_cut)
{
    BOOST_TEST(shown("abcdef", 6) == "abcdef");
    BOOST_TEST(shown("abcdefg", 6) == "abc...");
    BOOST_TEST(shown("\n\n", 8) == "\\x0a\\x0a");
    BOOST_TEST(shown("\n\n\n", 8) == "\\x0a...");
    for (std::size_t limit = 0; limit < 12; ++limit)
        BOOST_TEST(shown(std::string(100, '\n'), limit).size() <= limit);
}

BOOST_AUTO_TEST_CASE(it_appends)
{
    std::string out = "path=";
    append_log_text(out, "/x", 10);
    BOOST_TEST(out == "path=/x");
}

BOOST_AUTO_TEST_SUITE_END()
