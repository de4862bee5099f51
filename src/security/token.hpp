// What a bearer token may look like (RFC 6750 section 2.1, RFC 9110 section 11.2).
#pragma once

#include <cstddef>
#include <string_view>

namespace scimkit::detail
{

inline constexpr std::size_t min_token_bytes = 16;
inline constexpr std::size_t max_token_bytes = 4096;

/// b64token of RFC 6750, which is token68 of RFC 9110.
bool is_token68(std::string_view text) noexcept;

} // namespace scimkit::detail
