// Stores over the cluster of the test program.
#pragma once

#include <scimkit/postgresql/postgresql_store.hpp>

#include "support/postgresql_cluster.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>

namespace scimkit
{

/// Ends the program as skipped where there is no PostgreSQL.
struct NeedsPostgresql
{
    NeedsPostgresql()
    {
        if (!test::PostgresqlCluster::is_installed())
            std::_Exit(test::skipped);
    }
};

namespace test
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

} // namespace test
} // namespace scimkit
