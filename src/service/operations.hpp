// The operations (RFC 7644 sections 3.3 to 3.6 and 4), one function each. Their steps: operation.hpp.
#pragma once

#include "call.hpp"

namespace scimkit::service
{

result<Response> create_resource(Call const& call);
result<Response> read_resource(Call const& call);
result<Response> replace_resource(Call const& call);
result<Response> patch_resource(Call const& call);
result<Response> delete_resource(Call const& call);

/// POST to /Bulk (section 3.7).
result<Response> run_bulk(Call const& call);

/// How many operations it has. Errors: those of a Bulk of which nothing is done, as far as no store is needed.
result<std::size_t> check_bulk(Call const& call);

/// GET on a collection, or on the root.
result<Response> query_resources(Call const& call);
/// POST to .search.
result<Response> search_resources(Call const& call);

/// GET on .deltaToken, POST to .delta (draft-sehgal-scim-delta-query-01).
result<Response> give_delta_token(Call const& call);
result<Response> query_changes(Call const& call);

/// GET on a discovery endpoint (section 4).
result<Response> read_discovery(Call const& call);
/// GET on an endpoint whose resource type is not configured, where an empty list is wanted.
result<Response> list_missing_type(Call const& call);

} // namespace scimkit::service
