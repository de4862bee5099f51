// Marks: random bytes that nobody else has.
#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace scimkit::postgresql
{

/// 16 random bytes.
inline std::string random_mark()
{
    std::random_device random;
    std::string mark;
    for (int word = 0; word < 4; ++word)
    {
        std::uint32_t const bits = random();
        for (unsigned shift = 0; shift < 32; shift += 8)
            mark.push_back(static_cast<char>(bits >> shift & 0xFF));
    }
    return mark;
}

} // namespace scimkit::postgresql
