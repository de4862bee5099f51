// Somebody who goes leaves all groups in the same transaction, so that no group refers to what is gone; who is in very
// many leaves most of them before, in transactions that others need not wait for long for.
#pragma once

#include "scope.hpp"

#include <limits>

namespace scimkit::membership
{

/// A group that a removed resource was in, or one that a membership brought a member or took one.
struct LeftGroup
{
    Resource before{};
    Resource after{};
    AttributeRef attribute{}; ///< that had it as an element
    std::vector<std::string> came{};
    std::vector<std::string> went{};
};

/// Of how many groups.
struct LeaveLimit
{
    std::size_t most = std::numeric_limits<std::size_t>::max();
    bool partly = false; ///< who is in more leaves so many of them; otherwise none
};

struct Leaving
{
    bool all = false; ///< it is in none any more
    std::size_t groups = 0;
};

/// Takes `id` out of all groups, or of as many as the limit says: their versions and times move. Stores without the
/// ability have no limit, and look at all groups. Those that it left are put into `left`, unless that is null. Errors:
/// those of the store, corrupt, too_many.
result<Leaving> leave_groups(WriteTransaction& transaction, std::string_view id, Instant now, Scope const& scope,
                             std::vector<LeftGroup>* left, LeaveLimit limit);

/// A change happens after the one before, whatever the clock says.
Instant time_of_change(Resource const& before, Instant now);

} // namespace scimkit::membership
