// spdlog makes the lines, LogWriter brings them out. spdlog's own asynchronous loggers end by waiting for their thread,
// however long that hangs in a write().
#include "logging.hpp"

#include "log_writer.hpp"
#include "redaction.hpp"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

namespace server
{

namespace
{

LogFormat format_of_log = LogFormat::text; // set once, before threads start

class QueueSink final : public spdlog::sinks::base_sink<std::mutex>
{
public:
    explicit QueueSink(std::shared_ptr<LogWriter> writer)
        : writer_(std::move(writer))
    {
    }

private:
    void sink_it_(spdlog::details::log_msg const& message) override
    {
        spdlog::memory_buf_t line;
        formatter_->format(message, line);
        writer_->push({line.data(), line.size()});
    }
    void flush_() override {}

    std::shared_ptr<LogWriter> writer_;
};

spdlog::level::level_enum level_of(scimkit::LogLevel level)
{
    switch (level)
    {
    case scimkit::LogLevel::debug:
        return spdlog::level::debug;
    case scimkit::LogLevel::info:
        return spdlog::level::info;
    case scimkit::LogLevel::warning:
        return spdlog::level::warn;
    case scimkit::LogLevel::error:
        break;
    }
    return spdlog::level::err;
}

} // namespace

scimkit::result<Log> Log::start(std::string const& level, std::string const& file, LogFormat format)
{
    auto writer = LogWriter::open(file, format == LogFormat::json);
    if (!writer)
        return writer.error();
    // spdlog's own handler of errors writes to stderr, and would wait for its reader.
    spdlog::set_error_handler([](std::string const&) {});
    auto logger = std::make_shared<spdlog::logger>("scimkit", std::make_shared<QueueSink>(*writer));
    logger->set_error_handler([](std::string const&) {});
    spdlog::set_default_logger(std::move(logger));
    format_of_log = format;
    spdlog::set_pattern(pattern_of(format), spdlog::pattern_time_type::utc);
    spdlog::set_level(spdlog::level::from_str(level));
    return Log{std::move(*writer)};
}

Log::Log(std::shared_ptr<LogWriter> writer)
    : writer_(std::move(writer))
{
}

Log::Log(Log&&) noexcept = default;

Log::~Log()
{
    if (writer_)
        writer_->stop(std::chrono::seconds{1});
}

std::uint64_t Log::dropped() const { return writer_->dropped(); }

scimkit::result<void> Log::reopen() { return writer_->reopen(); }

void log(scimkit::LogLevel level, std::string_view message)
{
    auto const wanted = level_of(level);
    if (!spdlog::should_log(wanted))
        return;
    spdlog::log(wanted, "{}", line_of(format_of_log, message));
}

std::function<void(scimkit::http::AccessRecord const&)> access_log()
{
    if (!spdlog::should_log(spdlog::level::info))
        return {};
    auto const registry = scimkit::SchemaRegistry::Builder{}.add_rfc7643().build();
    if (!registry)
        throw std::logic_error{registry.error().detail};
    return [redactor = Redactor{**registry, {}}](scimkit::http::AccessRecord const& record)
    {
        auto shown = record;
        std::string path;
        if (record.path.find_first_of("%=\"'@:") != std::string_view::npos) // else there is nothing beside a name
        {
            path = redactor.path(record.path).text;
            shown.path = path;
        }
        spdlog::info("{}", line_of(format_of_log, shown));
    };
}

} // namespace server
