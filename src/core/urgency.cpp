// Why niceness is not enough: a search keeps its core until its turn is over, which on Linux is some milliseconds, ten
// times what a GET takes. A thread takes the core at once from one whose turns are longer (Linux 6.12 and later;
// before, niceness alone decides, and turns are not looked at), unless it has had more than its share. A share is by
// niceness: threads that others wait for go above 0 where the system lets them (CAP_SYS_NICE, RLIMIT_NICE). Turns of
// long work are short too, since whoever gives its core away (Budget) gives away the rest of its turn.
#include "urgency.hpp"

#include <thread>

#ifdef __linux__
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace scimkit
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
        return {-10, microseconds{100}}; // the shortest that there is
    case Urgency::soon:
        return {0, microseconds{200}};
    case Urgency::later:
        return {5, microseconds{3'000}};
    case Urgency::last:
        break;
    }
    return {10, microseconds{300}};
}

} // namespace

void set_urgency(Urgency urgency) noexcept
{
    auto const place = place_of(urgency);
    auto const nice = getpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)));
    SchedulingAttributes wanted{.policy =
                                    static_cast<std::uint32_t>(urgency >= Urgency::later ? SCHED_BATCH : SCHED_OTHER),
                                .nice = std::clamp(nice + place.steps_down, -20, 19),
                                .runtime = static_cast<std::uint64_t>(place.turn.count())};
    if (syscall(SYS_sched_setattr, 0, &wanted, 0U) == 0 || place.steps_down >= 0)
        return;
    wanted.nice = nice;
    (void)syscall(SYS_sched_setattr, 0, &wanted, 0U);
}

#else

void set_urgency(Urgency) noexcept {}

#endif

namespace
{

thread_local unsigned held = 0;

} // namespace

void give_way() noexcept
{
    if (held == 0)
        std::this_thread::yield();
}

Holding::Holding() noexcept { ++held; }
Holding::~Holding() { --held; }

} // namespace scimkit
