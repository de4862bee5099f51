// As the service has it: unique-group-names and unique-external-ids are switches, not characteristics of a schema.
#include "also_unique.hpp"

#include <scimkit/schema/resource_type.hpp>

namespace server
{

std::vector<scimkit::UniqueKeyRules::AlsoUnique> also_unique(scimkit::SchemaRegistry const& registry,
                                                             scimkit::Tolerance const& tolerance)
{
    std::vector<scimkit::UniqueKeyRules::AlsoUnique> unique;
    for (auto const& type : registry.resource_types())
    {
        if (tolerance.unique_group_names && type->name() == "Group")
            unique.push_back({type->name(), "displayName"});
        if (tolerance.unique_external_ids)
            unique.push_back({type->name(), "externalId"});
    }
    return unique;
}

} // namespace server
