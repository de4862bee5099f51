// spdlog makes the lines, LogWriter brings them out. spdlog's own asynchronous loggers end by waiting for their thread,
// however long that hangs in a write().
#include "logging.hpp"

#include <scimkit/core/log_text.hpp>

#include "log_writer.hpp"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <mutex>
#include <utility>

namespace server
{

namespace
{

// Together with the rest of its line each stays below LogWriter's 4,096 bytes.
constexpr std::size_t max_message_bytes = 2'048;
constexpr std::size_t max_peer_bytes = 64;
constexpr std::size_t max_method_bytes = 32;
constexpr std::size_t max_path_bytes = 512;
constexpr std::size_t max_name_bytes = 128; // subject, tenant, request id
constexpr std::size_t max_detail_bytes = 512;

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

void append_quoted(std::string& line, std::string_view name, std::string_view value, std::size_t max_bytes)
{
    line.append(" ").append(name).append("=\"");
    scimkit::append_log_text(line, value, max_bytes);
    line += '"';
}

void append_number(std::string& line, std::string_view name, long long value)
{
    line.append(" ").append(name).append("=").append(std::to_string(value));
}

std::string line_of(scimkit::http::AccessRecord const& record)
{
    std::string line = "request peer=";
    scimkit::append_log_text(line, record.peer, max_peer_bytes, true);
    line += " method=";
    scimkit::append_log_text(line, record.method, max_method_bytes, true);
    line += " path=";
    scimkit::append_log_text(line, record.path, max_path_bytes, true);
    append_number(line, "status", record.status);
    append_number(line, "in", static_cast<long long>(record.request_bytes));
    append_number(line, "out", static_cast<long long>(record.response_bytes));
    append_number(line, "us", record.duration.count());
    append_quoted(line, "subject", record.subject, max_name_bytes);
    append_quoted(line, "tenant", record.tenant, max_name_bytes);
    line += " id=";
    scimkit::append_log_text(line, record.request_id, max_name_bytes, true);
    if (!record.scim_type.empty())
    {
        line += " scimType=";
        scimkit::append_log_text(line, record.scim_type, max_name_bytes, true);
    }
    if (!record.detail.empty())
        append_quoted(line, "detail", record.detail, max_detail_bytes);
    return line;
}

} // namespace

scimkit::result<Log> Log::start(std::string const& level, std::string const& file)
{
    auto writer = LogWriter::open(file);
    if (!writer)
        return writer.error();
    // spdlog's own handler of errors writes to stderr, and would wait for its reader.
    spdlog::set_error_handler([](std::string const&) {});
    auto logger = std::make_shared<spdlog::logger>("scimkit", std::make_shared<QueueSink>(*writer));
    logger->set_error_handler([](std::string const&) {});
    spdlog::set_default_logger(std::move(logger));
    spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
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

scimkit::result<void> Log::reopen() { return writer_->reopen(); }

void log(scimkit::LogLevel level, std::string_view message)
{
    auto const wanted = level_of(level);
    if (!spdlog::should_log(wanted))
        return;
    std::string line;
    scimkit::append_log_text(line, message, max_message_bytes);
    spdlog::log(wanted, "{}", line);
}

std::function<void(scimkit::http::AccessRecord const&)> access_log()
{
    if (!spdlog::should_log(spdlog::level::info))
        return {};
    return [](scimkit::http::AccessRecord const& record) { spdlog::info("{}", line_of(record)); };
}

} // namespace server
