// Evaluation of bound filters over canonical resources (RFC 7644 section 3.4.2.2), and the order of values
// (section 3.4.2.3). This is the reference: whatever a store pushes down must give the same answers.
#pragma once

#include <scimkit/filter/bind.hpp>

#include <cstdint>
#include <string_view>

namespace scimkit
{

/// What a filter can see of a resource. All views must outlive the call.
struct ResourceView
{
    ResourceType const& type;
    std::string_view id;
    Instant created;
    Instant last_modified;
    std::uint64_t version;          ///< 0: none
    json::object const& attributes; ///< canonical; without id, meta and schemas
    std::string_view location{};    ///< meta.location; may be empty where the filter does not ask for it
};

/// True when the resource matches. Any value of a multi-valued attribute suffices; `ne` also matches when there
/// is no value at all; null and absent are one state; absent `primary` is false. Never fails.
SCIMKIT_API bool matches(BoundFilter const& filter, ResourceView const& resource);

/// True when one element of a multi-valued attribute (or the value of a single-valued complex one) matches the
/// filter of a value path.
SCIMKIT_API bool matches_element(BoundFilter const& filter, json::value const& element);

/// A value to sort by; empty when the resource has none.
using SortValue = std::optional<BoundLiteral>;

/// The value of `attribute` that decides the order: of several the primary one, else the first.
SCIMKIT_API SortValue sort_value(AttributeRef const& attribute, ResourceView const& resource);

/// <0, 0, >0 in ascending order; no value sorts last (RFC 7644 section 3.4.2.3).
SCIMKIT_API int compare_sort_values(SortValue const& a, SortValue const& b) noexcept;

/// Reads a stored JSON value as the attribute's type; empty when it does not fit.
SCIMKIT_API std::optional<BoundLiteral> to_literal(Attribute const& attribute, json::value const& value);

} // namespace scimkit
