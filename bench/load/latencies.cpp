// The steps of a floating-point number of eight bits: the highest seven bits after the first one decide.
#include "latencies.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace load
{

std::size_t Latencies::step_of(std::uint64_t nanoseconds) noexcept
{
    auto const bits = static_cast<unsigned>(std::bit_width(nanoseconds));
    if (bits <= exact_bits)
        return static_cast<std::size_t>(nanoseconds);
    auto const shift = bits - exact_bits;
    return shift * half + static_cast<std::size_t>(nanoseconds >> shift);
}

std::uint64_t Latencies::top_of(std::size_t step) noexcept
{
    if (step < 2 * half)
        return step;
    auto const shift = step / half - 1;
    return ((step % half + half + 1) << shift) - 1;
}

void Latencies::add(std::chrono::nanoseconds time) noexcept
{
    constexpr auto most = (std::uint64_t{1} << most_bits) - 1;
    auto const value = std::min(static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0)), most);
    ++counts_[step_of(value)];
    ++count_;
    longest_ = std::max(longest_, value);
}

void Latencies::add(Latencies const& others) noexcept
{
    for (std::size_t i = 0; i < counts_.size(); ++i)
        counts_[i] += others.counts_[i];
    count_ += others.count_;
    longest_ = std::max(longest_, others.longest_);
}

double Latencies::percentile(double part) const noexcept
{
    auto const rank = static_cast<std::uint64_t>(std::ceil(part * static_cast<double>(count_)));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i)
        if (counts_[i] != 0 && (seen += counts_[i]) >= rank)
            return static_cast<double>(std::min(top_of(i), longest_)) / 1e3;
    return 0;
}

double Latencies::longest() const noexcept { return static_cast<double>(longest_) / 1e3; }

} // namespace load
