// Every operation from its request to its answer: the steps in their order, and nothing else.
#include "operations.hpp"

#include "async_completion.hpp"
#include "commit.hpp"
#include "create.hpp"
#include "delete.hpp"
#include "delta.hpp"
#include "observer.hpp"
#include "patch.hpp"
#include "query.hpp"
#include "read.hpp"
#include "replace.hpp"

#include <boost/json/monotonic_resource.hpp>

#include <array>
#include <utility>

namespace scimkit::service
{
namespace
{

constexpr std::size_t usual_bytes = 12 * 1024; ///< of a user in memory; larger ones take more from the heap

using Operation = Access::Operation;

constexpr Operation operation_of(PreparedCreate const&) noexcept { return Operation::create; }
constexpr Operation operation_of(PreparedReplace const&) noexcept { return Operation::replace; }
constexpr Operation operation_of(PreparedPatch const&) noexcept { return Operation::patch; }
constexpr Operation operation_of(PreparedDelete const&) noexcept { return Operation::remove; }

bool names_versions(PreparedCreate const&) noexcept { return false; }
template <class Prepared>
bool names_versions(Prepared const& prepared) noexcept
{
    return prepared.resource.conditions.name_versions();
}

/// Whether the answer shows more than the write needed.
template <class Prepared>
concept Completed = requires(Prepared const& prepared) { prepared.ahead; };

/// Whether a part of a long write can be committed before the rest.
template <class Prepared>
concept LeavesAhead = requires(Call const& call, Prepared& prepared) { leave_ahead(call, prepared); };

/// Whether a write makes of its own resource what is stored.
template <class Prepared>
concept InPlace = requires(WriteTransaction& transaction, Prepared& prepared, Scope const& scope) {
    apply_in_place(transaction, prepared, scope);
};

template <class Prepared>
result<Outcome> apply_once_more(WriteTransaction& transaction, Prepared& prepared, Call const& call)
{
    if constexpr (InPlace<Prepared>)
        if (!call.request.carries_out) // its end says what was stored
            return apply_in_place(transaction, prepared, call);
    return apply(transaction, prepared, call);
}

int status_of(PreparedCreate const&) noexcept { return 201; }
int status_of(PreparedReplace const&) noexcept { return 200; }
int status_of(PreparedPatch const& prepared) noexcept { return prepared.shown.answer.with_resource ? 200 : 204; }
int status_of(PreparedDelete const&) noexcept { return 204; }

/// Applies a write and commits it; a dry run and what is undecided are taken back instead. The outcome is that of the
/// last run.
template <class Prepared>
result<Outcome> commit(Call const& call, Prepared& prepared)
{
    if (call.dry_run && !call.state.traits.atomic)
        return Error{ErrorCode::not_implemented, "This service provider cannot take a write back: no dry runs."};
    std::optional<Outcome> outcome;
    auto const written = run_write_or_take_back(
        call, names_versions(prepared),
        [&](WriteTransaction& transaction) -> result<bool>
        {
            outcome.reset();
            auto applied = apply_once_more(transaction, prepared, call);
            if (!applied)
                return std::move(applied).error();
            outcome = std::move(*applied);
            if (call.request.carries_out && !outcome->undecided)
                if (auto ended = end_async(transaction, call, *outcome, status_of(prepared)); !ended)
                    return std::move(ended).error();
            if constexpr (Completed<Prepared>)
                if (call.dry_run && !outcome->undecided) // nobody else sees what it would become
                {
                    if (prepared.ahead)
                        outcome->without_large = false; // they are known, and come to it below
                    complete(transaction, prepared.shown, call, *outcome);
                }
            return !call.dry_run && !outcome->undecided;
        });
    if (!written)
        return written.error();
    if constexpr (InPlace<Prepared>)
        if (!call.request.carries_out)
            outcome->after = std::move(prepared.resource);
    if constexpr (Completed<Prepared>)
        if (prepared.ahead && !outcome->undecided)
            take_whole(*prepared.ahead, *outcome, call.plan());
    if (call.dry_run)
        forget_version(*outcome);
    return std::move(*outcome);
}

Error others_are_quicker()
{
    return {.code = ErrorCode::busy,
            .detail = "Others change the resource all the time; nothing was changed. Try again.",
            .retry_after = std::chrono::seconds{1}};
}

template <class Prepared>
concept Addresses = requires(Prepared const& prepared) { prepared.resource.conditions; };

/// A resource that a long change has to itself is waited for, where waiting holds up nobody else's short requests.
template <class Prepared>
result<void> wait_for_turn(Call const& call, Prepared const& prepared)
{
    if constexpr (Addresses<Prepared>)
    {
        auto& turns = call.state.shared->turns;
        if (!turns.is_taken(call.tenant, call.type(), prepared.resource.id))
            return {};
        if (call.elsewhere)
            return long_work();
        turns.wait(call.tenant, call.type(), prepared.resource.id, call.context.deadline);
    }
    return {};
}

/// All that may refuse it is looked at before the first group is left, and the place that a guard has for it is kept to
/// the end. What stops it on the way all the same, a precondition that others have made false meanwhile, leaves it out
/// of some groups for good, and that is told.
template <LeavesAhead Prepared>
result<Outcome> leave_and_commit(Call const& call, Prepared& prepared)
{
    constexpr int rounds = 3;
    OperationMemory places;
    Call operation = call;
    operation.context.operation = &places;
    result<Outcome> outcome = Outcome{.undecided = true};
    for (int round = 0; outcome && outcome->undecided && round < rounds; ++round) // others may put it into more groups
    {
        auto const left = leave_ahead(operation, prepared);
        outcome = left ? commit(operation, prepared) : result<Outcome>{left.error()};
    }
    prepared.at_once = true; // they are quicker than it leaves them
    if (outcome && outcome->undecided)
        outcome = commit(operation, prepared);
    if (outcome || !prepared.has_left)
        return outcome;
    auto error = outcome.error();
    if (error.code == ErrorCode::busy)
        error.detail = "The service is busy; it has left some of its groups, and the same DELETE goes on.";
    else
        error.detail += " It has left some of its groups before, and is in them no more.";
    return error;
}

/// What a write transaction must not be kept open for is worked out ahead, and again while others change the resource
/// meanwhile; from the second time on they wait.
template <class Prepared>
result<Outcome> commit_in_time(Call const& call, Prepared& prepared)
{
    constexpr int attempts = 4;
    if (auto waited = wait_for_turn(call, prepared); !waited)
        return std::move(waited).error();
    Turns::Turn turn;
    auto outcome = commit(call, prepared);
    if (outcome && outcome->undecided && call.elsewhere)
        return long_work();
    if constexpr (Completed<Prepared>)
        for (int attempt = 0; outcome && outcome->undecided && attempt < attempts; ++attempt)
        {
            if (attempt == 1)
                turn = call.state.shared->turns.take(call.tenant, call.type(), prepared.resource.id,
                                                     call.context.deadline);
            auto worked = work_ahead(call, std::move(prepared));
            if (!worked && attempt > 0 && worked.error().code == ErrorCode::too_many)
                return others_are_quicker(); // alone it was not too much
            if (!worked)
                return std::move(worked).error();
            prepared = std::move(*worked);
            outcome = commit(call, prepared);
        }
    if constexpr (LeavesAhead<Prepared>)
        if (outcome && outcome->undecided)
        {
            turn = call.state.shared->turns.take(call.tenant, call.type(), prepared.resource.id, call.context.deadline);
            outcome = leave_and_commit(call, prepared);
        }
    if (outcome && outcome->undecided)
        return others_are_quicker();
    return outcome;
}

/// The write is done: what a store throws now costs the answer its body, as an error does.
result<void> read_after_commit(Call const& call, Shown const& shown, Outcome& outcome) noexcept
try
{
    return run_read(call,
                    [&](ReadTransaction& transaction) -> result<void>
                    {
                        complete(transaction, shown, call, outcome);
                        return {};
                    });
}
catch (...)
{
    return Error{ErrorCode::internal, {}};
}

/// After the commit, so that nobody who wants to write waits for it.
template <class Prepared>
void complete_answer(Call const& call, Prepared const& prepared, Outcome& outcome)
{
    if constexpr (Completed<Prepared>)
    {
        bool const lacks_elements = prepared.shown.answer.with_resource && outcome.without_large;
        bool const lacks_groups = call.plan().groups() && prepared.shown.projection.shows(*call.plan().groups());
        if (call.dry_run || !(lacks_elements || lacks_groups))
            return;
        auto const read = read_after_commit(call, prepared.shown, outcome);
        outcome.cannot_be_shown = outcome.cannot_be_shown || !read;
    }
}

template <class Prepared>
result<Outcome> look_ahead_and_commit(Call const& call, Prepared& prepared)
{
    if constexpr (requires { look_ahead(call, std::move(prepared)); })
    {
        auto ready = look_ahead(call, std::move(prepared));
        if (!ready)
            return std::move(ready).error();
        prepared = std::move(*ready);
    }
    return commit_in_time(call, prepared);
}

template <class Prepared>
result<Response> write(Call const& call, result<Prepared> prepared)
{
    if (!prepared)
        return std::move(prepared).error();
    if (call.dry_run && call.elsewhere)
        return long_work(); // it may have to wait
    auto outcome = look_ahead_and_commit(call, *prepared);
    if (!outcome)
        return std::move(outcome).error();
    if (call.observed && outcome->changed)
        tell_observer(call, operation_of(*prepared), *outcome);
    complete_answer(call, *prepared, *outcome);
    return present(std::move(*outcome), *prepared, call);
}

/// A query of any kind: its steps, and what it found in the last run of the transaction.
template <class Prepared>
result<Response> find(Call const& call, result<Prepared> const& prepared)
{
    if (!prepared)
        return prepared.error();
    std::optional<typename decltype(apply(std::declval<ReadTransaction&>(), *prepared, call))::value_type> page;
    auto const read = run_read(call,
                               [&](ReadTransaction& transaction) -> result<void>
                               {
                                   auto found = apply(transaction, *prepared, call);
                                   if (!found)
                                       return std::move(found).error();
                                   page = std::move(*found);
                                   return {};
                               });
    if (!read)
        return read.error();
    return present(std::move(*page), *prepared, call);
}

} // namespace

result<Outcome> carry_out(Call const& call, PreparedCreate prepared) { return look_ahead_and_commit(call, prepared); }
result<Outcome> carry_out(Call const& call, PreparedReplace prepared) { return look_ahead_and_commit(call, prepared); }
result<Outcome> carry_out(Call const& call, PreparedPatch prepared) { return look_ahead_and_commit(call, prepared); }
result<Outcome> carry_out(Call const& call, PreparedDelete prepared) { return look_ahead_and_commit(call, prepared); }

result<Response> create_resource(Call const& call) { return write(call, prepare_create(call)); }
result<Response> replace_resource(Call const& call) { return write(call, prepare_replace(call)); }
result<Response> patch_resource(Call const& call) { return write(call, prepare_patch(call)); }
result<Response> delete_resource(Call const& call) { return write<PreparedDelete>(call, prepare_delete(call)); }

result<Response> read_resource(Call const& call)
{
    auto const prepared = prepare_read(call);
    if (!prepared)
        return prepared.error();
    // The resource lives as long as this function: it is built in one piece of memory, and never freed part by part.
    std::array<unsigned char, usual_bytes> buffer;
    json::monotonic_resource memory{buffer.data(), buffer.size()};
    std::optional<Resource> loaded;
    auto const read = run_read(call,
                               [&](ReadTransaction& transaction) -> result<void>
                               {
                                   loaded.reset();
                                   auto found = apply(transaction, *prepared, call, &memory);
                                   if (!found)
                                       return std::move(found).error();
                                   loaded = std::move(*found);
                                   return {};
                               });
    if (!read)
        return read.error();
    return present(std::move(*loaded), *prepared, call);
}

result<Response> query_resources(Call const& call) { return find(call, prepare_query(call)); }
result<Response> search_resources(Call const& call) { return find(call, prepare_search(call)); }
result<Response> query_changes(Call const& call) { return find(call, prepare_delta(call)); }

result<Response> give_delta_token(Call const& call)
{
    if (auto const asked = bind_sources(call, {}, ErrorCode::invalid_filter); !asked) // whether it may ask for any type
        return asked.error();
    LogPosition place;
    auto const read = run_read(call,
                               [&](ReadTransaction& transaction) -> result<void>
                               {
                                   auto const found = apply_delta_token(transaction);
                                   if (!found)
                                       return found.error();
                                   place = *found;
                                   return {};
                               });
    return read ? result<Response>{present_delta_token(place, call)} : read.error();
}

} // namespace scimkit::service
