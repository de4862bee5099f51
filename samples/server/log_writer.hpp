// LogWriter: lines go into a bounded queue, and a thread of its own writes them out. Whoever logs never waits for
// whoever reads the log: when the queue is full lines are dropped, counted, and the count is logged when it goes on.
#pragma once

#include <scimkit/core/error.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace server
{

/// Threading: push() from any thread, the rest from one.
class LogWriter
{
public:
    /// Lines that wait to be written may take this many bytes together.
    static constexpr std::size_t max_waiting_bytes = std::size_t{1} << 20;

    /// Writes to `file`, which is made if it is missing and never cut; stderr if that is empty. `json`: so is
    /// what it says itself. Error: unavailable, with the system's reason.
    static scimkit::result<std::shared_ptr<LogWriter>> open(std::string file, bool json = false);

    /// As stop() with a second of patience.
    ~LogWriter();
    LogWriter(LogWriter const&) = delete;
    LogWriter& operator=(LogWriter const&) = delete;

    /// `line` ends with its only line end, and has at most 4,096 bytes.
    void push(std::string_view line) noexcept;

    /// Opens the file by its name again, after somebody has moved it away. On an error the old one stays.
    scimkit::result<void> reopen();

    /// Lines that were dropped since the start. From any thread.
    std::uint64_t dropped() const noexcept;

    /// Writes what waits, for at most `patience`; what is left then is lost. Later lines are ignored.
    void stop(std::chrono::milliseconds patience);

private:
    struct State;

    LogWriter(std::string file, std::shared_ptr<State> state);

    std::string file_;
    std::shared_ptr<State> state_; ///< shared with the thread, which may outlive this object in a write() that hangs
};

} // namespace server
