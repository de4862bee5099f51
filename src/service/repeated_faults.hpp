// Which faults are told to the log. While a store is away, every request fails in the same words: one line in a while
// says so as well as a million do.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace scimkit::service
{

/// Threading: from any number of threads; a lock is held for a moment.
class RepeatedFaults
{
public:
    using Clock = std::chrono::steady_clock;

    static constexpr std::chrono::seconds rest{10}; ///< between two lines of the same words
    static constexpr std::size_t most_words = 64;   ///< remembered at once; beyond, all are forgotten

    /// How many in the same words were kept back since the last that was told. Nothing: keep this one back too.
    std::optional<std::uint64_t> tell(std::string_view words, Clock::time_point now);

private:
    struct Told
    {
        Clock::time_point at;
        std::uint64_t kept_back = 0;
    };

    std::mutex mutex_{};
    std::map<std::string, Told, std::less<>> told_{};
};

} // namespace scimkit::service
