// Which tenants the settings speak of, and where their roots are.
#pragma once

#include "configuration.hpp"

#include <string>

namespace server
{

/// Tenants of the administration have their roots beside that of the server: https://host/{tenant}/scim/v2.
std::string with_tenant(std::string base_url);

/// The root of nobody's requests.
std::string without_tenant(std::string base_url);

/// Configuration::tenant_list, if there are to be tenants. Errors: one sentence for the operator.
scimkit::result<void> configure_tenants(Configuration& made, Settings const& settings);

} // namespace server
