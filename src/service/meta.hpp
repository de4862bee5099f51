// Meta: what `meta`, Location and ETag say of a resource (RFC 7643 section 3.1).
#pragma once

#include <scimkit/resource/resource.hpp>

#include "../core/json_text.hpp"
#include "../resource/projection.hpp"
#include "state.hpp"

#include <string>

namespace scimkit::service
{

/// What of a resource is in its headers too.
struct Identity
{
    std::string location;
    std::string tag;
};

Identity identity_of(Resource const& resource, Projection const& projection, TypePlan const& plan);

/// `meta.location`: the URI of a resource.
std::string location_of(Resource const& resource, TypePlan const& plan);

/// Appends `,"meta":{...}`, or nothing where the projection shows none of it.
void write_meta(JsonText& out, Resource const& resource, Identity const& identity, Projection const& projection,
                TypePlan const& plan);

} // namespace scimkit::service
