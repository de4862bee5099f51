// What a schema and a resource type must fulfil before a registry accepts them.
#pragma once

#include <scimkit/schema/resource_type.hpp>

namespace scimkit
{

/// Error: invalid_value, with the schema, the attribute and the reason.
result<void> check_schema(Schema const& schema);

/// What can be said of a resource type by itself: its name and its endpoint. Error: invalid_value.
result<void> check_names(ResourceTypeDefinition const& type);

/// What depends on the base schema: large attributes. Error: invalid_value.
result<void> check_base_schema(ResourceTypeDefinition const& type, Schema const& base);

/// An extension does not define what every resource has already. Error: invalid_value.
result<void> check_extension(ResourceTypeDefinition const& type, Schema const& extension);

} // namespace scimkit
