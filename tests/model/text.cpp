// Text, time and equality for the model. Slow on purpose: no shortcut may hide a mistake.
#include "text.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace scimkit::model
{
namespace
{

void replace_all(std::string& text, std::string_view from, std::string_view to)
{
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

double number_of(json::value const& value)
{
    if (auto const* whole = value.if_int64())
        return static_cast<double>(*whole);
    if (auto const* natural = value.if_uint64())
        return static_cast<double>(*natural);
    return value.get_double();
}

template <class T>
int three_way(T const& a, T const& b)
{
    return a < b ? -1 : b < a ? 1 : 0;
}

bool says_nothing(json::key_value_pair const& member)
{
    return member.value().is_null() ||
           (member.key() == "primary" && member.value().is_bool() && !member.value().get_bool());
}

bool same_members(json::object const& a, json::object const& b, bool (*ignored)(json::key_value_pair const&),
                  bool (*same)(json::value const&, json::value const&))
{
    auto const within = [&](json::object const& x, json::object const& y)
    {
        return std::ranges::all_of(x,
                                   [&](json::key_value_pair const& member)
                                   {
                                       auto const* other = y.if_contains(member.key());
                                       return ignored(member) || (other && same(member.value(), *other));
                                   });
    };
    return within(a, b) && within(b, a);
}

} // namespace

std::string compared_by(std::string_view text, bool exact)
{
    using Pairs = std::pair<std::string_view, std::string_view>;
    static constexpr std::array<Pairs, 3> composed{
        {{"E\u0301", "\u00c9"}, {"e\u0301", "\u00e9"}, {"I\u0307", "\u0130"}}};
    // The lower case of each letter, whatever stands beside it; of no letter more than that (README, RFC 8265).
    static constexpr std::array<Pairs, 4> small{
        {{"\u00c9", "\u00e9"}, {"\u1e9e", "\u00df"}, {"\u03a3", "\u03c3"}, {"\u0130", "i\u0307"}}};
    std::string key{text};
    for (auto const& [from, to] : composed)
        replace_all(key, from, to);
    if (exact)
        return key;
    for (auto const& [from, to] : small)
        replace_all(key, from, to);
    for (char& c : key)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return key;
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos; }

std::optional<std::int64_t> instant_of(std::string_view text)
{
    using namespace std::chrono;
    int y = 0;
    int mo = 0;
    int d = 0;
    int h = 0;
    int mi = 0;
    int s = 0;
    int used = 0;
    std::string const copy{text};
    if (std::sscanf(copy.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &y, &mo, &d, &h, &mi, &s, &used) != 6 || used != 19)
        return std::nullopt;
    auto const days = sys_days{year{y} / mo / d};
    std::int64_t micros = duration_cast<microseconds>(days.time_since_epoch()).count() +
                          ((std::int64_t{h} * 60 + mi) * 60 + s) * 1'000'000;
    auto rest = text.substr(19);
    if (rest.starts_with('.'))
    {
        std::int64_t unit = 100'000;
        for (rest.remove_prefix(1); !rest.empty() && rest.front() >= '0' && rest.front() <= '9'; rest.remove_prefix(1))
        {
            micros += (rest.front() - '0') * unit;
            unit /= 10;
        }
    }
    if (rest == "Z")
        return micros;
    int zone_h = 0;
    int zone_m = 0;
    if (rest.size() != 6 || std::sscanf(copy.c_str() + (copy.size() - 5), "%2d:%2d", &zone_h, &zone_m) != 2)
        return std::nullopt;
    auto const zone = (std::int64_t{zone_h} * 60 + zone_m) * 60'000'000;
    return rest.front() == '+' ? micros - zone : micros + zone;
}

std::string instant_text(std::int64_t microseconds)
{
    using namespace std::chrono;
    sys_time<std::chrono::microseconds> const when{std::chrono::microseconds{microseconds}};
    auto const day = floor<days>(when);
    year_month_day const date{day};
    hh_mm_ss const time{when - day};
    std::array<char, 64> out{};
    auto const part = static_cast<int>(time.subseconds().count());
    bool const whole = part % 1000 == 0; // milliseconds, unless that loses something
    int const written =
        std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%0*dZ", static_cast<int>(date.year()),
                      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                      static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                      static_cast<int>(time.seconds().count()), whole ? 3 : 6, whole ? part / 1000 : part);
    return {out.data(), static_cast<std::size_t>(written)};
}

std::optional<int> compare(json::value const& a, json::value const& b, Attribute const& attribute)
{
    if (a.is_bool() && b.is_bool())
        return three_way(a.get_bool(), b.get_bool());
    if (a.is_number() && b.is_number())
        return three_way(number_of(a), number_of(b));
    if (!a.is_string() || !b.is_string())
        return std::nullopt;
    if (attribute.kind == Kind::instant)
    {
        auto const x = instant_of(a.get_string());
        auto const y = instant_of(b.get_string());
        return x && y ? std::optional{three_way(*x, *y)} : std::nullopt;
    }
    return three_way(compared_by(a.get_string(), attribute.exact), compared_by(b.get_string(), attribute.exact));
}

bool same_json(json::value const& a, json::value const& b)
{
    if (a.is_number() && b.is_number())
        return number_of(a) == number_of(b);
    if (a.is_object() && b.is_object())
        return a.get_object().size() == b.get_object().size() &&
               same_members(
                   a.get_object(), b.get_object(), [](json::key_value_pair const&) { return false; }, same_json);
    if (a.is_array() && b.is_array())
        return std::ranges::equal(a.get_array(), b.get_array(), same_json);
    return a == b;
}

bool same_state(json::value const& a, json::value const& b)
{
    if (a.is_object() && b.is_object())
        return same_members(a.get_object(), b.get_object(), says_nothing, same_state);
    if (a.is_array() && b.is_array())
        return std::ranges::equal(a.get_array(), b.get_array(), same_state);
    return same_json(a, b);
}

std::string serialised(json::value const& value) { return json::serialize(value); }

} // namespace scimkit::model
