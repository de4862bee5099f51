// What the resources of the administration mean: tenants and keys for the server.
#pragma once

#ifdef SCIMKIT_SERVER_OAUTH
#include <scimkit/oauth/token_endpoint.hpp>
#endif
#include <scimkit/security/api_key.hpp>
#include <scimkit/store/change_log.hpp>
#include <scimkit/store/store.hpp>

#include "deletion_holds.hpp"
#include "targets.hpp"
#include "tenant_access.hpp"
#include "tenants_file.hpp"

#include <map>
#include <string>
#include <vector>

namespace server
{

struct Administered
{
    scimkit::LogPosition as_of; ///< of the store's change log: all up to there is in what was read
    std::vector<scimkit::Tenant> tenants;
    std::string of_tenants; ///< ids and versions of their resources, and schemas: the same as long as none has changed
    std::vector<scimkit::KeyRecord> keys;
    std::map<std::string, scimkit::Instant> releases; ///< of held deletions, by tenant
    std::vector<DeletionHold> holds;
#ifdef SCIMKIT_SERVER_OAUTH
    std::vector<scimkit::OAuthClient> clients;
#endif

    /// Keys and clients of that tenant that are not revoked.
    std::size_t keys_of(std::string_view tenant) const;

    KeptByTenant kept;                    ///< of requests, where a tenant says it
    MarkByTenant managed;                 ///< what SCIM manages, where a tenant says it
    AccessByTenant access;                ///< from where and how often clients may come, where a tenant says it
    std::vector<TargetSettings> targets;  ///< of tenants that have some
    std::vector<scimkit::Error> problems; ///< resources that mean nothing, each with its reason
};

/// Reads all tenants and tokens. Errors: those of the store.
scimkit::result<Administered> read_administered(scimkit::ResourceStore& store, scimkit::Attachment const& attachment,
                                                std::string_view tenant, TenantDefaults const& defaults);

/// The same, as a transaction sees it.
scimkit::result<Administered> read_administered(scimkit::ReadTransaction& transaction,
                                                scimkit::SchemaRegistry const& registry,
                                                TenantDefaults const& defaults);

} // namespace server
