// Rebuild: brings a database into the form that the configuration asks for: indexes, unique keys, and which attributes
// are large. In batches, so that no transaction grows with the database; if it is interrupted, the next start begins
// anew.
#pragma once

#include <scimkit/export.hpp>
#include <scimkit/kv/engine.hpp>

#include "catalog.hpp"
#include "record_codec.hpp"

#include <span>
#include <vector>

namespace scimkit::kv
{

/// Stores the catalogue's record; does the work above if it differs from what was stored. Errors: uniqueness (a newly
/// unique attribute has a value twice), corrupt, those of the engine.
result<void> adopt(Engine& engine, Catalog const& catalog, CatalogRecord const& stored);

/// What is kept as large attributes of that type by a stored record of the catalogue, and is a part of the resource
/// now. Errors: corrupt.
SCIMKIT_API result<std::vector<Catalog::Large>> no_longer_large(CatalogRecord const& stored, ResourceType const& type);

/// Of the keys that a record holds those of unique attributes that its values do not give: another rule made them, and
/// nobody else is to be refused because of them.
SCIMKIT_API std::vector<HeldKey> outdated_keys(Catalog::Type const& type, std::span<HeldKey const> held,
                                               Facts const& facts);

/// Two resources have the same value of what is to be unique from now on.
SCIMKIT_API Error share_a_value(ResourceType const& type, std::string_view attribute, std::string_view one,
                                std::string_view other);

} // namespace scimkit::kv
