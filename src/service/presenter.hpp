// Presenter: resources as response bodies. Writes text straight from canonical attributes.
#pragma once

#include "call.hpp"

namespace scimkit::service
{

/// Appends the JSON of a resource as the projection shows it: schemas, id, attributes, meta. Consumes the resource:
/// what is not shown is removed from it.
void write_resource(std::string& out, Resource& resource, Projection const& projection, TypePlan const& plan,
                    ServiceState const& state);

std::string location_of(Resource const& resource, TypePlan const& plan);

/// An answer with a resource in it, with Content-Type, Location and ETag. `projection` decides what it shows.
Response resource_response(int status, Resource&& resource, Projection const& projection, Call const& call);

/// An answer about a resource without a body (204, 304): Location and ETag.
Response bodiless_response(int status, Resource const& resource, Call const& call);

/// A ListResponse (RFC 7644 section 3.4.2).
Response list_response(std::vector<Resource>&& page, std::uint64_t total, std::uint64_t start_index,
                       Projection const& projection, Call const& call);

/// The beginning and the end of a ListResponse around `count` resources.
void begin_list(std::string& out, std::uint64_t total, std::uint64_t start_index, std::uint64_t count);
void end_list(std::string& out);

} // namespace scimkit::service
