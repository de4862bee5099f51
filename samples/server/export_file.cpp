// An export has secrets in it, and the half of one must not be taken for a whole one: it is readable by its owner
// alone, and gets its name when it is on the disk.
#include "commands.hpp"
#include "standard_streams.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;

namespace
{

class File
{
public:
    File(std::string const& name, int flags)
        : number_(::open(name.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR))
    {
    }
    File(File const&) = delete;
    File& operator=(File const&) = delete;
    ~File()
    {
        if (number_ >= 0)
            ::close(number_);
    }
    int get() const noexcept { return number_; }

private:
    int number_;
};

Error failed(std::string const& file) { return {ErrorCode::unavailable, file + ": " + std::strerror(errno)}; }

result<void> write_all(int file, std::string_view text, std::string const& name)
{
    while (!text.empty())
    {
        auto const written = ::write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return failed(name);
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

std::string done_words(scimkit::TransferReport const& report)
{
    return "exported " + std::to_string(report.resources) + " resources with " + std::to_string(report.elements) +
           " members of " + std::to_string(report.tenants) + " tenants";
}

} // namespace

result<void> export_to_file(Settings const& settings, scimkit::ResourceStore& store,
                            std::shared_ptr<scimkit::SchemaRegistry const> const& registry,
                            scimkit::TransferOptions const& options)
{
    std::string const& name = settings.command.to;
    if (name == "-")
    {
        auto const report = scimkit::export_store(
            store, registry, [](std::string_view text) { return write_all(STDOUT_FILENO, text, "stdout"); }, options);
        return report ? result<void>{} : result<void>{report.error()};
    }
    struct stat status = {};
    if (::lstat(name.c_str(), &status) == 0)
        return Error{ErrorCode::conflict, name + " is there already; name a file that is not"};
    std::string const partial = name + ".partial";
    File const file{partial, O_WRONLY | O_CREAT | O_TRUNC};
    if (file.get() < 0)
        return failed(partial);
    auto const report = scimkit::export_store(
        store, registry, [&](std::string_view text) { return write_all(file.get(), text, partial); }, options);
    if (!report)
    {
        ::unlink(partial.c_str());
        return report.error();
    }
    if (::fsync(file.get()) != 0 || ::rename(partial.c_str(), name.c_str()) != 0)
        return failed(name);
    tell(done_words(*report));
    return {};
}

} // namespace server
