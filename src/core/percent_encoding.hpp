// Percent-encoding of URIs (RFC 3986 sections 2.1 and 3.3).
#pragma once

#include <scimkit/core/error.hpp>
#include <scimkit/export.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace scimkit
{

/// `plus_is_space`: as forms are encoded. Error: bad_request, whose detail says what is wrong with the text: "is not
/// UTF-8".
result<std::string> decode_percent(std::string_view text, bool plus_is_space);

/// The text of one path segment; nothing for bad escapes, for what is not UTF-8, and for control characters, which no
/// id and no endpoint has.
std::optional<std::string> decode_segment(std::string_view text);

/// Whether `text`, decoded, is `name` in any letter case. Allocates nothing.
SCIMKIT_API bool is_segment(std::string_view text, std::string_view name) noexcept;

/// Appends `text` as one path segment: what RFC 3986 does not allow there is percent-encoded.
void append_segment(std::string& out, std::string_view text);

} // namespace scimkit
