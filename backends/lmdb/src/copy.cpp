// A copy is made under another name and renamed when it is whole and on the disk, so that nobody takes the half of one
// for a backup.
#include "copy.hpp"

#include <scimkit/kv/entry_check.hpp>

#include "directory.hpp"
#include "environment.hpp"
#include "lmdb_error.hpp"
#include "page_check.hpp"

#include <cerrno>
#include <fcntl.h>
#include <limits>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace scimkit::lmdb
{
namespace
{

Error there_already(std::filesystem::path const& directory)
{
    return {ErrorCode::conflict, directory.native() + " is there already; name a directory that is not."};
}

std::filesystem::path parent_of(std::filesystem::path const& directory)
{
    auto const parent = directory.parent_path();
    return parent.empty() ? std::filesystem::path{"."} : parent;
}

/// Without a slash at its end, which would make the name of its neighbour another one.
std::filesystem::path plain(std::filesystem::path const& directory)
{
    return directory.has_filename() ? directory : directory.parent_path();
}

result<void> write_copy(MDB_env* environment, FileDescriptor const& out)
{
    if (out.get() < 0)
        return lmdb_error(errno, "open");
    if (int const error = mdb_env_copyfd2(environment, out.get(), 0); error != 0)
        return lmdb_error(error, "mdb_env_copyfd2");
    if (::fsync(out.get()) != 0)
        return lmdb_error(errno, "fsync");
    return {};
}

/// An environment that is only read, beside whoever else has it open.
result<EnvironmentHandle> open_beside(std::filesystem::path const& directory)
{
    MDB_env* handle = nullptr;
    if (int const error = mdb_env_create(&handle); error != 0)
        return lmdb_error(error, "mdb_env_create");
    EnvironmentHandle environment{handle};
    // Its size is that of the map of whoever made it.
    if (int const error = mdb_env_open(handle, directory.c_str(), MDB_RDONLY | MDB_NOTLS, S_IRUSR | S_IWUSR);
        error != 0)
        return lmdb_error(error, "mdb_env_open");
    return environment;
}

bool has_data(std::filesystem::path const& directory)
{
    std::error_code ignored;
    auto const bytes = std::filesystem::file_size(directory / "data.mdb", ignored);
    return !ignored && bytes > 0;
}

result<void> check_backup(std::filesystem::path const& backup)
{
    if (!has_data(backup))
        return Error{ErrorCode::not_found, "There is no data.mdb in it, or an empty one."};
    kv::EntryCheck check;
    auto const pages = check_pages(backup / "data.mdb", std::numeric_limits<std::uint64_t>::max(),
                                   [&](std::string_view key, std::string_view value) { check.see(key, value); });
    return pages ? check.outcome() : pages;
}

result<void> restore_into(std::filesystem::path const& backup, std::filesystem::path const& directory)
{
    if (auto made = make_directory(directory); !made)
        return located(made.error(), directory.native());
    if (has_data(directory))
        return there_already(directory / "data.mdb");
    auto lock = DirectoryLock::take(directory, WhenLost::go_on);
    if (!lock)
        return located(lock.error(), directory.native());
    auto environment = open_beside(backup);
    if (!environment)
        return located(environment.error(), backup.native());
    auto const partial = directory / "data.mdb.partial";
    FileDescriptor const out{
        ::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR)};
    if (auto written = write_copy(environment->get(), out); !written)
        return located(written.error(), partial.native());
    if (::rename(partial.c_str(), (directory / "data.mdb").c_str()) != 0)
        return located(lmdb_error(errno, "rename"), directory.native());
    if (auto synced = sync_directory(directory); !synced)
        return located(synced.error(), directory.native());
    return lock->note_database();
}

} // namespace

namespace
{

Error under_way(std::filesystem::path const& partial)
{
    return {ErrorCode::conflict, partial.native() + " is in use: another copy to this name is under way."};
}

/// Whoever writes a copy has its file locked, so that nobody takes it for what an interruption left. A file system
/// without locks has none to offer. Error: it is another one's, or another one has removed it.
result<void> lock_copy(FileDescriptor const& file, std::filesystem::path const& partial)
{
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return under_way(partial);
    struct stat locked = {};
    struct stat named = {};
    bool const is_it = ::fstat(file.get(), &locked) == 0 && ::lstat((partial / "data.mdb").c_str(), &named) == 0 &&
                       locked.st_dev == named.st_dev && locked.st_ino == named.st_ino;
    return is_it ? result<void>{} : under_way(partial);
}

/// Of whoever has locked it.
result<void> remove_copy(std::filesystem::path const& partial)
{
    bool const removed = ::unlink((partial / "data.mdb").c_str()) == 0 &&
                         (::rmdir(partial.c_str()) == 0 || errno == ENOENT); // empty, anybody may remove it
    return removed ? result<void>{} : located(lmdb_error(errno, "unlink"), partial.native());
}

/// Removes what an attempt that was interrupted has left, and nothing else: the name says little of who made it.
result<void> remove_attempt(std::filesystem::path const& partial)
{
    if (::rmdir(partial.c_str()) == 0 || errno == ENOENT)
        return {};
    std::error_code error;
    bool only_ours = errno == ENOTEMPTY || errno == EEXIST;
    for (std::filesystem::directory_iterator each{partial, error}, end; only_ours && !error && each != end;
         each.increment(error))
        only_ours = each->path().filename() == "data.mdb" && each->is_regular_file(error);
    if (!only_ours || error)
        return there_already(partial);
    FileDescriptor const left{::open((partial / "data.mdb").c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
    if (left.get() < 0)
        return errno == ENOENT ? under_way(partial) : located(lmdb_error(errno, "open"), partial.native());
    auto const locked = lock_copy(left, partial);
    return locked ? remove_copy(partial) : locked;
}

/// The file of a new attempt, locked.
result<FileDescriptor> begin_attempt(std::filesystem::path const& partial)
{
    if (auto removed = remove_attempt(partial); !removed)
        return removed.error();
    if (::mkdir(partial.c_str(), S_IRWXU) != 0)
        return errno == EEXIST ? under_way(partial) : located(lmdb_error(errno, "mkdir"), partial.native());
    FileDescriptor file{
        ::open((partial / "data.mdb").c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR)};
    if (file.get() < 0 && (errno == ENOENT || errno == EEXIST)) // somebody took the empty directory for a left-over
        return under_way(partial);
    if (file.get() < 0)
        return located(lmdb_error(errno, "open"), partial.native());
    if (auto locked = lock_copy(file, partial); !locked)
        return locked.error();
    return file;
}

} // namespace

result<void> copy_environment(MDB_env* environment, std::filesystem::path const& to)
{
    auto const directory = plain(to);
    auto const is_there = [&]
    {
        struct stat status = {};
        return ::lstat(directory.c_str(), &status) == 0;
    };
    if (is_there())
        return there_already(directory);
    auto partial = directory;
    partial += ".partial";
    auto const file = begin_attempt(partial); // locked until it has its name
    if (!file)
        return file.error();
    auto written = is_there() ? result<void>{there_already(directory)} : write_copy(environment, *file);
    if (written)
        written = sync_directory(partial);
    if (!written)
    {
        static_cast<void>(remove_copy(partial)); // a full disk should have its room back
        return is_there() ? written : located(written.error(), partial.native());
    }
    if (::rename(partial.c_str(), directory.c_str()) != 0)
        return located(lmdb_error(errno, "rename"), directory.native());
    return sync_directory(parent_of(directory));
}

result<void> backup(std::filesystem::path const& directory, std::filesystem::path const& to)
{
    StandardDescriptorsTaken const standard_descriptors; // none of them may become the copy
    if (!standard_descriptors)
        return located(lmdb_error(errno, "open"), directory.native());
    if (!has_data(directory))
        return located(Error{ErrorCode::not_found, "There is no database here."}, directory.native());
    auto environment = open_beside(directory);
    if (!environment)
        return located(environment.error(), directory.native());
    return copy_environment(environment->get(), to);
}

result<void> restore(std::filesystem::path const& backup, std::filesystem::path const& directory)
{
    StandardDescriptorsTaken const standard_descriptors;
    if (!standard_descriptors)
        return located(lmdb_error(errno, "open"), directory.native());
    if (auto sound = check_backup(backup); !sound)
        return located(sound.error(), backup.native());
    return restore_into(backup, directory);
}

} // namespace scimkit::lmdb
