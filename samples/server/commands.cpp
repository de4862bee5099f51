// Each command opens what it needs, does its work with functions of the library, and says in one line what it has done.
#include "commands.hpp"

#include <scimkit/core/environment.hpp>
#include <scimkit/schema/registry.hpp>

#include "../shared/terminal_text.hpp"
#include "administration_schemas.hpp"
#include "also_unique.hpp"
#include "configuration.hpp"
#include "invalid.hpp"
#include "standard_streams.hpp"
#include "stores.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;

namespace
{

constexpr std::chrono::seconds patience_with_stdout{60}; // of whoever reads an export; then it fails

std::string counted(std::uint64_t number, std::string const& what)
{
    return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
}

std::string words(scimkit::TransferReport const& report)
{
    std::string text = counted(report.resources, "resource") + " with " + counted(report.elements, "member") + " of " +
                       counted(report.tenants, "tenant");
    if (report.there > 0)
        text += "; " + counted(report.there, "resource") + " had been there";
    return text;
}

/// What a command works on: the resources of tenants, or, with --administration, those of the administration.
struct Subject
{
    Settings const& settings;
    scimkit::ServiceOptions service{};

    static result<Subject> of(Settings const& settings)
    {
        auto service = configure_service(settings);
        if (!service)
            return service.error();
        if (settings.command.administration)
        {
            auto registry = administration_registry({.clients = true});
            if (!registry)
                return registry.error();
            service->registry = std::move(*registry);
            service->tolerance = {};
        }
        return Subject{settings, std::move(*service)};
    }

    result<std::shared_ptr<scimkit::ResourceStore>> open(std::string const& store) const
    {
        auto own = settings;
        own.store = store;
        if (settings.command.administration)
            own = settings_of_administration(std::move(own));
        return open_store(own, own.store);
    }
};

scimkit::TransferOptions transfer_options(Settings const& settings, scimkit::ServiceOptions const& service,
                                          ProgressLine& progress)
{
    scimkit::TransferOptions options;
    options.tenants = settings.command.tenants;
    options.new_versions = settings.command.new_versions;
    options.also_unique = also_unique(*service.registry, service.tolerance);
    options.context.now = scimkit::system_environment()->now();
    options.context.actor = "operator";
    options.progress = [&progress](scimkit::TransferReport const& report)
    {
        progress.tell(words(report));
        return true;
    };
    return options;
}

result<bool> run_export(Settings const& settings)
{
    auto const subject = Subject::of(settings);
    auto const store =
        subject ? subject->open(settings.store) : result<std::shared_ptr<scimkit::ResourceStore>>{subject.error()};
    if (!store)
        return store.error();
    ProgressLine progress;
    auto const options = transfer_options(settings, subject->service, progress);
    if (auto done = export_to_file(settings, **store, subject->service.registry, options); !done)
        return done.error();
    return true;
}

result<bool> load_file(Settings const& settings, std::string const& file)
{
    auto const subject = Subject::of(settings);
    auto const store =
        subject ? subject->open(settings.store) : result<std::shared_ptr<scimkit::ResourceStore>>{subject.error()};
    if (!store)
        return store.error();
    std::ifstream in{file, std::ios::binary};
    if (!in)
        return Error{ErrorCode::unavailable, file + " cannot be read."};
    ProgressLine progress;
    auto const loaded = scimkit::load_export(in, **store, subject->service.registry,
                                             transfer_options(settings, subject->service, progress));
    if (!loaded)
        return Error{loaded.error().code, file + ": " + loaded.error().detail};
    tell("restored " + words(*loaded));
    return true;
}

result<bool> run_restore(Settings const& settings)
{
    std::error_code ignored;
    if (!std::filesystem::is_directory(settings.command.from, ignored))
        return load_file(settings, settings.command.from);
    if (settings.command.administration)
        return invalid("a backup has both the resources and the administration: leave --administration out.");
    return restore_directory(settings);
}

result<bool> run_check(Settings settings)
{
    settings.accept_damage = true; // it is what is looked for
    auto const subject = Subject::of(settings);
    auto const store =
        subject ? subject->open(settings.store) : result<std::shared_ptr<scimkit::ResourceStore>>{subject.error()};
    if (!store)
        return store.error();
    auto const attachment = (*store)->attach(subject->service.registry);
    if (!attachment)
        return attachment.error();
    auto* const maintenance = (*store)->maintenance();
    if (!maintenance)
        return Error{ErrorCode::not_implemented, "this store cannot be checked."};
    auto const say = [](scimkit::CheckFinding const& finding)
    {
        tell("tenant '" + finding.tenant + "': " + finding.what + (finding.repaired ? " (made anew)" : ""));
        return true;
    };
    auto const report = maintenance->check(**attachment, {},
                                           settings.command.rebuild ? scimkit::Repair::yes : scimkit::Repair::no, say);
    if (!report)
        return report.error();
    std::string line = "checked " + counted(report->resources, "resource") + ", " +
                       counted(report->elements, "member") + " and " + std::to_string(report->entries) +
                       " other entries of " + counted(report->tenants, "tenant") + ": ";
    line += report->findings == 0 ? "all is well" : counted(report->findings, "finding");
    if (report->repaired > 0)
        line += ", " + std::to_string(report->repaired) + " made anew";
    tell(line);
    return report->findings == report->repaired;
}

result<bool> run_copy(Settings const& settings)
{
    auto const& [from_name, to_name] = std::tie(settings.command.from, settings.command.to);
    if (from_name == to_name)
        return invalid("a store cannot be copied to itself.");
    auto const subject = Subject::of(settings);
    if (!subject)
        return subject.error();
    auto const from = subject->open(from_name);
    if (!from)
        return from.error();
    auto const to = subject->open(to_name);
    if (!to)
        return to.error();
    ProgressLine progress;
    auto const report = scimkit::copy_store(**from, **to, subject->service.registry,
                                            transfer_options(settings, subject->service, progress));
    if (!report)
        return report.error();
    tell("copied " + words(*report));
    return true;
}

result<bool> run_one(Settings const& settings)
{
    std::string const& name = settings.command.name;
    if (name == "copy")
        return run_copy(settings);
    if (settings.store.empty() || settings.store == "memory")
        return invalid(name + " needs --store: lmdb:DIR or postgresql:CONNINFO.");
    if (name == "export")
        return run_export(settings);
    if (name == "import")
        return run_import(settings);
    if (name == "backup")
        return run_backup(settings);
    return name == "restore" ? run_restore(settings) : run_check(settings);
}

} // namespace

void tell(std::string const& line)
{
    write_in_time(STDOUT_FILENO, samples::terminal_text(line) + "\n", patience_with_stdout);
}

void ProgressLine::tell(std::string const& line)
{
    auto const now = std::chrono::steady_clock::now();
    if (now < next_)
        return;
    next_ = now + std::chrono::seconds{1};
    write_in_time(STDERR_FILENO, line + "\n", std::chrono::seconds{1});
}

int run_command(Settings const& settings)
{
    auto const done = run_one(settings);
    if (!done)
        complain(done.error().detail);
    return done && *done ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace server
