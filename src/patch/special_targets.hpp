// Targets that are no ordinary attribute: `schemas`, and an extension as a whole.
#pragma once

#include "draft.hpp"
#include "patch.hpp"

namespace scimkit
{

/// True for the common attribute of that name.
bool is_common(AttributeRef const& attribute, std::string_view name) noexcept;

/// `schemas` is computed from the data: naming known schemas is fine and changes nothing by itself. Errors:
/// mutability for taking the base schema away, invalid_value for what is no schema of the type.
result<void> check_schemas_change(PatchOperation const& operation, ResourceType const& type,
                                  PatchOptions const& options);

/// Removes the attributes of an extension but those that the service provider keeps there. Errors: mutability,
/// no_target.
result<void> remove_extension(Draft& draft, ResourceType const& type, Schema const& schema,
                              PatchOptions const& options);

} // namespace scimkit
