// RateLimiter: token buckets, one for each name (an address, a credential, a tenant), in bounded memory.
#pragma once

#include <scimkit/export.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

namespace scimkit
{

/// How often something may happen.
struct Rate
{
    double per_second = 0; ///< sustained; more than 0
    double burst = 0;      ///< at once after a pause; at least 1. 0: what two seconds bring, at least 1
};

struct RateLimitOptions
{
    std::size_t max_names = 100'000; ///< names that are told apart; while all are busy, further ones share one bucket
};

/// Threading: all functions from any number of threads; a lock is held for a moment, and names are spread over several.
/// Cost: about 100 ns, and no allocation for a name that is known.
class SCIMKIT_API RateLimiter
{
public:
    using Clock = std::chrono::steady_clock;

    /// Throws std::invalid_argument for a rate that is none.
    explicit RateLimiter(Rate rate, RateLimitOptions options = {});
    RateLimiter(RateLimiter&&) noexcept;
    RateLimiter& operator=(RateLimiter&&) noexcept;
    ~RateLimiter();

    /// Takes a token out of the bucket of `name`. Nothing: it was there. Else when the next one will be, rounded up to
    /// a second at least: what Retry-After says. A refusal takes nothing.
    std::optional<std::chrono::seconds> take(std::string_view name, Clock::time_point now = Clock::now());

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace scimkit
