// Check: whether index entries, unique keys, elements and counters agree with the records.
#pragma once

#include <scimkit/store/maintenance.hpp>

#include "kv/catalog.hpp"
#include "pool.hpp"

namespace scimkit::postgresql
{

/// StoreMaintenance::check(). With Repair::yes a tenant that others write to meanwhile may end in `busy`: check again.
result<CheckReport> check_database(Pool& pool, kv::Catalog const& catalog, CallContext const& context, Repair repair,
                                   function_ref<bool(CheckFinding const&)> sink);

} // namespace scimkit::postgresql
