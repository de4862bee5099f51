// The resource leaves the groups that it was a member of in the same transaction, so that no group refers to what is
// gone (RFC 7644 section 3.6).
#include "delete.hpp"

#include "../membership/membership_resources.hpp"
#include "../membership/removal.hpp"
#include "observer.hpp"
#include "stored_resource.hpp"

namespace scimkit::service
{
namespace
{

/// What goes is not a resource of its own, but a member of a group.
result<Outcome> end_membership(WriteTransaction& transaction, PreparedDelete const& prepared, Scope const& scope)
{
    membership::MembershipView view{transaction, scope};
    auto current = load_for_removal(view, scope, prepared.resource, {});
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
    return {.resource = {std::string{call.route.name}, Preconditions{call.request}}, .now = call.context.now};
}

result<Outcome> apply(WriteTransaction& transaction, PreparedDelete const& prepared, Scope const& scope)
{
    if (scope.plan().is_membership)
        return end_membership(transaction, prepared, scope);
    auto current =
        load_for_removal(transaction, scope, prepared.resource, scope.observed ? wanted_all(scope.type()) : Wanted{});
    if (!current)
        return std::move(current).error();
    Outcome outcome;
    auto* const left_groups = scope.observed ? &outcome.left_groups : nullptr;
    // Groups first: should a store that is not atomic fail between the two, a second DELETE finishes the work.
    if (auto removed = remove_from_groups(transaction, current->id, prepared.now, scope, left_groups); !removed)
        return std::move(removed).error();
    auto const expected = current->version ? std::optional{current->version} : std::nullopt;
    if (auto removed = transaction.remove(scope.type(), current->id, expected); !removed)
        return std::move(removed).error();
    if (scope.observed)
        outcome.elements = changed_elements(&current->attributes, nullptr, scope.type());
    outcome.before = std::move(*current);
    return outcome;
}

Response present(Outcome, PreparedDelete const&, Call const&) { return {.status = 204}; }

} // namespace scimkit::service
