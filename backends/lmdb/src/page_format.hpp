// The format of LMDB 0.9 (data version 1), as its lmdb.h and mdb.c define it. A page: its number (8 bytes), 2 bytes of
// no matter here, flags (2), then for branches and leaves where the free room in the middle begins and ends (2 and 2),
// for overflow pages how many there are (4); then for branches and leaves the offsets of the nodes (2 each). A node: 8
// bytes of header, the key, and in a leaf the value, or the number of the overflow page that it begins on.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace scimkit::lmdb
{

inline constexpr std::uint32_t magic = 0xBEEFC0DE;
inline constexpr std::uint32_t data_version = 1;
inline constexpr std::uint64_t no_page = ~std::uint64_t{0};
inline constexpr std::size_t header_bytes = 16;
inline constexpr std::size_t node_bytes = 8;
inline constexpr std::size_t most_levels = 32; // LMDB's own limit

namespace flag
{
inline constexpr unsigned branch = 0x01;
inline constexpr unsigned leaf = 0x02;
inline constexpr unsigned overflow = 0x04;
inline constexpr unsigned meta = 0x08;
inline constexpr unsigned dirty = 0x10; // means nothing on disk
inline constexpr unsigned node_overflow = 0x01;
} // namespace flag

struct Tree
{
    std::uint32_t page_bytes = 0; // of the first tree: the size of all pages
    std::uint16_t flags = 0;
    std::uint16_t depth = 0;
    std::uint64_t branches = 0;
    std::uint64_t leaves = 0;
    std::uint64_t overflows = 0;
    std::uint64_t entries = 0;
    std::uint64_t root = 0;
};

struct Meta
{
    std::uint32_t magic = 0;
    std::uint32_t version = 0;
    std::uint64_t address = 0;
    std::uint64_t map_bytes = 0;
    std::array<Tree, 2> trees{}; // free pages, then the data
    std::uint64_t last_page = 0;
    std::uint64_t transaction = 0;
};
static_assert(sizeof(Tree) == 48 && sizeof(Meta) == 24 + 2 * 48 + 16);

template <class Number>
Number read(char const* place) noexcept
{
    Number number{};
    std::memcpy(&number, place, sizeof number);
    return number;
}

inline std::string_view bytes_at(char const* place, std::size_t size) noexcept { return {place, size}; }

} // namespace scimkit::lmdb
