// Why niceness is not enough: a search keeps its core until its turn is over, which on Linux is some milliseconds, ten
// times what a GET takes. A thread takes the core at once from one whose turns are longer (Linux 6.12 and later;
// before, niceness alone decides, and turns are not looked at).
#include "urgency.hpp"

#ifdef __linux__
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace scimkit::http
{

#ifdef __linux__

namespace
{

/// As sched_setattr(2) has it; the C library has no declaration of it.
struct SchedulingAttributes
{
    std::uint32_t size = sizeof(SchedulingAttributes);
    std::uint32_t policy = SCHED_OTHER;
    std::uint64_t flags = 0;
    std::int32_t nice = 0;
    std::uint32_t priority = 0;
    std::uint64_t runtime = 0; ///< of a turn, in nanoseconds
    std::uint64_t deadline = 0;
    std::uint64_t period = 0;
};

struct Place
{
    int steps_down; ///< of niceness
    std::chrono::nanoseconds turn;
};

Place place_of(Urgency urgency) noexcept
{
    using std::chrono::microseconds;
    switch (urgency)
    {
    case Urgency::at_once:
        return {0, microseconds{100}}; // the shortest that there is
    case Urgency::soon:
        return {0, microseconds{500}};
    case Urgency::later:
        return {5, microseconds{3'000}};
    case Urgency::last:
        break;
    }
    return {10, microseconds{10'000}};
}

} // namespace

void set_urgency(Urgency urgency) noexcept
{
    auto const place = place_of(urgency);
    auto const nice = getpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)));
    SchedulingAttributes const wanted{
        .policy = static_cast<std::uint32_t>(urgency >= Urgency::later ? SCHED_BATCH : SCHED_OTHER),
        .nice = std::min(19, nice + place.steps_down),
        .runtime = static_cast<std::uint64_t>(place.turn.count())};
    (void)syscall(SYS_sched_setattr, 0, &wanted, 0U);
}

#else

void set_urgency(Urgency) noexcept {}

#endif

} // namespace scimkit::http
