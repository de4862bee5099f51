// Numbers keep their value: 64 bits exactly, beyond that as a double, and every pair compares right.

#include <scimkit/filter/bind.hpp>

#include "registry.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <limits>
#include <vector>

BOOST_AUTO_TEST_SUITE(filter_numbers)

namespace
{

using namespace scimkit;
using boost::unit_test::label;

constexpr auto int_min = std::numeric_limits<std::int64_t>::min();
constexpr auto int_max = std::numeric_limits<std::int64_t>::max();
constexpr auto uint_max = std::numeric_limits<std::uint64_t>::max();
constexpr double infinity = std::numeric_limits<double>::infinity();

Number literal(std::string_view text)
{
    auto const filter = parse_filter("ratio eq " + std::string{text});
    auto const bound = bind(filter.value(), filter_test::type("Probe"));
    return std::get<Number>(std::get<BoundComparison>(bound.value().node).value);
}

} // namespace

BOOST_AUTO_TEST_CASE(literals_are_exact_where_64_bits_can_hold_them, *label("7644-3.4.2.2-aa"))
{
    BOOST_TEST((literal("9007199254740993") == Number{std::int64_t{9007199254740993}}));
    BOOST_TEST((literal("-9223372036854775808") == Number{int_min}));
    BOOST_TEST((literal("9223372036854775807") == Number{int_max}));
    BOOST_TEST((literal("9223372036854775808") == Number{std::uint64_t{9223372036854775808U}}));
    BOOST_TEST((literal("18446744073709551615") == Number{uint_max}));
    BOOST_TEST((literal("-0") == Number{std::int64_t{0}}));
}

BOOST_AUTO_TEST_CASE(other_literals_become_doubles)
{
    BOOST_TEST((literal("18446744073709551616") == Number{18446744073709551616.0}));
    BOOST_TEST((literal("-9223372036854775809") == Number{-9223372036854775808.0}));
    BOOST_TEST((literal("1E+3") == Number{1000.0}));
    BOOST_TEST((literal("-0.5") == Number{-0.5}));
    BOOST_TEST((literal("123456789012345678901234567890") == Number{123456789012345678901234567890.0}));
}

BOOST_AUTO_TEST_CASE(literals_beyond_a_double_are_infinite_or_zero)
{
    BOOST_TEST((literal("1e400") == Number{infinity}));
    BOOST_TEST((literal("-1e400") == Number{-infinity}));
    BOOST_TEST((literal("1" + std::string(400, '0')) == Number{infinity}));
    BOOST_TEST((literal("0." + std::string(400, '0') + "1e800") == Number{infinity}));
    BOOST_TEST((literal("1e99999999999999999999") == Number{infinity}));
    BOOST_TEST((literal("1e-400") == Number{0.0}));
    BOOST_TEST((literal("0." + std::string(400, '0') + "1") == Number{0.0}));
    BOOST_TEST((literal("123456e-99999999999999999999") == Number{0.0}));
    BOOST_TEST((literal("0e99999999999999999999") == Number{0.0}));
}

BOOST_AUTO_TEST_CASE(numbers_of_any_kinds_are_in_one_order, *label("7644-3.4.2.2-aa") * label("7644-3.4.2.2-s"))
{
    std::vector<Number> const ascending{-infinity,
                                        -1e300,
                                        int_min,
                                        std::int64_t{-9007199254740993},
                                        -9007199254740992.0,
                                        -1.5,
                                        std::int64_t{-1},
                                        -0.5,
                                        std::uint64_t{0},
                                        0.5,
                                        std::int64_t{1},
                                        9007199254740992.0,
                                        std::int64_t{9007199254740993},
                                        int_max,
                                        9223372036854775808.0,
                                        std::uint64_t{9223372036854775809U},
                                        uint_max,
                                        18446744073709551616.0,
                                        1e300,
                                        infinity};
    for (std::size_t i = 0; i < ascending.size(); ++i)
    {
        for (std::size_t j = 0; j < ascending.size(); ++j)
        {
            int const expected = (i > j) - (i < j);
            int const order = compare_numbers(ascending[i], ascending[j]);
            BOOST_TEST(((order > 0) - (order < 0)) == expected, i << " against " << j);
        }
    }
}

BOOST_AUTO_TEST_CASE(numbers_of_different_kinds_can_be_equal)
{
    BOOST_TEST(compare_numbers(std::int64_t{7}, std::uint64_t{7}) == 0);
    BOOST_TEST(compare_numbers(std::int64_t{7}, 7.0) == 0);
    BOOST_TEST(compare_numbers(7.0, std::uint64_t{7}) == 0);
    BOOST_TEST(compare_numbers(int_min, -9223372036854775808.0) == 0);
    BOOST_TEST(compare_numbers(std::int64_t{0}, -0.0) == 0);
    BOOST_TEST(compare_numbers(std::uint64_t{0}, 0.0) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
