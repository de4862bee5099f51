// What a Service knows once and for all: its configuration, checked, and what follows from it for each resource type.
#pragma once

#include <scimkit/service/service.hpp>

#include "../membership/scope.hpp"
#include "../resource/projection.hpp"
#include "cursor_seal.hpp"
#include "repeated_faults.hpp"
#include "shared_work.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace scimkit::service
{

inline constexpr std::size_t max_tenant_bytes = 64; ///< of a tenant's name in bytes; longer ones are nobody's

using membership::ReferenceAttribute;
using membership::text_member;

/// What the service knows of a resource type.
struct TypePlan
{
    ResourceType const* type;
    membership::TypeRules const* memberships; ///< never null
    Projection projection;                    ///< when a client chooses nothing
    bool has_secrets = false;                 ///< some attribute is writeOnly
    /// Edits of large attributes may pass by the record: the store has the ability, and none of them is required.
    bool edits_in_place = false;
    bool is_membership = false; ///< computed from groups (membership_resources.hpp)
    std::string generation{};   ///< of its schemas (schema_generation.hpp), where there are delta queries

    std::string const& location_prefix() const noexcept { return memberships->location_prefix; }
    std::vector<ReferenceAttribute> const& references() const noexcept { return memberships->references; }
    std::optional<AttributeRef> const& groups() const noexcept { return memberships->groups; }
};

/// The bodies of the discovery endpoints (RFC 7644 section 4).
struct DiscoveryDocuments
{
    std::string service_provider_config;
    std::string resource_types;
    std::map<std::string, std::string, std::less<>> resource_type; ///< by name
    std::string schemas;
    std::map<std::string, std::string, std::less<>> schema; ///< by URI in lower case
};

struct ServiceState
{
    ServiceOptions options; ///< with every default filled in
    StoreTraits traits;
    /// Of options.store, for options.registry and, behind its types, those of asynchronous requests; never null in use.
    std::shared_ptr<Attachment const> attachment;
    std::string prefix;                 ///< that targets begin with
    std::shared_ptr<SharedWork> shared; ///< with other services of the store; never null in use
    unsigned hashing_slots = 1;         ///< that this service leaves to all
    UniqueKeyRules facts;
    membership::Rules memberships;
    std::vector<TypePlan> plans; ///< by ResourceType::index(), of the attachment's registry
    std::string generation{};    ///< of the schemas of them all, where there are delta queries
    DiscoveryDocuments documents;
    CursorSeal cursors;
    std::unique_ptr<RepeatedFaults> repeated = std::make_unique<RepeatedFaults>();

    TypePlan const& plan_of(ResourceType const& type) const noexcept { return plans[type.index()]; }
};

/// Checks the options, fills in defaults, attaches the store. Errors: see Service::create.
result<ServiceState> make_state(ServiceOptions options);

} // namespace scimkit::service
