// The layout: the tables, their version, and what the database says of its own keys (the catalogue).
#pragma once

#include "connection.hpp"
#include "kv/catalog.hpp"

namespace scimkit::postgresql
{

/// 2: with the change log. A layout of version 1 gets its tables at the start; there is no way back.
inline constexpr int layout_version = 2;

/// Makes the tables of an empty schema; of one that is not empty, looks at the version. Several processes may do it at
/// once. Errors: corrupt (another version; tables of somebody else), unavailable (a permission is missing).
result<void> prepare_layout(Connection& connection, std::string const& schema, bool keeps_log, Deadline deadline);

/// What the database says about itself. `lock`: within a transaction, which others wait for.
result<kv::CatalogRecord> read_catalog(Connection& connection, bool lock, Deadline deadline);
result<void> write_catalog(Connection& connection, kv::CatalogRecord const& record, Deadline deadline);

} // namespace scimkit::postgresql
