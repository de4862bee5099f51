// Resource: one SCIM resource in canonical form, the shape in which everything inside scimkit sees it.
//
// Canonical form: member names in schema spelling; extension attributes in an object under the extension's URI;
// unassigned attributes (null, [], {}) are absent, at every level; values have their attribute's JSON type.
// `id`, `meta` and `schemas` are not in `attributes`: the first two are fields, the third is computed.
#pragma once

#include <scimkit/filter/evaluate.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace scimkit
{

/// A commit number of the tenant: grows with every change, is never reused, 0 means that the store keeps none.
using Version = std::uint64_t;

/// A value; copies are deep. A Resource that a store hands out belongs to the receiver.
struct Resource
{
    ResourceType const* type = nullptr; ///< never null in use; points into the SchemaRegistry
    std::string id{};
    Instant created{};
    Instant last_modified{};
    Version version = 0;
    json::object attributes{};

    /// What filters see. Points into *this.
    ResourceView view() const { return {*type, id, created, last_modified, version, attributes}; }
};

/// The computed `schemas` (RFC 7643 section 3): the base schema, then each extension that has data.
SCIMKIT_API std::vector<std::string_view> schemas_of(ResourceType const& type, json::object const& attributes);

/// W/"42" (RFC 7644 section 3.14); empty for version 0.
SCIMKIT_API std::string format_version(Version version);

/// The value of an attribute within canonical attributes, or null pointer: resolves the extension's object and,
/// for single-valued complex attributes, the sub-attribute. Not for id, meta and schemas.
SCIMKIT_API json::value const* find_value(json::object const& attributes, AttributeRef const& attribute) noexcept;

} // namespace scimkit
