// Whoever may read or change a group may do so with its memberships: they are what it says, so that no other right,
// given or taken, could mean anything.
#include "leave.hpp"

#include "../membership/membership_resources.hpp"

namespace scimkit::service
{

using Operation = Access::Operation;

result<void> ask_leave(ServiceState const& state, Principal const& principal, Access const& access)
{
    auto const& authoriser = state.options.authoriser;
    if (!authoriser)
        return {};
    if (!access.type || !state.memberships.is_membership(*access.type))
        return authoriser->authorise(principal, access);
    if (access.operation == Operation::create)
        return {}; // ask_leave_for_group() comes
    auto const pair = membership::pair_of(access.id);
    return authoriser->authorise(
        principal, {.operation = access.operation == Operation::remove ? Operation::patch : access.operation,
                    .type = state.memberships.memberships->group,
                    .id = pair ? std::string_view{pair->group} : std::string_view{}});
}

result<void> ask_leave_for_group(Call const& call, std::string_view group_id)
{
    auto const& authoriser = call.state.options.authoriser;
    if (!authoriser)
        return {};
    return authoriser->authorise(
        call.principal, {.operation = Operation::patch, .type = call.rules.memberships->group, .id = group_id});
}

} // namespace scimkit::service
