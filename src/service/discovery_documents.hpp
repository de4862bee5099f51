// The discovery documents (RFC 7644 section 4), each made once at start.
#pragma once

#include <scimkit/core/json.hpp>

#include "state.hpp"

#include <string>
#include <string_view>

namespace scimkit::service
{

/// `meta` of a document that is no stored resource.
json::object discovery_meta(std::string_view resource_type, std::string const& location);

std::string discovery_text(json::object const& document);

/// What this configuration and this store really do (RFC 7643 section 5).
std::string service_provider_config(ServiceState const& state);

/// All of them.
DiscoveryDocuments make_discovery_documents(ServiceState const& state);

} // namespace scimkit::service
