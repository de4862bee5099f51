// FileWatch: notices that files were replaced or written, by looking at them now and then. What the kernel would tell
// (inotify) it does not tell of network file systems, nor of a directory behind a symbolic link that was exchanged, as
// secrets of Kubernetes are.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <sys/types.h>
#include <thread>
#include <vector>

namespace server
{

/// What a look at a file sees of it; all 0: it is not there.
struct FileState
{
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = 0;
    std::chrono::nanoseconds changed{0};

    friend bool operator==(FileState const&, FileState const&) = default;
};

/// Of a file, or of a directory: as the names in it have changed.
FileState state_of(std::string const& file);

class FileWatch
{
public:
    /// Files that are read together, and what is done when any of them has changed. Called by the watch's own thread;
    /// it must not wait for the watch.
    struct Group
    {
        std::vector<std::string> files; ///< empty names are passed over
        std::function<void()> changed;
    };

    /// Remembers what the files are now: make it before they are read.
    explicit FileWatch(std::vector<Group> groups);

    /// Begins to look. A change counts when two looks have seen the same, so that a file that is being written is not
    /// read half. Ends with the object.
    void start(std::chrono::milliseconds every);

private:
    struct Watched
    {
        Group group;
        std::vector<FileState> known{}; ///< as they were read
        std::vector<FileState> seen{};  ///< by the last look
    };

    void look();

    std::vector<Watched> watched_;
    std::jthread thread_; ///< last: it ends first
};

} // namespace server
