// The commands beside serving. They take the server's options too, before or behind their name, so that one settings
// file does for both.
#include "settings.hpp"

#include <CLI/CLI.hpp>

namespace server
{
namespace
{

CLI::App* add(CLI::App& app, Command& command, char const* name, char const* help)
{
    auto* const sub = app.add_subcommand(name, help);
    sub->fallthrough();
    sub->configurable(false);
    sub->callback([&command, name] { command.name = name; });
    return sub;
}

void declare_import(CLI::App& app, Command& command)
{
    auto* const sub = add(app, command, "import", "Create users and groups from JSON lines or CSV, as requests would");
    sub->add_option("FILE", command.from, "JSON lines; with --mapping CSV")->required();
    sub->add_option("--mapping", command.mapping, "What the columns of a CSV file become, as JSON")->type_name("FILE");
    sub->add_option("--type", command.type, "Resource type of lines that do not say theirs")
        ->type_name("NAME")
        ->capture_default_str();
    sub->add_option("--tenant", command.tenants, "Into this tenant; otherwise the line's, or the default one")
        ->type_name("NAME")
        ->expected(1);
    sub->add_option("--progress", command.progress,
                    "How far it is, in a file: the same command again goes on from there. Default: FILE.progress")
        ->type_name("FILE");
    sub->add_flag("--dry-run", command.dry_run, "Store nothing; say what would be refused");
    sub->add_flag("--new-ids", command.new_ids, "Give new ids to resources that bring one");
}

} // namespace

void declare_commands(CLI::App& app, Command& command)
{
    app.require_subcommand(0, 1);
    auto const tenants = [&](CLI::App& sub)
    {
        sub.add_option("--tenant", command.tenants, "This tenant only; repeatable. Default: all")
            ->type_name("NAME")
            ->allow_extra_args(false);
    };
    auto const administration = [&](CLI::App& sub)
    {
        sub.add_flag("--administration", command.administration,
                     "What the administration keeps: tenants, keys, clients, audit records; instead of the resources");
    };
    auto* const exports = add(app, command, "export", "Write everything as lines of JSON, with ids and versions");
    exports->add_option("FILE", command.to, "Must not be there; - is stdout")->required();
    tenants(*exports);
    administration(*exports);

    declare_import(app, command);

    auto* const backup = add(app, command, "backup",
                             "Copy an LMDB database and that of its administration, also while a server has them open");
    backup->add_option("DIR", command.to, "Must not be there")->required();

    auto* const restore = add(app, command, "restore", "Put back what backup or export has made");
    restore->add_option("FROM", command.from, "The directory of a backup, or the file of an export")->required();
    restore->add_flag("--new-versions", command.new_versions, "Where the store cannot keep versions");
    administration(*restore);

    auto* const check =
        add(app, command, "check", "Compare indexes, unique keys, members and counters with the records");
    check->add_flag("--rebuild", command.rebuild, "Make anew what does not agree");
    administration(*check);

    auto* const copy = add(app, command, "copy", "Copy everything from one store to another, with ids and versions");
    copy->add_option("FROM", command.from, "A store, as --store has it")->required();
    copy->add_option("TO", command.to, "Another one")->required();
    copy->add_flag("--new-versions", command.new_versions, "Where the store cannot keep versions");
    tenants(*copy);
    administration(*copy);
}

} // namespace server
