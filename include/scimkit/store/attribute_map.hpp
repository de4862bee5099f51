// AttributeMap: columns of a table to attributes of a resource and back, for stores over data that was not
// designed for SCIM. A mapping is a PATCH path, so that `emails[type eq "work"].value` can be a column.
#pragma once

#include <scimkit/filter/bind.hpp>
#include <scimkit/resource/resource.hpp>

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{

/// For applications whose tables have a column for each single value, and rows of other tables for members.
///
///     auto const map = AttributeMap::make(user_type, {{"userName", "emails[type eq \"work\"].value"}});
///
/// Threading: immutable after make(); share freely. Lifetimes: points into the SchemaRegistry of `type`, which outlives
/// it. Errors: only make() has any; a column out of range is a mistake of the program, and undefined.
class SCIMKIT_API AttributeMap
{
public:
    /// One path for each column, in their order: `userName`, `name.givenName`, `urn:...:User:department`,
    /// `emails.value` (of the primary or first element), `emails[type eq "work"].value` (eq tests of texts and
    /// booleans, joined by and). An extension's readOnly attribute may be a column, since an application sets it
    /// itself.
    ///
    /// Lifetimes: `paths` need to live during the call only.
    /// Errors: invalid_path (malformed, not an attribute, not a single simple value; a readOnly attribute that is no
    /// extension's: it is computed, or a field of Resource), invalid_filter (no such tests), naming the path.
    /// Complexity: linear in the paths.
    static result<AttributeMap> make(ResourceType const& type, std::span<std::string_view const> paths);

    /// The number of paths. Complexity: constant.
    std::size_t size() const noexcept { return columns_.size(); }

    /// The value that belongs into that column; null when the resource has none. `resource` is of the type of make().
    ///
    /// Lifetimes: points into the resource, until it changes.
    /// Errors: none. Requires column < size().
    /// Complexity: one look-up; with a filter or of a list linear in its elements.
    json::value const* get(Resource const& resource, std::size_t column) const;

    /// Puts a column's value into the resource; null leaves it unassigned. A number becomes a boolean where the
    /// attribute is one. Elements that several columns describe by the same filter become one. Other values are taken
    /// as they are: a column of another type than its attribute makes a resource that is refused when it is read.
    ///
    /// Lifetimes: invalidates what get() gave of this resource.
    /// Errors: none. Requires column < size().
    /// Complexity: as get().
    void set(Resource& resource, std::size_t column, json::value value) const;

    /// An attribute of which the resource has an element that no column holds ("emails": a second one of type work, or
    /// one without a type), so that it would be gone with the next read: a store may refuse it by this name. Empty:
    /// there is none. Attributes of which no column holds anything do not count.
    ///
    /// Errors: none. Complexity: for each column linear in the elements, and in the columns of their attribute.
    std::string left_out(Resource const& resource) const;

private:
    std::vector<BoundPath> columns_;
};

/// The attributes that columns keep, for SchemaRegistry::Builder::keep_only(): of `emails[type eq "work"].value` these
/// are "emails.value" and "emails.type". `more` is added as it is: "members", "groups".
///
/// Threading: any. Lifetimes: arguments need to live during the call only.
/// Errors: invalid_path, invalid_filter (a path that is malformed; whether there are such attributes, build() says).
/// Complexity: linear in the paths.
SCIMKIT_API result<std::vector<std::string>> attributes_of(std::span<std::string_view const> paths,
                                                           std::initializer_list<std::string_view> more = {});

} // namespace scimkit
