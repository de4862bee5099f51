// Formats that RFC 7643 prescribes for the text of some attributes, checked by their grammar only: nothing is
// looked up in a registry that changes.
#pragma once

#include <scimkit/schema/resource_type.hpp>

#include <string_view>

namespace scimkit
{

/// RFC 3986: a URI or a relative reference, not empty.
bool is_uri_reference(std::string_view text) noexcept;
/// RFC 5646, well-formed: subtags of one to eight letters and digits.
bool is_language_tag(std::string_view text) noexcept;
/// The value of an Accept-Language header, RFC 7231 section 5.3.5.
bool is_accept_language(std::string_view text) noexcept;
/// A name of the IANA time zone database: Area/Location, or one of its old names without an area.
bool is_time_zone_name(std::string_view text) noexcept;
/// RFC 7643 section 4.1.2 recommends tel: URIs but shows other spellings: anything printable that has a digit.
bool is_phone_number(std::string_view text) noexcept;
/// Two letters, as in ISO 3166-1 alpha-2.
bool is_country_code(std::string_view text) noexcept;
/// Base64 text of exactly one DER SEQUENCE, the frame of an X.509 certificate.
bool is_single_der_sequence(std::string_view base64);

/// What the text of this attribute has to be and is not ("a language tag (RFC 5646)"), or an empty view. `parent`
/// is null for top-level attributes; `schema` may be null where it is not known.
std::string_view format_fault(Schema const* schema, Attribute const* parent, Attribute const& attribute,
                              std::string_view text);

} // namespace scimkit
