// The groups of a plan.
#pragma once

#include <scimkit/connector/push.hpp>

namespace scimkit::connector
{

/// After the users. A target without groups is a note.
outcome<void> plan_groups(Mirror const& source, client::Client const& target, client::Discovery const& discovery,
                          Links const& links, Plan& plan);

} // namespace scimkit::connector
