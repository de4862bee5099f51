// One reader for dates of both sides, conditions that a server is given and waits that a client is told: the forms are
// fixed to the letter, so it is a table of places in a text.
#include "http_date.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace scimkit
{
namespace
{

constexpr std::array<std::string_view, 12> month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> day_names{"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                    "Friday", "Saturday", "Sunday"};

int number_at(std::string_view text, std::size_t at, std::size_t length) noexcept
{
    if (text[at] == ' ' && length == 2) // asctime() has no zero before a day
        ++at, --length;
    int number = 0;
    auto const* const begin = text.data() + at;
    auto const read = std::from_chars(begin, begin + length, number);
    return read.ec == std::errc{} && read.ptr == begin + length ? number : -1;
}

std::optional<std::chrono::sys_seconds> made(int year, std::string_view month_name, int day,
                                             std::string_view time) noexcept
{
    auto const* const month = std::find(month_names.begin(), month_names.end(), month_name);
    auto const hour = number_at(time, 0, 2), minute = number_at(time, 3, 2), second = number_at(time, 6, 2);
    if (month == month_names.end() || time[2] != ':' || time[5] != ':' || year < 0 || day < 1 || hour < 0 ||
        hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
        return std::nullopt;
    std::chrono::year_month_day const date{std::chrono::year{year},
                                           std::chrono::month{static_cast<unsigned>(month - month_names.begin()) + 1},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok())
        return std::nullopt;
    return std::chrono::sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
           std::chrono::seconds{second};
}

bool is_short_day(std::string_view name) noexcept
{
    return std::ranges::any_of(day_names, [&](std::string_view day) { return day.substr(0, 3) == name; });
}

/// Two digits that would be more than 50 years ahead are of the century before.
int whole_year(int digits) noexcept
{
    if (digits < 0)
        return -1;
    std::chrono::year_month_day const today{std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now())};
    int const now = static_cast<int>(today.year());
    int const year = now - now % 100 + digits;
    return year > now + 50 ? year - 100 : year;
}

} // namespace

std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text) noexcept
{
    bool const in_gmt = text.ends_with(" GMT");
    if (text.size() == 29 && in_gmt && is_short_day(text.substr(0, 3)) && text.substr(3, 2) == ", " && text[7] == ' ' &&
        text[11] == ' ' && text[16] == ' ') // Sun, 06 Nov 1994 08:49:37 GMT
        return made(number_at(text, 12, 4), text.substr(8, 3), number_at(text, 5, 2), text.substr(17, 8));
    if (text.size() == 24 && is_short_day(text.substr(0, 3)) && text[3] == ' ' && text[7] == ' ' && text[10] == ' ' &&
        text[19] == ' ') // Sun Nov  6 08:49:37 1994
        return made(number_at(text, 20, 4), text.substr(4, 3), number_at(text, 8, 2), text.substr(11, 8));
    auto const comma = text.find(',');
    if (!in_gmt || comma == std::string_view::npos || text.size() != comma + 24 ||
        std::ranges::find(day_names, text.substr(0, comma)) == day_names.end())
        return std::nullopt;
    text.remove_prefix(comma); // Sunday, 06-Nov-94 08:49:37 GMT
    if (text[1] != ' ' || text[4] != '-' || text[8] != '-' || text[11] != ' ')
        return std::nullopt;
    return made(whole_year(number_at(text, 9, 2)), text.substr(5, 3), number_at(text, 2, 2), text.substr(12, 8));
}

} // namespace scimkit
