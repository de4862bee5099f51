// Host: what all connections of one server share.
#pragma once

#include <scimkit/http/server.hpp>

#include "allowance.hpp"
#include "lane.hpp"
#include "served.hpp"
#include "tls.hpp"

#include <atomic>
#include <cstdint>
#include <string_view>

namespace scimkit::http
{

struct Host
{
    /// Starts the lanes.
    Host(ServerOptions with_options, Served with_service);

    ServerOptions const options;
    Served const service;
    CurrentTls tls{};
    bool const admits_here; ///< credentials may be looked at on I/O threads
    bool const reads_here;  ///< and single resources read
    Allowance bodies;
    Allowance answers;
    std::atomic<bool> stopping{false};
    std::atomic<bool> giving_up{false}; ///< the grace period is over
    std::atomic<unsigned> lingering{0}; ///< connections that throw away what comes after their last answer
    Lane workers;                       ///< writes
    Lane reads;                         ///< reads that may be short
    Lane long_writes;                   ///< writes with much in them
    Lane bulks;                         ///< as long as a thousand other requests
    Lane searches;                      ///< reads that have turned out to be long

    /// A long read's answer is out: much of what it had taken lies idle. Given back by trim_memory(), which is called
    /// now and then for as long as trim_is_due().
    void trim_memory_later() noexcept { trim_is_due_.store(options.trim_memory, std::memory_order_relaxed); }
    bool trim_is_due() const noexcept { return trim_is_due_.load(std::memory_order_relaxed); }
    void trim_memory();

    /// A log that throws must not end a thread.
    void report(LogLevel level, std::string_view message) const noexcept
    {
        try
        {
            if (options.log)
                options.log(level, message);
        }
        catch (...) // NOLINT(bugprone-empty-catch)
        {
        }
    }

private:
    std::atomic<bool> trim_is_due_{false};
    std::atomic<std::int64_t> trimmed_at_{0}; ///< nanoseconds of the steady clock
};

} // namespace scimkit::http
