// The directory, its lock, and the note that there is a database in it: what tells a new directory from one whose data
// went away.
#include "directory.hpp"

#include "lmdb_error.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace scimkit::lmdb
{
namespace
{

std::string read_owner(int file)
{
    std::array<char, 64> text{};
    auto const size = ::pread(file, text.data(), text.size(), 0);
    return {text.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

// 0 when the owner has not written its id yet.
long process_of(std::string_view owner)
{
    long id = 0;
    std::from_chars(owner.data(), owner.data() + owner.size(), id);
    return id;
}

Error in_use(int file)
{
    auto const owner = process_of(read_owner(file));
    if (owner == static_cast<long>(::getpid()))
        return {ErrorCode::unavailable, "the database is already open in this process."};
    std::string detail{"the database is in use by another process"};
    if (owner > 0)
        detail += " (process id " + std::to_string(owner) + ")";
    return {ErrorCode::unavailable, detail + "."};
}

// Written over what is there and cut off behind it, so that it is never empty, and works on a full disk.
result<void> write_owner(int file, bool has_database)
{
    auto const text = std::to_string(::getpid()) + (has_database ? "\ndatabase\n" : "\nnew\n");
    if (::pwrite(file, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
        return lmdb_error(errno, "pwrite");
    if (::ftruncate(file, static_cast<off_t>(text.size())) != 0)
        return lmdb_error(errno, "ftruncate");
    return {};
}

// Opened by name in a directory that others may be able to write to: a link there must not make us write elsewhere.
result<FileDescriptor> open_owner(std::filesystem::path const& directory)
{
    auto const path = directory / "owner";
    constexpr int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
    FileDescriptor file{::open(path.c_str(), flags, S_IRUSR | S_IWUSR)};
    Error const link{ErrorCode::unavailable, "'owner' is a link, or no ordinary file; remove it."};
    if (file.get() < 0)
        return errno == ELOOP ? link : lmdb_error(errno, "open");
    struct stat status = {};
    if (::fstat(file.get(), &status) != 0)
        return lmdb_error(errno, "fstat");
    if (!S_ISREG(status.st_mode) || status.st_nlink != 1)
        return link;
    // Who may open it may lock it. Where it is not ours to change, that is for the one whose it is.
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) [[maybe_unused]]
        int const tried = ::fchmod(file.get(), S_IRUSR | S_IWUSR);
    return file;
}

bool is_there(std::filesystem::path const& file, off_t at_least)
{
    struct stat status = {};
    return ::stat(file.c_str(), &status) == 0 && status.st_size >= at_least;
}

// A copy that was cut off leaves an empty data.mdb, which LMDB would fill. Builds before the note wrote a process id
// alone, and LMDB its table of readers before the data.
bool had_database(std::filesystem::path const& directory, std::string_view owner)
{
    auto const end = owner.find('\n');
    auto const note = end == std::string_view::npos ? std::string_view{} : owner.substr(end + 1);
    auto const data = directory / "data.mdb";
    bool const is_cut_off = is_there(data, 0) && !is_there(data, 1);
    return note.empty() ? is_cut_off || is_there(directory / "lock.mdb", 0) : note.starts_with("database");
}

} // namespace

FileDescriptor::~FileDescriptor()
{
    if (number_ >= 0)
        ::close(number_);
}

StandardDescriptorsTaken::StandardDescriptorsTaken()
{
    // The lowest free descriptor is the one that is given out.
    for (auto& placeholder : placeholders_)
    {
        int const number = ::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        taken_ = number >= 0;
        if (!taken_)
            return;
        FileDescriptor taken{number};
        if (number > STDERR_FILENO)
            return;
        placeholder = std::move(taken);
    }
}

result<void> make_directory(std::filesystem::path const& directory)
{
    if (::mkdir(directory.c_str(), S_IRWXU) == 0)
    {
        // One may be allowed to make directories in a place that one may not read, and so cannot open to sync.
        auto const parent = directory / "..";
        return ::access(parent.c_str(), R_OK) == 0 ? sync_directory(parent) : result<void>{};
    }
    if (errno != EEXIST)
        return lmdb_error(errno, "mkdir");
    struct stat status = {};
    if (::stat(directory.c_str(), &status) != 0)
        return lmdb_error(errno, "stat");
    if (!S_ISDIR(status.st_mode))
        return Error{ErrorCode::unavailable, "this is a file; the database needs a directory."};
    return {};
}

result<DirectoryLock> DirectoryLock::take(std::filesystem::path const& directory, WhenLost lost)
{
    auto file = open_owner(directory);
    if (!file)
        return file.error();
    if (::flock(file->get(), LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK ? in_use(file->get()) : lmdb_error(errno, "flock");
    auto const owner = read_owner(file->get());
    bool const had = had_database(directory, owner);
    // Without this the directory of a volume that is not mounted would become an empty database, and the next
    // synchronisation would make everybody anew, with other ids.
    if (lost == WhenLost::refuse && had && !is_there(directory / "data.mdb", 1))
        return Error{
            ErrorCode::unavailable,
            "data.mdb is missing or empty, but there has been a database in this directory. Is a volume not "
            "mounted, or a backup not yet restored? Put data.mdb back; to begin with an empty database, remove "
            "'owner' and 'lock.mdb' as well, and an empty data.mdb."};
    // The id only serves messages; on a full disk it stays out, and reading goes on.
    [[maybe_unused]] auto const written = write_owner(file->get(), had);
    return DirectoryLock{std::move(*file), had && owner.find('\n') + 1 < owner.size()};
}

result<void> DirectoryLock::note_database()
{
    if (noted_)
        return {};
    if (auto written = write_owner(file_.get(), true); !written)
        return written;
    if (::fsync(file_.get()) != 0)
        return lmdb_error(errno, "fsync");
    noted_ = true;
    return {};
}

result<void> sync_directory(std::filesystem::path const& directory)
{
    FileDescriptor const file{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (file.get() < 0)
        return lmdb_error(errno, "open");
    // Some file systems cannot sync a directory and say so with EINVAL; there is nothing more to do then.
    if (::fsync(file.get()) != 0 && errno != EINVAL)
        return lmdb_error(errno, "fsync");
    return {};
}

} // namespace scimkit::lmdb
