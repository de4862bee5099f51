// Evaluation of bound filters over canonical resources (RFC 7644 section 3.4.2.2), and the order of values
// (section 3.4.2.3). This is the reference: whatever a store pushes down must give the same answers.
#pragma once

#include <scimkit/core/budget.hpp>
#include <scimkit/filter/bind.hpp>

#include <cstdint>
#include <string_view>

namespace scimkit
{

/// What a filter can see of a resource. Lifetimes: a view for the length of a call; it cannot be assigned, and nothing
/// keeps one.
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
///
/// `budget` may be null. It is charged for each test and for each byte of text that a test looks at; evaluation ends
/// early once it is exhausted, and then the answer means nothing: look at the budget before you believe it. Cost: terms
/// times bytes; each value is brought into comparable form once, however many terms test it.
SCIMKIT_API bool matches(BoundFilter const& filter, ResourceView const& resource, Budget* budget = nullptr);

/// True when one element of a multi-valued attribute (or the value of a single-valued complex one) matches the
/// filter of a value path. `budget`: as above.
SCIMKIT_API bool matches_element(BoundFilter const& filter, json::value const& element, Budget* budget = nullptr);

/// A value to sort by; empty when the resource has none.
using SortValue = std::optional<BoundLiteral>;

/// The value of `attribute` that decides the order: of several the primary one, else the first. `budget` may be null;
/// once it is exhausted the value means nothing.
SCIMKIT_API SortValue sort_value(AttributeRef const& attribute, ResourceView const& resource, Budget* budget = nullptr);

/// <0, 0, >0 in ascending order; no value sorts last (RFC 7644 section 3.4.2.3). Complexity: linear in the shorter
/// text.
SCIMKIT_API int compare_sort_values(SortValue const& a, SortValue const& b) noexcept;

/// Reads a stored JSON value as the attribute's type; empty when it does not fit. It is here, and not beside the
/// literals of bind.hpp, since it is for values: a store makes keys and sort values by it, so that they are those of
/// the reference.
SCIMKIT_API std::optional<BoundLiteral> to_literal(Attribute const& attribute, json::value const& value);

} // namespace scimkit
