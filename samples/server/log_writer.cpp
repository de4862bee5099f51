// The thread behind the log. It may hang in a write() for as long as it likes (a terminal that was stopped, a network
// file system that is gone): nothing waits for it, not even the end of the program.
#include "log_writer.hpp"

#include "standard_streams.hpp"

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstdint>
#include <fcntl.h>
#include <limits.h>
#include <mutex>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

namespace server
{

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

namespace
{

/// How long one write may take before the writer looks whether the program ends.
constexpr milliseconds write_patience{100};

class LogFile
{
public:
    /// Owned unless it is stderr.
    explicit LogFile(int descriptor) noexcept
        : descriptor_(descriptor)
    {
    }
    LogFile(LogFile const&) = delete;
    LogFile& operator=(LogFile const&) = delete;
    ~LogFile()
    {
        if (descriptor_ != STDERR_FILENO)
            ::close(descriptor_);
    }

    int descriptor() const noexcept { return descriptor_; }

private:
    int descriptor_;
};

scimkit::result<std::shared_ptr<LogFile>> open_log(std::string const& file)
{
    if (file.empty())
        return std::make_shared<LogFile>(STDERR_FILENO);
    // O_NONBLOCK is for a pipe with a name: without a reader, opening it fails instead of waiting for one.
    int const descriptor = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
                                  S_IRUSR | S_IWUSR | S_IRGRP);
    if (descriptor < 0)
        return scimkit::Error{scimkit::ErrorCode::unavailable,
                              "cannot open the log " + file + ": " + std::generic_category().message(errno) + "."};
    return std::make_shared<LogFile>(descriptor);
}

std::uint64_t lines_in(std::string_view text)
{
    return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

} // namespace

struct LogWriter::State
{
    std::mutex mutex;
    std::condition_variable changed; ///< there is something to write, or to end
    std::condition_variable ended;
    std::shared_ptr<LogFile> log;
    std::string waiting;       ///< whole lines
    std::uint64_t dropped = 0; ///< since the last notice
    std::uint64_t told = 0;    ///< of those that were dropped, in notices
    bool json = false;         ///< of the notice
    bool stopping = false;
    bool has_ended = false;
    Clock::time_point end = Clock::time_point::max();

    void run();

private:
    std::uint64_t write(LogFile const& to, std::string_view lines);

    bool out_of_time()
    {
        std::lock_guard const lock{mutex};
        return Clock::now() >= end;
    }

    bool torn_ = false; ///< the last line that was written has no end; the thread's own
};

void LogWriter::State::run()
{
    std::string lines;
    std::unique_lock lock{mutex};
    for (;;)
    {
        changed.wait(lock, [&] { return stopping || !waiting.empty(); });
        if (waiting.empty() || Clock::now() >= end)
            break;
        // Lines are dropped while others fill the queue, so what was dropped until now comes after what is in it.
        lines.swap(waiting);
        auto const missing = dropped;
        auto const to = log;
        lock.unlock();
        auto lost = write(*to, lines);
        std::string{}.swap(lines); // to assign an empty string would keep the memory
        std::uint64_t now_told = 0;
        if (lost == 0 && missing > 0)
        {
            auto const notice = (json ? R"({"level":"warning","message":")" : "") + std::to_string(missing) +
                                " lines were dropped here: the log was not taken in time" + (json ? "\"}\n" : "\n");
            now_told = write(*to, notice) == 0 ? missing : 0;
        }
        lock.lock();
        dropped = dropped + lost - now_told;
        told += now_told;
    }
    has_ended = true; // under the lock: whoever waits for it must not miss it
    ended.notify_all();
}

/// How many lines are lost. Pieces end at line ends, so that lines stay whole where others write into the same pipe.
std::uint64_t LogWriter::State::write(LogFile const& to, std::string_view lines)
{
    if (torn_ && write_in_time(to.descriptor(), "\n", write_patience).bytes == 1)
        torn_ = false;
    while (!lines.empty())
    {
        auto piece = lines.substr(0, PIPE_BUF);
        if (auto const last = piece.rfind('\n'); last != std::string_view::npos)
            piece = piece.substr(0, last + 1);
        auto const written = write_in_time(to.descriptor(), piece, write_patience);
        if (written.bytes > 0)
            torn_ = piece[written.bytes - 1] != '\n';
        lines.remove_prefix(written.bytes);
        // The disk is full, or the reader has gone; later lines find out whether it still is so.
        if (written.failed || (written.bytes == 0 && out_of_time()))
            return lines_in(lines);
    }
    return 0;
}

scimkit::result<std::shared_ptr<LogWriter>> LogWriter::open(std::string file, bool json)
{
    auto log = open_log(file);
    if (!log)
        return log.error();
    auto state = std::make_shared<State>();
    state->log = std::move(*log);
    state->json = json;
    std::thread{[state] { state->run(); }}.detach(); // stop() waits for it, as long as it likes
    return std::shared_ptr<LogWriter>{new LogWriter{std::move(file), std::move(state)}};
}

LogWriter::LogWriter(std::string file, std::shared_ptr<State> state)
    : file_(std::move(file))
    , state_(std::move(state))
{
}

LogWriter::~LogWriter() { stop(std::chrono::seconds{1}); }

void LogWriter::push(std::string_view line) noexcept
{
    std::lock_guard const lock{state_->mutex};
    if (state_->stopping)
        return;
    auto& waiting = state_->waiting;
    auto const was_idle = waiting.empty();
    try
    {
        if (waiting.size() + line.size() <= max_waiting_bytes)
            waiting += line;
        else
            ++state_->dropped;
    }
    catch (...)
    {
        ++state_->dropped; // out of memory
    }
    if (was_idle)
        state_->changed.notify_one();
}

std::uint64_t LogWriter::dropped() const noexcept
{
    std::lock_guard const lock{state_->mutex};
    return state_->dropped + state_->told;
}

scimkit::result<void> LogWriter::reopen()
{
    if (file_.empty())
        return {};
    auto log = open_log(file_);
    if (!log)
        return log.error();
    std::lock_guard const lock{state_->mutex};
    state_->log.swap(*log);
    return {};
}

void LogWriter::stop(milliseconds patience)
{
    std::unique_lock lock{state_->mutex};
    if (!std::exchange(state_->stopping, true))
    {
        state_->end = Clock::now() + patience;
        state_->changed.notify_one();
    }
    state_->ended.wait_until(lock, state_->end + 2 * write_patience, [this] { return state_->has_ended; });
}

} // namespace server
