// Query: carries out plans: brings ids into order, tests what a plan leaves over, skips, limits and counts, without
// decoding a record that nobody needs.
#pragma once

#include "session.hpp"

namespace scimkit::kv
{

QueryCapability capability_of(Catalog const& catalog, Query const& query);

result<QuerySummary> run(Session& session, Query const& query, function_ref<bool(Resource&&)> sink);

} // namespace scimkit::kv
