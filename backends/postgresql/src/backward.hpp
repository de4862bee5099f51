// Backward: the page that ends before its cursor, or at the end of all.
#pragma once

#include "session.hpp"

namespace scimkit::postgresql
{

/// Whether a page backward is so long, or begins so oddly, that it is left to the framework.
bool is_long_way_back(Query const& query) noexcept;

/// Errors: those of the store; of the budget. The caller has looked at the cursor's source.
result<QuerySummary> run_backward(Session& session, Query const& query, function_ref<bool(Resource&&)> sink);

} // namespace scimkit::postgresql
