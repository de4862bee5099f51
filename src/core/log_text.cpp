// Apart from text.cpp, which compares values: here nothing is understood, bytes are only made harmless.
#include <scimkit/core/log_text.hpp>

#include <algorithm>

namespace scimkit
{

namespace
{

constexpr std::string_view cut_mark = "...";
constexpr std::size_t escape_size = 4; // \xNN

bool is_plain(char c, bool bare) noexcept
{
    auto const byte = static_cast<unsigned char>(c);
    return byte >= (bare ? 0x21 : 0x20) && byte < 0x7F && c != '"' && c != '\\';
}

std::size_t size_of(char c, bool bare) noexcept { return is_plain(c, bare) ? 1 : escape_size; }

/// How many bytes of `text` fit into `room`, whole escapes only.
std::size_t fitting(std::string_view text, std::size_t room, bool bare) noexcept
{
    std::size_t used = 0;
    std::size_t count = 0;
    while (count < text.size() && used + size_of(text[count], bare) <= room)
        used += size_of(text[count++], bare);
    return count;
}

} // namespace

void append_log_text(std::string& out, std::string_view text, std::size_t max_bytes, bool bare)
{
    auto const whole = fitting(text, max_bytes, bare) == text.size();
    auto const shown =
        whole ? text : text.substr(0, fitting(text, max_bytes - std::min(max_bytes, cut_mark.size()), bare));
    for (char const c : shown)
    {
        if (is_plain(c, bare))
        {
            out += c;
            continue;
        }
        static constexpr std::string_view digits = "0123456789abcdef";
        auto const byte = static_cast<unsigned char>(c);
        out.append("\\x").append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
    }
    if (!whole)
        out += cut_mark.substr(0, max_bytes);
}

} // namespace scimkit
