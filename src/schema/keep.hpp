// What SchemaRegistry::Builder takes from definitions that are not the application's own.
#pragma once

#include <scimkit/schema/resource_type.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{

/// The base schema's, then the extensions'.
std::vector<std::string> schema_uris(ResourceTypeDefinition const& type);

/// Leaves in `schemas` and in `type` only what is named of `whole`, which is the type as it was. `types` are all
/// definitions, `type` among them. Error: invalid_value.
result<void> keep_named(ResourceTypeDefinition& type, ResourceType const& whole, std::vector<std::string> const& names,
                        std::vector<ResourceTypeDefinition> const& types, std::vector<Schema>& schemas);

/// Lets the attribute ("emails.type") have its canonical values only, which become `values` unless that is empty.
/// Error: invalid_value.
result<void> limit_values(std::vector<Schema>& schemas, std::string_view uri, std::string_view name,
                          std::vector<std::string> const& values);

} // namespace scimkit
