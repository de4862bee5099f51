// The keywords of RFC 7643 section 7, each list in the order of its enumeration, and what goes with which type.
#pragma once

#include <scimkit/schema/schema.hpp>

#include <array>
#include <string_view>

namespace scimkit::keywords
{

inline constexpr std::array<std::string_view, 8> types{"string",   "boolean",   "decimal", "integer",
                                                       "dateTime", "reference", "binary",  "complex"};
inline constexpr std::array<std::string_view, 4> mutabilities{"readOnly", "readWrite", "immutable", "writeOnly"};
inline constexpr std::array<std::string_view, 4> returned{"always", "never", "default", "request"};
inline constexpr std::array<std::string_view, 3> uniqueness{"none", "server", "global"};

/// Text whose case can matter; with all others the schema says nothing of case (RFC 7643 section 2.3).
constexpr bool has_case(AttributeType type) noexcept
{
    return type == AttributeType::string || type == AttributeType::reference || type == AttributeType::binary;
}

/// Always case-exact, whatever a schema says (RFC 7643 sections 2.3.6 and 2.3.7).
constexpr bool is_always_case_exact(AttributeType type) noexcept
{
    return type == AttributeType::reference || type == AttributeType::binary;
}

/// RFC 7643 sections 2.3.2, 2.3.5, 2.3.6 and 2.3.8 deny uniqueness to the others.
constexpr bool has_uniqueness(AttributeType type) noexcept
{
    return type == AttributeType::string || type == AttributeType::reference || type == AttributeType::integer ||
           type == AttributeType::decimal;
}

} // namespace scimkit::keywords
