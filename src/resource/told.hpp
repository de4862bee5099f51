// What may be told to others of stored values: to observers, and in the change log. One rule, so that no secret gets
// out by the one way that forgot it.
#pragma once

#include <scimkit/core/json.hpp>
#include <scimkit/schema/schema.hpp>

#include <vector>

namespace scimkit
{

/// writeOnly, or never returned.
bool is_secret(Attribute const& attribute) noexcept;

/// It is secret, or one of its sub-attributes is.
bool holds_secret(Attribute const& attribute) noexcept;

/// One value of an attribute that is not secret, or one element, without what is secret in it. Made of what the schema
/// knows, rather than by taking away.
json::value told_value(json::value const& stored, Attribute const& attribute);

/// The same of the members of an object.
json::object told_members(json::object const& stored, std::vector<Attribute> const& attributes);

} // namespace scimkit
