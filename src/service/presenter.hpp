// Presenter: resources as response bodies. Writes text straight from canonical attributes.
#pragma once

#include "meta.hpp"
#include "preference.hpp"

namespace scimkit::service
{

/// Appends the JSON of a resource as the projection shows it: schemas, id, attributes, meta. Consumes the resource:
/// what is not shown is removed from it. Error: corrupt (not what a store should have returned); `out` is of no use
/// then.
result<void> write_resource(std::string& out, Resource& resource, Projection const& projection, TypePlan const& plan,
                            ServiceState const& state);

/// An answer with a resource in it, with Content-Type, Location and ETag. `projection` decides what it shows.
/// Errors: corrupt, too_many (larger than max_response_bytes).
result<Response> resource_response(int status, Resource&& resource, Projection const& projection, Call const& call);

/// An answer about a resource without a body (204, 304): Location and ETag, which is that of what `projection` shows.
Response bodiless_response(int status, Resource const& resource, Projection const& projection, Call const& call);

/// The answer to a write: with the resource (`status` is 200 or 201), or without (204 or 201). The whole of it is what
/// a GET at its location would give, and Content-Location says so (RFC 9110 section 8.7). One that
/// would be too large goes without, since the write has been done. Error: corrupt.
result<Response> write_response(int status, Resource&& resource, Projection const& projection, Call const& call,
                                WriteAnswer const& answer);

/// Error: too_many, when a body of so many bytes is more than max_response_bytes.
result<void> check_answer_size(std::size_t bytes, Scope const& scope);

/// The beginning and the end of a ListResponse around `count` resources. `total`: nothing where nobody knows it, which
/// pages with cursors allow. `start_index`: nothing where pages have cursors, which are in URL-safe text then (RFC 9865
/// section 2); an empty one is left out.
void begin_list(std::string& out, std::optional<std::uint64_t> total, std::optional<std::uint64_t> start_index,
                std::uint64_t count, std::string_view next = {}, std::string_view previous = {});
void end_list(std::string& out);

} // namespace scimkit::service
