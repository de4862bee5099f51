// Where tests with random data begin: the same place every time, or elsewhere when SCIMKIT_SEED is set.
#pragma once

#include <cstdint>
#include <cstdlib>

namespace scimkit::test
{

/// `usual` unless the environment has SCIMKIT_SEED, a number; then one made of both. main() prints that number, so that
/// what a fresh seed found can be found again.
inline std::uint32_t seed(std::uint32_t usual)
{
    constexpr std::uint32_t spread = 2'654'435'761; // Knuth's multiplicative hash
    char const* const set = std::getenv("SCIMKIT_SEED");
    return set ? static_cast<std::uint32_t>(std::strtoul(set, nullptr, 10)) * spread + usual : usual;
}

} // namespace scimkit::test
