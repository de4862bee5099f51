// JsonText: what many small pieces come to, whatever room there was; and the short texts that it is made of.
#include <scimkit/core/json.hpp>

#include "core/json_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;

BOOST_AUTO_TEST_SUITE(json_text)

BOOST_AUTO_TEST_CASE(pieces_stand_behind_what_was_there)
{
    for (std::size_t room = 0; room < 40; ++room)
    {
        std::string out = "before:";
        {
            JsonText text{out, room};
            text.add_name('{', "name");
            text.add_string("a \"b\"\n\xC3\xA9");
            text.add_name(',', "list");
            text.add("[1,2]");
            text.add('}');
        }
        BOOST_TEST(out == "before:{\"name\":\"a \\\"b\\\"\\n\xC3\xA9\",\"list\":[1,2]}");
    }
}

BOOST_AUTO_TEST_CASE(strings_are_those_of_write_json_string)
{
    for (int byte = 0; byte < 128; ++byte)
        for (std::size_t length = 0; length < 40; ++length)
            for (std::size_t at = 0; at < std::max<std::size_t>(length, 1); ++at)
            {
                std::string value(length, 'x');
                if (length > 0)
                    value[at] = static_cast<char>(byte);
                std::string expected;
                write_json_string(expected, value);
                std::string out;
                JsonText{out, 3}.add_string(value);
                BOOST_REQUIRE(out == expected);
            }
}

BOOST_AUTO_TEST_CASE(what_is_inserted_stands_in_front_of_what_was_there)
{
    for (std::size_t room = 0; room < 40; ++room)
    {
        std::string out = "before:";
        {
            JsonText text{out, room};
            text.add("begin");
            auto const place = text.size();
            text.add("end");
            text.insert(place, "");
            text.insert(place, " and ");
            text.insert(text.size(), "!");
        }
        BOOST_TEST(out == "before:begin and end!");
    }
}

BOOST_AUTO_TEST_CASE(pieces_of_each_size_are_copied_whole)
{
    std::string piece;
    for (char c = ' '; c < '~'; ++c)
    {
        std::string out;
        {
            JsonText text{out, 0};
            text.add(piece);
            text.add_name('{', piece);
        }
        BOOST_TEST(out == piece + "{\"" + piece + "\":");
        piece += c;
    }
}

BOOST_AUTO_TEST_CASE(texts_are_the_same_if_each_byte_is)
{
    std::string const text = "abcdefghijklmnopqrstuvwxyz";
    for (std::size_t size = 0; size <= text.size(); ++size)
    {
        std::string const own = text.substr(0, size);
        BOOST_TEST(same_text(own, std::string_view{text}.substr(0, size)));
        BOOST_TEST(same_text(own, text) == (size == text.size()));
        for (std::size_t at = 0; at < size; ++at)
        {
            std::string other = own;
            other[at] = '_';
            BOOST_TEST(!same_text(own, other));
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_cut_was_never_there)
{
    std::string out = "before";
    {
        JsonText text{out, 8};
        auto const size = text.size();
        text.add("more than there is room for");
        text.cut(size);
        text.cut(1'000);
        text.add('!');
    }
    BOOST_TEST(out == "before!");
}

BOOST_AUTO_TEST_SUITE_END()
