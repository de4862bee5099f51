// Presenter: resources as response bodies. Writes text straight from canonical attributes.
#pragma once

#include "preference.hpp"

namespace scimkit::service
{

/// Appends the JSON of a resource as the projection shows it: schemas, id, attributes, meta. Consumes the resource:
/// what is not shown is removed from it. Error: corrupt (not what a store should have returned); `out` is of no use
/// then.
result<void> write_resource(std::string& out, Resource& resource, Projection const& projection, TypePlan const& plan,
                            ServiceState const& state);

std::string location_of(Resource const& resource, TypePlan const& plan);

/// An answer with a resource in it, with Content-Type, Location and ETag. `projection` decides what it shows.
/// Error: corrupt.
result<Response> resource_response(int status, Resource&& resource, Projection const& projection, Call const& call);

/// An answer about a resource without a body (204, 304): Location and ETag, which is that of what `projection` shows.
Response bodiless_response(int status, Resource const& resource, Projection const& projection, Call const& call);

/// The answer to a write: with the resource (`status` is 200 or 201), or without (204 or 201). The whole of it is what
/// a GET at its location would give, and Content-Location says so (RFC 9110 section 8.7). Error: corrupt.
result<Response> write_response(int status, Resource&& resource, Projection const& projection, Call const& call,
                                WriteAnswer const& answer);

/// A ListResponse (RFC 7644 section 3.4.2). Error: corrupt.
result<Response> list_response(std::vector<Resource>&& page, std::uint64_t total, std::uint64_t start_index,
                               Projection const& projection, Call const& call);

/// The beginning and the end of a ListResponse around `count` resources.
void begin_list(std::string& out, std::uint64_t total, std::uint64_t start_index, std::uint64_t count);
void end_list(std::string& out);

} // namespace scimkit::service
