// A lock that is waited for no longer than until a moment. Not by std::timed_mutex's own clock: the thread sanitizers
// of GCC 12 and Clang 16 do not know pthread_mutex_clocklock, and tell of races where there are none.
#pragma once

#include <algorithm>
#include <chrono>
#include <mutex>

namespace scimkit::detail
{

/// Whether it is had. Should somebody set the clock of the wall meanwhile, it takes longer, or is given up earlier.
inline bool lock_until(std::unique_lock<std::timed_mutex>& lock, std::chrono::steady_clock::time_point until)
{
    if (lock.try_lock())
        return true;
    auto const left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    constexpr std::chrono::milliseconds longest = std::chrono::hours{24}; // until may be the end of time
    return lock.try_lock_until(std::chrono::system_clock::now() + std::min(left, longest));
}

} // namespace scimkit::detail
