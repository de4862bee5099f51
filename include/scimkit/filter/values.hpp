// Values as filters, sort orders, cursors and index keys compare them: a literal in the type of its attribute
// (RFC 7644 sections 3.4.2.2 and 3.4.2.3).
//
// Threading, lifetimes: values, which own what they hold. Errors: none.
#pragma once

#include <scimkit/core/date_time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace scimkit
{

/// A number without rounding where that is possible: integers of 64 bits exactly, all others as double.
using Number = std::variant<std::int64_t, std::uint64_t, double>;

/// <0, 0, >0, complexity constant; exact between integers and doubles of any size.
SCIMKIT_API int compare_numbers(Number const& a, Number const& b) noexcept;

/// A string literal: as written (decoded), and the key by which values of the attribute compare.
struct StringKey
{
    std::string text;
    std::string key; ///< comparison_key(text, attribute.case_exact)

    friend bool operator==(StringKey const&, StringKey const&) = default;
};

/// The literal in the attribute's type: null; boolean; integer or decimal; dateTime; string, reference, binary.
using BoundLiteral = std::variant<std::nullptr_t, bool, Number, Instant, StringKey>;

/// A value to sort by; empty when the resource has none.
using SortValue = std::optional<BoundLiteral>;

/// <0, 0, >0 in ascending order; no value sorts last (RFC 7644 section 3.4.2.3). Text compares by its key. Both are of
/// one attribute. Complexity: linear in the shorter text.
SCIMKIT_API int compare_sort_values(SortValue const& a, SortValue const& b) noexcept;

} // namespace scimkit
