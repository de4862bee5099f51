// Adopting a configuration: at every start what the database says of its keys is compared with what the configuration
// wants, and what differs is made anew.
#pragma once

#include "kv/catalog.hpp"
#include "pool.hpp"

namespace scimkit::postgresql
{

/// One transaction over a connection of the pool: other processes that start wait for it, and an interrupted one has
/// changed nothing. Keys of another form are made when nobody else uses the database, within `patience`.
/// Errors: invalid_value (others use it, too), uniqueness (what is to be unique is not), those of the store.
result<kv::Catalog> adopt(Pool& pool, Connection& connection, std::shared_ptr<SchemaRegistry const> const& registry,
                          kv::StoreOptions const& options, std::chrono::milliseconds patience);

} // namespace scimkit::postgresql
