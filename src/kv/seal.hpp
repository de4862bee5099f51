// Seals: four bytes of checksum at the end of every stored value, over its key and the value. A byte that changed on
// the disk, and a value that came under another's key, are found before an answer is made of them. Access (access.hpp)
// puts them on and takes them off; nothing else in this room sees them.
#pragma once

#include "xxh64.hpp"

#include <bit>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace scimkit::kv
{

inline constexpr std::size_t seal_bytes = 4;

inline std::uint32_t seal_of(std::string_view key, std::string_view value) noexcept
{
    // Key and value are hashed apart and their hashes mixed, so that no byte can move from one to the other.
    std::uint64_t const mixed = (xxh64(value) ^ std::rotl(xxh64(key), 29)) * 0x9E3779B97F4A7C15;
    return static_cast<std::uint32_t>(mixed >> 32);
}

inline void append_seal(std::string& value, std::string_view key)
{
    std::uint32_t const seal = seal_of(key, value);
    for (int shift = 24; shift >= 0; shift -= 8)
        value.push_back(static_cast<char>(seal >> shift & 0xFF));
}

/// The value without its seal; nothing if the seal does not fit.
inline std::optional<std::string_view> open_seal(std::string_view key, std::string_view sealed) noexcept
{
    if (sealed.size() < seal_bytes)
        return std::nullopt;
    std::uint32_t seal = 0;
    for (char const byte : sealed.substr(sealed.size() - seal_bytes))
        seal = seal << 8 | static_cast<unsigned char>(byte);
    sealed.remove_suffix(seal_bytes);
    if (seal != seal_of(key, sealed))
        return std::nullopt;
    return sealed;
}

} // namespace scimkit::kv
