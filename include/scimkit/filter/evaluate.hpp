// Evaluation of bound filters over canonical resources (RFC 7644 section 3.4.2.2), and the order of values
// (section 3.4.2.3). This is the reference: whatever a store pushes down must give the same answers.
//
// Threading: any; arguments are only read, but for the budget. Lifetimes: arguments need to live during the call only,
// and values that come back are their own. Errors: none; a stored value that does not fit its attribute is no value.
#pragma once

#include <scimkit/filter/resource_view.hpp>
#include <scimkit/filter/values.hpp>

#include <optional>

namespace scimkit
{

class Budget;
struct BoundFilter;

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

/// The value of `attribute` that decides the order: of several the primary one, else the first. `budget` may be null;
/// once it is exhausted the value means nothing. Complexity: linear in the values of the attribute.
SCIMKIT_API SortValue sort_value(AttributeRef const& attribute, ResourceView const& resource, Budget* budget = nullptr);

/// Reads a stored JSON value as the attribute's type; empty when it does not fit. It is here, and not beside the
/// literals of values.hpp, since it is for values: a store makes keys and sort values by it, so that they are those of
/// the reference.
/// Complexity: linear in the value.
SCIMKIT_API std::optional<BoundLiteral> to_literal(Attribute const& attribute, json::value const& value);

} // namespace scimkit
