// Ids are gathered leg by leg, and those of an `and` intersected; what would take more memory or more steps than it
// saves is left to the records.
#include "candidates.hpp"

#include <algorithm>

namespace scimkit::kv
{
namespace
{

/// Ids that are brought into order in memory; a plan that finds more gives way to a scan of the records, which come
/// in order by themselves.
constexpr std::size_t most_collected = 200'000;

/// A record costs as much to read and to test as some tens of index entries to walk over.
constexpr std::size_t entries_for_a_record = 32;

/// The ids of all legs in order, each once; nothing if there are more than `most` of them, or twice as many entries.
/// REQUIRES: `most` is not 0.
result<std::optional<IdSet>> collect(Session& session, Catalog::Type const& type, std::vector<Leg> const& legs,
                                     std::size_t most)
{
    IdSet ids;
    auto const tidy = [&]() -> result<void>
    {
        auto charged = session.budget().charge(Budget::visit * ids.size());
        if (charged)
            ids.tidy();
        return charged;
    };
    bool too_many = false;
    for (Leg const& leg : legs)
    {
        auto const walked = walk_leg(session, type, leg, {},
                                     [&](std::string_view id) -> result<bool>
                                     {
                                         if (ids.size() == 2 * most)
                                         {
                                             if (auto tidied = tidy(); !tidied)
                                                 return tidied.error();
                                             too_many = ids.size() > most;
                                         }
                                         ids.add(id);
                                         return !too_many;
                                     });
        if (!walked)
            return walked.error();
        if (too_many)
            return std::optional<IdSet>{};
    }
    if (auto tidied = tidy(); !tidied)
        return tidied.error();
    return std::optional{std::move(ids)};
}

} // namespace

result<Candidates> find_candidates(Session& session, Catalog::Type const& type, Plan plan)
{
    Candidates found;
    auto ids = collect(session, type, plan.any_of, most_collected);
    if (!ids)
        return ids.error();
    if (!*ids)
        return found;
    found.exact = plan.exact;
    for (std::vector<Leg>& legs : plan.and_of)
    {
        if (std::ranges::all_of(legs, is_probe))
        {
            found.and_of.push_back(std::move(legs));
            continue;
        }
        if ((*ids)->size() == 0) // nothing can be common with nothing, however much the others would find
            break;
        std::size_t const most = std::min(most_collected, entries_for_a_record * (*ids)->size());
        auto const others = collect(session, type, legs, most);
        if (!others)
            return others.error();
        if (*others)
            (*ids)->keep_common(**others);
        else
            found.exact = false;
    }
    found.ids = std::move(*ids);
    return found;
}

bool only_probes(Plan const& plan) noexcept
{
    return std::ranges::all_of(plan.and_of,
                               [](std::vector<Leg> const& legs) { return std::ranges::all_of(legs, is_probe); });
}

result<bool> passes(Session& session, std::vector<std::vector<Leg>> const& and_of, std::string_view id)
{
    for (std::vector<Leg> const& legs : and_of)
    {
        bool any = false;
        for (std::size_t i = 0; i < legs.size() && !any; ++i)
        {
            auto const found = probe(session, legs[i], id);
            if (!found)
                return found;
            any = *found;
        }
        if (!any)
            return false;
    }
    return true;
}

result<void> visit_all(Session& session, Candidates const& candidates, std::string_view after,
                       function_ref<result<bool>(std::string_view id)> visit)
{
    IdSet const& ids = *candidates.ids;
    for (std::size_t i = after.empty() ? 0 : ids.count_up_to(after); i < ids.size(); ++i)
    {
        auto const passed = passes(session, candidates.and_of, ids[i]);
        if (!passed)
            return passed.error();
        if (!*passed)
            continue;
        auto const more = visit(ids[i]);
        if (!more)
            return more.error();
        if (!*more)
            break;
    }
    return {};
}

result<void> visit_back(Session& session, Candidates const& candidates, std::optional<std::string_view> before,
                        function_ref<result<bool>(std::string_view id)> visit)
{
    IdSet const& ids = *candidates.ids;
    for (std::size_t i = before ? ids.count_up_to(*before) : ids.size(); i > 0; --i)
    {
        std::string_view const id = ids[i - 1];
        if (id == before)
            continue;
        auto const passed = passes(session, candidates.and_of, id);
        if (!passed)
            return passed.error();
        if (!*passed)
            continue;
        auto const more = visit(id);
        if (!more)
            return more.error();
        if (!*more)
            break;
    }
    return {};
}

} // namespace scimkit::kv
