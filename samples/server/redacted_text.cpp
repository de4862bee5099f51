// Texts, before anybody asks what they mean.
#include "redacted_text.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace server
{

namespace
{

constexpr std::string_view key_prefix = "scim_";
constexpr std::size_t least_key_digits = 16; // what begins like a key and goes on for so long is taken for one

/// Takes API keys out, by their form.
bool hide_keys(std::string& text)
{
    bool changed = false;
    for (auto at = text.find(key_prefix); at != std::string::npos; at = text.find(key_prefix, at + 1))
    {
        auto const begin = at + key_prefix.size();
        auto const end =
            std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(begin), text.end(), is_alphanumeric);
        auto const length = static_cast<std::size_t>(end - text.begin()) - begin;
        if (length < least_key_digits)
            continue;
        text.replace(begin, length, gone);
        changed = true;
    }
    return changed;
}

int hex_digit(char c) noexcept
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

} // namespace

bool is_alphanumeric(char c) noexcept { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

std::string_view without_urn(std::string_view name) noexcept
{
    auto const colon = name.rfind(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

Redacted finished(std::string text, bool changed)
{
    bool const keys = hide_keys(text);
    return {std::move(text), changed || keys};
}

std::string without_keys(std::string_view text) { return finished(std::string{text}, false).text; }

std::string percent_decoded(std::string_view text, bool plus_is_space)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0)
        {
            out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
        }
        else
            out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    return out;
}

std::string percent_encoded_again(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (char const c : text)
        if (is_alphanumeric(c) || std::string_view{"-._~/:[]"}.find(c) != std::string_view::npos)
            out += c;
        else
        {
            auto const byte = static_cast<unsigned char>(c);
            out.append(1, '%').append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
        }
    return out;
}

std::size_t end_of_quoted(std::string_view text, std::size_t begin) noexcept
{
    for (auto i = begin + 1; i < text.size(); ++i)
        if (text[i] == '\\')
            ++i;
        else if (text[i] == text[begin])
            return i;
    return text.size();
}

} // namespace server
