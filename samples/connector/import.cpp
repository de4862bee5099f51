// `import`: everything, staged first and then taken over, so that a source that fails half-way leaves the local store
// as it was.
#include "apply.hpp"
#include "commands.hpp"
#include "delta.hpp"
#include "stage.hpp"

namespace connector
{

namespace client = scimkit::client;
namespace json = scimkit::json;

namespace
{

outcome<Run> take_over(Spool const& spool, std::filesystem::path const& directory, bool write, Output& output)
{
    auto mirror = Mirror::open(directory);
    if (!mirror)
        return mirror.error();
    Run run;
    std::map<std::string, IdSet> seen;
    if (auto applied = apply(spool, **mirror, write, run, seen, output); !applied)
        return applied.error();
    for (std::string const type : {"User", "Group"})
        if (auto removed = remove_others(**mirror, type, seen[type], write, run); !removed)
            return removed.error();
    return run;
}

} // namespace

outcome<Exit> import(Settings const& settings, Connection const& connection, ImportOptions const& options,
                     Output& output)
{
    auto const directory = settings.directory_of(connection);
    if (!directory)
        return directory.error();
    auto const begun = time_now();
    auto const source = connect(connection);
    if (!source)
        return source.error();
    auto const discovery = client::discover(*source);
    if (!discovery)
        return discovery.error();
    auto const tokens = begin_delta(*source, *discovery, output);
    auto spool = stage(connection, *source, *discovery, *directory, {.anew = options.restart}, output);
    if (!spool)
        return spool.error();
    auto const run = take_over(**spool, *directory, !options.dry_run, output);
    (*spool)->remove(); // all that a source has said is not left lying about
    if (!run)
        return run.error();

    auto result = to_json(*run);
    result["ok"] = run->errors.empty();
    result["connection"] = connection.name;
    result["dryRun"] = options.dry_run;
    result["resumed"] = (*spool)->resumed();
    result["deviations"] = deviations_of(*source);
    if (!options.dry_run)
    {
        auto state = RunState::read(*directory);
        if (!state)
            return state.error();
        for (std::string const type : {"User", "Group"})
        {
            auto const newest = run->newest.find(type);
            state->set_watermark(type, newest == run->newest.end() ? std::string{} : newest->second);
            // What was read before a read was cut off is older than the token.
            auto const token = tokens.find(type);
            bool const holds = token != tokens.end() && !(*spool)->resumed();
            state->set_delta_token(type, holds ? token->second : std::string{});
        }
        auto kept = result;
        kept.erase("deviations");
        kept["command"] = "import";
        kept["begun"] = begun;
        kept["ended"] = time_now();
        state->add_run(std::move(kept));
        if (auto written = state->write(); !written)
            return written.error();
    }
    output.say(options.dry_run ? "would import from " + connection.name + ":"
                               : "imported from " + connection.name + ":");
    say(output, *run);
    say_deviations(output, *source);
    output.finish(result);
    return run->errors.empty() ? Exit::good : Exit::failed;
}

} // namespace connector
