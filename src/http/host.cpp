// Which threads a server has, and how it gives back memory: after answers of many megabytes the C library keeps what
// was freed, in arenas that other threads do not use.
#include "host.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace scimkit::http
{

namespace
{

unsigned search_threads(ServerOptions const& options)
{
    if (options.search_threads != 0)
        return options.search_threads;
    return std::max(3U, std::thread::hardware_concurrency() / 2);
}

unsigned long_write_threads(ServerOptions const& options)
{
    if (options.long_write_threads != 0)
        return options.long_write_threads;
    return std::max(2U, std::thread::hardware_concurrency() / 2);
}

/// Of one client: others find a thread free, however many requests it has.
std::size_t share_of(unsigned threads, ServerOptions const& options)
{
    if (threads == 1 || options.max_client_share >= 100)
        return threads;
    return std::clamp(threads * options.max_client_share / 100, 1U, threads - 1);
}

LaneOptions lane_of(unsigned threads, ServerOptions const& options, Urgency urgency = Urgency::soon)
{
    return {.threads = threads,
            .urgency = urgency,
            .max_queued = options.max_queued_requests,
            .max_per_client = options.max_queued_per_client,
            .max_running_per_client = share_of(threads, options)};
}

/// Where reads cannot block, more threads than cores make none of them faster, but those who wait for a core slower.
LaneOptions read_lane(ServerOptions const& options, bool may_block)
{
    if (may_block)
        return lane_of(options.read_threads, options);
    auto const cores = std::max(2U, std::thread::hardware_concurrency());
    auto lane = lane_of(std::min(options.read_threads, cores), options, Urgency::later);
    lane.max_running_per_client = lane.threads; // a try ends within short_read_work, and clients take turns
    return lane;
}

LaneOptions bulk_lane(ServerOptions const& options)
{
    auto lane = lane_of(options.bulk_threads, options);
    lane.max_running_per_client = 1;
    return lane;
}

class TrimMemory final : public Job
{
public:
    void run() noexcept override
    {
#ifdef __GLIBC__
        malloc_trim(0);
#endif
    }
};

} // namespace

Host::Host(ServerOptions with_options, Served with_service)
    : options(std::move(with_options))
    , service(with_service)
    , admits_here(!service.admission_may_block())
    , reads_here(options.reads_on_io_threads && !service.reads_may_block())
    , bodies(options.max_buffered_bytes)
    , answers(options.max_unsent_bytes)
    , workers(lane_of(options.worker_threads, options))
    , reads(read_lane(options, service.reads_may_block()))
    // Whoever writes holds up all other writers, so that those must not wait for a core either: no lower priority.
    , long_writes(lane_of(long_write_threads(options), options))
    , bulks(bulk_lane(options))
    , searches(lane_of(search_threads(options), options, Urgency::last))
{
}

void Host::trim_memory()
{
    std::chrono::nanoseconds const now = std::chrono::steady_clock::now().time_since_epoch();
    auto last = trimmed_at_.load(std::memory_order_relaxed);
    if (now.count() - last < std::chrono::nanoseconds{std::chrono::seconds{1}}.count() ||
        !trimmed_at_.compare_exchange_strong(last, now.count(), std::memory_order_relaxed))
        return;
    trim_is_due_.store(false, std::memory_order_relaxed);
    // On a worker of ordinary priority: whoever gives memory back holds locks that everybody may need.
    workers.submit_own(std::make_shared<TrimMemory>());
}

} // namespace scimkit::http
