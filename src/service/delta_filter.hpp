// What a change that the log tells of may mean to a filter.
#pragma once

#include <scimkit/filter/bind.hpp>
#include <scimkit/store/change_log.hpp>

namespace scimkit::service
{

/// Whether the resource may have begun or ceased to match by the change, which is none that created it. False: it
/// matched before as it does after.
bool may_decide(LoggedChange const& change, BoundFilter const& filter, ResourceType const& type);

} // namespace scimkit::service
