// RateLimiter: token buckets, one for each name (an address, a credential, a tenant), in bounded memory. A bucket that
// is full again is forgotten when its room is wanted.
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
    double per_second = 0; ///< sustained; 0.001 to 1,000,000,000
    double burst = 0;      ///< at once after a pause; up to 1,000,000. 0: what two seconds bring. Less than 1 is 1
};

struct RateLimitOptions
{
    std::size_t max_names = 100'000; ///< names told apart, about; while all are busy, further ones share buckets
};

/// Threading: take() from any number of threads; a lock is held for a moment, and names are spread over several.
/// Lifetimes: keeps copies of names. One that was moved from can only be destroyed or assigned to.
/// Complexity: a look-up by hash, and no allocation for a name that is known; while all names are busy a new one has
/// them looked through, at most once in the time from one token to the next.
class SCIMKIT_API RateLimiter
{
public:
    using Clock = std::chrono::steady_clock;

    /// Errors: throws std::invalid_argument for a rate beyond what Rate says.
    explicit RateLimiter(Rate rate, RateLimitOptions options = {});
    RateLimiter(RateLimiter&&) noexcept;
    RateLimiter& operator=(RateLimiter&&) noexcept;
    ~RateLimiter();

    /// Takes a token out of the bucket of `name`. Nothing: it was there. Else when the next one will be, rounded up to
    /// whole seconds, at least one: what Retry-After says (RFC 9110 section 10.2.3). A refusal takes nothing.
    std::optional<std::chrono::seconds> take(std::string_view name, Clock::time_point now = Clock::now());

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace scimkit
