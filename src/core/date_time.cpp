// xsd:dateTime (RFC 7643 section 2.3.5) by civil-day arithmetic, in microseconds: the C library knows neither
// fractions nor offsets, and asks for the machine's zone.
#include <scimkit/core/date_time.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace scimkit
{
namespace
{

constexpr std::int64_t max_year = 290'000; // microseconds in 64 bits reach to 292,277
constexpr std::int64_t microseconds_per_second = 1'000'000;
constexpr std::int64_t seconds_per_day = 86'400;

// Takes the text apart from the left; every function says whether what it wants was there.
class Reader
{
public:
    explicit Reader(std::string_view text)
        : rest_(text)
    {
    }

    bool skip(char c)
    {
        if (!rest_.starts_with(c))
            return false;
        rest_.remove_prefix(1);
        return true;
    }

    std::string_view digits()
    {
        std::size_t n = 0;
        while (n < rest_.size() && rest_[n] >= '0' && rest_[n] <= '9')
            ++n;
        auto const found = rest_.substr(0, n);
        rest_.remove_prefix(n);
        return found;
    }

    std::optional<int> two_digits(int highest)
    {
        if (rest_.size() < 2 || rest_[0] < '0' || rest_[0] > '9' || rest_[1] < '0' || rest_[1] > '9')
            return std::nullopt;
        int const number = (rest_[0] - '0') * 10 + (rest_[1] - '0');
        rest_.remove_prefix(2);
        return number <= highest ? std::optional{number} : std::nullopt;
    }

    bool at_end() const { return rest_.empty(); }

private:
    std::string_view rest_;
};

bool is_leap(std::int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int days_in_month(std::int64_t year, int month)
{
    if (month == 2)
        return is_leap(year) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// The proleptic Gregorian calendar, by eras of 400 years that begin on a first of March (the algorithm behind
// std::chrono::year_month_day, whose years end at 32767).
constexpr std::int64_t days_per_era = 146'097;
constexpr std::int64_t era_offset = 719'468; // from 0000-03-01 to 1970-01-01

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

std::int64_t days_from_civil(std::int64_t year, int month, int day)
{
    year -= month <= 2 ? 1 : 0;
    auto const era = floor_div(year, 400);
    auto const year_of_era = year - era * 400;
    auto const day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    auto const day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * days_per_era + day_of_era - era_offset;
}

struct Civil
{
    std::int64_t year;
    int month;
    int day;
};

Civil civil_from_days(std::int64_t days)
{
    days += era_offset;
    auto const era = floor_div(days, days_per_era);
    auto const day_of_era = days - era * days_per_era;
    auto const year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    auto const day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    auto const shifted = (5 * day_of_year + 2) / 153;
    auto const month = static_cast<int>(shifted < 10 ? shifted + 3 : shifted - 9);
    return {.year = year_of_era + era * 400 + (month <= 2 ? 1 : 0),
            .month = month,
            .day = static_cast<int>(day_of_year - (153 * shifted + 2) / 5 + 1)};
}

// yearFrag of XML Schema: four digits or more, no leading zero beyond four.
std::optional<std::int64_t> read_year(Reader& in)
{
    bool const negative = in.skip('-');
    auto const digits = in.digits();
    if (digits.size() < 4 || digits.size() > 6 || (digits.size() > 4 && digits.front() == '0'))
        return std::nullopt;
    std::int64_t year = 0;
    for (char const c : digits)
        year = year * 10 + (c - '0');
    if (year > max_year)
        return std::nullopt;
    return negative ? -year : year;
}

// Days since 1970.
std::optional<std::int64_t> read_date(Reader& in)
{
    auto const year = read_year(in);
    if (!year || !in.skip('-'))
        return std::nullopt;
    auto const month = in.two_digits(12);
    if (!month || *month == 0 || !in.skip('-'))
        return std::nullopt;
    auto const day = in.two_digits(days_in_month(*year, *month));
    if (!day || *day == 0)
        return std::nullopt;
    return days_from_civil(*year, *month, *day);
}

// Microseconds since midnight; 24:00:00 is the midnight after.
std::optional<std::int64_t> read_time(Reader& in)
{
    auto const hour = in.two_digits(24);
    if (!hour || !in.skip(':'))
        return std::nullopt;
    auto const minute = in.two_digits(59);
    if (!minute || !in.skip(':'))
        return std::nullopt;
    auto const second = in.two_digits(59); // xsd:dateTime has no leap seconds
    if (!second)
        return std::nullopt;
    std::int64_t fraction = 0;
    bool nothing_but_zeros = true;
    if (in.skip('.'))
    {
        auto const digits = in.digits();
        if (digits.empty())
            return std::nullopt;
        nothing_but_zeros = digits.find_first_not_of('0') == std::string_view::npos;
        for (std::size_t i = 0; i < 6; ++i)
            fraction = fraction * 10 + (i < digits.size() ? digits[i] - '0' : 0);
    }
    if (*hour == 24 && (*minute != 0 || *second != 0 || !nothing_but_zeros))
        return std::nullopt;
    return (*hour * 3600 + *minute * 60 + *second) * microseconds_per_second + fraction;
}

// Seconds east of UTC.
std::optional<std::int64_t> read_zone(Reader& in)
{
    if (in.at_end() || in.skip('Z'))
        return 0;
    bool const west = in.skip('-');
    if (!west && !in.skip('+'))
        return std::nullopt;
    auto const hours = in.two_digits(14);
    if (!hours || !in.skip(':'))
        return std::nullopt;
    auto const minutes = in.two_digits(*hours == 14 ? 0 : 59);
    if (!minutes)
        return std::nullopt;
    auto const seconds = std::int64_t{*hours} * 3600 + *minutes * 60;
    return west ? -seconds : seconds;
}

// At least `width` digits.
char* write_number(char* to, std::int64_t number, std::ptrdiff_t width)
{
    char* const end = std::to_chars(to, to + 20, number).ptr;
    auto const missing = std::max<std::ptrdiff_t>(width - (end - to), 0);
    std::copy_backward(to, end, end + missing);
    std::fill_n(to, missing, '0');
    return end + missing;
}

char* write_two_digits(char* to, std::int64_t number)
{
    *to++ = static_cast<char>('0' + number / 10);
    *to++ = static_cast<char>('0' + number % 10);
    return to;
}

} // namespace

result<Instant> parse_date_time(std::string_view text)
{
    Reader in{text};
    if (auto const days = read_date(in); days && in.skip('T'))
        if (auto const time = read_time(in))
            if (auto const offset = read_zone(in); offset && in.at_end())
                return Instant{
                    std::chrono::microseconds{(*days * seconds_per_day - *offset) * microseconds_per_second + *time}};
    return Error{ErrorCode::invalid_value, "The value is not a dateTime such as 2008-01-23T04:56:22Z (xsd:dateTime)."};
}

std::string format_date_time(Instant instant)
{
    auto const microseconds = instant.time_since_epoch().count();
    auto const seconds = floor_div(microseconds, microseconds_per_second);
    auto const fraction = microseconds - seconds * microseconds_per_second;
    auto const days = floor_div(seconds, seconds_per_day);
    auto const second_of_day = seconds - days * seconds_per_day;
    auto const date = civil_from_days(days);

    std::array<char, 64> text;
    char* to = text.data();
    if (date.year < 0)
        *to++ = '-';
    to = write_number(to, date.year < 0 ? -date.year : date.year, 4);
    *to++ = '-';
    to = write_two_digits(to, date.month);
    *to++ = '-';
    to = write_two_digits(to, date.day);
    *to++ = 'T';
    to = write_two_digits(to, second_of_day / 3600);
    *to++ = ':';
    to = write_two_digits(to, second_of_day / 60 % 60);
    *to++ = ':';
    to = write_two_digits(to, second_of_day % 60);
    *to++ = '.';
    to = fraction % 1000 == 0 ? write_number(to, fraction / 1000, 3) : write_number(to, fraction, 6);
    *to++ = 'Z';
    return {text.data(), to};
}

} // namespace scimkit
