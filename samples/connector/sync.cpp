// `sync`: what changed since the last run costs what changed, not what is there. Removals show in the number of
// resources, so that ids are listed only when something went.
#include "apply.hpp"
#include "commands.hpp"
#include "delta.hpp"

namespace connector
{

namespace client = scimkit::client;

namespace
{

class Sync
{
public:
    Sync(Connection const& connection, SyncOptions const& options, std::filesystem::path directory, Output& output)
        : connection_(connection)
        , options_(options)
        , directory_(std::move(directory))
        , output_(output)
    {
    }

    outcome<Exit> run(client::Client const& source)
    {
        auto const begun = time_now();
        auto state = RunState::read(directory_);
        if (!state)
            return state.error();
        if (!state->imported())
            return trouble("nothing was imported from " + connection_.name + " yet; begin with `import`");
        auto discovery = client::discover(source);
        if (!discovery)
            return discovery.error();
        if (auto done = by_delta(source, *discovery, *state); !done)
            return done.error();
        else if (*done)
            return finish(source, *state, begun);
        tokens_ = begin_delta(source, *discovery, output_);
        StageOptions stage_options{.anew = true};
        for (auto const& type : source_types(*discovery))
            if (auto const mark = state->watermark(type.name); !mark.empty())
                stage_options.since[type.name] = mark;
        auto mirror = Mirror::open(directory_);
        if (!mirror)
            return mirror.error();
        auto spool = staged(source, *discovery, stage_options);
        if (spool)
            spool = doubted(source, *discovery, std::move(stage_options), **mirror, std::move(*spool));
        if (!spool)
            return spool.error();
        auto const applied = apply(**spool, **mirror, !options_.dry_run, run_, staged_, output_);
        (*spool)->remove(); // all that a source has said is not left lying about
        if (!applied)
            return applied.error();
        for (auto const& type : source_types(*discovery))
            if (auto swept = sweep(source, *discovery, type, **mirror); !swept)
                return swept.error();
        return finish(source, *state, begun);
    }

private:
    /// As the source tells it; false: it does not, or has forgotten where the last run was.
    outcome<bool> by_delta(client::Client const& source, client::Discovery const& discovery, RunState const& state)
    {
        DeltaTokens since;
        for (auto const& type : source_types(discovery))
            if (auto token = state.delta_token(type.name); !token.empty())
                since[type.name] = std::move(token);
        if (!discovery.capabilities.delta_query || options_.removals || since.empty() ||
            since.size() != source_types(discovery).size())
            return false;
        auto delta = stage_delta(connection_, source, discovery, directory_, since, output_);
        if (!delta && delta.error().kind == client::FailureKind::refused && delta.error().status == 400)
        {
            output_.say("the source does not know any more what has changed since (" + client::describe(delta.error()) +
                        ")");
            return false;
        }
        if (!delta)
            return delta.error();
        auto mirror = Mirror::open(directory_);
        if (!mirror)
            return mirror.error();
        if (auto applied = apply(*delta->spool, **mirror, !options_.dry_run, run_, staged_, output_, true); !applied)
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

    /// With the filters; a source that refuses them is read whole.
    outcome<std::unique_ptr<Spool>> staged(client::Client const& source, client::Discovery const& discovery,
                                           StageOptions const& options)
    {
        auto spool = stage(connection_, source, discovery, directory_, options, output_);
        if (spool || options.since.empty() || spool.error().kind != client::FailureKind::refused ||
            (spool.error().status != 400 && spool.error().status != 501 && spool.error().status != 403))
        {
            whole_ = options.since.empty();
            return spool;
        }
        output_.say("the source does not filter by meta.lastModified (" + client::describe(spool.error()) +
                    "); everything is read");
        whole_ = true;
        return stage(connection_, source, discovery, directory_, {.anew = true}, output_);
    }

    /// The newest resource that is known matches its own time. Where nothing came, it is gone, or the source does not
    /// find by meta.lastModified what it has: either way nothing may be concluded, and the type is read whole.
    outcome<std::unique_ptr<Spool>> doubted(client::Client const& source, client::Discovery const& discovery,
                                            StageOptions options, Mirror const& mirror, std::unique_ptr<Spool> spool)
    {
        bool doubtful = false;
        for (auto since = options.since.begin(); !whole_ && since != options.since.end();)
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
        return stage(connection_, source, discovery, directory_, options, output_);
    }

    /// How many there are at the source; nothing: it does not say.
    static outcome<std::optional<std::uint64_t>> total(client::Client const& source, SourceType const& type)
    {
        auto const page = source.query(type.type->endpoint(), {.attributes = {"id"}, .count = 1});
        if (!page && page.error().status == 404 && type.name == "Group")
            return std::optional<std::uint64_t>{0};
        if (!page)
            return page.error();
        return page->total;
    }

    outcome<void> sweep(client::Client const& source, client::Discovery const& discovery, SourceType const& type,
                        Mirror& mirror)
    {
        auto const there = total(source, type);
        if (!there)
            return there.error();
        auto const here = mirror.count(type.name);
        if (!here)
            return here.error();
        // What a dry run has not written is not here yet.
        auto const expected = *here + (options_.dry_run ? run_.counts[type.name].created : 0);
        if (!options_.removals && *there && **there == expected)
            return {};
        output_.say("looking for what was removed among " + type.type->endpoint());
        return compare_ids(source, discovery, type, mirror);
    }

    outcome<void> compare_ids(client::Client const& source, client::Discovery const& discovery, SourceType const& type,
                              Mirror& mirror)
    {
        auto const mapping = Mapping::read(connection_.mapping);
        if (!mapping)
            return mapping.error();
        IdSet seen;
        auto range = source.resources(type.type->endpoint(), {.attributes = {"id"}, .count = connection_.page_size},
                                      paging_of(connection_, discovery));
        for (auto const& resource : range)
        {
            if (!resource) // a list that is not whole says nothing of what is gone
                return resource.error();
            if (!can_be_kept(resource->id)) // so it is not here, and was noted when it came
                continue;
            seen.insert(hash_of_id(resource->id));
            output_.progress("ids of " + type.name, seen.size(), range.pages().total());
            if (staged_[type.name].contains(hash_of_id(resource->id)))
                continue; // is as new as can be; after a dry run it is not here
            auto const known = mirror.get(type.name, resource->id);
            if (!known)
                return known.error();
            if (!*known)
                if (auto taken = take(source, type, *mapping, resource->id, mirror); !taken)
                    return taken;
        }
        output_.end_progress();
        return remove_others(mirror, type.name, seen, !options_.dry_run, run_);
    }

    /// One that came without a new meta.lastModified.
    outcome<void> take(client::Client const& source, SourceType const& type, Mapping const& mapping,
                       std::string const& id, Mirror& mirror)
    {
        auto const resource = source.get(type.type->endpoint(), id);
        if (!resource && resource.error().status == 404)
            return {};
        if (!resource)
            return resource.error();
        auto const read = spooled(*resource, type, mapping, source.deviations());
        if (!read)
            return read.error();
        if (read->id.empty())
            return {};
        auto const change = mirror.put(type.name, read->id, read->attributes, !options_.dry_run);
        if (!change)
            count_error(run_, type.name, client::describe(change.error()));
        else
            count(run_, type.name, *change);
        return {};
    }

    outcome<Exit> finish(client::Client const& source, RunState& state, std::string const& begun)
    {
        auto result = to_json(run_);
        result["ok"] = run_.errors.empty();
        result["connection"] = connection_.name;
        result["dryRun"] = options_.dry_run;
        result["whole"] = whole_;
        result["delta"] = by_delta_;
        result["deviations"] = deviations_of(source);
        if (!options_.dry_run)
        {
            for (auto const& [type, newest] : run_.newest)
                if (!newest.empty()) // a time that is gone would find nothing again
                    state.set_watermark(type, newest);
            for (auto const& [type, token] : tokens_)
                state.set_delta_token(type, token);
            auto kept = result;
            kept.erase("deviations");
            kept["command"] = "sync";
            kept["begun"] = begun;
            kept["ended"] = time_now();
            state.add_run(std::move(kept));
            if (auto written = state.write(); !written)
                return written.error();
        }
        output_.say(options_.dry_run ? "would take from " + connection_.name + ":"
                                     : "synchronised with " + connection_.name + ":");
        say(output_, run_);
        say_deviations(output_, source);
        output_.finish(result);
        return run_.errors.empty() ? Exit::good : Exit::failed;
    }

    Connection const& connection_;
    SyncOptions const& options_;
    std::filesystem::path directory_;
    Output& output_;
    Run run_{};
    std::map<std::string, IdSet> staged_; ///< what came with the changes
    bool whole_ = false;
    DeltaTokens tokens_{}; ///< where the next run begins
    bool by_delta_ = false;
};

} // namespace

outcome<Exit> sync(Settings const& settings, Connection const& connection, SyncOptions const& options, Output& output)
{
    auto directory = settings.directory_of(connection);
    if (!directory)
        return directory.error();
    auto const source = connect(connection);
    if (!source)
        return source.error();
    return Sync{connection, options, std::move(*directory), output}.run(*source);
}

} // namespace connector
