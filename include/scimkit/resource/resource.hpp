// Resource: one SCIM resource in canonical form, the shape in which everything inside scimkit sees it.
//
// Canonical form: member names in schema spelling; extension attributes in an object under the extension's URI;
// unassigned attributes (null, [], {}) are absent, at every level; values have their attribute's JSON type.
// `id`, `meta` and `schemas` are not in `attributes`: the first two are fields, the third is computed.
//
// Threading: values. Errors: none here. What a store gives that is not canonical harms nothing. A name that no schema
// has is never shown, and stays. A value of another kind than its attribute (a text for a list) is shown as it is, but
// where `$ref` is computed of it, or before a write: then the request is a 500, and the log line names type and id.
#pragma once

#include <scimkit/filter/resource_view.hpp>
#include <scimkit/resource/packed.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{

/// The state of a resource, for compare-and-set and ETags: differs from every earlier version of the same resource, and
/// says nothing else. Two resources may have the same one, and a later one need not be greater.
///
/// A value. `Version{}` means that the store keeps none. A type of its own, so that it is never taken for a number, nor
/// for a place in the change log (LogPosition).
class Version
{
public:
    constexpr Version() noexcept = default;
    /// `number` as the store keeps it; 0: none.
    constexpr explicit Version(std::uint64_t number) noexcept
        : number_(number)
    {
    }

    constexpr std::uint64_t number() const noexcept { return number_; }
    /// False: none.
    constexpr explicit operator bool() const noexcept { return number_ != 0; }

    friend constexpr bool operator==(Version, Version) noexcept = default;

private:
    std::uint64_t number_ = 0;
};

/// A value; copies are deep. A Resource that a store hands out belongs to the receiver.
struct Resource
{
    ResourceType const* type = nullptr; ///< never null in use; points into the SchemaRegistry
    std::string id{};
    Instant created{};
    Instant last_modified{};
    Version version{}; ///< none where the store keeps none
    json::object attributes{};
    /// In place of `attributes`, which are empty then, of a store that was asked for it (Wanted::packed); otherwise
    /// none.
    PackedAttributes packed{};

    /// What filters see: of `attributes`. Points into *this.
    ResourceView view() const { return {*type, id, created, last_modified, version.number(), attributes}; }
};

/// Puts packed attributes, if there are any, into `attributes`; what is there already stays. Error: corrupt.
SCIMKIT_API result<void> unpack(Resource& resource);

/// The computed `schemas` (RFC 7643 section 3): the base schema, then each extension that has data. Lifetimes: views of
/// the registry. Complexity: one look-up for each extension of the type.
SCIMKIT_API std::vector<std::string_view> schemas_of(ResourceType const& type, json::object const& attributes);

/// W/"42" (RFC 7644 section 3.14); empty where there is none.
SCIMKIT_API std::string format_version(Version version);

/// The value of an attribute within canonical attributes, or null pointer: resolves the extension's object and,
/// for single-valued complex attributes, the sub-attribute. Of a sub-attribute of several elements it is the list of
/// these, of a whole extension its object. Not for id, meta and schemas.
///
/// Lifetimes: points into `attributes`, until they change. Complexity: one to three look-ups by name.
SCIMKIT_API json::value const* find_value(json::object const& attributes, AttributeRef const& attribute) noexcept;

} // namespace scimkit
