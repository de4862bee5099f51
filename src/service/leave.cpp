// Both are asked, so that a scope for memberships alone opens no groups, and one for groups alone no endpoint that it
// does not name.
#include "leave.hpp"

#include "../membership/membership_resources.hpp"

namespace scimkit::service
{
namespace
{

using Operation = Access::Operation;

Operation operation_on_group(Operation operation) noexcept
{
    return operation == Operation::create || operation == Operation::remove ? Operation::patch : operation;
}

} // namespace

result<void> ask_leave(ServiceState const& state, Principal const& principal, Access const& access)
{
    auto const& authoriser = state.options.authoriser;
    if (!authoriser)
        return {};
    auto allowed = authoriser->authorise(principal, access);
    if (!allowed || access.type == nullptr || !state.memberships.is_membership(*access.type))
        return allowed;
    auto const pair = membership::pair_of(access.id);
    return authoriser->authorise(principal, {.operation = operation_on_group(access.operation),
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
