// Order by bytes is all that an engine knows: here values of every type get bytes of the same order, within the length
// that an engine's keys may have.
#include "key_codec.hpp"

#include <sodium.h>

#include <array>
#include <bit>
#include <cmath>

namespace scimkit::kv
{
namespace
{

constexpr std::size_t hash_bytes = 32;
constexpr std::string_view text_end{"\x00\x01", 2};
constexpr std::string_view cut_end{"\x00\x02", 2};
constexpr std::string_view escaped_zero{"\x00\xFF", 2};

void append_escaped(std::string& key, std::string_view text)
{
    for (;;)
    {
        auto const zero = text.find('\0');
        key.append(text.substr(0, zero));
        if (zero == std::string_view::npos)
            return;
        key.append(escaped_zero);
        text.remove_prefix(zero + 1);
    }
}

/// The bytes of `text` whose escaped form fits into `room`.
std::size_t fitting(std::string_view text, std::size_t room) noexcept
{
    std::size_t used = 0;
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        used += text[i] == '\0' ? 2 : 1;
        if (used > room)
            return i;
    }
    return text.size();
}

std::size_t room_for_prefix(std::size_t room) noexcept { return room - 1 - cut_end.size() - hash_bytes; }

void append_hash(std::string& key, std::string_view text)
{
    std::array<unsigned char, hash_bytes> hash{};
    crypto_generichash(hash.data(), hash.size(), reinterpret_cast<unsigned char const*>(text.data()), text.size(),
                       nullptr, 0);
    key.append(reinterpret_cast<char const*>(hash.data()), hash.size());
}

/// Bytes in the order of doubles: sign flipped, negative ones complemented.
std::uint64_t ordered_bits(double value) noexcept
{
    auto const bits = std::bit_cast<std::uint64_t>(value == 0.0 ? 0.0 : value); // one zero
    return bits >> 63 ? ~bits : bits | (std::uint64_t{1} << 63);
}

/// A number as a double that is not greater, and what it is greater by: exact for 64-bit integers, which a double
/// alone would round.
struct FloorAndRest
{
    double floor = 0;
    std::uint16_t rest = 0;
};

FloorAndRest split(std::uint64_t magnitude, bool negative) noexcept
{
    auto const bits = static_cast<unsigned>(std::bit_width(magnitude));
    std::uint64_t const mask = bits > 53 ? (std::uint64_t{1} << (bits - 53)) - 1 : 0;
    std::uint64_t const low = magnitude & mask;
    if (!negative)
        return {static_cast<double>(magnitude - low), static_cast<std::uint16_t>(low)};
    if (low == 0)
        return {-static_cast<double>(magnitude), 0};
    return {-static_cast<double>(magnitude - low + mask + 1), static_cast<std::uint16_t>(mask + 1 - low)};
}

FloorAndRest split(Number const& number) noexcept
{
    if (auto const* real = std::get_if<double>(&number))
        return {*real, 0};
    if (auto const* natural = std::get_if<std::uint64_t>(&number))
        return split(*natural, false);
    auto const integer = std::get<std::int64_t>(number);
    auto const magnitude = static_cast<std::uint64_t>(integer);
    return integer < 0 ? split(~magnitude + 1, true) : split(magnitude, false);
}

} // namespace

void append_u16(std::string& key, std::uint16_t number)
{
    key.push_back(static_cast<char>(number >> 8));
    key.push_back(static_cast<char>(number & 0xFF));
}

void append_u64(std::string& key, std::uint64_t number)
{
    for (int shift = 56; shift >= 0; shift -= 8)
        key.push_back(static_cast<char>((number >> shift) & 0xFF));
}

std::uint64_t read_u64(std::string_view bytes) noexcept
{
    std::uint64_t number = 0;
    for (char const c : bytes.substr(0, 8))
        number = (number << 8) | static_cast<unsigned char>(c);
    return number;
}

void append_text(std::string& key, std::string_view text)
{
    append_escaped(key, text);
    key.append(text_end);
}

std::size_t text_size(std::string_view text) noexcept
{
    std::size_t size = text.size() + text_end.size();
    for (char const c : text)
        size += c == '\0' ? 1 : 0;
    return size;
}

std::optional<std::string> take_text(std::string_view& key)
{
    std::string text;
    for (;;)
    {
        auto const zero = key.find('\0');
        if (zero == std::string_view::npos || zero + 1 >= key.size())
            return std::nullopt;
        text.append(key.substr(0, zero));
        char const what = key[zero + 1];
        key.remove_prefix(zero + 2);
        if (what == text_end[1])
            return text;
        if (what != escaped_zero[1])
            return std::nullopt;
        text.push_back('\0');
    }
}

bool append_string_value(std::string& key, std::string_view text, std::size_t room)
{
    key.push_back(tag::string);
    std::size_t const fits = fitting(text, room_for_prefix(room));
    append_escaped(key, text.substr(0, fits));
    if (fits == text.size())
    {
        key.append(text_end);
        return true;
    }
    key.append(cut_end);
    append_hash(key, text);
    return false;
}

bool append_string_prefix(std::string& key, std::string_view prefix, std::size_t room)
{
    key.push_back(tag::string);
    std::size_t const fits = fitting(prefix, room_for_prefix(room));
    append_escaped(key, prefix.substr(0, fits));
    return fits == prefix.size();
}

bool append_value(std::string& key, BoundLiteral const& value, std::size_t room)
{
    if (auto const* string = std::get_if<StringKey>(&value))
        return append_string_value(key, string->key, room);
    if (auto const* number = std::get_if<Number>(&value))
    {
        FloorAndRest const parts = split(*number);
        key.push_back(tag::number);
        append_u64(key, ordered_bits(parts.floor));
        append_u16(key, parts.rest);
    }
    else if (auto const* instant = std::get_if<Instant>(&value))
    {
        key.push_back(tag::instant);
        append_u64(key, static_cast<std::uint64_t>(instant->time_since_epoch().count()) ^ (std::uint64_t{1} << 63));
    }
    else if (auto const* boolean = std::get_if<bool>(&value))
        key.push_back(*boolean ? tag::boolean_true : tag::boolean_false);
    else
        key.push_back(tag::no_value);
    return true;
}

std::size_t value_size(std::string_view key) noexcept
{
    if (key.empty())
        return 0;
    auto const fixed = [&](std::size_t size) { return key.size() >= size ? size : 0; };
    switch (key.front())
    {
    case tag::boolean_false:
    case tag::boolean_true:
    case tag::no_value:
        return 1;
    case tag::number:
        return fixed(11);
    case tag::instant:
        return fixed(9);
    case tag::string:
        break;
    default:
        return 0;
    }
    for (std::size_t i = 1;;)
    {
        auto const zero = key.find('\0', i);
        if (zero == std::string_view::npos || zero + 1 >= key.size())
            return 0;
        if (key[zero + 1] == text_end[1])
            return zero + 2;
        if (key[zero + 1] == cut_end[1])
            return fixed(zero + 2 + hash_bytes);
        i = zero + 2;
    }
}

bool is_cut(std::string_view value) noexcept
{
    return !value.empty() && value.front() == tag::string && value.size() >= hash_bytes + 3 &&
           value.substr(value.size() - hash_bytes - cut_end.size(), cut_end.size()) == cut_end;
}

std::optional<std::string> whole_string_value(std::string_view value)
{
    if (value.empty() || value.front() != tag::string)
        return std::nullopt;
    value.remove_prefix(1);
    auto text = take_text(value); // which a cut one does not end
    if (!value.empty())
        text.reset();
    return text;
}

std::string_view without_hash(std::string_view cut_value) noexcept
{
    return cut_value.substr(0, cut_value.size() - hash_bytes);
}

std::string end_of_prefix(std::string_view prefix)
{
    std::string end{prefix};
    while (!end.empty() && end.back() == '\xFF')
        end.pop_back();
    if (!end.empty())
        end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
    return end;
}

} // namespace scimkit::kv
