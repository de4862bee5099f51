// The log: a line each, to stderr or a file. Never tokens, queries or bodies; nothing but printable ASCII, whatever
// clients send; and nobody ever waits for it.
#pragma once

#include <scimkit/http/server.hpp>

#include "log_line.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace server
{

class LogWriter;

/// From here to the end of the object log() writes. One at a time.
class Log
{
public:
    /// `level`: debug, info, warning, error or off. `file`: empty for stderr. Starts a thread. Error: the file cannot
    /// be opened.
    static scimkit::result<Log> start(std::string const& level, std::string const& file, LogFormat format);

    Log(Log&&) noexcept;
    Log& operator=(Log&&) = delete;
    /// Writes what waits, for at most a second.
    ~Log();

    /// Opens the file by its name again, after a rotation. On an error the old one goes on.
    scimkit::result<void> reopen();

    /// Lines that were dropped since the start, because nobody read them. From any thread.
    std::uint64_t dropped() const;

private:
    explicit Log(std::shared_ptr<LogWriter> writer);

    std::shared_ptr<LogWriter> writer_;
};

/// For Service and Server. From any thread.
void log(scimkit::LogLevel level, std::string_view message);

/// One line per request; empty when the level leaves such lines out, so that they cost nothing.
std::function<void(scimkit::http::AccessRecord const&)> access_log();

} // namespace server
