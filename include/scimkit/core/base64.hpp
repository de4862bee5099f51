// Base64 of RFC 4648 section 4, exact: padding needed, no blanks, no URL alphabet, unused bits zero
// (RFC 7643 section 2.3.6). Threading: any. Complexity: linear in the text.
#pragma once

#include <scimkit/core/error.hpp>

#include <string>
#include <string_view>

namespace scimkit
{

/// The decoded bytes. Error: invalid_value.
SCIMKIT_API result<std::string> decode_base64(std::string_view text);

/// True when decode_base64 would succeed; allocates nothing.
SCIMKIT_API bool is_base64(std::string_view text) noexcept;

/// The one text that decodes to these bytes.
SCIMKIT_API std::string encode_base64(std::string_view bytes);

} // namespace scimkit
