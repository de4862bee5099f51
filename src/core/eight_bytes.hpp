// Text is looked at eight bytes at a time where the answer is nearly always that nothing is special. What is subtracted
// from all bytes at once sets the high bit of those that were too small; a borrow may set it in bytes behind one of
// these too, which does not change whether there is any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace scimkit
{

constexpr std::uint64_t eight_times(std::uint64_t byte) noexcept { return byte * 0x0101010101010101u; }

/// Whether `any_in_eight` holds for some bytes of the text, which are given to it eight in one number; some of them
/// twice, and in a short text beside `padding`, a byte that is not special.
template <class AnyInEight>
bool any_in_eights(std::string_view text, unsigned char padding, AnyInEight any_in_eight) noexcept
{
    constexpr std::size_t eight = sizeof(std::uint64_t);
    std::uint64_t bytes = eight_times(padding);
    if (text.size() < eight / 2)
    {
        for (char const c : text)
            bytes = bytes << 8U | static_cast<unsigned char>(c);
        return any_in_eight(bytes);
    }
    if (text.size() < eight)
    {
        std::uint32_t first = 0;
        std::uint32_t second = 0;
        std::memcpy(&first, text.data(), sizeof first);
        std::memcpy(&second, text.data() + text.size() - sizeof second, sizeof second);
        return any_in_eight(std::uint64_t{first} << 32U | second);
    }
    auto const last = text.size() - eight;
    for (std::size_t i = 0; i < last; i += eight)
    {
        std::memcpy(&bytes, text.data() + i, eight);
        if (any_in_eight(bytes))
            return true;
    }
    std::memcpy(&bytes, text.data() + last, eight);
    return any_in_eight(bytes);
}

/// Bytes below 0x20, and 0x7F; none of those that are not ASCII.
constexpr bool any_control(std::uint64_t eight) noexcept
{
    return (((eight - eight_times(0x20)) | ((eight ^ eight_times(0x7F)) - eight_times(1))) & ~eight &
            eight_times(0x80)) != 0;
}

constexpr bool any_not_ascii(std::uint64_t eight) noexcept { return (eight & eight_times(0x80)) != 0; }

// By a type of its own, as a lambda has: of a pointer to a function there would be one loop for all, with a call in it.
inline bool is_ascii(std::string_view text) noexcept
{
    return !any_in_eights(text, ' ', [](std::uint64_t eight) { return any_not_ascii(eight); });
}

/// Whether there is a byte below 0x20, or 0x7F.
inline bool has_control(std::string_view text) noexcept
{
    return any_in_eights(text, ' ', [](std::uint64_t eight) { return any_control(eight); });
}

/// Of two texts of the same size, which has as many bytes as two of these numbers at most, and as one at least.
template <class Number>
bool same_ends(char const* a, char const* b, std::size_t size) noexcept
{
    auto const at = [](char const* from)
    {
        Number number = 0;
        std::memcpy(&number, from, sizeof number);
        return number;
    };
    auto const last = size - sizeof(Number);
    return ((at(a) ^ at(b)) | (at(a + last) ^ at(b + last))) == 0;
}

/// Whether they are equal, found out without a call for texts of 4 to 16 bytes, which names of attributes have.
inline bool same_text(std::string_view a, std::string_view b) noexcept
{
    if (a.size() != b.size())
        return false;
    if (a.size() < sizeof(std::uint32_t) || a.size() > 2 * sizeof(std::uint64_t))
        return a == b;
    return a.size() < sizeof(std::uint64_t) ? same_ends<std::uint32_t>(a.data(), b.data(), a.size())
                                            : same_ends<std::uint64_t>(a.data(), b.data(), a.size());
}

/// Copies to where there is room for the text; as above, without a call for what has 32 bytes or fewer.
inline void copy_text(char* to, std::string_view text) noexcept
{
    auto const size = text.size();
    char const* const from = text.data();
    if (size > 32)
        std::memcpy(to, from, size);
    else if (size >= 16)
    {
        std::memcpy(to, from, 16);
        std::memcpy(to + size - 16, from + size - 16, 16);
    }
    else if (size >= 8)
    {
        std::memcpy(to, from, 8);
        std::memcpy(to + size - 8, from + size - 8, 8);
    }
    else if (size >= 4)
    {
        std::memcpy(to, from, 4);
        std::memcpy(to + size - 4, from + size - 4, 4);
    }
    else if (size > 0)
    {
        to[0] = from[0];
        to[size / 2] = from[size / 2];
        to[size - 1] = from[size - 1];
    }
}

} // namespace scimkit
