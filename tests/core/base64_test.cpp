// Binary values are base64 (RFC 7643 section 2.3.6, RFC 4648 section 4). A decoder that is lenient gives one value
// several spellings, so nothing but the exact form may pass.
#include <scimkit/core/base64.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <utility>

using namespace scimkit;
using boost::unit_test::label;
using namespace std::string_view_literals;

BOOST_AUTO_TEST_SUITE(base64)

BOOST_AUTO_TEST_CASE(the_vectors_of_rfc_4648_hold_in_both_directions, *label("7643-2.3.6-a"))
{
    for (auto const& [bytes, text] : {std::pair{""sv, ""sv},
                                      {"f"sv, "Zg=="sv},
                                      {"fo"sv, "Zm8="sv},
                                      {"foo"sv, "Zm9v"sv},
                                      {"foob"sv, "Zm9vYg=="sv},
                                      {"fooba"sv, "Zm9vYmE="sv},
                                      {"foobar"sv, "Zm9vYmFy"sv},
                                      {"\x00\x10\x83\xFF\xFB\xF0"sv, "ABCD//vw"sv}})
    {
        BOOST_TEST(encode_base64(bytes) == text);
        BOOST_TEST(is_base64(text));
        BOOST_TEST(decode_base64(text).value() == bytes);
    }
}

BOOST_AUTO_TEST_CASE(every_byte_survives)
{
    std::string bytes;
    for (int i = 0; i < 256; ++i)
    {
        bytes.push_back(static_cast<char>(i));
        BOOST_TEST(decode_base64(encode_base64(bytes)).value() == bytes);
    }
}

BOOST_AUTO_TEST_CASE(what_is_not_exactly_base64_is_refused, *label("7643-2.3.6-a") * label("7643-2.3.6-e"))
{
    for (auto const text : {
             "Zg"sv,       // no padding
             "Zg="sv,      // too little padding
             "Zg==="sv,    // too much
             "Zm9v===="sv, // a group of padding only
             "===="sv,     // the same alone
             "Z==="sv,     // three
             "Zg==Zg=="sv, // padding in the middle
             "Zm=v"sv,     // and inside a group
             "Zh=="sv,     // unused bits are not zero
             "Zm9="sv,     // the same with one '='
             "AQI_"sv,
             "AQ-A"sv,       // the alphabet of section 5
             "AQ*A"sv,       // no alphabet
             "Zm9v\nZm9v"sv, // a line break
             "Zm9vZm9v\r\n\r\n"sv,
             " Zm9"sv,
             "Zm9vZm\0v"sv,
             "Zm9\xC3"sv,
         })
    {
        BOOST_TEST_CONTEXT(text)
        {
            BOOST_TEST(!is_base64(text));
            auto const decoded = decode_base64(text);
            BOOST_REQUIRE(!decoded);
            BOOST_CHECK(decoded.error().code == ErrorCode::invalid_value);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
