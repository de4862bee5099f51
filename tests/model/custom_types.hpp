// Resource types of every size for the fuzzer: Size0, Size1, … Size30 with attributes of every kind, one of them with
// an extension, and Team, which lists people as Group lists members.
#pragma once

#include <scimkit/schema/registry.hpp>

#include "types.hpp"

#include <memory>

namespace scimkit::model
{

/// The types of RFC 7643, memberships as resources, and the fuzzer's own.
std::shared_ptr<SchemaRegistry const> make_registry();

/// All of them as the model sees them: from what `GET /Schemas` and `GET /ResourceTypes` answer.
Types read_types(json::value const& schemas, json::value const& resource_types);

} // namespace scimkit::model
