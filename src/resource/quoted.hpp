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

} // namespace scimkit
