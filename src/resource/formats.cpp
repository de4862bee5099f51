// Grammars by hand, since a regular expression over hostile text has no bound, and registries of languages and zones
// change without us (RFC 7643 sections 4.1.1 and 4.1.2).
#include "formats.hpp"

#include <scimkit/core/base64.hpp>
#include <scimkit/schema/registry.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace scimkit
{

namespace
{

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_alphanumeric(char c) noexcept { return is_digit(c) || is_letter(c); }
constexpr bool is_hexadecimal(char c) noexcept
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// Calls `part` with each piece of `text` between separators; false as soon as a part is refused.
template <class Part>
bool every_part(std::string_view text, char separator, Part part)
{
    for (std::size_t index = 0;; ++index)
    {
        auto const end = text.find(separator);
        if (!part(text.substr(0, end), index))
            return false;
        if (end == std::string_view::npos)
            return true;
        text.remove_prefix(end + 1);
    }
}

std::string_view trim(std::string_view text) noexcept
{
    auto const first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_subtag(std::string_view subtag) noexcept
{
    return !subtag.empty() && subtag.size() <= 8 && std::all_of(subtag.begin(), subtag.end(), is_alphanumeric);
}

bool is_language_range(std::string_view range) noexcept
{
    if (range == "*")
        return true;
    return every_part(range, '-',
                      [](std::string_view subtag, std::size_t index) {
                          return is_subtag(subtag) &&
                                 (index > 0 || std::all_of(subtag.begin(), subtag.end(), is_letter));
                      });
}

// "0.8", "1.000": RFC 7231 section 5.3.1.
bool is_weight(std::string_view weight) noexcept
{
    if (weight.empty() || weight.size() > 5 || (weight[0] != '0' && weight[0] != '1') ||
        (weight.size() > 1 && weight[1] != '.'))
    {
        return false;
    }
    auto const decimals = weight.size() > 2 ? weight.substr(2) : std::string_view{};
    return std::all_of(decimals.begin(), decimals.end(),
                       [&](char c) { return weight[0] == '0' ? is_digit(c) : c == '0'; });
}

bool is_zone_part(std::string_view part) noexcept
{
    return !part.empty() && is_letter(part[0]) &&
           std::all_of(part.begin(), part.end(),
                       [](char c) { return is_alphanumeric(c) || c == '_' || c == '-' || c == '+'; });
}

// Names without an area in the database's `backward` and `etcetera` files. Sorted.
constexpr std::array<std::string_view, 41> zones_without_area{
    "CET",     "CST6CDT",   "Cuba",    "EET",     "EST",   "EST5EDT",   "Egypt",     "Eire",     "Factory",
    "GB",      "GB-Eire",   "GMT",     "GMT+0",   "GMT-0", "GMT0",      "Greenwich", "HST",      "Hongkong",
    "Iceland", "Iran",      "Israel",  "Jamaica", "Japan", "Kwajalein", "Libya",     "MET",      "MST",
    "MST7MDT", "NZ",        "NZ-CHAT", "Navajo",  "PRC",   "PST8PDT",   "Poland",    "Portugal", "ROC",
    "ROK",     "Singapore", "Turkey",  "UCT",     "UTC"};
constexpr std::array<std::string_view, 4> more_zones_without_area{"Universal", "W-SU", "WET", "Zulu"};
static_assert(std::is_sorted(zones_without_area.begin(), zones_without_area.end()));

// Brackets are for an address in a host alone (RFC 3986 section 3.2.2): "//[::1]:8080/".
bool brackets_fit(std::string_view text) noexcept
{
    auto const open = text.find('[');
    auto const close = text.find(']');
    if (open == std::string_view::npos || close == std::string_view::npos)
        return open == close;
    auto const before = text.substr(0, open);
    auto const behind = text.substr(close + 1);
    auto const authority = before.find("//");
    return open < close && authority != std::string_view::npos && (before.ends_with("//") || before.ends_with('@')) &&
           before.find_first_of("/?#", authority + 2) == std::string_view::npos &&
           behind.find_first_of("[]") == std::string_view::npos &&
           (behind.empty() || std::string_view{":/?#"}.find(behind.front()) != std::string_view::npos);
}

} // namespace

bool is_uri_reference(std::string_view text) noexcept
{
    if (!brackets_fit(text))
        return false;
    constexpr std::string_view other = "-._~:/?#[]@!$&'()*+,;=";
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        if (text[i] == '%')
        {
            if (i + 2 >= text.size() || !is_hexadecimal(text[i + 1]) || !is_hexadecimal(text[i + 2]))
                return false;
        }
        else if (!is_alphanumeric(text[i]) && other.find(text[i]) == std::string_view::npos)
        {
            return false;
        }
    }
    // What stands before a colon in the first segment is a scheme.
    auto const end = text.find_first_of(":/?#");
    if (end == std::string_view::npos || text[end] != ':')
        return !text.empty();
    auto const scheme = text.substr(0, end);
    return !scheme.empty() && is_letter(scheme[0]) &&
           std::all_of(scheme.begin(), scheme.end(),
                       [](char c) { return is_alphanumeric(c) || c == '+' || c == '-' || c == '.'; });
}

bool is_language_tag(std::string_view text) noexcept { return text != "*" && is_language_range(text); }

bool is_accept_language(std::string_view text) noexcept
{
    return every_part(text, ',',
                      [](std::string_view item, std::size_t)
                      {
                          auto const semicolon = item.find(';');
                          if (!is_language_range(trim(item.substr(0, semicolon))))
                              return false;
                          if (semicolon == std::string_view::npos)
                              return true;
                          auto const weight = trim(item.substr(semicolon + 1));
                          return (weight.starts_with("q=") || weight.starts_with("Q=")) && is_weight(weight.substr(2));
                      });
}

bool is_time_zone_name(std::string_view text) noexcept
{
    if (text.find('/') == std::string_view::npos)
    {
        return std::binary_search(zones_without_area.begin(), zones_without_area.end(), text) ||
               std::binary_search(more_zones_without_area.begin(), more_zones_without_area.end(), text);
    }
    return every_part(text, '/', [](std::string_view part, std::size_t) { return is_zone_part(part); });
}

bool is_phone_number(std::string_view text) noexcept
{
    auto const is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    return std::any_of(text.begin(), text.end(), is_digit) && std::none_of(text.begin(), text.end(), is_control);
}

bool is_country_code(std::string_view text) noexcept
{
    return text.size() == 2 && is_letter(text[0]) && is_letter(text[1]);
}

bool is_single_der_sequence(std::string_view base64)
{
    auto const bytes = decode_base64(base64);
    if (!bytes || bytes->size() < 2 || static_cast<unsigned char>((*bytes)[0]) != 0x30)
        return false;
    auto const byte = [&](std::size_t i) { return static_cast<unsigned char>((*bytes)[i]); };
    if (byte(1) < 0x80)
        return bytes->size() == 2U + byte(1);
    std::size_t const length_bytes = byte(1) & 0x7fU;
    if (length_bytes == 0 || length_bytes > 4 || bytes->size() < 2 + length_bytes)
        return false;
    std::size_t length = 0;
    for (std::size_t i = 0; i < length_bytes; ++i)
        length = length << 8U | byte(2 + i);
    return bytes->size() - 2 - length_bytes == length;
}

std::string_view format_fault(Schema const* schema, Attribute const* parent, Attribute const& attribute,
                              std::string_view text)
{
    if (attribute.type == AttributeType::reference)
        return is_uri_reference(text) ? "" : "a URI or a relative reference (RFC 3986)";
    if (!schema || schema->id != urn::user)
        return {};
    if (!parent)
    {
        if (attribute.name == "locale")
            return is_language_tag(text) ? "" : "a language tag such as en-US (RFC 5646)";
        if (attribute.name == "preferredLanguage")
            return is_accept_language(text) ? "" : "languages as in Accept-Language (RFC 7231)";
        if (attribute.name == "timezone")
            return is_time_zone_name(text) ? "" : "a time zone name such as Europe/Oslo";
        return {};
    }
    if (parent->name == "phoneNumbers" && attribute.name == "value")
        return is_phone_number(text) ? "" : "a telephone number";
    if (parent->name == "addresses" && attribute.name == "country")
        return is_country_code(text) ? "" : "a country code of two letters (ISO 3166-1)";
    if (parent->name == "x509Certificates" && attribute.name == "value")
        return is_single_der_sequence(text) ? "" : "one DER certificate in base64";
    return {};
}

} // namespace scimkit
