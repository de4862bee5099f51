// The resource leaves the groups that it was a member of in the same transaction, so that no group refers to what is
// gone (RFC 7644 section 3.6). Of very many it leaves most before: everybody else's writes would wait for all of them.
#include "delete.hpp"

#include "../membership/membership_resources.hpp"
#include "../membership/removal.hpp"
#include "change.hpp"
#include "observer.hpp"
#include "stored_resource.hpp"

#include <algorithm>

namespace scimkit::service
{
namespace
{

constexpr std::size_t max_groups_left_at_once = 100; ///< that one DELETE leaves in one commit; more take several
constexpr std::uint64_t leaving_work = 20'000;       ///< of one group, in units of Budget: its record is written anew

std::size_t groups_in_one_commit(Scope const& scope)
{
    auto const& traits = scope.state.traits;
    if (!traits.savepoints || !traits.versions)
        return std::numeric_limits<std::size_t>::max();
    auto const by_work = static_cast<std::size_t>(work_as_writer(scope) / leaving_work);
    return std::max(max_groups_left_at_once, by_work);
}

/// Whether the store, and who guards it, would remove it; nothing is.
result<void> may_be_removed(WriteTransaction& transaction, Resource const& resource, Scope const& scope)
{
    auto const expected = resource.version ? std::optional{resource.version} : std::nullopt;
    result<void> removed;
    auto const taken_back = transaction.savepoint(
        [&]() -> result<void>
        {
            removed = transaction.remove(scope.type(), resource.id, expected);
            return Error{ErrorCode::conflict, "Nothing is to be stored."}; // never leaves this function
        });
    if (!removed)
        return removed;
    if (taken_back)
        return Error{ErrorCode::internal, "The store kept what was taken back."};
    bool const is_own = taken_back.error().code == ErrorCode::conflict; // else the store has failed at taking it back
    return is_own ? result<void>{} : taken_back;
}

/// What goes is not a resource of its own, but a member of a group.
result<Outcome> end_membership(WriteTransaction& transaction, PreparedDelete const& prepared, Scope const& scope)
{
    membership::MembershipView view{transaction, scope};
    auto current = load_unread(view, scope, prepared.resource, {});
    if (!current)
        return std::move(current).error();
    Outcome outcome;
    auto* const groups = scope.observed ? &outcome.left_groups : nullptr;
    auto const pair = membership::pair_of(current->attributes);
    if (auto removed = remove_membership(transaction, pair, prepared.now, scope, groups); !removed)
        return std::move(removed).error();
    outcome.before = std::move(*current);
    return outcome;
}

} // namespace

PreparedDelete prepare_delete(Call const& call)
{
    return {.resource = {std::string{call.route.name}, Preconditions{call.request}},
            .now = call.context.now,
            .at_once = call.dry_run};
}

result<Outcome> apply(WriteTransaction& transaction, PreparedDelete const& prepared, Scope const& scope)
{
    if (scope.plan().is_membership)
        return end_membership(transaction, prepared, scope);
    auto current =
        load_unread(transaction, scope, prepared.resource, scope.observed ? wanted_all(scope.type()) : Wanted{});
    if (!current)
        return std::move(current).error();
    Outcome outcome;
    auto* const left_groups = scope.observed ? &outcome.left_groups : nullptr;
    // Groups first: should a store that is not atomic fail between the two, a second DELETE finishes the work.
    auto const left = leave_groups(transaction, current->id, prepared.now, scope, left_groups,
                                   prepared.at_once ? membership::LeaveLimit{}
                                                    : membership::LeaveLimit{.most = groups_in_one_commit(scope)});
    if (!left)
        return left.error();
    if (!left->all)
        return Outcome{.changed = false, .undecided = true};
    auto const expected = current->version ? std::optional{current->version} : std::nullopt;
    if (auto removed = transaction.remove(scope.type(), current->id, expected); !removed)
        return std::move(removed).error();
    if (scope.observed)
        outcome.elements = changed_elements(&current->attributes, nullptr, scope.type());
    outcome.before = std::move(*current);
    return outcome;
}

result<void> leave_ahead(Call const& call, PreparedDelete& prepared)
{
    bool may_go = false;
    for (membership::Leaving left; !left.all;)
    {
        std::vector<membership::LeftGroup> groups;
        auto const written =
            run_write(call, prepared.resource.conditions.name_versions(),
                      [&](WriteTransaction& transaction) -> result<void>
                      {
                          groups.clear();
                          auto const current = load_unread(transaction, call, prepared.resource, {});
                          if (!current)
                              return current.error();
                          if (auto may = may_go ? result<void>{} : may_be_removed(transaction, *current, call); !may)
                              return may;
                          may_go = true;
                          auto const done = leave_groups(transaction, current->id, prepared.now, call,
                                                         call.observed ? &groups : nullptr,
                                                         {.most = groups_in_one_commit(call), .partly = true});
                          if (!done)
                              return done.error();
                          left = *done;
                          return {};
                      });
        bool const is_refused_in_parts = !written && may_go && written.error().code == ErrorCode::forbidden;
        prepared.at_once = is_refused_in_parts || (written && !left.all && left.groups == 0);
        if (prepared.at_once)
            return {};
        if (!written)
            return written;
        prepared.has_left = prepared.has_left || left.groups > 0;
        tell_left_groups(call, groups);
    }
    return {};
}

Response present(Outcome const&, PreparedDelete const&, Call const&) { return {.status = 204}; }

} // namespace scimkit::service
