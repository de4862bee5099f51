// quoted: a client's word in a message.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace scimkit
{

/// In quotation marks, cut to a length that suits a message.
inline std::string quoted(std::string_view text)
{
    constexpr std::size_t enough = 100;
    if (text.size() <= enough)
        return '"' + std::string{text} + '"';
    auto end = enough;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U)
        --end; // not inside a character
    return '"' + std::string{text.substr(0, end)} + "...\"";
}

/// The same of what stands where a name is expected. It may be a path, with a value in its filter that is a secret:
/// nothing behind a bracket.
inline std::string quoted_name(std::string_view name)
{
    auto const bracket = name.find('[');
    if (bracket == std::string_view::npos)
        return quoted(name);
    std::string const shown = std::string{name.substr(0, bracket)} + "[...]";
    return quoted(std::string_view{shown});
}

} // namespace scimkit
