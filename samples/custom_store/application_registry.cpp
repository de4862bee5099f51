// What SCIM is told of the tables: an attribute for each column, and none that they have no place for.
#include <scimkit/schema/registry.hpp>
#include <scimkit/store/attribute_map.hpp>

#include "application_sql.hpp"
#include "application_store.hpp"

std::shared_ptr<scimkit::SchemaRegistry const> sample::application_registry()
{
    using namespace scimkit;
    return SchemaRegistry::Builder{}
        .add_rfc7643()
        .keep_only("User", attributes_of(sql::user_columns, {"groups"}).value())
        .keep_only("Group", attributes_of(sql::group_columns, {"members"}).value())
        .only_values(urn::user, "emails.type", {"work"})
        .build()
        .value();
}
