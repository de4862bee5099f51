// Rebuild: brings a database into the form that the configuration asks for: indexes, unique keys, and which attributes
// are large. In batches, so that no transaction grows with the database; if it is interrupted, the next start begins
// anew.
#pragma once

#include <scimkit/kv/engine.hpp>

#include "catalog.hpp"

namespace scimkit::kv
{

/// Stores the catalogue's record; does the work above if it differs from what was stored. Errors: uniqueness (a newly
/// unique attribute has a value twice), corrupt, those of the engine.
result<void> adopt(Engine& engine, Catalog const& catalog, CatalogRecord const& stored);

} // namespace scimkit::kv
