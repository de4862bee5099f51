// The directory of a database: created, and locked for this process while it is open.
//
//     <directory>/data.mdb   the database (mode 0600)
//     <directory>/lock.mdb   LMDB's table of readers
//     <directory>/owner      locked with flock() while open; its first line is the owner's process id, for the error
//                            message, its second one "database" once there has been one here, before that "new"
#pragma once

#include <scimkit/core/error.hpp>

#include <array>
#include <filesystem>
#include <utility>

namespace scimkit::lmdb
{

/// Owns a file descriptor.
class FileDescriptor
{
public:
    explicit FileDescriptor(int number) noexcept
        : number_(number)
    {
    }
    FileDescriptor(FileDescriptor&& other) noexcept
        : number_(std::exchange(other.number_, -1))
    {
    }
    FileDescriptor& operator=(FileDescriptor&& other) noexcept
    {
        std::swap(number_, other.number_);
        return *this;
    }
    ~FileDescriptor();

    int get() const noexcept { return number_; }

private:
    int number_;
};

/// Keeps the descriptors 0, 1 and 2 taken while it lives, where the process has closed them. A file that was opened on
/// one of them would get whatever the process prints, in the middle of its pages.
class StandardDescriptorsTaken
{
public:
    StandardDescriptorsTaken();
    StandardDescriptorsTaken(StandardDescriptorsTaken const&) = delete;
    StandardDescriptorsTaken& operator=(StandardDescriptorsTaken const&) = delete;

    /// False: one could not be taken (no descriptors are left), so that nothing may be opened.
    explicit operator bool() const noexcept { return taken_; }

private:
    std::array<FileDescriptor, 3> placeholders_{FileDescriptor{-1}, FileDescriptor{-1}, FileDescriptor{-1}};
    bool taken_ = true;
};

/// Creates `directory` with mode 0700 if it is missing (its parent must exist).
result<void> make_directory(std::filesystem::path const& directory);

/// What to do about a directory whose database is gone.
enum class WhenLost
{
    refuse,
    go_on ///< it is about to be put back
};

/// The lock of a directory, until it is destroyed.
class DirectoryLock
{
public:
    /// Unavailable when it is locked already, by another process or by this one (the detail names the owner's process
    /// id); when its data is missing or empty although there was a database; when `owner` is a link.
    static result<DirectoryLock> take(std::filesystem::path const& directory, WhenLost lost = WhenLost::refuse);

    /// Notes that there is a database here from now on. The note outlives the lock.
    result<void> note_database();

private:
    DirectoryLock(FileDescriptor file, bool noted) noexcept
        : file_(std::move(file))
        , noted_(noted)
    {
    }

    FileDescriptor file_;
    bool noted_;
};

/// Makes the creation of files in `directory` durable.
result<void> sync_directory(std::filesystem::path const& directory);

} // namespace scimkit::lmdb
