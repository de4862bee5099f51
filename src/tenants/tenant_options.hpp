// What a tenant makes of the options that all have in common.
#pragma once

#include <scimkit/tenants/tenants.hpp>

namespace scimkit::tenants
{

/// Options for the service of `tenant`. Errors: invalid_value (a type that the registry has not).
result<ServiceOptions> options_of(Tenant const& tenant, ServiceOptions const& common,
                                  std::shared_ptr<TenantDirectory const> directory);

/// Whether a principal of `own_tenant` may come into `tenant`. Errors: elsewhere(); forbidden while it is off.
result<void> enter(Tenant const& tenant, std::string_view own_tenant, TenantDirectory const& directory);

/// Says in Credentials::known who was refused although the credentials are good. The tenant only where there is such a
/// one: an issuer of tokens may name any, and each would be a label of metrics.
void tell_refused(Credentials const& credentials, Principal principal, TenantDirectory const& directory);

/// The same of what an authenticator within has said.
void forget_unknown(Credentials const& credentials, TenantDirectory const& directory);

/// 403 for an address that the tenant does not answer; in the words of gate(), which looks at lists too.
Error not_from_here();

/// 404 for credentials that are of another tenant, or of none; in the same words for whatever was asked for.
Error elsewhere(std::string_view own_tenant, TenantDirectory const& directory);

} // namespace scimkit::tenants
