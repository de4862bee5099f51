// Bytes: writing and reading of the small pieces that records and change log entries are made of. Numbers are
// varints: 7 bits a byte, low bits first, the high bit says that more follow.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace scimkit
{

inline void put_varint(std::string& out, std::uint64_t number)
{
    while (number >= 0x80)
    {
        out.push_back(static_cast<char>(number | 0x80));
        number >>= 7;
    }
    out.push_back(static_cast<char>(number));
}

inline void put_string(std::string& out, std::string_view text)
{
    put_varint(out, text.size());
    out.append(text);
}

/// Small negative numbers become small.
constexpr std::uint64_t zigzag(std::int64_t number) noexcept
{
    return (static_cast<std::uint64_t>(number) << 1) ^ static_cast<std::uint64_t>(number >> 63);
}

constexpr std::int64_t unzigzag(std::uint64_t number) noexcept
{
    return static_cast<std::int64_t>((number >> 1) ^ (~(number & 1) + 1));
}

/// Reads from the front of `in`; false, with `in` in no particular state, when it does not hold what is wanted.
inline bool take_byte(std::string_view& in, unsigned char& byte) noexcept
{
    if (in.empty())
        return false;
    byte = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    return true;
}

inline bool take_varint(std::string_view& in, std::uint64_t& number) noexcept
{
    number = 0;
    for (unsigned shift = 0; shift < 64; shift += 7)
    {
        unsigned char byte = 0;
        if (!take_byte(in, byte))
            return false;
        number |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
        if (byte < 0x80)
            return true;
    }
    return false;
}

/// The number of what follows, of which each takes a byte at least: a damaged one cannot ask for more memory than there
/// are bytes.
inline bool take_count(std::string_view& in, std::uint64_t& count) noexcept
{
    return take_varint(in, count) && count <= in.size();
}

inline bool take_string(std::string_view& in, std::string_view& text) noexcept
{
    std::size_t const first = in.empty() ? 0xFFU : static_cast<unsigned char>(in.front());
    if (first < 0x80 && first < in.size()) // most sizes are one byte
    {
        text = in.substr(1, first);
        in.remove_prefix(1 + first);
        return true;
    }
    std::uint64_t size = 0;
    if (!take_count(in, size))
        return false;
    text = in.substr(0, size);
    in.remove_prefix(size);
    return true;
}

} // namespace scimkit
