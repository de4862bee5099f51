// A server's directory is several databases and a file, and a backup that lacks one of them looks whole until the day
// when it is needed. So all of them are in it, and it gets its name when the last one is.
#include <scimkit/core/error.hpp>

#include "commands.hpp"
#include "durable_file.hpp"
#include "invalid.hpp"
#include "stores.hpp"
#ifdef SCIMKIT_SERVER_LMDB
#include <scimkit/lmdb/lmdb_store.hpp>
#endif

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;

#ifdef SCIMKIT_SERVER_LMDB

namespace
{

namespace fs = std::filesystem;

constexpr std::string_view administration = "admin";  // as settings_of_administration() has it
constexpr std::string_view assertions = "assertions"; // as token_route.cpp has it

Error failed(fs::path const& where, int error = errno)
{
    return {ErrorCode::unavailable, where.native() + ": " + std::strerror(error) + "."};
}

Error there_already(fs::path const& where)
{
    return {ErrorCode::conflict, where.native() + " is there already; name a directory that is not, or move it away."};
}

bool is_there(fs::path const& path)
{
    struct stat status = {};
    return ::lstat(path.c_str(), &status) == 0;
}

bool has_database(fs::path const& directory)
{
    std::error_code failure;
    auto const bytes = fs::file_size(directory / "data.mdb", failure);
    return !failure && bytes > 0;
}

result<void> sync(fs::path const& path, int flags)
{
    int const descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
    if (descriptor < 0)
        return failed(path);
    int const error = ::fsync(descriptor) == 0 ? 0 : errno;
    ::close(descriptor);
    return error == 0 ? result<void>{} : failed(path, error);
}

result<void> sync_directory(fs::path const& directory)
{
    return sync(directory.empty() ? fs::path{"."} : directory, O_RDONLY | O_DIRECTORY);
}

/// Whoever reads it passes over a line that was half written at the moment, as after a crash.
result<void> copy_assertions(fs::path const& from, fs::path const& to)
{
    std::error_code failure;
    if (!fs::is_regular_file(from / assertions, failure))
        return {};
    auto const copy = to / assertions;
    if (!fs::copy_file(from / assertions, copy, failure))
        return failed(copy, failure.value());
    fs::permissions(copy, fs::perms::owner_read | fs::perms::owner_write, failure);
    return failure ? result<void>{failed(copy, failure.value())} : sync(copy, O_RDONLY);
}

constexpr std::string_view lock_name = "lock";
constexpr std::string_view copy_name = "copy";

Error under_way(fs::path const& partial)
{
    return {ErrorCode::conflict, partial.native() + " is in use: another backup to this name is under way."};
}

/// What a backup is made in. Whoever makes one has the file in it locked, so that nobody takes it for what an
/// interruption left. Error: it is another one's, or nobody knows whose.
result<void> take_attempt(fs::path const& partial)
{
    if (::mkdir(partial.c_str(), S_IRWXU) == 0)
        return {};
    if (errno != EEXIST)
        return failed(partial);
    struct stat status = {};
    if (::lstat(partial.c_str(), &status) != 0)
        return errno == ENOENT ? under_way(partial) : failed(partial);
    if (!S_ISDIR(status.st_mode) || status.st_uid != ::geteuid())
        return there_already(partial);
    constexpr std::array<std::string_view, 8> ours{lock_name,       copy_name,  "copy.partial", administration,
                                                   "admin.partial", assertions, "data.mdb",     "lock.mdb"};
    std::error_code failure;
    for (fs::recursive_directory_iterator each{partial, failure}, end; !failure && each != end; each.increment(failure))
        if (std::ranges::find(ours, each->path().filename().native()) == ours.end())
            return there_already(partial);
    if (failure == std::errc::no_such_file_or_directory)
        return under_way(partial);
    return failure ? result<void>{failed(partial, failure.value())} : result<void>{};
}

result<void> lock_attempt(int lock, fs::path const& partial)
{
    if (lock < 0)
        return errno == ENOENT ? under_way(partial) : failed(partial / lock_name);
    // A file system without locks has none to offer.
    if (::flock(lock, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return under_way(partial);
    struct stat locked = {};
    struct stat named = {};
    bool const is_it = ::fstat(lock, &locked) == 0 && ::lstat((partial / lock_name).c_str(), &named) == 0 &&
                       locked.st_dev == named.st_dev && locked.st_ino == named.st_ino;
    return is_it ? result<void>{} : under_way(partial);
}

/// Of whoever has locked it.
result<void> empty_attempt(fs::path const& partial)
{
    std::error_code failure;
    std::vector<fs::path> left;
    for (fs::directory_iterator each{partial, failure}, end; !failure && each != end; each.increment(failure))
        if (each->path().filename() != lock_name)
            left.push_back(each->path());
    for (fs::path const& each : left)
        if (!failure)
            fs::remove_all(each, failure);
    return failure ? result<void>{failed(partial, failure.value())} : result<void>{};
}

void end_attempt(fs::path const& partial)
{
    ::unlink((partial / lock_name).c_str());
    ::rmdir(partial.c_str());
}

/// The resources first: what the audit log has of them comes later, so that none of their changes is missing from both.
result<void> copy_all(fs::path const& from, fs::path const& to)
{
    if (auto done = scimkit::lmdb::backup(from, to); !done)
        return done;
    if (has_database(from / administration))
        if (auto done = scimkit::lmdb::backup(from / administration, to / administration); !done)
            return done;
    if (auto done = copy_assertions(from, to); !done)
        return done;
    return sync_directory(to);
}

result<void> back_up(fs::path const& from, fs::path to)
{
    if (!to.has_filename())
        to = to.parent_path();
    if (is_there(to))
        return there_already(to);
    auto partial = to;
    partial += ".partial";
    if (auto taken = take_attempt(partial); !taken)
        return taken;
    Descriptor const lock{
        ::open((partial / lock_name).c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR)};
    if (auto locked = lock_attempt(lock.get(), partial); !locked)
        return locked;
    auto const copy = partial / copy_name;
    auto done = empty_attempt(partial);
    if (done && is_there(to)) // made meanwhile
        done = there_already(to);
    if (done)
        done = copy_all(from, copy);
    if (done && ::rename(copy.c_str(), to.c_str()) != 0)
        done = failed(to);
    if (!done)
        static_cast<void>(empty_attempt(partial)); // a full disk should have its room back
    end_attempt(partial);
    return done ? sync_directory(to.parent_path()) : done;
}

/// The administration first, since a directory with resources is one that was restored. It is taken back if the
/// resources cannot be.
result<void> restore_all(fs::path const& from, fs::path const& directory)
{
    bool const administered = has_database(from / administration);
    for (auto const& there : {directory, directory / administration})
        if ((administered || there == directory) && has_database(there))
            return there_already(there / "data.mdb");
    if (is_there(from / assertions) && is_there(directory / assertions))
        return there_already(directory / assertions);
    std::error_code failure;
    if (administered)
    {
        bool const is_new = ::mkdir(directory.c_str(), S_IRWXU) == 0;
        if (auto done = scimkit::lmdb::restore(from / administration, directory / administration); !done)
        {
            if (is_new)
                fs::remove_all(directory, failure);
            return done;
        }
    }
    if (auto done = scimkit::lmdb::restore(from, directory); !done)
    {
        for (char const* const name : {"data.mdb", "lock.mdb", "owner"})
            if (administered)
                fs::remove(directory / administration / name, failure);
        return done;
    }
    return copy_assertions(from, directory);
}

std::string with_what(fs::path const& directory)
{
    return has_database(directory / administration) ? " with its administration" : "";
}

} // namespace

result<bool> run_backup(Settings const& settings)
{
    auto const directory = directory_of(settings.store);
    if (!directory)
        return invalid("backup copies an LMDB database (--store lmdb:DIR); of PostgreSQL use pg_dump or pg_basebackup, "
                       "or export.");
    if (auto done = back_up(*directory, settings.command.to); !done)
        return done.error();
    tell("backed up " + *directory + " to " + settings.command.to + with_what(settings.command.to));
    return true;
}

result<bool> restore_directory(Settings const& settings)
{
    auto const directory = directory_of(settings.store);
    if (!directory)
        return invalid("a backup is a directory of LMDB: --store needs lmdb:DIR.");
    if (auto done = restore_all(settings.command.from, *directory); !done)
        return done.error();
    tell("restored " + settings.command.from + " to " + *directory + with_what(settings.command.from));
    return true;
}

#else

result<bool> run_backup(Settings const&)
{
    return invalid("this server is built without LMDB, and PostgreSQL has tools of its own: pg_dump, pg_basebackup.");
}

result<bool> restore_directory(Settings const&) { return invalid("this server is built without LMDB."); }

#endif

} // namespace server
