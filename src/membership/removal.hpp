// Somebody who goes leaves all groups in the same transaction, so that no group refers to what is gone.
#pragma once

#include "scope.hpp"

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

/// Takes `id` out of all groups: their versions and times move. For stores without the ability it looks at all groups.
/// Those that it left are put into `left`, unless that is null. Errors: those of the store, corrupt, too_many.
result<void> remove_from_groups(WriteTransaction& transaction, std::string_view id, Instant now, Scope const& scope,
                                std::vector<LeftGroup>* left);

/// A change happens after the one before, whatever the clock says.
Instant time_of_change(Resource const& before, Instant now);

} // namespace scimkit::membership
