// Seeds of tests over random examples: fresh in every run, unless SCIMKIT_SEED says which; printed, so that a run can
// be had again.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>

namespace scimkit::test
{

/// The seed of this process.
inline std::uint32_t process_seed()
{
    static std::uint32_t const seed = []
    {
        char const* given = std::getenv("SCIMKIT_SEED");
        auto const now = std::chrono::system_clock::now().time_since_epoch().count();
        auto const chosen =
            static_cast<std::uint32_t>(given ? std::strtoull(given, nullptr, 10) : static_cast<std::uint64_t>(now));
        std::cout << "random examples with SCIMKIT_SEED=" << chosen << std::endl;
        return chosen;
    }();
    return seed;
}

/// The seed of one test of this process: each has a number of its own, so that no two have the same examples.
inline std::uint32_t seed(std::uint32_t number)
{
    constexpr std::uint32_t spread = 2'654'435'761; // Knuth's multiplicative hash
    return process_seed() * spread + number;
}

} // namespace scimkit::test
