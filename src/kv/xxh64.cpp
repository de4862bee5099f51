// Forty lines from the specification (https://github.com/Cyan4973/xxHash, doc/xxhash_spec.md) in place of another
// library to depend on. The tests hold its published values against them.
#include "xxh64.hpp"

#include <bit>
#include <cstddef>
#include <cstring>

namespace scimkit::kv
{
namespace
{

constexpr std::uint64_t prime_1 = 0x9E3779B185EBCA87;
constexpr std::uint64_t prime_2 = 0xC2B2AE3D27D4EB4F;
constexpr std::uint64_t prime_3 = 0x165667B19E3779F9;
constexpr std::uint64_t prime_4 = 0x85EBCA77C2B2AE63;
constexpr std::uint64_t prime_5 = 0x27D4EB2F165667C5;

/// The next bytes of `in` as a number, little end first, and off its front.
template <class Number>
std::uint64_t take(char const*& in) noexcept
{
    Number number = 0;
    std::memcpy(&number, in, sizeof number);
    in += sizeof number;
    if constexpr (std::endian::native == std::endian::big)
    {
        Number turned = 0;
        for (std::size_t i = 0; i < sizeof number; ++i)
            turned = static_cast<Number>(turned << 8 | (number >> (8 * i) & 0xFF));
        return turned;
    }
    return number;
}

constexpr std::uint64_t round(std::uint64_t accumulator, std::uint64_t lane) noexcept
{
    return std::rotl(accumulator + lane * prime_2, 31) * prime_1;
}

constexpr std::uint64_t merge(std::uint64_t accumulator, std::uint64_t lane) noexcept
{
    return (accumulator ^ round(0, lane)) * prime_1 + prime_4;
}

/// Stripes of 32 bytes, in four lanes that the processor works on at once.
std::uint64_t hash_stripes(char const*& in, char const* end) noexcept
{
    std::uint64_t one = prime_1 + prime_2;
    std::uint64_t two = prime_2;
    std::uint64_t three = 0;
    std::uint64_t four = ~prime_1 + 1;
    while (end - in >= 32)
    {
        one = round(one, take<std::uint64_t>(in));
        two = round(two, take<std::uint64_t>(in));
        three = round(three, take<std::uint64_t>(in));
        four = round(four, take<std::uint64_t>(in));
    }
    std::uint64_t const all = std::rotl(one, 1) + std::rotl(two, 7) + std::rotl(three, 12) + std::rotl(four, 18);
    return merge(merge(merge(merge(all, one), two), three), four);
}

} // namespace

std::uint64_t xxh64(std::string_view bytes) noexcept
{
    char const* in = bytes.data();
    char const* const end = in + bytes.size();
    std::uint64_t hash = (bytes.size() >= 32 ? hash_stripes(in, end) : prime_5) + bytes.size();
    while (end - in >= 8)
        hash = std::rotl(hash ^ round(0, take<std::uint64_t>(in)), 27) * prime_1 + prime_4;
    if (end - in >= 4)
        hash = std::rotl(hash ^ (take<std::uint32_t>(in) * prime_1), 23) * prime_2 + prime_3;
    while (in != end)
        hash = std::rotl(hash ^ (take<unsigned char>(in) * prime_5), 11) * prime_1;
    hash = (hash ^ (hash >> 33)) * prime_2;
    hash = (hash ^ (hash >> 29)) * prime_3;
    return hash ^ (hash >> 32);
}

} // namespace scimkit::kv
