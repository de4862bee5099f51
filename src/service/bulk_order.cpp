// The order of the request is kept wherever it can be, since what an operation does may depend on those before it:
// references alone need no other order, because all ids are known before anything is stored (RFC 7644 section 3.7.1).
#include "bulk_order.hpp"

#include <algorithm>

namespace scimkit::service
{
namespace
{

std::vector<std::size_t> places_in(std::span<std::size_t const> order)
{
    std::vector<std::size_t> places(order.size());
    for (std::size_t place = 0; place < order.size(); ++place)
        places[order[place]] = place;
    return places;
}

/// The operation before which this one can do nothing.
std::optional<std::size_t> needed_by(BulkEntry const& entry)
{
    if (!entry.is_create())
        return entry.path_uses;
    // A membership is made within its group, which has to be there. Nothing refers to memberships by a bulkId.
    return entry.makes_membership() && !entry.uses.empty() ? std::optional{*std::ranges::max_element(entry.uses)}
                                                           : std::nullopt;
}

std::vector<BulkOrder::Unit> units_of(std::span<BulkEntry const> entries, std::span<std::size_t const> order)
{
    auto const places = places_in(order);
    std::vector<BulkOrder::Unit> units;
    std::size_t begin = 0;
    std::size_t end = 0; // of the unit, as far as it is known
    for (std::size_t place = 0; place < order.size(); ++place)
    {
        end = std::max(end, place + 1);
        for (std::size_t const used : entries[order[place]].uses)
            end = std::max(end, places[used] + 1);
        if (end == place + 1)
        {
            units.push_back({begin, end});
            begin = end;
        }
    }
    return units;
}

} // namespace

BulkOrder order_as_sent(std::span<BulkEntry const> entries)
{
    BulkOrder order;
    std::vector<std::vector<std::size_t>> waiting(entries.size());
    order.operations.reserve(entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i)
    {
        // No other POST waits, not even one whose path names a bulkId, which is refused: so each of them has a place.
        auto const needed = needed_by(entries[i]);
        if (needed && *needed > i)
        {
            waiting[*needed].push_back(i);
            continue;
        }
        order.operations.push_back(i);
        order.operations.insert(order.operations.end(), waiting[i].begin(), waiting[i].end());
    }
    order.units = units_of(entries, order.operations);
    return order;
}

std::vector<std::size_t> order_by_references(std::span<BulkEntry> entries)
{
    enum class Mark
    {
        unseen,
        open, ///< on the path from the first one to here
        placed
    };
    struct Step
    {
        std::size_t operation;
        std::size_t next = 0; ///< of its `uses`
    };
    std::vector<std::size_t> order;
    std::vector<Mark> marks(entries.size(), Mark::unseen);
    std::vector<Step> path;
    for (std::size_t first = 0; first < entries.size(); ++first)
    {
        if (marks[first] == Mark::unseen)
            path.push_back({first});
        while (!path.empty())
        {
            Step& step = path.back();
            BulkEntry& entry = entries[step.operation];
            marks[step.operation] = Mark::open;
            if (step.next == entry.uses.size())
            {
                marks[step.operation] = Mark::placed;
                order.push_back(step.operation);
                path.pop_back();
                continue;
            }
            std::size_t const used = entry.uses[step.next++];
            if (marks[used] == Mark::open && !entry.refused)
                entry.refused = Error{ErrorCode::conflict,
                                      "The operation refers in a circle to what is not there yet, which this store "
                                      "cannot make at once."}
                                    .against("7644-3.7.1-b");
            else if (marks[used] == Mark::unseen)
                path.push_back({used});
        }
    }
    return order;
}

std::vector<std::vector<std::size_t>> users_of(std::span<BulkEntry const> entries)
{
    std::vector<std::vector<std::size_t>> users(entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i)
        for (std::size_t const used : entries[i].uses)
            if (used != i)
                users[used].push_back(i);
    return users;
}

} // namespace scimkit::service
