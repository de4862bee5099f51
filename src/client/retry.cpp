// One place decides about repetition, so that no operation can repeat by mistake what must happen once.
#include "retry.hpp"

#include "../core/http_date.hpp"

#include <algorithm>
#include <charconv>
#include <random>

namespace scimkit::client
{

namespace
{

constexpr std::chrono::seconds longest_retry_after{365 * 24 * 3600}; // that is believed; what is longer is cut to it

bool may_pass(Failure const& failure) noexcept
{
    switch (failure.kind)
    {
    case FailureKind::unreachable:
    case FailureKind::timed_out:
    case FailureKind::cut_off:
        return true;
    case FailureKind::refused:
        return failure.status == 429 || failure.status == 408 || (failure.status >= 500 && failure.status != 501);
    default:
        return false;
    }
}

/// From half of `longest` to all of it, so that many clients do not come back at once.
std::chrono::milliseconds with_chance(std::chrono::milliseconds longest)
{
    thread_local std::minstd_rand random{std::random_device{}()};
    auto const half = longest.count() / 2;
    return std::chrono::milliseconds{half + std::uniform_int_distribution<std::int64_t>{0, half}(random)};
}

} // namespace

std::chrono::seconds retry_after(std::string_view header) noexcept
{
    std::uint64_t seconds = 0;
    auto const* const end = header.data() + header.size();
    if (auto const read = std::from_chars(header.data(), end, seconds); !header.empty() && read.ptr == end)
        return read.ec == std::errc{} && seconds < static_cast<std::uint64_t>(longest_retry_after.count())
                   ? std::chrono::seconds{seconds}
                   : longest_retry_after;
    if (auto const date = parse_http_date(header))
    {
        auto const now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
        return *date > now ? std::min(*date - now, longest_retry_after) : std::chrono::seconds{1};
    }
    return std::chrono::seconds{0};
}

// 429 says that nothing was done; of anything else that has an answer, and of one that is lost, nobody knows.
bool may_be_carried_out(Failure const& failure) noexcept { return failure.sent && failure.status != 429; }

std::optional<std::chrono::milliseconds> wait_before_retry(Failure const& failure, Repeat repeat, unsigned attempt,
                                                           RetryOptions const& options)
{
    if (attempt >= options.max_attempts || !may_pass(failure))
        return std::nullopt;
    if (repeat == Repeat::if_unseen && may_be_carried_out(failure))
        return std::nullopt;
    if (failure.error.retry_after > options.max_retry_after)
        return std::nullopt;
    if (failure.error.retry_after.count() > 0)
        return failure.error.retry_after;
    auto wait = options.first_wait;
    for (unsigned i = 1; i < attempt && wait < options.longest_wait; ++i)
        wait *= 2;
    return with_chance(std::min(wait, options.longest_wait));
}

} // namespace scimkit::client
