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

result<void> write_copy(MDB_env* environment, std::filesystem::path const& file)
{
    FileDescriptor const out{
        ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR)};
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
    if (auto written = write_copy(environment->get(), partial); !written)
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
    std::filesystem::remove_all(partial, error);
    return error ? located(lmdb_error(error.value(), "unlink"), partial.native()) : result<void>{};
}

} // namespace

result<void> copy_environment(MDB_env* environment, std::filesystem::path const& to)
{
    auto const directory = plain(to);
    struct stat status = {};
    if (::lstat(directory.c_str(), &status) == 0)
        return there_already(directory);
    auto partial = directory;
    partial += ".partial";
    if (auto removed = remove_attempt(partial); !removed)
        return removed;
    std::error_code error;
    if (::mkdir(partial.c_str(), S_IRWXU) != 0)
        return located(lmdb_error(errno, "mkdir"), partial.native());
    auto written = write_copy(environment, partial / "data.mdb");
    if (written)
        written = sync_directory(partial);
    if (!written)
    {
        std::filesystem::remove_all(partial, error); // a full disk should have its room back
        return located(written.error(), partial.native());
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
