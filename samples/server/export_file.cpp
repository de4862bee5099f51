// An export has secrets in it, and the half of one must not be taken for a whole one: it is readable by its owner
// alone, and gets its name when it is on the disk.
#include "commands.hpp"
#include "durable_file.hpp"
#include "standard_streams.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;

namespace
{

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
        return Error{ErrorCode::conflict, name + " is there already; name a file that is not."};
    std::string const partial = name + ".partial";
    auto const file = open_anew(partial);
    if (file.get() < 0)
        return failed_call(partial);
    auto const report = scimkit::export_store(
        store, registry, [&](std::string_view text) { return write_all(file.get(), text, partial); }, options);
    if (!report)
    {
        ::unlink(partial.c_str());
        return report.error();
    }
    if (auto finished = finish_file(file.get(), partial, name); !finished)
        return finished;
    tell(done_words(*report));
    return {};
}

} // namespace server
