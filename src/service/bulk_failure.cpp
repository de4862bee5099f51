// What fails in a Bulk, and what fails with it because it refers to that (RFC 7644 section 3.7.3).
#include "bulk_run.hpp"

#include <unordered_map>
#include <utility>

namespace scimkit::service
{

/// Marks those of a unit that have been done, or are to be, and refer to what has failed or is never done. Whether
/// there are any new ones.
bool BulkRun::doom(Unit unit, std::vector<bool>& doomed) const
{
    std::unordered_map<std::size_t, std::size_t> places;
    std::vector<std::size_t> lost;
    for (std::size_t place = unit.begin; place < unit.end; ++place)
    {
        std::size_t const operation = order_.operations[place];
        BulkEntry const& entry = entries_[operation];
        places.emplace(operation, place - unit.begin);
        bool const never = stopped_ && entry.state == BulkEntry::State::waiting;
        if (entry.refused || entry.state == BulkEntry::State::failed || never)
            lost.push_back(operation);
    }
    bool any = false;
    while (!lost.empty())
    {
        std::size_t const operation = lost.back();
        lost.pop_back();
        for (std::size_t const user : users_[operation])
        {
            auto const place = places.find(user);
            bool const counts = place != places.end() && !doomed[place->second] &&
                                entries_[user].state != BulkEntry::State::failed && !entries_[user].refused;
            if (!counts || (stopped_ && entries_[user].state == BulkEntry::State::waiting))
                continue;
            doomed[place->second] = true;
            any = true;
            lost.push_back(user);
        }
    }
    return any;
}

/// None of a unit is done.
void BulkRun::give_up(Unit unit, Error const& error)
{
    for (std::size_t place = unit.begin; place < unit.end && !stopped_; ++place)
    {
        BulkEntry& entry = entries_[order_.operations[place]];
        if (!entry.settled)
            fail(entry, entry.refused ? *entry.refused : error);
    }
}

void BulkRun::fail(BulkEntry& entry, Error error)
{
    note_failed(entry, std::move(error));
    count_errors(1);
}

/// With all of which it was not known yet whether they count.
void BulkRun::count_errors(std::uint64_t more)
{
    errors_ += more + std::exchange(consequences_, 0);
    stopped_ = stopped_ || (fail_on_errors_ && errors_ >= *fail_on_errors_);
}

/// The store cannot go on.
void BulkRun::fail_rest(Error const& error)
{
    for (std::size_t const operation : order_.operations)
        if (!stopped_ && entries_[operation].state == BulkEntry::State::waiting)
            fail(entries_[operation], entries_[operation].refused.value_or(error));
}

std::optional<Error> BulkRun::broken_reference(std::size_t operation) const
{
    for (std::size_t const used : entries_[operation].uses)
        if (used != operation && entries_[used].state == BulkEntry::State::failed)
            return Error{ErrorCode::conflict, "The operation refers to the resource of bulkId " +
                                                  entries_[used].sent.bulk_id + ", whose operation failed."}
                .against("7644-3.7.2-e");
    return std::nullopt;
}

} // namespace scimkit::service
