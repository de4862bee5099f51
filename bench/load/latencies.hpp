// How long answers took: a histogram whose steps are a 128th of the value, so that ten minutes of load fit into 40 KB.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace load
{

class Latencies
{
public:
    void add(std::chrono::nanoseconds time) noexcept;
    void add(Latencies const& others) noexcept;

    std::uint64_t count() const noexcept { return count_; }

    /// Microseconds that this part (0 to 1) of all answers did not exceed, up to one 128th too much; 0 without answers.
    double percentile(double part) const noexcept;
    double longest() const noexcept;

private:
    static constexpr unsigned exact_bits = 8; ///< below 2^8 ns every value has a step of its own
    static constexpr unsigned most_bits = 42; ///< an hour and more; what is longer counts as that
    static constexpr std::size_t half = std::size_t{1} << (exact_bits - 1);

    static std::size_t step_of(std::uint64_t nanoseconds) noexcept;
    static std::uint64_t top_of(std::size_t step) noexcept;

    std::array<std::uint32_t, 2 * half + (most_bits - exact_bits) * half> counts_{};
    std::uint64_t count_ = 0;
    std::uint64_t longest_ = 0;
};

} // namespace load
