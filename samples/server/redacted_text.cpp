// Texts, before anybody asks what they mean.
#include "redacted_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>
#include <vector>

namespace server
{

namespace
{

constexpr std::string_view key_prefix = "scim_";
/// Names of secrets end like this, whatever stands in front; without what stands between words.
constexpr std::array ends_of_secrets{"password",   "passwords",   "passwd",    "passphrase", "passcode",
                                     "pwd",        "secret",      "secrets",   "token",      "tokens",
                                     "credential", "credentials", "apikey",    "apikeys",    "secretkey",
                                     "privatekey", "sharedkey",   "accesskey", "assertion",  "authorization"};
constexpr std::array words_of_secrets{"password", "passwd",     "passphrase",  "passcode", "pwd",       "secret",
                                      "token",    "credential", "credentials", "apikey",   "privatekey"};
/// Any of them has one of these, and most names have none.
constexpr std::array parts_of_secrets{"pass",       "pwd", "secret",    "token",
                                      "credential", "key", "assertion", "authorization"};
constexpr std::array names_of_secrets{"jwt", "otp", "totp", "pin", "bearer", "cookie", "sessionid"};
constexpr std::array names_of_others{"deltatoken", "changepassword"}; // of SCIM itself

constexpr std::size_t shortest_removed = 3; // what is shorter stands in any sentence
constexpr std::size_t sure_bytes = 8;       // of what was removed: what begins so is it, and may have been cut off

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

bool is_upper(char c) noexcept { return c >= 'A' && c <= 'Z'; }

/// "X-ApiKey2" is x, api, key.
std::vector<std::string> words_of(std::string_view name)
{
    std::vector<std::string> words;
    bool begins = true;
    for (std::size_t i = 0; i < name.size(); ++i)
    {
        char const c = name[i];
        bool const is_letter = std::isalpha(static_cast<unsigned char>(c)) != 0;
        if (is_letter && (begins || (is_upper(c) && !is_upper(name[i - 1]))))
            words.emplace_back();
        if (is_letter)
            words.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        begins = !is_letter;
    }
    return words;
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

bool names_a_secret(std::string_view name)
{
    std::string whole;
    for (char const c : name)
        if (std::isalpha(static_cast<unsigned char>(c)) != 0)
            whole += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    auto const is_whole = [&](std::string_view other) { return whole == other; };
    if (std::ranges::any_of(names_of_secrets, is_whole))
        return true;
    auto const has = [&](std::string_view part) { return whole.find(part) != std::string::npos; };
    if (std::ranges::none_of(parts_of_secrets, has) || std::ranges::any_of(names_of_others, is_whole))
        return false;
    if (std::ranges::any_of(ends_of_secrets, [&](std::string_view end) { return whole.ends_with(end); }))
        return true;
    auto const words = words_of(name);
    auto const is_one = [](std::string_view word)
    { return std::ranges::find(words_of_secrets, word) != words_of_secrets.end(); };
    for (std::size_t i = 0; i < words.size(); ++i)
        if (is_one(words[i]) || (i + 1 < words.size() && is_one(words[i] + words[i + 1])))
            return true;
    return false;
}

bool is_bare_name(std::string_view text) noexcept
{
    return !text.empty() &&
           std::ranges::all_of(text, [](char c) { return is_alphanumeric(c) || c == '_' || c == '-' || c == '$'; });
}

bool hide_removed(std::string& text, std::span<std::string const> removed)
{
    bool changed = false;
    for (std::string const& each : removed)
    {
        if (each.size() < shortest_removed || each == gone)
            continue;
        auto const begins = std::string_view{each}.substr(0, sure_bytes);
        for (auto at = text.find(begins); at != std::string::npos; at = text.find(begins, at + gone.size()))
        {
            auto const same = std::ranges::mismatch(std::string_view{text}.substr(at), each);
            text.replace(at, static_cast<std::size_t>(same.in2 - each.begin()), gone);
            changed = true;
        }
    }
    return changed;
}

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

std::string unescaped(std::string_view text)
{
    auto const plain = percent_decoded(text, false);
    std::string out;
    for (std::size_t i = 0; i < plain.size(); ++i)
    {
        char const kind = plain[i] == '\\' && i + 1 < plain.size() ? plain[i + 1] : '\0';
        std::size_t const digits = kind == 'u' ? 4 : kind == 'x' ? 2 : 0;
        int code = digits > 0 && i + 1 + digits < plain.size() ? 0 : -1;
        for (std::size_t k = 0; code >= 0 && k < digits; ++k)
        {
            int const digit = hex_digit(plain[i + 2 + k]);
            code = digit < 0 ? -1 : code * 16 + digit;
        }
        if (code >= 0 && code < 0x80) // no name has others
            out += static_cast<char>(code);
        else if (kind == '\\')
            out += '\\';
        else
            out += plain[i];
        i += code >= 0 && code < 0x80 ? 1 + digits : kind == '\\' ? 1 : 0;
    }
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
