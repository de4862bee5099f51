// Control characters break logs, terminals and directories behind us. They are sought eight bytes at a time, so each
// length and position is tried, and letters whose bytes only look like them.
#include "resource/characters.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace scimkit;

BOOST_AUTO_TEST_SUITE(characters)

BOOST_AUTO_TEST_CASE(a_control_character_is_found_wherever_it_stands)
{
    for (std::size_t size = 1; size < 40; ++size)
        for (std::size_t i = 0; i < size; ++i)
            for (int c = 0; c < 0x80; ++c)
            {
                std::string text(size, size % 2 == 0 ? '!' : '~');
                text[i] = static_cast<char>(c);
                bool const is_control = c < 0x20 || c == 0x7F;
                bool const is_line_or_tab = c == '\t' || c == '\n' || c == '\r';
                bool const is_blank_at_an_end = c == ' ' && (i == 0 || i == size - 1);
                BOOST_REQUIRE(text_fault(text).empty() == (!is_control || is_line_or_tab));
                BOOST_REQUIRE(identifier_fault(text).empty() == !(is_control || is_blank_at_an_end));
            }
}

BOOST_AUTO_TEST_CASE(what_is_not_ascii_is_no_control_character_by_its_bytes)
{
    for (std::string const letters : {"é", "ÿ", "š", "名", "😀"})
        for (std::size_t before = 0; before < 20; ++before)
        {
            std::string text(before, 'a');
            text += letters;
            BOOST_REQUIRE(text_fault(text).empty());
            BOOST_REQUIRE(identifier_fault(text).empty());
            BOOST_REQUIRE(!text_fault(text + '\x7F').empty());
            BOOST_REQUIRE(!identifier_fault(text + '\n').empty());
            BOOST_REQUIRE(!identifier_fault(text + ' ').empty());
        }
}

BOOST_AUTO_TEST_CASE(nothing_has_no_fault)
{
    BOOST_TEST(text_fault({}).empty());
    BOOST_TEST(identifier_fault({}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
