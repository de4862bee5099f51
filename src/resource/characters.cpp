// Characters that no attribute should hold: one list of code points for free text and a longer one for names and ids.
// It is here, and not with the formats, because it holds in every mode and for every schema.
#include "characters.hpp"

#include <scimkit/core/text.hpp>

#include "../core/eight_bytes.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace scimkit
{

namespace
{

constexpr bool is_ascii_control(char c) noexcept { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

constexpr bool is_line_or_tab(char c) noexcept { return c == '\t' || c == '\n' || c == '\r'; }

// Takes one code point from the front. What is not UTF-8 is taken byte by byte: JSON lets none through.
char32_t take_code_point(std::string_view& text) noexcept
{
    auto const first = static_cast<unsigned char>(text.front());
    std::size_t const length = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (length == 1 || length > text.size())
    {
        text.remove_prefix(1);
        return first;
    }
    char32_t code_point = first & (0xffU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i)
        code_point = code_point << 6U | (static_cast<unsigned char>(text[i]) & 0x3fU);
    text.remove_prefix(length);
    return code_point;
}

struct Range
{
    char32_t first;
    char32_t last;
};

// C1 controls; what Unicode calls default ignorable, but for the joiners of Persian and Indic names (U+200C, U+200D)
// and the variation selectors of Han and Mongolian names; the annotation marks; the empty Braille cell; and code points
// that are no characters. Those of private use are seen as something.
constexpr std::array invisible{
    Range{0x80, 0x9f},       Range{0xad, 0xad},       Range{0x34f, 0x34f},     Range{0x61c, 0x61c},
    Range{0x115f, 0x1160},   Range{0x17b4, 0x17b5},   Range{0x180e, 0x180e},   Range{0x200b, 0x200b},
    Range{0x200e, 0x200f},   Range{0x2028, 0x202e},   Range{0x2060, 0x206f},   Range{0x2800, 0x2800},
    Range{0x3164, 0x3164},   Range{0xfdd0, 0xfdef},   Range{0xfeff, 0xfeff},   Range{0xffa0, 0xffa0},
    Range{0xfff0, 0xfffb},   Range{0x1bca0, 0x1bca3}, Range{0x1d173, 0x1d17a}, Range{0xe0000, 0xe00ff},
    Range{0xe01f0, 0xe0fff},
};

constexpr bool is_noncharacter(char32_t code_point) noexcept { return (code_point & 0xfffeU) == 0xfffeU; }

constexpr std::array blanks{
    Range{' ', ' '},       Range{0xa0, 0xa0},     Range{0x1680, 0x1680}, Range{0x2000, 0x200a},
    Range{0x202f, 0x202f}, Range{0x205f, 0x205f}, Range{0x3000, 0x3000},
};

template <class Ranges>
bool is_in(Ranges const& ranges, char32_t code_point) noexcept
{
    return std::any_of(ranges.begin(), ranges.end(),
                       [code_point](Range const& range)
                       { return range.first <= code_point && code_point <= range.last; });
}

constexpr std::string_view blank_at_an_end = "it must not begin or end with a blank";

} // namespace

std::string_view text_fault(std::string_view text) noexcept
{
    bool const is_faulty =
        has_control(text) && // the quick look at all, since there is none mostly
        std::any_of(text.begin(), text.end(), [](char c) { return is_ascii_control(c) && !is_line_or_tab(c); });
    return is_faulty ? "it must not have control characters" : "";
}

std::string_view identifier_fault(std::string_view text) noexcept
{
    if (has_control(text))
        return "it must not have control characters";
    if (is_ascii(text))
        return text.starts_with(' ') || text.ends_with(' ') ? blank_at_an_end : std::string_view{};
    bool at_start = true;
    bool ends_blank = false;
    while (!text.empty())
    {
        auto const code_point = take_code_point(text);
        if (code_point > 0x7f && (is_noncharacter(code_point) || is_in(invisible, code_point)))
            return "it must not have control characters or others that cannot be seen";
        ends_blank = is_in(blanks, code_point);
        if (at_start && ends_blank)
            return blank_at_an_end;
        at_start = false;
    }
    return ends_blank ? blank_at_an_end : "";
}

std::string_view id_fault(std::string_view text)
{
    auto const fault = identifier_fault(text);
    return fault.empty() && comparison_key(text, true) != text ? "it must be in Unicode's normal form C" : fault;
}

bool is_blank(std::string_view text) noexcept
{
    while (!text.empty())
    {
        auto const code_point = take_code_point(text);
        if (!is_in(blanks, code_point) && !(code_point >= '\t' && code_point <= '\r'))
            return false;
    }
    return true;
}

} // namespace scimkit
