// scimkit-connector: governs the users and groups of any SCIM 2.0 service provider.
//
//     scimkit-connector test hr
//     scimkit-connector import hr
//     scimkit-connector report
//     scimkit-connector push hr app            # shows a plan; --apply carries it out
#include <scimkit/connector/run_state.hpp>
#include <scimkit/version.hpp>

#include "commands.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <iostream>
#include <unistd.h>

namespace
{

using namespace connector;

/// What was said on the command line.
struct Said
{
    std::string config = "scimkit-connector.toml";
    bool json = false;
    bool quiet = false;
    std::string name;
    std::string target;
    std::string id;
    ImportOptions import{};
    SyncOptions sync{};
    ReportOptions report{};
    PushOptions push{};
    std::string html;
};

void declare_reading(CLI::App& app, Said& said)
{
    auto* const import = app.add_subcommand("import", "Take all users and groups of a connection into the local copy");
    import->add_option("CONNECTION", said.name)->required();
    import->add_flag("--dry-run", said.import.dry_run, "Only say what would change");
    import->add_flag("--restart", said.import.restart, "Do not go on with a read that was cut off");
    auto* const sync = app.add_subcommand("sync", "Take what has changed since the last import or sync");
    sync->add_option("CONNECTION", said.name)->required();
    sync->add_flag("--dry-run", said.sync.dry_run, "Only say what would change");
    sync->add_flag("--removals", said.sync.removals, "Compare all ids, even if the numbers agree");
    auto* const report =
        app.add_subcommand("report", "Orphans, duplicates, and inactive accounts that are members of groups");
    report->add_flag("--csv", said.report.csv, "As CSV");
    report->add_option("--html", said.html, "Write a page with charts")->type_name("FILE");
}

void declare(CLI::App& app, Said& said)
{
    app.add_option("--config", said.config, "TOML file with the connections")->type_name("FILE")->capture_default_str();
    app.add_flag("--json", said.json, "One JSON object on stdout");
    app.add_flag("--quiet", said.quiet, "No progress on stderr");
    app.set_version_flag("--version", "scimkit-connector " SCIMKIT_VERSION);
    app.require_subcommand(1);
    app.fallthrough();
    app.add_subcommand("test", "Say in a sentence whether a connection works")
        ->add_option("CONNECTION", said.name)
        ->required();
    app.add_subcommand("discover", "Show types and attributes, and what has changed since the last time")
        ->add_option("CONNECTION", said.name)
        ->required();
    app.add_subcommand("public-key", "Print the public part of the key of an OAuth connection, as a JWK Set")
        ->add_option("CONNECTION", said.name)
        ->required();
    declare_reading(app, said);
    auto* const push = app.add_subcommand("push", "Plan what would be written to a target, and write it with --apply");
    push->add_option("SOURCE", said.name, "Connection whose local copy is the source")->required();
    push->add_option("TARGET", said.target, "Connection that is written to")->required();
    push->add_flag("--apply", said.push.apply, "Carry out the plan");
    push->add_flag("--many", said.push.many, "Allow to deactivate more than a tenth of the users");
    auto* const deactivate = app.add_subcommand("deactivate", "Set a user inactive at a connection");
    deactivate->add_option("CONNECTION", said.name)->required();
    deactivate->add_option("ID", said.id)->required();
}

/// A run that failed stands in the history too.
void remember_failure(Settings const& settings, Connection const& connection, std::string const& command,
                      std::string const& begun, Failure const& failure)
{
    auto const directory = settings.directory_of(connection);
    if (!directory)
        return;
    auto state = RunState::read(*directory);
    if (!state)
        return;
    (void)state->keep_run(command, begun,
                          {{"ok", false},
                           {"failure", scimkit::client::to_string(failure.kind)},
                           {"detail", scimkit::client::describe(failure)}});
}

outcome<Exit> run(CLI::App const& app, Said& said, Output& output)
{
    auto const settings = read_settings(said.config);
    if (!settings)
        return settings.error();
    if (app.got_subcommand("report"))
    {
        said.report.html = said.html;
        return report(*settings, said.report, output);
    }
    auto const connection = settings->find(said.name);
    if (!connection)
        return connection.error();
    if (app.got_subcommand("test"))
        return test(**connection, output);
    if (app.got_subcommand("public-key"))
        return public_key(**connection, output);
    if (app.got_subcommand("discover"))
        return discover(*settings, **connection, output);
    if (app.got_subcommand("deactivate"))
        return deactivate(*settings, **connection, said.id, output);
    if (app.got_subcommand("push"))
    {
        auto const target = settings->find(said.target);
        if (!target)
            return target.error();
        return push(*settings, **connection, **target, said.push, output);
    }
    auto const begun = time_now();
    bool const importing = app.got_subcommand("import");
    auto done = importing ? import(*settings, **connection, said.import, output)
                          : sync(*settings, **connection, said.sync, output);
    if (!done && !said.import.dry_run && !said.sync.dry_run)
        remember_failure(*settings, **connection, importing ? "import" : "sync", begun, done.error());
    return done;
}

/// Also of a command line that could not be read to its end.
bool wants_json(int argc, char** argv)
{
    return std::any_of(argv + 1, argv + argc, [](std::string_view argument) { return argument == "--json"; });
}

/// What no command has an answer for; stderr has it already.
void say_nothing_was_done(bool as_json, std::string_view failure, std::string_view detail)
{
    Output{as_json, false}.finish({{"ok", false}, {"failure", failure}, {"status", 0}, {"detail", detail}});
}

} // namespace

int main(int argc, char** argv)
{
    Said said;
    CLI::App app{"Governs the users and groups of any SCIM 2.0 service provider", "scimkit-connector"};
    declare(app, said);
    try
    {
        app.parse(argc, argv);
    }
    catch (CLI::ParseError const& error)
    {
        if (app.exit(error) == 0)
            return 0;
        say_nothing_was_done(wants_json(argc, argv), "misuse", error.what());
        return static_cast<int>(Exit::usage);
    }
    try
    {
        Output output{said.json, !said.quiet && ::isatty(STDERR_FILENO) == 1};
        auto const done = run(app, said, output);
        return static_cast<int>(done ? *done : output.complain(done.error()));
    }
    catch (std::exception const& exception)
    {
        std::cerr << "scimkit-connector: " << exception.what() << '\n';
        say_nothing_was_done(said.json, "exception", exception.what());
        return static_cast<int>(Exit::failed);
    }
}
