// AttributeMap: columns of a table to attributes of a resource and back, for stores over data that was not
// designed for SCIM. A mapping is a PATCH path, so that `emails[type eq "work"].value` can be a column.
#pragma once

#include <scimkit/resource/resource.hpp>

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace scimkit
{

/// Threading: immutable after make(). Points into the SchemaRegistry of `type`.
class SCIMKIT_API AttributeMap
{
public:
    /// One path for each column: `userName`, `name.givenName`, `urn:...:User:department`, `emails.value` (of the
    /// primary or first element), `emails[type eq "work"].value` (eq tests joined by and). Errors: invalid_path,
    /// invalid_filter (malformed, not an attribute, not a single simple value), naming the path.
    static result<AttributeMap> make(ResourceType const& type, std::span<std::string_view const> paths);

    std::size_t size() const noexcept { return columns_.size(); }

    /// The value that belongs into that column; null when the resource has none. Points into the resource.
    json::value const* get(Resource const& resource, std::size_t column) const;

    /// Puts a column's value into the resource; null leaves it unassigned. A number becomes a boolean where the
    /// attribute is one. Elements that several columns describe by the same filter become one.
    void set(Resource& resource, std::size_t column, json::value value) const;

private:
    std::vector<BoundPath> columns_;
};

} // namespace scimkit
