// What a ServiceProviderConfig says beyond RFC 7643 and RFC 9865, because of a profile or of what a registry has.
#pragma once

#include <scimkit/core/json.hpp>
#include <scimkit/schema/schema.hpp>
#include <scimkit/service/service.hpp>

#include <vector>

namespace scimkit::service
{

/// A member of ServiceProviderConfig, with its definition for /Schemas.
struct Announcement
{
    Attribute definition;
    json::value value;
};

/// Needs options.registry.
std::vector<Announcement> announcements(ServiceOptions const& options);

} // namespace scimkit::service
