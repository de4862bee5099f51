// Users come before groups, so that members are there when their groups come.
#include "apply.hpp"

#include <scimkit/connector/run_state.hpp>

#include "copy_schema.hpp"

#include <random>

namespace scimkit::connector
{

namespace
{

constexpr std::size_t most_errors = 20;    // that are named; the others are counted
constexpr std::size_t most_left_out = 100; // attributes of a type that are named; the others are counted as one

void count_left_out(Run& run, std::string const& type, json::object const& attributes)
{
    for (auto const& path : left_out_of(type, attributes))
    {
        auto& names = run.left_out[type];
        bool const room = names.size() < most_left_out || names.contains(path);
        ++names[room ? path : "(others)"];
    }
}

} // namespace

std::size_t hash_of_id(std::string_view id)
{
    // A source chooses its ids; by an odd number that it does not know, it cannot make them all meet in one bucket.
    static std::size_t const chance = (std::size_t{std::random_device{}()} << 32 | std::random_device{}()) | 1;
    return std::hash<std::string_view>{}(id)*chance;
}

void count(Run& run, std::string const& type, Change const& change)
{
    auto& counts = run.counts[type];
    switch (change.kind)
    {
    case Change::Kind::unchanged:
        ++counts.unchanged;
        return;
    case Change::Kind::created:
        ++counts.created;
        break;
    case Change::Kind::removed:
        ++counts.removed;
        break;
    case Change::Kind::changed:
        ++counts.changed;
        if (type == "User" && !is_inactive(change.before) && is_inactive(change.after))
            ++counts.deactivated;
        break;
    }
    if (type != "User")
        return;
    auto const lifecycle = classify(change);
    counts.joiners += lifecycle == Lifecycle::joiner;
    counts.movers += lifecycle == Lifecycle::mover;
    counts.leavers += lifecycle == Lifecycle::leaver;
}

void count_error(Run& run, std::string const& type, std::string detail)
{
    ++run.counts[type].errors;
    if (run.errors.size() < most_errors)
        run.errors.push_back(std::move(detail));
}

outcome<void> apply(Spool const& spool, Mirror& mirror, bool write, Run& run, Observer& observer, bool in_turn)
{
    // A time that lies far ahead would hide all changes until then.
    auto const latest = time_in(std::chrono::hours{24});
    for (std::string const type : {"User", "Group"})
    {
        run.counts[type];
        IdSet seen;
        std::uint64_t done = 0;
        auto const applied =
            spool.for_each(type,
                           [&](Spooled const& resource) -> outcome<void>
                           {
                               // Pages shift while they are read, so that one may come twice; two of one id are another
                               // matter.
                               bool const again = !seen.insert(hash_of_id(resource.id)).second;
                               auto const change = mirror.put(type, resource.id, resource.attributes, write);
                               if (!again)
                                   count_left_out(run, type, resource.attributes);
                               if (!change)
                                   count_error(run, type, client::describe(change.error()));
                               else if (!again)
                                   count(run, type, *change);
                               else if (write && !in_turn && change->kind != Change::Kind::unchanged)
                                   count_error(run, type, type + " " + resource.id + " came twice, and not the same");
                               if (!change)
                                   return {};
                               // One form, so text compares as time does, to the millisecond: what is newest may be
                               // taken for that much older, and comes once more.
                               if (resource.last_modified > run.newest[type] && resource.last_modified <= latest)
                                   run.newest[type] = resource.last_modified;
                               observer.progress("storing " + type, ++done, std::nullopt);
                               return {};
                           });
        if (!applied)
            return applied;
    }
    observer.end_progress();
    return {};
}

} // namespace scimkit::connector
