// Attribute notation (RFC 7644 section 3.10). URIs have colons and dots too, so a path is taken apart from its end.
#include <scimkit/schema/resource_type.hpp>

#include "names.hpp"

#include <algorithm>

namespace scimkit
{
namespace
{

constexpr bool is_alpha(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_name_character(char c) noexcept
{
    return is_alpha(c) || is_digit(c) || c == '$' || c == '-' || c == '_';
}

// A schema URI may end in a version ("urn:example:badge:1.0"): no attribute has such a name, but with the rest
// it names a whole extension.
bool is_version(std::string_view text)
{
    return !text.empty() && is_digit(text.front()) &&
           std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; });
}

} // namespace

bool is_attribute_name(std::string_view name) noexcept
{
    return !name.empty() && is_alpha(name.front()) && std::all_of(name.begin(), name.end(), is_name_character);
}

bool is_sub_attribute_name(std::string_view name) noexcept
{
    return is_attribute_name(name) || equal_ascii_ignoring_case(name, "$ref");
}

std::string AttributeRef::path() const
{
    std::string text;
    if (in_extension)
        text = schema->id;
    if (!attribute)
        return text;
    if (in_extension)
        text += ':';
    text += attribute->name;
    if (sub_attribute)
    {
        text += '.';
        text += sub_attribute->name;
    }
    return text;
}

namespace
{

/// What is no name may be anything, a filter with a secret in it too: no more of it is told than could be a name.
std::string harmless_part(std::string_view text)
{
    constexpr std::size_t longest = 80; // bytes of a name in a detail; then "..."
    auto const end =
        std::ranges::find_if_not(text, [](char c) { return is_name_character(c) || c == ':' || c == '.'; });
    auto const length = std::min(static_cast<std::size_t>(end - text.begin()), longest);
    return std::string{text.substr(0, length)} + (length < text.size() ? "..." : "");
}

} // namespace

result<AttributePath> parse_attribute_path(std::string_view text)
{
    auto refuse = [text](std::string_view reason)
    {
        return Error{ErrorCode::invalid_path,
                     "\"" + harmless_part(text) + "\" is not the name of an attribute: " + std::string{reason} + "."};
    };

    AttributePath path;
    auto rest = text;
    if (auto const colon = text.rfind(':'); colon != std::string_view::npos)
    {
        path.uri = text.substr(0, colon);
        rest = text.substr(colon + 1);
        if (path.uri.empty())
            return refuse("there is no URI before the colon");
        if (is_version(rest))
        {
            path.name = rest;
            return path;
        }
    }
    auto const dot = rest.find('.');
    path.name = rest.substr(0, dot);
    if (!is_attribute_name(path.name))
        return refuse("names begin with a letter and have letters, digits, '$', '-' and '_'");
    if (dot != std::string_view::npos)
    {
        path.sub_attribute = rest.substr(dot + 1);
        if (!is_sub_attribute_name(path.sub_attribute))
            return refuse("after the dot there must be one name of a sub-attribute");
    }
    return path;
}

} // namespace scimkit
