// A bucket is one number: the time at which it will be full again (the generic cell rate algorithm). So an idle bucket
// is one whose time has passed, it can be forgotten without anybody noticing, and memory is bounded by who is busy.
#include <scimkit/security/rate_limit.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <unordered_map>

namespace scimkit
{
namespace
{

using Nanoseconds = std::chrono::nanoseconds;

constexpr std::size_t parts = 16; // of the table, so that threads seldom meet

struct Hash
{
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const noexcept { return std::hash<std::string_view>{}(name); }
};

struct Part
{
    std::mutex mutex;
    std::unordered_map<std::string, std::int64_t, Hash, std::equal_to<>> full_at;
    std::int64_t shared_full_at = 0;    ///< of the names that there is no room for
    std::int64_t looked_through_at = 0; ///< for idle ones
};

} // namespace

struct RateLimiter::State
{
    State(Rate rate, RateLimitOptions options)
        : interval(static_cast<std::int64_t>(1e9 / rate.per_second))
        , burst(static_cast<std::int64_t>(static_cast<double>(interval) * std::max(rate.burst, 1.0)))
        , max_names(std::max<std::size_t>(1, options.max_names / parts))
    {
    }

    std::int64_t& bucket(Part& part, std::string_view name, std::int64_t now) const
    {
        if (auto const known = part.full_at.find(name); known != part.full_at.end())
            return known->second;
        if (part.full_at.size() >= max_names && now - part.looked_through_at >= interval)
        {
            part.looked_through_at = now;
            std::erase_if(part.full_at, [&](auto const& entry) { return entry.second <= now; });
        }
        if (part.full_at.size() >= max_names)
            return part.shared_full_at;
        return part.full_at.emplace(name, now).first->second;
    }

    std::int64_t const interval; ///< nanoseconds from one token to the next
    std::int64_t const burst;    ///< nanoseconds that an empty bucket needs to be full
    std::size_t const max_names; ///< of one part
    std::array<Part, parts> table{};
};

RateLimiter::RateLimiter(Rate rate, RateLimitOptions options)
{
    if (!(rate.per_second >= 1e-3 && rate.per_second <= 1e9) || !(rate.burst >= 0 && rate.burst <= 1e6))
        throw std::invalid_argument(
            "RateLimiter: from 0.001 to 1,000,000,000 per second, and a burst of at most a million");
    if (rate.burst == 0)
        rate.burst = std::min(2 * rate.per_second, 1e6);
    state_ = std::make_unique<State>(rate, options);
}

RateLimiter::RateLimiter(RateLimiter&&) noexcept = default;
RateLimiter& RateLimiter::operator=(RateLimiter&&) noexcept = default;
RateLimiter::~RateLimiter() = default;

std::optional<std::chrono::seconds> RateLimiter::take(std::string_view name, Clock::time_point now)
{
    auto const at = std::chrono::duration_cast<Nanoseconds>(now.time_since_epoch()).count();
    auto& part = state_->table[Hash{}(name) % parts];
    std::lock_guard const lock{part.mutex};
    auto& full_at = state_->bucket(part, name, at);
    auto const then = std::max(full_at, at) + state_->interval;
    auto const late = then - at - state_->burst;
    if (late <= 0)
    {
        full_at = then;
        return std::nullopt;
    }
    return std::max(std::chrono::ceil<std::chrono::seconds>(Nanoseconds{late}), std::chrono::seconds{1});
}

} // namespace scimkit
