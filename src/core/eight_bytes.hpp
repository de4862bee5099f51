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

inline bool is_ascii(std::string_view text) noexcept { return !any_in_eights(text, ' ', any_not_ascii); }

} // namespace scimkit
