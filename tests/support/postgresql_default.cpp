// Linked into a test program, lets all its fixtures that name no store run over PostgreSQL:
// SCIMKIT_TEST_STORE=postgresql.
#include "postgresql_store.hpp"
#include "service_fixture.hpp"

#include <cstdlib>

namespace scimkit::test
{
namespace
{

struct DefaultStore
{
    DefaultStore()
    {
        char const* const wanted = std::getenv("SCIMKIT_TEST_STORE");
        if (!wanted || std::string_view{wanted} != "postgresql")
            return;
        if (!PostgresqlCluster::is_installed())
            std::_Exit(skipped);
        // Many fixtures live at once, each with connections of its own.
        default_store() = [] { return new_postgresql_store({.max_connections = 4}); };
    }
};

DefaultStore const chosen;

} // namespace
} // namespace scimkit::test
