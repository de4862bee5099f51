// One transaction for many operations: what fails is undone alone, what refers to something that failed fails with it,
// and nobody else waits for longer than the limit says (RFC 7644 section 3.7).
#include "bulk_run.hpp"

#include "../core/counted.hpp"
#include "commit.hpp"

#include <algorithm>

namespace scimkit::service
{
namespace
{

constexpr std::uint64_t operation_work = 10'000; ///< at least, of any of them, in units of Budget
constexpr int max_passes = 8;
constexpr std::uint64_t max_told_bytes = 64 << 20; ///< of states that wait for the observer
constexpr int part_for_others = 10;                ///< of the time of a section, once somebody waits

/// Ends a savepoint; never leaves this file.
Error taken_back() { return {ErrorCode::conflict, "Nothing is to be stored."}; }

Error too_much(std::string_view what)
{
    return {ErrorCode::too_many, std::string{what} + " would keep all other writers waiting for too long "
                                                     "(max_bulk_work_as_writer); send less at once."};
}

bool ends_transaction(Error const& error, BulkEntry const& entry) noexcept
{
    bool const lost_race = error.code == ErrorCode::precondition_failed && !entry.sent.version;
    return error.code == ErrorCode::busy || error.code == ErrorCode::unavailable || lost_race;
}

} // namespace

BulkRun::BulkRun(Call const& call, std::span<BulkEntry> entries, BulkReferences& references,
                 std::optional<std::uint64_t> fail_on_errors)
    : bulk_(call)
    , entries_(entries)
    , references_(references)
    , fail_on_errors_(fail_on_errors)
    , order_(order_as_sent(entries))
    , users_(users_of(entries))
{
    bulk_.promised = this;
    for (std::size_t i = 0; i < entries.size(); ++i)
        if (entries[i].is_create() && !entries[i].refused && !entries[i].makes_membership())
            made_.emplace(entries[i].new_id, i);
}

ResourceType const* BulkRun::type_of(std::string_view id) const noexcept
{
    auto const found = made_.find(id);
    if (found == made_.end() || entries_[found->second].state != BulkEntry::State::waiting)
        return nullptr;
    return entries_[found->second].route->plan->type;
}

result<void> BulkRun::run()
{
    if (bulk_.state.traits.savepoints)
        return run_sections();
    if (bulk_.dry_run)
        return Error{ErrorCode::not_implemented,
                     "This service provider cannot take back a part of a transaction: no dry runs of a Bulk."};
    return run_each();
}

result<void> BulkRun::run_sections()
{
    for (std::size_t next = 0; next < order_.units.size() && !stopped_;)
    {
        Mark const begin = mark();
        auto written = guarded([&] { return write_section(next); });
        if (!written || own_ids_)
            begin_rest_again(next, begin); // also of what a store has thrown: nothing of it is done
        if (own_ids_ && bulk_.dry_run)
            return Error{ErrorCode::not_implemented, "The store makes its own ids: no dry runs of such a Bulk."};
        if (own_ids_)
            return run_each();
        if (!written && !any_committed_)
            return written;
        if (!written)
        {
            fail_rest(written.error());
            return {};
        }
        if (bulk_.dry_run)
            return too_long_ ? result<void>{too_much("The dry run of this Bulk")} : result<void>{};
        any_committed_ = true;
        tell_all();
        next = ended_;
        if (!too_long_)
            continue;
        Unit const unit = order_.units[next++];
        auto const operation = order_.operations[unit.begin];
        if (unit.end - unit.begin == 1)
            run_alone(entries_[operation], operation);
        else
            give_up(unit, too_much("What these operations, which refer to one another, do"));
    }
    return {};
}

/// One transaction: units from `first` on.
result<void> BulkRun::write_section(std::size_t first)
{
    Mark const begin = mark();
    Counted const counted{bulk_.state.shared->bulk_sections};
    // Versions that clients name are looked at inside: what the commit says of versions is a lost race.
    auto const written = run_write_or_take_back(bulk_, false,
                                                [&](WriteTransaction& transaction) -> result<bool>
                                                {
                                                    begin_rest_again(first, begin);
                                                    if (auto filled = fill_section(transaction, first); !filled)
                                                        return std::move(filled).error();
                                                    if (auto settled = settle(transaction); !settled)
                                                        return std::move(settled).error();
                                                    return !bulk_.dry_run && !own_ids_;
                                                });
    if (written && !own_ids_)
        note_settled();
    return written ? result<void>{} : written.error();
}

result<void> BulkRun::fill_section(WriteTransaction& transaction, std::size_t first)
{
    began_ = bulk_.context.budget->spent();
    began_at_ = std::chrono::steady_clock::now();
    ended_ = first;
    too_long_ = false;
    own_ids_ = false;
    failure_.reset();
    while (ended_ < order_.units.size() && !stopped_)
    {
        End const end = run_unit(transaction, order_.units[ended_]);
        if (end == End::own_ids || end == End::failed)
        {
            own_ids_ = end == End::own_ids;
            return own_ids_ ? result<void>{} : *failure_;
        }
        too_long_ = end == End::too_long && (ended_ == first || bulk_.dry_run);
        if (end == End::too_long)
            return {};
        ++ended_;
        if (has_held_for_long(transaction) || told_bytes_ >= max_told_bytes)
        {
            too_long_ = bulk_.dry_run && ended_ < order_.units.size(); // it has one transaction
            return {};
        }
    }
    return {};
}

/// A dry run has one transaction, which cannot go on in another: there the clock alone, which nobody can foresee, ends
/// nothing.
bool BulkRun::has_held_for_long(WriteTransaction const& transaction) const
{
    if (worked() >= hold())
        return true;
    auto const longest = bulk_.state.options.limits.max_bulk_time_as_writer;
    auto const held = std::chrono::steady_clock::now() - began_at_;
    auto const other_bulks = bulk_.state.shared->bulk_sections.load(std::memory_order_relaxed) - 1; // they have time
    bool const long_for_others = held * part_for_others >= longest && transaction.others_waiting() > other_bulks;
    return !bulk_.dry_run && (held >= longest || long_for_others);
}

BulkRun::End BulkRun::run_unit(WriteTransaction& transaction, Unit unit)
{
    std::vector<bool> doomed(unit.end - unit.begin, false);
    if (unit.end - unit.begin == 1)
        return run_pass(transaction, unit, doomed);
    doom(unit, doomed); // what refers to what is refused already
    Mark const begin = mark();
    for (int pass = 0; pass < max_passes; ++pass)
    {
        End end = End::done; // where the store does not even begin, it is the store that says why
        auto const kept = transaction.savepoint(
            [&]() -> result<void>
            {
                begin_again(unit, begin);
                end = run_pass(transaction, unit, doomed);
                return end == End::done ? result<void>{} : taken_back();
            });
        if (!kept && end == End::done)
        {
            failure_ = kept.error();
            return End::failed;
        }
        if (end != End::again)
        {
            if (end == End::too_long)
                begin_again(unit, begin);
            return end;
        }
    }
    begin_again(unit, begin);
    give_up(unit,
            Error{ErrorCode::conflict, "These operations refer to one another, and leaving out what fails makes others "
                                       "of them fail."}
                .against("7644-3.7.1-b"));
    return End::done;
}

BulkRun::End BulkRun::run_pass(WriteTransaction& transaction, Unit unit, std::vector<bool>& doomed)
{
    for (std::size_t place = unit.begin; place < unit.end && !stopped_; ++place)
    {
        End const end = run_operation(transaction, order_.operations[place], doomed[place - unit.begin]);
        if (end != End::done)
            return end;
        bool const more = place + 1 < unit.end;
        if (more && worked() >= hold())
            return End::too_long;
    }
    count_errors(0);
    return doom(unit, doomed) ? End::again : End::done;
}

BulkRun::End BulkRun::run_operation(WriteTransaction& transaction, std::size_t operation, bool doomed)
{
    BulkEntry& entry = entries_[operation];
    if (entry.settled)
        return End::done;
    auto refusal = entry.refused ? entry.refused : broken_reference(operation);
    if (!refusal && doomed)
        refusal = Error{ErrorCode::conflict,
                        "The operation refers to the resource of another one, which failed or was not carried out."}
                      .against("7644-3.7.2-e");
    if (refusal && doomed) // what dooms it comes later, and must not be left out because of it
    {
        note_failed(entry, std::move(*refusal));
        ++consequences_;
        return End::done;
    }
    if (refusal)
    {
        fail(entry, std::move(*refusal));
        return End::done;
    }
    auto charged = check_time();
    if (charged)
        charged = bulk_.context.charge(operation_work);
    if (!charged)
    {
        fail(entry, std::move(charged).error());
        return End::done;
    }
    return apply_guarded(transaction, entry, operation);
}

BulkRun::End BulkRun::apply_guarded(WriteTransaction& transaction, BulkEntry& entry, std::size_t operation)
{
    Call const call = call_of(entry, bulk_);
    Scope scope = call;
    scope.as_writer = hold() - std::min(worked(), hold());
    std::optional<Outcome> outcome;
    auto const done = transaction.savepoint(
        [&]() -> result<void>
        {
            auto applied = service::apply(transaction, entry, scope);
            if (!applied)
                return std::move(applied).error();
            outcome = std::move(*applied);
            return outcome->undecided ? taken_back() : result<void>{};
        });
    if (outcome && outcome->undecided)
        return End::too_long;
    if (!done)
        return judge(entry, done.error());
    bool const other_id = entry.is_create() && outcome->after->id != entry.new_id;
    if (other_id && !users_[operation].empty())
        return End::own_ids;
    if (bulk_.dry_run)
        forget_version(*outcome);
    note_done(entry, *outcome);
    keep(operation, std::move(*outcome));
    return End::done;
}

BulkRun::End BulkRun::judge(BulkEntry& entry, Error error)
{
    if (ends_transaction(error, entry))
    {
        failure_ = std::move(error);
        return End::failed;
    }
    fail(entry, std::move(error));
    return End::done;
}

/// What has been done needs something to be committed and told with, so that not all is used up before.
result<void> BulkRun::check_time() const
{
    auto const& limits = bulk_.state.options.limits;
    if (bulk_.context.budget->spent() > limits.max_work - limits.max_work / 8)
        return Error{ErrorCode::too_many, "The Bulk needs more work than the service does for one request (max_work)."};
    if (std::chrono::steady_clock::now() > bulk_.context.deadline - limits.deadline / 8)
        return Error{ErrorCode::too_many, "The Bulk takes longer than the service works on one request (deadline)."};
    return {};
}

void BulkRun::begin_again(Unit unit, Mark const& mark)
{
    for (std::size_t place = unit.begin; place < unit.end; ++place)
    {
        BulkEntry& entry = entries_[order_.operations[place]];
        if (entry.settled)
            continue;
        entry.state = BulkEntry::State::waiting;
        entry.error.reset();
    }
    errors_ = mark.errors;
    consequences_ = 0;
    stopped_ = false;
    told_.erase(told_.begin() + static_cast<std::ptrdiff_t>(mark.told), told_.end());
    told_bytes_ = mark.told_bytes;
}

/// All from one unit on.
void BulkRun::begin_rest_again(std::size_t first, Mark const& mark)
{
    for (std::size_t u = first; u < order_.units.size(); ++u)
        begin_again(order_.units[u], mark);
}

} // namespace scimkit::service
