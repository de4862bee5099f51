// Adopting a configuration: at every start what the database says of its keys is compared with what the configuration
// wants, and what differs is made anew.
#pragma once

#include "kv/catalog.hpp"
#include "pool.hpp"

namespace scimkit::postgresql
{

/// One transaction: other processes that start wait for it, and an interrupted one has changed nothing.
/// Errors: invalid_value, uniqueness (what is to be unique is not), those of the store.
result<kv::Catalog> adopt(Pool& pool, std::shared_ptr<SchemaRegistry const> const& registry,
                          kv::StoreOptions const& options, function_ref<result<void>(kv::Catalog const&)> agree);

} // namespace scimkit::postgresql
