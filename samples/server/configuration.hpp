// From what the operator said to what scimkit is started with; everything that is wrong or unsafe is refused here.
#pragma once

#include <scimkit/http/server.hpp>
#include <scimkit/schema/registry.hpp>
#include <scimkit/security/api_key.hpp>
#include <scimkit/store/deletion_guard.hpp>
#include <scimkit/tenants/tenants.hpp>

#include "deletion_holds.hpp"
#include "managed_tenants.hpp"
#include "settings.hpp"
#include "standing_clients.hpp"
#include "targets.hpp"
#include "tenant_access.hpp"
#include "tenants_file.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{
class TokenEndpoint;
}

namespace server
{

class Assertions;
class RequestLog;
class Metrics;

enum class Purpose
{
    serve,
    check ///< nothing is opened or bound, and the store is a stand-in
};

struct Configuration
{
    scimkit::http::ServerOptions server;
    scimkit::ServiceOptions service;
    std::string base_url_pattern; ///< with {tenant} in it, where there are tenants
    std::string announced;        ///< of the SCIM root, on stdout
    Purpose purpose = Purpose::serve;
    std::shared_ptr<scimkit::KeyAuthenticator> tokens; ///< the service's, for load_tokens() later on
    std::vector<std::string> tenants;                  ///< of each token; empty: the default one
    std::shared_ptr<scimkit::TenantList> tenant_list;  ///< null without --tenants
    std::shared_ptr<scimkit::DeletionGuard> guard;     ///< null without --deletion-guard; then it is the store
    std::shared_ptr<HoldListener> holds;               ///< of the guard
    std::shared_ptr<TargetsOfTenants> targets = std::make_shared<TargetsOfTenants>();
    std::shared_ptr<Sealing> sealing; ///< of secrets that tenants of the administration have
    /// Which tenants have what SCIM does not manage, and how it is marked.
    std::shared_ptr<ManagedOfTenants> managed = std::make_shared<ManagedOfTenants>();
    std::shared_ptr<TenantSchemas> schemas; ///< null without --tenant-schemas
    /// Which tenants say from where and how often their clients may come.
    std::shared_ptr<AccessOfTenants> access = std::make_shared<AccessOfTenants>();
    /// The store behind what guards what is not managed, for administrators.
    std::shared_ptr<scimkit::ResourceStore> unguarded;
    std::stop_source stopping; ///< requested: what waits for something to happen ends
    /// A signed token about a change; empty: there is none about such. Empty without --event-key-file.
    std::function<scimkit::result<std::string>(scimkit::LoggedChange const&)> event_token;
    /// The same about changes that nobody can be told of. Empty without --event-key-file.
    std::function<scimkit::result<std::string>(scimkit::LogGap const&)> gap_token;
    /// A signed token of these claims; empty without --event-key-file.
    std::function<scimkit::result<std::string>(std::string_view tenant, scimkit::json::object)> sign_result;
    /// Takes the keys that sign these anew. Empty without --event-key-file.
    std::function<scimkit::result<void>()> reload_event_keys;
    /// Called for each tenant that was removed with all that it had: what is kept of it in memory.
    std::vector<std::function<void(std::string_view tenant)>> forget_tenant;
    bool is_audited = false;                                ///< there is an administration, which keeps an audit log
    std::shared_ptr<Metrics> metrics;                       ///< null without --metrics
    std::shared_ptr<scimkit::TokenEndpoint> token_endpoint; ///< null without --token-endpoint
    std::shared_ptr<StandingClients> clients = std::make_shared<StandingClients>(); ///< of the token endpoint
    std::shared_ptr<KeptOfTenants> kept = std::make_shared<KeptOfTenants>();
    KeptRequests kept_otherwise;             ///< of tenants that do not say
    double rate_per_tenant = 0;              ///< requests a second; 0: no limit
    std::shared_ptr<RequestLog> request_log; ///< null: requests are not kept
    std::shared_ptr<Assertions> assertions;  ///< that were used; null: none are taken
};

/// For tenants that do not say otherwise.
TenantDefaults tenant_defaults(Configuration const& configuration);

/// The tenants of --tenants, as they are now. Errors: one sentence for the operator.
scimkit::result<std::vector<scimkit::Tenant>> load_tenants(Configuration const& configuration,
                                                           Settings const& settings);

/// What requests and an import have in common: schemas, tolerance, limits of values. An import may write catalogues.
scimkit::result<scimkit::ServiceOptions> configure_service(Settings const& settings,
                                                           scimkit::PackUse use = scimkit::PackUse::serve);

/// Complains of files of certificates and keys that others may write, and warns, in the log, of keys that others may
/// read.
scimkit::result<void> check_tls_files(Settings const& settings);

/// Opens the store last, when everything else is known to be right. Errors: one sentence for the operator.
scimkit::result<Configuration> configure(Settings const& settings, Purpose purpose = Purpose::serve);

} // namespace server
