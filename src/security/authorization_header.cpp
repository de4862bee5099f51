// The grammar of the header, apart from what its credentials are worth: all authenticators read it alike (RFC 7644
// section 2).
#include "authorization_header.hpp"

#include <scimkit/core/base64.hpp>
#include <scimkit/core/text.hpp>

#include "sodium.hpp"
#include "token.hpp"

#include <algorithm>
#include <stdexcept>

namespace scimkit::detail
{

namespace
{

/// A quoted-string of RFC 9110 section 5.6.4.
std::string quoted_realm(std::string_view text)
{
    std::string out = "\"";
    if (!is_realm(text))
        throw std::invalid_argument("bearer_authenticator: a realm is printable ASCII");
    for (char const c : text)
    {
        if (c == '"' || c == '\\')
            out += '\\';
        out += c;
    }
    return out += '"';
}

} // namespace

std::optional<std::string_view> credentials_of(std::string_view authorization, std::string_view scheme) noexcept
{
    auto const name = authorization.substr(0, authorization.find(' '));
    if (name.size() == authorization.size() || !equal_ascii_ignoring_case(name, scheme))
        return std::nullopt;
    authorization.remove_prefix(std::min(authorization.find_first_not_of(' ', name.size()), authorization.size()));
    if (!is_token68(authorization))
        return std::nullopt;
    return authorization;
}

std::optional<std::string> basic_password_of(std::string_view authorization)
{
    auto const encoded = credentials_of(authorization, "Basic");
    if (!encoded || encoded->size() > 2 * max_token_bytes)
        return std::nullopt;
    auto pair = decode_base64(*encoded);
    if (!pair)
        return std::nullopt;
    WipeAtEnd const guard{*pair};
    auto const colon = pair->find(':');
    if (colon == std::string::npos)
        return std::nullopt;
    return pair->substr(colon + 1);
}

bool is_realm(std::string_view text) noexcept
{
    return std::all_of(text.begin(), text.end(),
                       [](char c)
                       { return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7F; });
}

std::string bearer_challenge(std::string_view realm, bool basic)
{
    auto const quoted = quoted_realm(realm);
    auto challenge = "Bearer realm=" + quoted;
    if (basic)
        challenge += ", Basic realm=" + quoted + ", charset=\"UTF-8\"";
    return challenge;
}

std::vector<AuthenticationScheme> bearer_schemes(bool basic)
{
    std::vector<AuthenticationScheme> all{
        {.type = "oauthbearertoken",
         .name = "OAuth Bearer Token",
         .description = "Authentication with a bearer token in the Authorization header",
         .spec_uri = "https://www.rfc-editor.org/info/rfc6750",
         .primary = true},
    };
    if (basic)
        all.push_back({.type = "httpbasic",
                       .name = "HTTP Basic",
                       .description = "Authentication with a token as the password of HTTP Basic",
                       .spec_uri = "https://www.rfc-editor.org/info/rfc7617"});
    return all;
}

Error wrong_credentials() { return {ErrorCode::unauthorized, "The request has no valid credentials."}; }

} // namespace scimkit::detail
