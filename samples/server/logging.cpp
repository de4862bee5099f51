#include "logging.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace server
{

void set_up_logging(std::string const& level)
{
    spdlog::set_default_logger(spdlog::stderr_logger_mt("scimkit"));
    spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
    spdlog::set_level(spdlog::level::from_str(level));
}

void log(scimkit::LogLevel level, std::string_view message)
{
    switch (level)
    {
    case scimkit::LogLevel::debug:
        return spdlog::debug("{}", message);
    case scimkit::LogLevel::info:
        return spdlog::info("{}", message);
    case scimkit::LogLevel::warning:
        return spdlog::warn("{}", message);
    case scimkit::LogLevel::error:
        return spdlog::error("{}", message);
    }
}

std::function<void(scimkit::http::AccessRecord const&)> access_log()
{
    if (!spdlog::should_log(spdlog::level::info))
        return {};
    return [](scimkit::http::AccessRecord const& record)
    {
        spdlog::info("request peer={} method={} path={} status={} in={} out={} us={} subject=\"{}\"", record.peer,
                     record.method, record.path, record.status, record.request_bytes, record.response_bytes,
                     record.duration.count(), record.subject);
    };
}

} // namespace server
