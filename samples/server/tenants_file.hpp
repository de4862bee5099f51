// The tenants of the server, as a TOML file: a table each, by name.
#pragma once

#include <scimkit/tenants/tenants.hpp>
#include <scimkit/tolerance/profile.hpp>

#include "kept_requests.hpp"
#include "managed_tenants.hpp"
#include "tenant_access.hpp"
#include "tenant_schemas.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace server
{

/// What a tenant has where its table does not say otherwise.
struct TenantDefaults
{
    std::string base_url; ///< with {tenant} in the place of the name
    scimkit::Tolerance tolerance{};
    scimkit::ServiceLimits limits{};
    std::shared_ptr<scimkit::Profile const> profile{};
    std::shared_ptr<scimkit::SchemaRegistry const> registry{};
    KeptRequests kept{};
    double rate_per_tenant = 0; ///< requests a second; 0: no limit
    SchemaSources schemas{};
};

/// What tenants of a file say besides.
struct OfTenants
{
    KeptByTenant kept;
    MarkByTenant managed;
    AccessByTenant access;
};

/// Narrows what one request may hold: no tenant has more than all. Errors: less than 1.
scimkit::result<void> set_max_body(scimkit::ServiceLimits& limits, std::int64_t bytes);
scimkit::result<void> set_max_resource(scimkit::ServiceLimits& limits, std::int64_t bytes);

/// Whether a name can stand in a path as it is: letters, digits, '-', '_' and '.', not at its beginning.
bool is_plain_name(std::string_view name) noexcept;

/// A profile by its name. Errors: one sentence for the operator that begins with `where`, and says which was probably
/// meant.
scimkit::result<std::shared_ptr<scimkit::Profile const>> profile_named(std::string const& where,
                                                                       std::string const& name);

/// Whether a tenant keeps what its profile, or the one of all, promises. Errors: the promise.
scimkit::result<void> check_promises(scimkit::Tenant const& tenant, double own_rate, TenantDefaults const& defaults);

/// A tenant of that name. `base_url` empty: that of the defaults. Errors: a name that cannot stand in a path, no base
/// URL.
scimkit::result<scimkit::Tenant> make_tenant(std::string name, std::string base_url, TenantDefaults const& defaults);

/// Reads FILE: per tenant `enabled`, `base-url`, `path-prefix`, `types`, `create`, `update`, `delete`, `atomic-bulk`,
/// `max-page-size`, `max-body`, `max-resource-bytes`, `profile`, `strict`, `managed-by`, `request-log`,
/// `request-log-days`, `schemas`, `allow-address`, `rate`, `rate-per-credential` and a table `tolerance`; what is no
/// setting of the service is put into `own`. Errors: one sentence for the operator, with the tenant and, of a mistyped
/// word, what was probably meant.
scimkit::result<std::vector<scimkit::Tenant>> read_tenants(std::string const& file, TenantDefaults const& defaults,
                                                           OfTenants& own);

} // namespace server
