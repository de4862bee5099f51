// Upgrade: brings a database of an older format to this build's. From 1 to 2 every value gets its seal (seal.hpp); from
// 2 to 3 the entries of the change log get their new form. In batches, each a commit that also says how far it came, so
// that an interrupted upgrade goes on at the next start where it was. From 3 to 4 nothing is rewritten.
#pragma once

#include <scimkit/kv/engine.hpp>

#include "catalog.hpp"

namespace scimkit::kv
{

/// Does nothing to a database of this build's format. `record` is what is stored, and becomes what is stored then.
/// Errors: those of the engine.
result<void> upgrade(Engine& engine, CatalogRecord& record);

} // namespace scimkit::kv
