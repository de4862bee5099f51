#include <scimkit/core/base64.hpp>

#include "store/position.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>

namespace scimkit
{
namespace
{

BOOST_AUTO_TEST_SUITE(positions)

BOOST_AUTO_TEST_CASE(a_position_survives_its_text)
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
        Position const position{3, std::string{"id\0with zero", 12}, value};
        auto const back = decode_position(encode_position(position));
        BOOST_REQUIRE(back.has_value());
        BOOST_TEST(back->source == 3U);
        BOOST_TEST(back->id == position.id);
        BOOST_TEST(compare_sort_values(back->value, value) == 0);
        BOOST_TEST(back->value.has_value() == value.has_value());
    }
}

BOOST_AUTO_TEST_CASE(any_other_text_is_refused)
{
    std::string const whole = decode_base64(encode_position({1, "id", BoundLiteral{StringKey{"key", "key"}}})).value();
    for (char const* text : {"", "x", "AAAA", "not base64!"})
        BOOST_TEST((decode_position(text).error().code == ErrorCode::invalid_cursor));
    for (std::size_t size = 0; size < whole.size() - 2; ++size)
        BOOST_TEST((decode_position(encode_base64(whole.substr(0, size))).error().code == ErrorCode::invalid_cursor));
    std::string other_kind = whole;
    other_kind[8] = 99;
    BOOST_TEST((decode_position(encode_base64(other_kind)).error().code == ErrorCode::invalid_cursor));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit
