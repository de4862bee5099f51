// An import that can be ended at any moment: how far it is stands in a file beside its input, written anew after each
// batch, and the same command goes on from there.
#include <scimkit/maintenance/import.hpp>

#include "commands.hpp"
#include "configuration.hpp"
#include "durable_file.hpp"
#include "standard_streams.hpp"
#include "stores.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;

namespace
{

Error unreadable(std::string const& file) { return {ErrorCode::unavailable, file + " cannot be read."}; }

result<std::string> read_text(std::string const& file)
{
    std::ifstream in{file, std::ios::binary};
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    if (!in)
        return unreadable(file);
    return text;
}

/// The old state or the new one, whenever the machine stops.
result<void> keep(std::string const& file, scimkit::ImportProgress const& progress)
{
    std::string const partial = file + ".partial";
    std::error_code ignored;
    std::filesystem::remove(partial, ignored); // and never through a link to somewhere else
    auto const out = open_anew(partial);
    if (out.get() < 0)
        return Error{ErrorCode::unavailable, partial + " cannot be written."};
    if (auto done = write_all(out.get(), scimkit::write_import_progress(progress) + "\n", partial); !done)
        return done;
    return finish_file(out.get(), partial, file);
}

result<scimkit::ImportOptions> import_options(Settings const& settings)
{
    Command const& command = settings.command;
    scimkit::ImportOptions options;
    options.resource_type = command.type;
    options.tenant = command.tenants.empty() ? std::string{} : command.tenants.front();
    options.dry_run = command.dry_run;
    options.keep_ids = !command.new_ids;
    if (!command.mapping.empty())
    {
        auto const text = read_text(command.mapping);
        auto mapping = text ? scimkit::read_csv_mapping(*text) : result<scimkit::CsvMapping>{text.error()};
        if (!mapping)
            return Error{mapping.error().code, "--mapping " + command.mapping + ": " + mapping.error().detail};
        options.csv = std::move(*mapping);
    }
    return options;
}

result<void> resume_from(std::string const& file, scimkit::ImportOptions& options)
{
    std::error_code ignored;
    if (options.dry_run || !std::filesystem::exists(file, ignored))
        return {};
    auto const text = read_text(file);
    auto progress = text ? scimkit::read_import_progress(*text) : result<scimkit::ImportProgress>{text.error()};
    if (!progress)
        return Error{progress.error().code, file + ": " + progress.error().detail};
    options.resume = std::move(*progress);
    return {};
}

std::string words(scimkit::ImportProgress const& progress, bool dry_run)
{
    std::string text = std::to_string(progress.created) + (dry_run ? " would be created, " : " created, ") +
                       std::to_string(progress.refused) + " refused";
    if (progress.there > 0)
        text += ", " + std::to_string(progress.there) + " had been created before";
    return text + ", " + std::to_string(progress.lines) + " lines";
}

void tell_refusal(scimkit::ImportRefusal const& refusal)
{
    tell("line " + std::to_string(refusal.line) + ": " + std::to_string(refusal.status) +
         (refusal.scim_type.empty() ? "" : " " + refusal.scim_type) + ": " + refusal.detail);
}

} // namespace

result<bool> run_import(Settings const& settings)
{
    Command const& command = settings.command;
    auto options = import_options(settings);
    if (!options)
        return options.error();
    std::string const progress_file = command.progress.empty() ? command.from + ".progress" : command.progress;
    if (auto resumed = resume_from(progress_file, *options); !resumed)
        return resumed.error();
    std::ifstream in{command.from, std::ios::binary};
    if (!in)
        return unreadable(command.from);
    auto service = configure_service(settings, scimkit::PackUse::maintain);
    if (!service)
        return service.error();
    auto store = open_store(settings, settings.store);
    if (!store)
        return store.error();
    service->base_url = settings.base_url.empty() ? "http://localhost" : settings.base_url;
    service->store = std::move(*store);
    service->log = [](scimkit::LogLevel level, std::string_view line)
    {
        if (level >= scimkit::LogLevel::warning)
            complain(std::string{line});
    };
    ProgressLine line;
    options->refused = tell_refusal;
    options->progress = [&](scimkit::ImportProgress const& progress) -> result<void>
    {
        line.tell(words(progress, command.dry_run));
        return command.dry_run ? result<void>{} : keep(progress_file, progress);
    };
    auto const done = scimkit::import_resources(std::move(*service), in, *options);
    if (!done)
        return Error{done.error().code, command.from + ": " + done.error().detail};
    if (options->resume && *options->resume == *done)
        tell("nothing is left of it to import; to begin anew, remove " + progress_file);
    tell(words(*done, command.dry_run));
    return done->refused == 0;
}

} // namespace server
