// Two equal looks are no proof that a writer has finished, but a file that is replaced whole, by rename(), needs none;
// and whatever is read half and does not make sense leaves everything as it was.
#include "file_watch.hpp"

#include "rounds.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <sys/stat.h>
#include <utility>

namespace server
{

FileState state_of(std::string const& file)
{
    struct stat status = {};
    if (file.empty() || ::stat(file.c_str(), &status) != 0)
        return {};
    using std::chrono::nanoseconds;
    using std::chrono::seconds;
    auto const since = [](timespec const& time) { return seconds{time.tv_sec} + nanoseconds{time.tv_nsec}; };
    // Of the two times the later one: rename() changes the one, and writing the other.
    return {status.st_dev, status.st_ino, status.st_size, std::max(since(status.st_mtim), since(status.st_ctim))};
}

namespace
{

std::vector<FileState> states_of(std::vector<std::string> const& files)
{
    std::vector<FileState> states;
    states.reserve(files.size());
    for (std::string const& file : files)
        states.push_back(state_of(file));
    return states;
}

} // namespace

FileWatch::FileWatch(std::vector<Group> groups)
{
    for (auto& group : groups)
    {
        auto const now = states_of(group.files);
        watched_.push_back({std::move(group), now, now});
    }
}

void FileWatch::start(std::chrono::milliseconds every)
{
    thread_ = std::jthread{[this, every](std::stop_token const& stop)
                           {
                               std::mutex mutex;
                               std::condition_variable_any stopped;
                               std::unique_lock lock{mutex};
                               while (!stopped.wait_for(lock, stop, every, [&] { return stop.stop_requested(); }))
                                   one_round({}, [this] { look(); });
                           }};
}

void FileWatch::look()
{
    for (auto& watched : watched_)
    {
        auto now = states_of(watched.group.files);
        bool const is_quiet = now == watched.seen;
        watched.seen = now;
        if (!is_quiet || now == watched.known)
            continue;
        watched.known = std::move(now);
        watched.group.changed();
    }
}

} // namespace server
