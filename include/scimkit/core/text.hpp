// Text rules of SCIM: comparison without regard to case, Unicode normal form, UTF-8 (RFC 7643 section 2.2,
// RFC 7644 sections 3.4.2.2 and 5). Unicode work is utf8proc's; plain ASCII never reaches it.
//
// Threading: any. Errors: none; any bytes may come. Complexity: linear in the text.
#pragma once

#include <scimkit/export.hpp>

#include <string>
#include <string_view>

namespace scimkit
{

/// Equal but for the case of ASCII letters: for names that the grammars restrict to ASCII (attribute names, URNs,
/// operators, header names).
SCIMKIT_API bool equal_ascii_ignoring_case(std::string_view a, std::string_view b) noexcept;

/// The text with its ASCII letters in lower case; all other bytes as they are.
SCIMKIT_API std::string to_ascii_lower(std::string_view text);

/// True for well-formed UTF-8 without surrogates or overlong forms.
SCIMKIT_API bool is_valid_utf8(std::string_view text) noexcept;

/// The key by which a value is compared: NFC for case-exact attributes; where case does not matter, the
/// UsernameCaseMapped mappings of PRECIS (RFC 8265 section 3.3.2): full-width and half-width letters are usual ones;
/// each letter is in lower case, whatever stands beside it; then NFC. Two values are equal under the rule exactly
/// when their keys are the same bytes, and the byte order of keys is the order of code points. Invalid UTF-8 is
/// compared byte by byte.
SCIMKIT_API std::string comparison_key(std::string_view text, bool case_exact);

/// comparison_key(a) == comparison_key(b), without building keys where both are ASCII.
SCIMKIT_API bool equal_text(std::string_view a, std::string_view b, bool case_exact);

} // namespace scimkit
