// Everything, staged first and then taken over, so that a source that fails half-way leaves the copy as it was.
#include <scimkit/connector/import.hpp>
#include <scimkit/connector/run_state.hpp>

#include "apply.hpp"
#include "delta.hpp"
#include "stage.hpp"
#include "sweep.hpp"

namespace scimkit::connector
{

namespace
{

/// The source is asked for the last time before the copy is touched.
outcome<Run> take_over(Source const& source, OpenMirror const& open, Spool& spool, bool write, Observer& observer)
{
    auto mirror = open();
    if (!mirror)
        return mirror.error();
    Sweep sweep{source, **mirror, spool, observer};
    for (std::string const type : {"User", "Group"})
        if (auto swept = sweep.all_is_staged(type); !swept)
            return swept.error();
    Run run;
    if (auto applied = apply(spool, **mirror, write, run, observer); !applied)
        return applied.error();
    if (auto removed = sweep.remove(**mirror, write, run); !removed)
        return removed.error();
    return run;
}

/// From where on the next sync asks; it reads all of it where something could not be kept.
void set_marks(RunState& state, Run const& run, DeltaTokens const& tokens)
{
    bool const whole = run.errors.empty();
    for (std::string const type : {"User", "Group"})
    {
        auto const newest = run.newest.find(type);
        state.set_watermark(type, newest == run.newest.end() || !whole ? std::string{} : newest->second);
        // What was read before a read was cut off is older than the token.
        auto const token = tokens.find(type);
        state.set_delta_token(type, token != tokens.end() && !run.resumed && whole ? token->second : std::string{});
    }
}

json::object to_history(Source const& source, Run const& run)
{
    auto result = to_json(run);
    result["ok"] = run.errors.empty();
    result["connection"] = source.name;
    result["resumed"] = run.resumed;
    return result;
}

} // namespace

outcome<Run> import_all(Source const& source, OpenMirror const& open, ImportOptions const& options, Observer& observer)
{
    auto const begun = time_now();
    auto const tokens = begin_delta(*source.client, source.discovery, observer);
    auto spool = stage(source, {.anew = options.restart}, observer);
    if (!spool)
        return spool.error();
    auto run = take_over(source, open, **spool, !options.dry_run, observer);
    if (!run)
        return run.error();
    (*spool)->remove(); // all that a source has said is not left lying about
    run->dry_run = options.dry_run;
    run->resumed = (*spool)->resumed();
    if (options.dry_run)
        return run;
    auto state = RunState::read(source.directory);
    if (!state)
        return state.error();
    set_marks(*state, *run, tokens);
    if (auto written = state->keep_run("import", begun, to_history(source, *run)); !written)
        return written.error();
    return run;
}

outcome<void> refresh_user(Source const& source, Mirror& mirror, client::RemoteResource const& user)
{
    for (auto const& type : source_types(source.discovery))
    {
        if (type.name != "User")
            continue;
        auto const read = spooled(user, type, source.mapping, source.client->deviations());
        if (!read)
            return read.error();
        if (read->id.empty())
            return trouble("The user has an id that cannot be kept here.");
        if (auto const put = mirror.put("User", read->id, read->attributes, true); !put)
            return put.error();
    }
    return {};
}

} // namespace scimkit::connector
