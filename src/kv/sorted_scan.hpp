// Sorted scan: all resources of a type in the order of an index. Only indexes of single-valued attributes have every
// resource exactly once.
#pragma once

#include "page.hpp"

namespace scimkit::kv
{

/// `from` is a position of the same query, or null. Backward: what is before it, the last first.
result<void> scan_sorted(Session& session, Catalog::Type const& type, Catalog::Index const& index,
                         SortOrder const& order, scimkit::Cursor const* from, bool backward, Page& page);

} // namespace scimkit::kv
