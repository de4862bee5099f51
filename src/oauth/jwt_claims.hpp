// What a token says of itself, looked at before and after its signature.
#pragma once

#include <scimkit/core/json.hpp>
#include <scimkit/oauth/jwt.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace scimkit::oauth
{

/// Base64 with the URL alphabet, without padding, exact: unused bits are zero. Nothing if it is not.
std::optional<std::string> decode_base64url(std::string_view text);

/// NumericDate (RFC 7519 section 2): seconds, perhaps with a fraction. Nothing: it is none, or beyond the year 9999.
std::optional<Instant> time_of(json::value const& value);

struct JwtHeader
{
    std::string algorithm;
    std::string key_id;
};

/// The header of a token. Error: the reason, for the log.
result<JwtHeader> read_header(std::string_view encoded, JwtOptions const& options);

/// The principal of a token whose signature is good. Error: the reason, for the log.
result<Principal> read_claims(std::string_view json, JwtOptions const& options, Instant now);

} // namespace scimkit::oauth
