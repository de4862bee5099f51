// Comparison of stored strings with the literals of a bound filter, without building keys for ASCII. Private to the
// room.
#pragma once

#include <scimkit/filter/bind.hpp>

#include <string_view>

namespace scimkit::detail
{

/// <stored> <op> <literal> under the attribute's case rule. The same as comparing comparison keys.
bool match_text(std::string_view stored, CompareOperator op, std::string_view literal_key, bool case_exact);

/// True when both are URIs of one SCIM resource: equal but for the API version (RFC 7643 section 2.4), or one of
/// them is relative. "https://example.com/v2/Users/1", "https://example.com/Users/1" and "../Users/1" are equal.
bool same_resource_uri(std::string_view a, std::string_view b) noexcept;

} // namespace scimkit::detail
