// What a ServiceProviderConfig offers.
#pragma once

#include <scimkit/client/discovery.hpp>

namespace scimkit::client
{

/// What of it can be understood; what cannot is not offered.
Capabilities read_capabilities(json::object const& configuration);

} // namespace scimkit::client
