// Text of a stranger on its way to a terminal, which would obey what stands in it between control characters.
#pragma once

#include <string>
#include <string_view>

namespace samples
{

/// `text` with a question mark for each control character: those below U+0020, DEL, and U+0080 to U+009F. `lines`: line
/// ends stay.
inline std::string terminal_text(std::string_view text, bool lines = false)
{
    std::string safe;
    safe.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        auto const byte = static_cast<unsigned char>(text[i]);
        auto const next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
        bool const two_bytes = byte == 0xC2 && next >= 0x80 && next < 0xA0;
        if (two_bytes || byte == 0x7F || (byte < 0x20 && !(lines && byte == '\n')))
            safe += '?';
        else
            safe += text[i];
        i += two_bytes ? 1 : 0;
    }
    return safe;
}

} // namespace samples
