// Names of attributes with an index (kv/store.hpp), as somebody has typed them.
#pragma once

#include <scimkit/core/error.hpp>

#include <span>
#include <string>

namespace scimkit
{

class SchemaRegistry;

}

namespace scimkit::kv
{

/// Whether each of these is an attribute of at least one resource type, and may have an index wherever it is one. A
/// store does not ask: it is attached with registries that have some of the types. Ask it once, of all that there are.
///
/// Threading: any. Errors: invalid_value, which names the attribute. Complexity: one look-up for each name and type.
SCIMKIT_API result<void> check_indexes(std::span<std::string const> indexes, SchemaRegistry const& registry);

} // namespace scimkit::kv
