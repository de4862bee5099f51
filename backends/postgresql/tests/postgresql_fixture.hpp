// For test programs that are about nothing but PostgreSQL.
#pragma once

#include "support/postgresql_store.hpp"

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

} // namespace scimkit
