// What may stand without quotation marks: a word that no other rule of the grammar, and no slip of the pen, can mean.
#include "word.hpp"

#include <scimkit/core/text.hpp>

#include <algorithm>
#include <array>

namespace scimkit::detail
{

namespace
{

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

constexpr bool is_ascii_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

constexpr bool is_byte_of_a_word(char c) noexcept
{
    return is_ascii_letter(c) || is_digit(c) || std::string_view{"-_.@+:/"}.find(c) != std::string_view::npos;
}

constexpr std::array<std::string_view, 7> taken{"true", "false", "null", "and", "or", "not", "pr"};

// Nothing but what numbers are made of, such as 1.5e-3; a telephone number is one too, and stays refused.
bool looks_like_number(std::string_view word) noexcept
{
    return std::all_of(word.begin(), word.end(),
                       [](char c)
                       { return is_digit(c) || std::string_view{"+-.eE"}.find(c) != std::string_view::npos; });
}

} // namespace

std::string_view plain_word(std::string_view text) noexcept
{
    auto const end = std::find_if_not(text.begin(), text.end(), is_byte_of_a_word);
    auto const word = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    bool const is_taken = std::any_of(taken.begin(), taken.end(),
                                      [word](std::string_view each) { return equal_ascii_ignoring_case(each, word); });
    return is_taken || looks_like_number(word) ? std::string_view{} : word;
}

} // namespace scimkit::detail
