// A rename is kept by the directory, which has to be synchronised as the file is.
#include "durable_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;

Error failed_call(std::string const& file)
{
    return {ErrorCode::unavailable, file + ": " + std::strerror(errno) + "."};
}

Descriptor::~Descriptor()
{
    if (number_ >= 0)
        ::close(number_);
}

Descriptor open_anew(std::string const& file)
{
    return Descriptor{::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR)};
}

result<void> write_all(int file, std::string_view text, std::string const& name)
{
    while (!text.empty())
    {
        auto const written = ::write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return failed_call(name);
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

result<void> finish_file(int file, std::string const& partial, std::string const& name)
{
    if (::fsync(file) != 0 || ::rename(partial.c_str(), name.c_str()) != 0)
        return failed_call(name);
    auto const parent = std::filesystem::path{name}.parent_path();
    Descriptor const directory{::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    // Some file systems have no way to say it of a directory.
    if (directory.get() < 0 || (::fsync(directory.get()) != 0 && errno != EINVAL))
        return failed_call(name);
    return {};
}

} // namespace server
