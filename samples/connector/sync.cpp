// `sync`: what changed since the last run costs what changed, not what is there. Removals show in the number of
// resources, so that ids are listed only when something went.
#include "apply.hpp"
#include "commands.hpp"
#include "delta.hpp"
#include "sweep.hpp"

namespace connector
{

namespace client = scimkit::client;

namespace
{

class Sync
{
public:
    Sync(Connection const& connection, SyncOptions const& options, Begun const& begun, Output& output)
        : connection_(connection)
        , options_(options)
        , begun_(begun)
        , output_(output)
    {
    }

    outcome<Exit> run()
    {
        auto const time = time_now();
        auto state = RunState::read(begun_.directory);
        if (!state)
            return state.error();
        if (!state->imported())
            return trouble("nothing was imported from " + connection_.name + " yet; begin with `import`");
        auto const told = by_delta(*state);
        if (!told)
            return told.error();
        if (!*told)
            if (auto compared = by_comparison(*state); !compared)
                return compared.error();
        return finish(*state, time);
    }

private:
    /// As the source tells it; false: it does not, or has forgotten where the last run was.
    outcome<bool> by_delta(RunState const& state)
    {
        DeltaTokens since;
        auto const types = source_types(begun_.discovery);
        for (auto const& type : types)
            if (auto token = state.delta_token(type.name); !token.empty())
                since[type.name] = std::move(token);
        if (!begun_.discovery.capabilities.delta_query || options_.removals || since.empty() ||
            since.size() != types.size())
            return false;
        auto delta = stage_delta(connection_, begun_, since, output_);
        if (!delta && is_forgotten(delta.error()))
        {
            output_.say("the source does not know any more what has changed since (" + client::describe(delta.error()) +
                        ")");
            return false;
        }
        if (!delta)
            return delta.error();
        auto mirror = Mirror::open(begun_.directory);
        if (!mirror)
            return mirror.error();
        if (auto applied = apply(*delta->spool, **mirror, !options_.dry_run, run_, output_, true); !applied)
            return applied.error();
        for (auto const& [type, ids] : delta->removed)
            for (std::string const& id : ids)
                if (auto removed = remove(**mirror, type, id); !removed)
                    return removed.error();
        delta->spool->remove();
        tokens_ = std::move(delta->next);
        by_delta_ = true;
        return true;
    }

    /// By meta.lastModified, and by the ids where the numbers differ.
    outcome<void> by_comparison(RunState const& state)
    {
        tokens_ = begin_delta(begun_.source, begun_.discovery, output_);
        StageOptions options{.anew = true};
        auto const types = source_types(begun_.discovery);
        for (auto const& type : types)
            if (auto const mark = state.watermark(type.name); !mark.empty())
                options.since[type.name] = mark;
        auto const mapping = Mapping::read(connection_.mapping);
        if (!mapping)
            return mapping.error();
        auto mirror = Mirror::open(begun_.directory);
        if (!mirror)
            return mirror.error();
        auto spool = staged(options);
        if (spool)
            spool = doubted(options, **mirror, std::move(*spool));
        if (!spool)
            return spool.error();
        Sweep sweep{connection_, begun_, *mapping, **mirror, **spool, output_};
        for (auto const& type : types)
        {
            bool const changes = options.since.contains(type.name);
            auto const swept =
                changes ? sweep.changes_are_staged(type.name, options_.removals) : sweep.all_is_staged(type.name);
            if (!swept)
                return swept.error();
        }
        // The source has said all; from here on the copy is touched.
        if (auto applied = apply(**spool, **mirror, !options_.dry_run, run_, output_); !applied)
            return applied;
        if (auto removed = sweep.remove(**mirror, !options_.dry_run, run_); !removed)
            return removed;
        (*spool)->remove(); // all that a source has said is not left lying about
        return {};
    }

    outcome<void> remove(Mirror& mirror, std::string const& type, std::string const& id)
    {
        auto const known = mirror.get(type, id);
        if (!known || !*known)
            return known ? outcome<void>{} : outcome<void>{known.error()};
        auto const change = mirror.remove(type, id, !options_.dry_run);
        if (!change)
            return change.error();
        count(run_, type, *change);
        return {};
    }

    /// With the filters; a source that refuses them is read whole, and `options` says so.
    outcome<std::unique_ptr<Spool>> staged(StageOptions& options)
    {
        auto spool = stage(connection_, begun_, options, output_);
        if (spool || options.since.empty() || spool.error().kind != client::FailureKind::refused ||
            (spool.error().status != 400 && spool.error().status != 501 && spool.error().status != 403))
        {
            whole_ = options.since.empty();
            return spool;
        }
        output_.say("the source does not filter by meta.lastModified (" + client::describe(spool.error()) +
                    "); everything is read");
        whole_ = true;
        options.since.clear();
        return stage(connection_, begun_, options, output_);
    }

    /// The newest resource that is known matches its own time. Where nothing came, it is gone, or the source does not
    /// find by meta.lastModified what it has: either way nothing may be concluded, and the type is read whole.
    outcome<std::unique_ptr<Spool>> doubted(StageOptions& options, Mirror const& mirror, std::unique_ptr<Spool> spool)
    {
        bool doubtful = false;
        for (auto since = options.since.begin(); since != options.since.end();)
        {
            std::uint64_t came = 0;
            auto const counted = spool->for_each(since->first,
                                                 [&](Spooled const&) -> outcome<void>
                                                 {
                                                     ++came;
                                                     return {};
                                                 });
            auto const here = mirror.count(since->first);
            if (!counted || !here)
                return counted ? here.error() : counted.error();
            bool const nothing = came == 0 && *here > 0;
            doubtful |= nothing;
            if (nothing)
                output_.say("the source finds no " + since->first + " by meta.lastModified; all are read");
            since = nothing ? options.since.erase(since) : std::next(since);
        }
        if (!doubtful)
            return spool;
        whole_ = options.since.empty();
        spool.reset();
        return stage(connection_, begun_, options, output_);
    }

    void set_marks(RunState& state) const
    {
        for (auto const& [type, newest] : run_.newest)
            if (!newest.empty()) // a time that is gone would find nothing again
                state.set_watermark(type, newest);
        for (auto const& [type, token] : tokens_)
            state.set_delta_token(type, token);
    }

    outcome<Exit> finish(RunState& state, std::string const& time)
    {
        auto result = to_json(run_);
        result["ok"] = run_.errors.empty();
        result["connection"] = connection_.name;
        result["dryRun"] = options_.dry_run;
        result["whole"] = whole_;
        result["delta"] = by_delta_;
        result["deviations"] = deviations_of(begun_.source);
        if (!options_.dry_run)
        {
            if (run_.errors.empty()) // otherwise the next run asks from the same place, for what could not be kept
                set_marks(state);
            if (auto written = state.keep_run("sync", time, result); !written)
                return written.error();
        }
        output_.say(options_.dry_run ? "would take from " + connection_.name + ":"
                                     : "synchronised with " + connection_.name + ":");
        say(output_, run_);
        say_deviations(output_, begun_.source);
        output_.finish(result);
        return run_.errors.empty() ? Exit::good : Exit::failed;
    }

    Connection const& connection_;
    SyncOptions const& options_;
    Begun const& begun_;
    Output& output_;
    Run run_{};
    bool whole_ = false;
    DeltaTokens tokens_{}; ///< where the next run begins
    bool by_delta_ = false;
};

} // namespace

outcome<Exit> sync(Settings const& settings, Connection const& connection, SyncOptions const& options, Output& output)
{
    auto const begun = begin(settings, connection);
    if (!begun)
        return begun.error();
    return Sync{connection, options, *begun, output}.run();
}

} // namespace connector
