// `import`: everything, staged first and then taken over, so that a source that fails half-way leaves the local store
// as it was.
#include "apply.hpp"
#include "commands.hpp"
#include "delta.hpp"
#include "stage.hpp"
#include "sweep.hpp"

namespace connector
{

namespace client = scimkit::client;
namespace json = scimkit::json;

namespace
{

/// The source is asked for the last time before the copy is touched.
outcome<Run> take_over(Connection const& connection, Begun const& begun, Spool& spool, bool write, Output& output)
{
    auto const mapping = Mapping::read(connection.mapping);
    if (!mapping)
        return mapping.error();
    auto mirror = Mirror::open(begun.directory);
    if (!mirror)
        return mirror.error();
    Sweep sweep{connection, begun, *mapping, **mirror, spool, output};
    for (std::string const type : {"User", "Group"})
        if (auto swept = sweep.all_is_staged(type); !swept)
            return swept.error();
    Run run;
    if (auto applied = apply(spool, **mirror, write, run, output); !applied)
        return applied.error();
    if (auto removed = sweep.remove(**mirror, write, run); !removed)
        return removed.error();
    return run;
}

/// From where on the next `sync` asks; it reads all of it where something could not be kept.
void set_marks(RunState& state, Run const& run, DeltaTokens const& tokens, bool resumed)
{
    bool const whole = run.errors.empty();
    for (std::string const type : {"User", "Group"})
    {
        auto const newest = run.newest.find(type);
        state.set_watermark(type, newest == run.newest.end() || !whole ? std::string{} : newest->second);
        // What was read before a read was cut off is older than the token.
        auto const token = tokens.find(type);
        state.set_delta_token(type, token != tokens.end() && !resumed && whole ? token->second : std::string{});
    }
}

} // namespace

outcome<Exit> import(Settings const& settings, Connection const& connection, ImportOptions const& options,
                     Output& output)
{
    auto const time = time_now();
    auto const begun = begin(settings, connection);
    if (!begun)
        return begun.error();
    auto const tokens = begin_delta(begun->source, begun->discovery, output);
    auto spool = stage(connection, *begun, {.anew = options.restart}, output);
    if (!spool)
        return spool.error();
    auto const run = take_over(connection, *begun, **spool, !options.dry_run, output);
    if (!run)
        return run.error();
    (*spool)->remove(); // all that a source has said is not left lying about

    auto result = to_json(*run);
    result["ok"] = run->errors.empty();
    result["connection"] = connection.name;
    result["dryRun"] = options.dry_run;
    result["resumed"] = (*spool)->resumed();
    result["deviations"] = deviations_of(begun->source);
    if (!options.dry_run)
    {
        auto state = RunState::read(begun->directory);
        if (!state)
            return state.error();
        set_marks(*state, *run, tokens, (*spool)->resumed());
        if (auto written = state->keep_run("import", time, result); !written)
            return written.error();
    }
    output.say(options.dry_run ? "would import from " + connection.name + ":"
                               : "imported from " + connection.name + ":");
    say(output, *run);
    say_deviations(output, begun->source);
    output.finish(result);
    return run->errors.empty() ? Exit::good : Exit::failed;
}

} // namespace connector
