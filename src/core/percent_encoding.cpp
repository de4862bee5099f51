// One decoder for targets, references and filters on them, so that they cannot disagree on what a URI names.
#include "percent_encoding.hpp"

#include <scimkit/core/text.hpp>

#include <algorithm>
#include <array>

namespace scimkit
{
namespace
{

std::optional<unsigned> hex_digit(char c) noexcept
{
    if (c >= '0' && c <= '9')
        return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f')
        return static_cast<unsigned>(c - 'a') + 10;
    if (c >= 'A' && c <= 'F')
        return static_cast<unsigned>(c - 'A') + 10;
    return std::nullopt;
}

/// What three characters encode.
std::optional<char> encoded(std::string_view text) noexcept
{
    auto const high = text.size() == 3 && text[0] == '%' ? hex_digit(text[1]) : std::nullopt;
    auto const low = high ? hex_digit(text[2]) : std::nullopt;
    return low ? std::optional{static_cast<char>(*high << 4 | *low)} : std::nullopt;
}

Error wrong(std::string detail) { return {ErrorCode::bad_request, std::move(detail)}; }

} // namespace

result<std::string> decode_percent(std::string_view text, bool plus_is_space)
{
    auto const first = std::min(text.find('%'), plus_is_space ? text.find('+') : std::string_view::npos);
    std::string decoded{text.substr(0, first)}; // mostly all of it
    decoded.reserve(text.size());
    for (std::size_t i = decoded.size(); i < text.size(); ++i)
    {
        if (text[i] == '+' && plus_is_space)
            decoded += ' ';
        else if (text[i] != '%')
            decoded += text[i];
        else
        {
            auto const byte = encoded(text.substr(i, 3));
            if (!byte)
                return wrong("has a percent sign that is not followed by two hexadecimal digits");
            decoded += *byte;
            i += 2;
        }
    }
    if (!is_valid_utf8(decoded))
        return wrong("is not UTF-8");
    return decoded;
}

std::optional<std::string> decode_segment(std::string_view text)
{
    auto decoded = decode_percent(text, false);
    auto const is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    if (!decoded || std::ranges::any_of(*decoded, is_control))
        return std::nullopt;
    return std::move(*decoded);
}

bool is_segment(std::string_view text, std::string_view name) noexcept
{
    for (char const expected : name)
    {
        auto const byte = encoded(text.substr(0, 3));
        char const c = byte ? *byte : text.empty() ? '\0' : text.front();
        if (!equal_ascii_ignoring_case({&c, 1}, {&expected, 1}))
            return false;
        text.remove_prefix(byte ? 3 : 1);
    }
    return text.empty();
}

void append_segment(std::string& out, std::string_view text)
{
    static constexpr auto is_plain = []
    {
        std::array<bool, 256> plain{};
        for (char const c : std::string_view{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                             "-._~!$&'()*+,;=:@"}) // pchar of RFC 3986
            plain[static_cast<unsigned char>(c)] = true;
        return plain;
    }();
    constexpr std::string_view digits = "0123456789ABCDEF";
    auto const stays = [](char c) { return is_plain[static_cast<unsigned char>(c)]; };
    if (std::ranges::all_of(text, stays)) // most ids
    {
        out += text;
        return;
    }
    for (char const c : text)
    {
        auto const byte = static_cast<unsigned char>(c);
        if (stays(c))
            out += c;
        else
        {
            out += '%';
            out += digits[byte >> 4];
            out += digits[byte & 15U];
        }
    }
}

} // namespace scimkit
