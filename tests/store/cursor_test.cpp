// A page goes on from these bytes (RFC 9865): they have to give back the very place, of any type of value, and bytes
// that are no cursor are a client's fault and not a crash.
#include <scimkit/store/cursor.hpp>

#include <boost/test/unit_test.hpp>

#include <limits>

namespace scimkit
{
namespace
{

BOOST_AUTO_TEST_SUITE(cursors)

BOOST_AUTO_TEST_CASE(a_cursor_survives_its_bytes)
{
    SortValue const values[] = {std::nullopt,
                                BoundLiteral{true},
                                BoundLiteral{Number{std::int64_t{-5}}},
                                BoundLiteral{Number{std::numeric_limits<std::uint64_t>::max()}},
                                BoundLiteral{Number{2.5}},
                                BoundLiteral{Instant{std::chrono::microseconds{-1}}},
                                BoundLiteral{StringKey{"", ""}},
                                BoundLiteral{StringKey{"caf\xC3\xA9", "caf\xC3\xA9"}}};
    for (SortValue const& value : values)
    {
        Cursor const cursor{3, std::string{"id\0with zero", 12}, value};
        auto const back = decode_cursor(encode_cursor(cursor));
        BOOST_REQUIRE(back.has_value());
        BOOST_TEST(back->source == 3U);
        BOOST_TEST(back->id == cursor.id);
        BOOST_TEST(compare_sort_values(back->value, value) == 0);
        BOOST_TEST(back->value.has_value() == value.has_value());
        BOOST_TEST((*back == cursor));
    }
}

BOOST_AUTO_TEST_CASE(other_bytes_are_refused)
{
    std::string const whole = encode_cursor({1, "id", BoundLiteral{StringKey{"key", "key"}}});
    for (char const* text : {"", "x", "AAAA", "not base64!"})
        BOOST_TEST((decode_cursor(text).error().code == ErrorCode::invalid_cursor));
    for (std::size_t size = 0; size < whole.size() - 2; ++size)
        BOOST_TEST((decode_cursor(whole.substr(0, size)).error().code == ErrorCode::invalid_cursor));
    std::string other_kind = whole;
    other_kind[8] = 99;
    BOOST_TEST((decode_cursor(other_kind).error().code == ErrorCode::invalid_cursor));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit
