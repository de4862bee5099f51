// Host: what all connections of one server share.
#pragma once

#include <scimkit/http/server.hpp>

#include "tls.hpp"

#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <string_view>

namespace scimkit::http
{

struct Host
{
    ServerOptions const options;
    Service const& service;
    CurrentTls tls{};
    boost::asio::thread_pool workers;
    std::atomic<bool> stopping{false};

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
};

} // namespace scimkit::http
