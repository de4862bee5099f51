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

/// The attributes and sub-attributes of a type that keep_named() needs to be told to keep all of it.
std::vector<std::string> all_names(ResourceType const& type);

/// `names` without what `left_out` names. Error: invalid_value, something that the type does not have.
result<std::vector<std::string>> names_without(std::vector<std::string> const& names,
                                               std::vector<std::string> const& left_out, ResourceType const& type);

/// Gives the attribute ("emails.type") canonical values, unless `values` is empty; with `only` it may have no others.
/// Error: invalid_value.
result<void> set_values(std::vector<Schema>& schemas, std::string_view uri, std::string_view name,
                        std::vector<std::string> const& values, bool only);

} // namespace scimkit
