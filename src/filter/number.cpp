// Numbers are compared exactly, integers of 64 bits with doubles too: a cast to double would make neighbours of 2^53
// equal, and a filter, an index and a store disagree about them (RFC 7643 sections 2.3.3 and 2.3.4).
#include "literal.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace scimkit
{

namespace
{

constexpr double two_to_63 = 9223372036854775808.0;
constexpr double two_to_64 = 18446744073709551616.0;

template <class T>
constexpr int three_way(T a, T b) noexcept
{
    return (a > b) - (a < b);
}

int compare(std::int64_t a, std::int64_t b) noexcept { return three_way(a, b); }
int compare(std::uint64_t a, std::uint64_t b) noexcept { return three_way(a, b); }
int compare(double a, double b) noexcept { return three_way(a, b); }

int compare(std::int64_t a, std::uint64_t b) noexcept
{
    return a < 0 ? -1 : three_way(static_cast<std::uint64_t>(a), b);
}

// The integral part decides, exactly; then the fraction.
template <class Integer>
int compare_in_range(Integer a, double b) noexcept
{
    double const whole = std::trunc(b);
    int const order = three_way(a, static_cast<Integer>(whole));
    return order != 0 ? order : three_way(whole, b);
}

int compare(std::int64_t a, double b) noexcept
{
    if (b >= two_to_63)
        return -1;
    return b < -two_to_63 ? 1 : compare_in_range(a, b);
}

int compare(std::uint64_t a, double b) noexcept
{
    if (b >= two_to_64)
        return -1;
    return b <= -1 ? 1 : compare_in_range(a, b);
}

template <class A, class B>
int compare(A a, B b) noexcept
{
    return -compare(b, a);
}

// What a number that no double can hold is nearest to: an infinity, or zero. Its first significant digit tells.
double beyond_double(std::string_view text) noexcept
{
    bool const negative = text.starts_with('-');
    auto const exponent_mark = std::min(text.find_first_of("eE"), text.size());
    std::string_view const mantissa = text.substr(0, exponent_mark);
    auto const point = std::min(mantissa.find('.'), mantissa.size());
    auto const digit = std::min(mantissa.find_first_of("123456789"), mantissa.size());
    auto scale = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(digit);

    std::string_view exponent = text.substr(std::min(exponent_mark + 1, text.size()));
    exponent.remove_prefix(exponent.starts_with('+') ? 1 : 0);
    std::int32_t power = 0;
    auto const error = std::from_chars(exponent.data(), exponent.data() + exponent.size(), power).ec;
    if (error == std::errc::result_out_of_range)
    {
        power = exponent.starts_with('-') ? std::numeric_limits<std::int32_t>::min()
                                          : std::numeric_limits<std::int32_t>::max();
    }
    scale += power;
    double const magnitude = scale > 0 ? std::numeric_limits<double>::infinity() : 0.0;
    return negative ? -magnitude : magnitude;
}

} // namespace

int compare_numbers(Number const& a, Number const& b) noexcept
{
    return std::visit([](auto x, auto y) { return compare(x, y); }, a, b);
}

namespace detail
{

Number parse_number(std::string_view text) noexcept
{
    char const* const first = text.data();
    char const* const last = first + text.size();
    std::int64_t with_sign = 0;
    if (auto const [end, error] = std::from_chars(first, last, with_sign); error == std::errc{} && end == last)
        return with_sign;
    std::uint64_t without_sign = 0;
    if (auto const [end, error] = std::from_chars(first, last, without_sign); error == std::errc{} && end == last)
        return without_sign;
    double real = 0;
    if (std::from_chars(first, last, real).ec == std::errc::result_out_of_range)
        return beyond_double(text);
    return real;
}

} // namespace detail

} // namespace scimkit
