// What an Authorization header and its challenge look like (RFC 9110 section 11).
#pragma once

#include <scimkit/export.hpp>
#include <scimkit/security/authentication.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit::detail
{

/// The credentials of `scheme`, if that is what the header has: scheme 1*SP token68 (RFC 9110 section 11.4).
SCIMKIT_API std::optional<std::string_view> credentials_of(std::string_view authorization,
                                                           std::string_view scheme) noexcept;

/// The password of HTTP Basic, base64(user-id ":" password), RFC 7617 section 2. The user-id has no colon; it is not
/// looked at. Wipe what comes back.
std::optional<std::string> basic_password_of(std::string_view authorization);

/// Whether a challenge can name it as its realm: printable ASCII, or nothing.
SCIMKIT_API bool is_realm(std::string_view text) noexcept;

/// The challenge of a 401, Bearer and perhaps Basic. Throws std::invalid_argument for what is no realm.
SCIMKIT_API std::string bearer_challenge(std::string_view realm, bool basic);

/// What ServiceProviderConfig says of them.
SCIMKIT_API std::vector<AuthenticationScheme> bearer_schemes(bool basic);

/// One answer for every fault of credentials, so that it tells nothing.
SCIMKIT_API Error wrong_credentials();

} // namespace scimkit::detail
