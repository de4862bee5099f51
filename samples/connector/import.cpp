// `import` and `sync`: what the library does, and what became of it in words.
#include "commands.hpp"
#include "connection.hpp"
#include "local_mirror.hpp"

namespace connector
{

namespace
{

/// The connection as the library reads it, and its copy.
struct Opened
{
    Begun begun;
    Source source{};
    OpenMirror open{};
};

outcome<std::unique_ptr<Opened>> open(Settings const& settings, Connection const& connection)
{
    auto begun = begin(settings, connection);
    if (!begun)
        return begun.error();
    auto opened = std::make_unique<Opened>(Opened{std::move(*begun)}); // the source refers to it
    auto source = source_of(connection, opened->begun);
    if (!source)
        return source.error();
    opened->source = std::move(*source);
    opened->open = [directory = opened->begun.directory] { return open_mirror(directory); };
    return opened;
}

Exit finish(Opened const& opened, Run const& run, scimkit::json::object more, std::string const& what, Output& output)
{
    auto result = to_json(run);
    for (auto& member : more)
        result[member.key()] = std::move(member.value());
    result["ok"] = run.errors.empty();
    result["connection"] = opened.source.name;
    result["deviations"] = deviations_of(opened.begun.source);
    output.say(what + opened.source.name + ":");
    say(output, run);
    say_deviations(output, opened.begun.source);
    output.finish(result);
    return run.errors.empty() ? Exit::good : Exit::failed;
}

} // namespace

outcome<Exit> import(Settings const& settings, Connection const& connection, ImportOptions const& options,
                     Output& output)
{
    auto const opened = open(settings, connection);
    if (!opened)
        return opened.error();
    auto const run = import_all((*opened)->source, (*opened)->open, options, output);
    if (!run)
        return run.error();
    return finish(**opened, *run, {{"resumed", run->resumed}},
                  options.dry_run ? "would import from " : "imported from ", output);
}

outcome<Exit> sync(Settings const& settings, Connection const& connection, SyncOptions const& options, Output& output)
{
    auto const opened = open(settings, connection);
    if (!opened)
        return opened.error();
    auto const run = sync_changes((*opened)->source, (*opened)->open, options, output);
    if (!run)
        return run.error();
    return finish(**opened, *run, {{"whole", run->whole}, {"delta", run->by_delta}},
                  options.dry_run ? "would take from " : "synchronised with ", output);
}

} // namespace connector
