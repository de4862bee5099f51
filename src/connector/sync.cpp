// What changed since the last run costs what changed, not what is there. Removals show in the number of
// resources, so that ids are listed only when something went.
#include <scimkit/connector/import.hpp>
#include <scimkit/connector/run_state.hpp>

#include "apply.hpp"
#include "delta.hpp"
#include "sweep.hpp"

namespace scimkit::connector
{

namespace
{

class Sync
{
public:
    Sync(Source const& source, OpenMirror const& open, SyncOptions const& options, Observer& observer)
        : source_(source)
        , open_(open)
        , options_(options)
        , observer_(observer)
    {
    }

    outcome<Run> run()
    {
        auto const time = time_now();
        auto state = RunState::read(source_.directory);
        if (!state)
            return state.error();
        if (!state->imported())
            return trouble("Nothing was imported from " + source_.name + " yet; begin with `import`.");
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
        auto const types = source_types(source_.discovery);
        for (auto const& type : types)
            if (auto token = state.delta_token(type.name); !token.empty())
                since[type.name] = std::move(token);
        if (!source_.discovery.capabilities.delta_query || options_.removals || since.empty() ||
            since.size() != types.size())
            return false;
        auto delta = stage_delta(source_, since, observer_);
        if (!delta && is_forgotten(delta.error()))
        {
            observer_.say("the source does not know any more what has changed since (" +
                          client::describe(delta.error()) + ")");
            return false;
        }
        if (!delta)
            return delta.error();
        auto mirror = open_();
        if (!mirror)
            return mirror.error();
        if (auto applied = apply(*delta->spool, **mirror, !options_.dry_run, run_, observer_, true); !applied)
            return applied.error();
        for (auto const& [type, ids] : delta->removed)
            for (std::string const& id : ids)
                if (auto removed = remove(**mirror, type, id); !removed)
                    return removed.error();
        delta->spool->remove();
        tokens_ = std::move(delta->next);
        run_.by_delta = true;
        return true;
    }

    /// By meta.lastModified, and by the ids where the numbers differ.
    outcome<void> by_comparison(RunState const& state)
    {
        tokens_ = begin_delta(*source_.client, source_.discovery, observer_);
        StageOptions options{.anew = true};
        auto const types = source_types(source_.discovery);
        for (auto const& type : types)
            if (auto const mark = state.watermark(type.name); !mark.empty())
                options.since[type.name] = mark;
        auto mirror = open_();
        if (!mirror)
            return mirror.error();
        auto spool = staged(options);
        if (spool)
            spool = doubted(options, **mirror, std::move(*spool));
        if (!spool)
            return spool.error();
        Sweep sweep{source_, **mirror, **spool, observer_};
        for (auto const& type : types)
        {
            bool const changes = options.since.contains(type.name);
            auto const swept =
                changes ? sweep.changes_are_staged(type.name, options_.removals) : sweep.all_is_staged(type.name);
            if (!swept)
                return swept.error();
        }
        // The source has said all; from here on the copy is touched.
        if (auto applied = apply(**spool, **mirror, !options_.dry_run, run_, observer_); !applied)
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
        auto spool = stage(source_, options, observer_);
        if (spool || options.since.empty() || spool.error().kind != client::FailureKind::refused ||
            (spool.error().status != 400 && spool.error().status != 501 && spool.error().status != 403))
        {
            run_.whole = options.since.empty();
            return spool;
        }
        observer_.say("the source does not filter by meta.lastModified (" + client::describe(spool.error()) +
                      "); everything is read");
        run_.whole = true;
        options.since.clear();
        return stage(source_, options, observer_);
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
                observer_.say("the source finds no " + since->first + " by meta.lastModified; all are read");
            since = nothing ? options.since.erase(since) : std::next(since);
        }
        if (!doubtful)
            return spool;
        run_.whole = options.since.empty();
        spool.reset();
        return stage(source_, options, observer_);
    }

    void set_marks(RunState& state) const
    {
        for (auto const& [type, newest] : run_.newest)
            if (!newest.empty()) // a time that is gone would find nothing again
                state.set_watermark(type, newest);
        for (auto const& [type, token] : tokens_)
            state.set_delta_token(type, token);
    }

    outcome<Run> finish(RunState& state, std::string const& begun)
    {
        run_.dry_run = options_.dry_run;
        if (options_.dry_run)
            return std::move(run_);
        if (run_.errors.empty()) // otherwise the next run asks from the same place, for what could not be kept
            set_marks(state);
        auto result = to_json(run_);
        result["ok"] = run_.errors.empty();
        result["connection"] = source_.name;
        result["whole"] = run_.whole;
        result["delta"] = run_.by_delta;
        if (auto written = state.keep_run("sync", begun, std::move(result)); !written)
            return written.error();
        return std::move(run_);
    }

    Source const& source_;
    OpenMirror const& open_;
    SyncOptions const& options_;
    Observer& observer_;
    Run run_{};
    DeltaTokens tokens_{}; ///< where the next run begins
};

} // namespace

outcome<Run> sync_changes(Source const& source, OpenMirror const& open, SyncOptions const& options, Observer& observer)
{
    return Sync{source, open, options, observer}.run();
}

} // namespace scimkit::connector
