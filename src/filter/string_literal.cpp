// The grammar would decode a string character by character, with an attribute for each; long literals are the larger
// part of hostile filters, so they are read by hand (RFC 7644 section 3.4.2.2).
#include "string_literal.hpp"

#include <scimkit/core/text.hpp>

#include <cstdint>
#include <string_view>

namespace scimkit::detail
{

namespace
{

constexpr int hex_digit(char c) noexcept
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

// The four digits at `first`, or -1.
std::int32_t hex_unit(char const* first, char const* last) noexcept
{
    if (last - first < 4)
        return -1;
    std::int32_t unit = 0;
    for (int i = 0; i < 4; ++i)
    {
        int const digit = hex_digit(first[i]);
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

void append_utf8(std::string& out, std::int32_t code_point)
{
    auto const byte = [&out](std::int32_t value) { out.push_back(static_cast<char>(value)); };
    if (code_point < 0x80)
    {
        byte(code_point);
    }
    else if (code_point < 0x800)
    {
        byte(0xC0 | (code_point >> 6));
        byte(0x80 | (code_point & 0x3F));
    }
    else if (code_point < 0x10000)
    {
        byte(0xE0 | (code_point >> 12));
        byte(0x80 | ((code_point >> 6) & 0x3F));
        byte(0x80 | (code_point & 0x3F));
    }
    else
    {
        byte(0xF0 | (code_point >> 18));
        byte(0x80 | ((code_point >> 12) & 0x3F));
        byte(0x80 | ((code_point >> 6) & 0x3F));
        byte(0x80 | (code_point & 0x3F));
    }
}

constexpr bool is_high_surrogate(std::int32_t unit) noexcept { return unit >= 0xD800 && unit <= 0xDBFF; }
constexpr bool is_low_surrogate(std::int32_t unit) noexcept { return unit >= 0xDC00 && unit <= 0xDFFF; }

// Reads what follows "\u"; `escape` is the backslash, for the fault.
bool read_unicode_escape(char const* escape, char const*& first, char const* last, std::string& out, ParseState& state)
{
    std::int32_t unit = hex_unit(first, last);
    if (unit < 0)
    {
        state.fail(escape, Expected::string_escape);
        return false;
    }
    first += 4;
    if (is_high_surrogate(unit))
    {
        bool const escaped = last - first >= 6 && first[0] == '\\' && first[1] == 'u';
        std::int32_t const low = escaped ? hex_unit(first + 2, last) : -1;
        if (!is_low_surrogate(low))
        {
            state.fail(escape, Expected::surrogate_pair);
            return false;
        }
        first += 6;
        unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    }
    else if (is_low_surrogate(unit))
    {
        state.fail(escape, Expected::surrogate_pair);
        return false;
    }
    append_utf8(out, unit);
    return true;
}

// Reads one escape whose backslash is at `first`.
bool read_escape(char const*& first, char const* last, std::string& out, ParseState& state)
{
    char const* const escape = first++;
    char const kind = first != last ? *first++ : '\0';
    switch (kind)
    {
    case '"':
    case '\\':
    case '/':
        out.push_back(kind);
        return true;
    case 'b':
        out.push_back('\b');
        return true;
    case 'f':
        out.push_back('\f');
        return true;
    case 'n':
        out.push_back('\n');
        return true;
    case 'r':
        out.push_back('\r');
        return true;
    case 't':
        out.push_back('\t');
        return true;
    case 'u':
        return read_unicode_escape(escape, first, last, out, state);
    default:
        state.fail(escape, Expected::string_escape);
        return false;
    }
}

} // namespace

bool read_string_literal(char const*& first, char const* last, std::string& out, ParseState& state)
{
    char const* const opening = first;
    char const* position = opening + 1;
    char const* run = position; // text without escapes is copied a run at a time: mostly once
    unsigned char seen = 0;     // all bytes or-ed: its high bit tells text that is not ASCII
    out.clear();
    while (position != last)
    {
        auto const byte = static_cast<unsigned char>(*position);
        if (byte == '"')
        {
            out.append(run, position);
            std::string_view const raw{opening + 1, static_cast<std::size_t>(position - opening - 1)};
            if (seen >= 0x80 && !is_valid_utf8(raw))
            {
                state.fail(opening, Expected::string_encoding);
                return false;
            }
            first = position + 1;
            return true;
        }
        if (byte == '\\')
        {
            out.append(run, position);
            if (!read_escape(position, last, out, state))
                return false;
            run = position;
            continue;
        }
        if (byte < 0x20)
        {
            state.fail(position, Expected::string_character);
            return false;
        }
        seen |= byte;
        ++position;
    }
    state.fail(position, Expected::string_end);
    return false;
}

} // namespace scimkit::detail
