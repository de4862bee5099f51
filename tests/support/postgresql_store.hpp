// Stores over the PostgreSQL cluster of a test program.
#pragma once

#include <scimkit/postgresql/postgresql_store.hpp>

#include "support/postgresql_cluster.hpp"

namespace scimkit::test
{

/// In a schema of its own, unless the options name one.
inline std::shared_ptr<ResourceStore> new_postgresql_store(postgresql::PostgresqlOptions options = {},
                                                           kv::StoreOptions store_options = {})
{
    PostgresqlCluster& cluster = PostgresqlCluster::shared();
    if (options.schema == postgresql::PostgresqlOptions{}.schema)
        options.schema = cluster.new_schema();
    return postgresql::open_store(cluster.conninfo(), options, std::move(store_options)).value();
}

} // namespace scimkit::test
