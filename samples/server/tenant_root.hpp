// Where a tenant is served.
#pragma once

#include <scimkit/tenants/tenants.hpp>

#include <string>

namespace server
{

/// What targets of a tenant begin with, "/acme/scim/v2".
inline std::string root_of(scimkit::Tenant const& tenant)
{
    if (tenant.path_prefix)
        return *tenant.path_prefix;
    auto const slash = tenant.base_url.find('/', tenant.base_url.find("://") + 3);
    return slash == std::string::npos ? std::string{} : tenant.base_url.substr(slash);
}

} // namespace server
