// What a store's keys can be made of: one rule for unique attributes and for indexes.
#pragma once

#include <scimkit/schema/registry.hpp>

#include <string_view>

namespace scimkit
{

/// "The index 'name' is complex; ...". `what` is "index" or "unique attribute".
Error refused_key(std::string_view what, std::string_view path, std::string_view why);

/// Error: invalid_value (not an attribute name).
result<AttributePath> read_key_path(std::string_view what, std::string_view path);

/// Error: invalid_value, for what neither an index nor a unique key can be made of.
result<void> check_key_attribute(std::string_view what, std::string_view path, ResourceType const& type,
                                 AttributeRef const& attribute);

} // namespace scimkit
