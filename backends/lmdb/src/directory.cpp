#include "directory.hpp"

#include "lmdb_error.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace scimkit::lmdb
{
namespace
{

// 0 when the owner has not written its id yet.
long read_owner(int file)
{
    std::array<char, 24> text{};
    auto const size = ::pread(file, text.data(), text.size(), 0);
    long owner = 0;
    if (size > 0)
        std::from_chars(text.data(), text.data() + size, owner);
    return owner;
}

Error in_use(int file)
{
    auto const owner = read_owner(file);
    if (owner == static_cast<long>(::getpid()))
        return {ErrorCode::unavailable, "the database is already open in this process."};
    std::string detail("the database is in use by another process");
    if (owner > 0)
        detail += " (process id " + std::to_string(owner) + ")";
    return {ErrorCode::unavailable, detail + "."};
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
        FileDescriptor taken(number);
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

result<FileDescriptor> lock_directory(std::filesystem::path const& directory)
{
    auto const path = directory / "owner";
    FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (file.get() < 0)
        return lmdb_error(errno, "open");
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK ? in_use(file.get()) : lmdb_error(errno, "flock");
    auto const id = std::to_string(::getpid()) + "\n";
    if (::ftruncate(file.get(), 0) != 0)
        return lmdb_error(errno, "ftruncate");
    // The id only serves messages; on a full disk it stays out, and reading goes on.
    [[maybe_unused]] auto const written = ::pwrite(file.get(), id.data(), id.size(), 0);
    return file;
}

result<void> sync_directory(std::filesystem::path const& directory)
{
    FileDescriptor const file(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (file.get() < 0)
        return lmdb_error(errno, "open");
    // Some file systems cannot sync a directory and say so with EINVAL; there is nothing more to do then.
    if (::fsync(file.get()) != 0 && errno != EINVAL)
        return lmdb_error(errno, "fsync");
    return {};
}

} // namespace scimkit::lmdb
