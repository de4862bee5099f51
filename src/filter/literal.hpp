// Literals of filters in the types of their attributes. Private to the room.
#pragma once

#include <scimkit/filter/bind.hpp>
#include <scimkit/filter/filter.hpp>

#include <string_view>

namespace scimkit::detail
{

/// The value of a JSON number, exact where 64 bits can hold it. What is beyond a double becomes infinite: so
/// `x lt 1e400` is true for every number, as it should be.
Number parse_number(std::string_view text) noexcept;

/// `literal` in the type of `attribute.leaf()`, which is not complex. Error: invalid_filter, for a literal or an
/// operator that does not fit.
result<BoundLiteral> bind_literal(Literal const& literal, CompareOperator op, AttributeRef const& attribute,
                                  BindOptions const& options);

/// The operators that every type has, and null.
constexpr bool is_equality(CompareOperator op) noexcept
{
    return op == CompareOperator::eq || op == CompareOperator::ne;
}

/// The operators that only text has.
constexpr bool is_substring(CompareOperator op) noexcept
{
    return op == CompareOperator::co || op == CompareOperator::sw || op == CompareOperator::ew;
}

} // namespace scimkit::detail
