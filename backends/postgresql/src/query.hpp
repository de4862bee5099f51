// Query: carries out filters, orders, pages and totals; what no index tells is tested on the records as they stream by,
// in batches.
#pragma once

#include "session.hpp"

namespace scimkit::postgresql
{

QueryCapability capability_of(kv::Catalog const& catalog, Query const& query);

result<QuerySummary> run_query_in(Session& session, Query const& query, function_ref<bool(Resource&&)> sink);

} // namespace scimkit::postgresql
