// What a copy can hold, whatever its source has.
#pragma once

#include <scimkit/core/json.hpp>
#include <scimkit/schema/registry.hpp>

#include <memory>
#include <set>
#include <string>
#include <string_view>

namespace scimkit::connector
{

/// User and Group with the core and enterprise attributes; nothing in it is unique or required. Made once.
result<std::shared_ptr<SchemaRegistry const>> const& copy_registry();

/// Whether a value can be put at that path of a resource of the copy.
bool can_hold(std::string const& type, std::string_view path);

/// The paths among `attributes` that a copy has no place for. Complexity: linear in them.
std::set<std::string> left_out_of(std::string const& type, json::object const& attributes);

} // namespace scimkit::connector
