// Index entries: the values under which a resource is found, by the indexes of its type.
#pragma once

#include <scimkit/store/transaction.hpp>

#include "catalog.hpp"

#include <span>
#include <vector>

namespace scimkit::kv
{

/// A value under which the resource is found by StoreOptions::indexes[index]. Of a string only the key counts.
struct IndexEntry
{
    std::size_t index = 0;
    BoundLiteral value;
};

/// Per index an entry for each distinct value. `known` are unique keys of the same resource, if they are at hand: they
/// save bringing a value into comparable form twice.
SCIMKIT_API std::vector<IndexEntry> index_entries(Catalog::Type const& type, Resource const& resource,
                                                  std::span<UniqueKey const> known = {});

} // namespace scimkit::kv
