// Who may come in: tokens of the settings, and what is looked at around them.
#pragma once

#include <scimkit/schema/registry.hpp>
#include <scimkit/security/api_key.hpp>
#include <scimkit/security/gate.hpp>

#include "settings.hpp"
#include "tenant_access.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace server
{

/// The scope that opens /metrics, and nothing else.
inline constexpr std::string_view metrics_scope = "metrics";

/// Scopes that would open nothing: neither those of a resource type, nor what opens a page. Errors: invalid_value.
scimkit::result<void> check_granted(std::vector<std::string> scopes, scimkit::SchemaRegistry const& registry);

/// The tokens of --token and --token-file, as they are now. One that names no scopes may do everything in its tenant.
/// Errors: one sentence for the operator.
scimkit::result<std::vector<scimkit::KeyRecord>> load_tokens(Settings const& settings,
                                                             scimkit::SchemaRegistry const& registry);

/// `tokens` behind the lists of addresses and the rates of the settings, and those of tenants that say some (`access`;
/// null: where nobody is of a tenant yet); itself if there can be none. Errors: one sentence for the operator.
scimkit::result<std::shared_ptr<scimkit::Authenticator>> behind_gate(std::shared_ptr<scimkit::Authenticator> tokens,
                                                                     Settings const& settings,
                                                                     std::shared_ptr<AccessOfTenants const> access);

} // namespace server
