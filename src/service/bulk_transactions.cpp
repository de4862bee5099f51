// The other two ways of a Bulk: each operation in a transaction of its own, and all of them in one or not at all (RFC
// 7644 section 3.7).
#include <scimkit/core/json.hpp>

#include "async_completion.hpp"
#include "bulk_answer.hpp"
#include "bulk_run.hpp"
#include "commit.hpp"
#include "observer.hpp"

#include <algorithm>
#include <exception>
#include <new>

namespace scimkit::service
{
namespace
{

Error in_operation(Error error, BulkEntry const& entry, std::size_t operation)
{
    std::string where = "Operations[" + std::to_string(operation) + "]";
    if (!entry.sent.bulk_id.empty())
        where += " (bulkId " + entry.sent.bulk_id + ")";
    error.detail.insert(0, where + ": ");
    return error;
}

Error too_much()
{
    return {ErrorCode::too_many, "A Bulk that is to be atomic would keep all other writers waiting for too long "
                                 "(max_bulk_work_as_writer); send less at once."};
}

std::uint64_t bytes_of(Outcome const& outcome)
{
    std::uint64_t bytes = 0;
    for (auto const* state : {&outcome.before, &outcome.after})
        if (*state)
            bytes += estimate_json_size((*state)->attributes);
    return bytes;
}

} // namespace

result<void> BulkRun::run_each()
{
    for (std::size_t const operation : order_by_references(entries_))
    {
        if (stopped_)
            break;
        BulkEntry& entry = entries_[operation];
        if (entry.state == BulkEntry::State::waiting)
            run_alone(entry, operation);
    }
    return {};
}

/// As a request of its own, in a transaction of its own.
void BulkRun::run_alone(BulkEntry& entry, std::size_t operation)
{
    if (entry.settled)
        return;
    auto refusal = entry.refused ? entry.refused : broken_reference(operation);
    if (!refusal)
        if (auto checked = check_time(); !checked)
            refusal = std::move(checked).error();
    if (refusal)
        return fail(entry, std::move(*refusal));
    std::optional<Outcome> outcome;
    auto const done = guarded(
        [&]() -> result<void>
        {
            auto carried_out = carry_out_alone(entry);
            if (!carried_out)
                return std::move(carried_out).error();
            outcome = std::move(*carried_out);
            return {};
        });
    if (!done)
        return fail(entry, done.error());
    any_committed_ = true;
    note_done(entry, *outcome);
    entry.settled = bulk_.request.carries_out != nullptr; // with its commit
    if (entry.is_create() && outcome->after->id != entry.new_id)
    {
        references_.change_id(entry.sent.bulk_id, outcome->after->id);
        made_.erase(entry.new_id);
    }
    keep(operation, std::move(*outcome));
    tell_all();
}

/// From its beginning: what it refers to may have got other ids, and its secrets are looked at with all else.
result<Outcome> BulkRun::carry_out_alone(BulkEntry& entry)
{
    locate(entry, references_, bulk_);
    prepare(entry, references_, bulk_);
    if (entry.refused)
        return *entry.refused;
    Call const call = call_of(entry, bulk_);
    return std::visit(
        [&](auto const& prepared) -> result<Outcome>
        {
            if constexpr (std::is_same_v<std::decay_t<decltype(prepared)>, std::monostate>)
                return Error{ErrorCode::internal, "An operation of a Bulk was not prepared."};
            else
                return carry_out(call, prepared);
        },
        entry.prepared);
}

result<void> BulkRun::run_atomic()
{
    for (std::size_t i = 0; i < entries_.size(); ++i)
        if (entries_[i].refused)
            return in_operation(*entries_[i].refused, entries_[i], i);
    Mark const begin = mark();
    bool const names_versions =
        std::ranges::any_of(entries_, [](BulkEntry const& entry) { return entry.sent.version.has_value(); });
    auto const written = run_write_or_take_back(bulk_, names_versions,
                                                [&](WriteTransaction& transaction) -> result<bool>
                                                {
                                                    for (Unit const unit : order_.units)
                                                        begin_again(unit, begin);
                                                    if (auto applied = apply_all(transaction); !applied)
                                                        return std::move(applied).error();
                                                    if (auto settled = settle(transaction); !settled)
                                                        return std::move(settled).error();
                                                    return !bulk_.dry_run;
                                                });
    if (!written)
        return written.error();
    if (!bulk_.dry_run)
        tell_all();
    note_settled();
    return {};
}

result<void> BulkRun::apply_all(WriteTransaction& transaction)
{
    began_ = bulk_.context.budget->spent();
    for (std::size_t const operation : order_.operations)
    {
        BulkEntry& entry = entries_[operation];
        if (entry.settled)
            continue;
        Call const call = call_of(entry, bulk_);
        Scope scope = call;
        scope.as_writer = hold() - std::min(worked(), hold());
        auto outcome = service::apply(transaction, entry, scope);
        if (!outcome)
            return in_operation(std::move(outcome).error(), entry, operation);
        if (outcome->undecided || worked() >= hold())
            return too_much();
        bool const other_id = entry.is_create() && outcome->after->id != entry.new_id;
        if (other_id && !users_[operation].empty())
            return Error{ErrorCode::not_implemented,
                         "The store makes its own ids: what refers to new resources cannot be atomic."};
        if (bulk_.dry_run)
            forget_version(*outcome);
        note_done(entry, *outcome);
        keep(operation, std::move(*outcome));
        if (told_bytes_ >= hold())
            return too_much();
    }
    return {};
}

result<void> BulkRun::settle(WriteTransaction& transaction)
{
    if (!bulk_.request.carries_out || bulk_.dry_run || own_ids_)
        return {};
    for (BulkEntry const& entry : entries_)
        if (entry.state == BulkEntry::State::done && !entry.settled)
            if (auto settled = settle_entry(transaction, entry, bulk_); !settled)
                return settled;
    return check_async_request(transaction, bulk_.state.attachment->registry(), bulk_.request.carries_out->txn);
}

void BulkRun::note_settled()
{
    if (bulk_.request.carries_out)
        for (BulkEntry& entry : entries_)
            entry.settled = entry.settled || entry.state == BulkEntry::State::done;
}

void BulkRun::keep(std::size_t operation, Outcome&& outcome)
{
    if (!bulk_.observed || !outcome.changed)
        return;
    told_bytes_ += bytes_of(outcome);
    told_.push_back({operation, std::move(outcome)});
}

void BulkRun::tell_all()
{
    for (Told const& told : told_)
    {
        BulkEntry const& entry = entries_[told.operation];
        tell_observer(call_of(entry, bulk_), entry.operation(), told.outcome);
    }
    told_.clear();
    told_bytes_ = 0;
}

/// What a store throws fails this transaction, not the answer about those before it.
result<void> BulkRun::guarded(std::function<result<void>()> const& write)
{
    auto const failed = [&](std::string_view why) -> Error
    {
        if (bulk_.state.options.log)
            bulk_.state.options.log(LogLevel::error, "request " + std::string{bulk_.context.trace_id} +
                                                         ": a Bulk failed: " + std::string{why});
        return {ErrorCode::internal, "The service failed."};
    };
    try
    {
        return write();
    }
    catch (std::bad_alloc const&)
    {
        if (!any_committed_)
            throw;
        return Error{.code = ErrorCode::unavailable,
                     .detail = "The service is out of memory.",
                     .retry_after = std::chrono::seconds{1}};
    }
    catch (std::exception const& exception)
    {
        return failed(exception.what());
    }
    catch (...)
    {
        return failed("something that is no exception");
    }
}

} // namespace scimkit::service
