// An assertion is worth one token, once, soon, and here: each of these is a claim that has to be there.
#include "assertion.hpp"

#include <scimkit/core/json.hpp>

#include "jws.hpp"
#include "jwt_claims.hpp"

#include <utility>

namespace scimkit::oauth
{
namespace
{

constexpr std::size_t max_jti_bytes = 256; // of an assertion; it is refused

Error refused(std::string why) { return {ErrorCode::unauthorized, std::move(why)}; }

std::string_view claim_of(json::object const& claims, std::string_view name)
{
    auto const* const value = claims.if_contains(name);
    return value && value->is_string() ? std::string_view{value->get_string()} : std::string_view{};
}

/// One audience, and it is us: one that is for others too may be used by them.
bool is_for_us(json::object const& claims, TokenEndpointOptions const& options)
{
    auto const* audience = claims.if_contains("aud");
    if (audience && audience->is_array() && audience->get_array().size() == 1)
        audience = &audience->get_array().front();
    return audience && audience->is_string() &&
           (audience->get_string() == options.endpoint || audience->get_string() == options.issuer);
}

result<Instant> check_times(json::object const& claims, TokenEndpointOptions const& options, Instant now)
{
    auto const time = [&](char const* name)
    {
        auto const* const value = claims.if_contains(name);
        return value ? time_of(*value) : std::nullopt;
    };
    auto const expires = time("exp");
    if (!expires)
        return refused("its assertion has no exp, or one that is no time");
    if (now >= *expires + options.skew)
        return refused("its assertion has expired");
    if (*expires > now + options.longest_assertion + options.skew)
        return refused("its assertion lives longer than assertions may");
    for (char const* const name : {"nbf", "iat"})
        if (claims.contains(name))
            if (auto const begins = time(name); !begins || *begins > now + options.skew)
                return refused(std::string{"the "} + name + " of its assertion is not yet, or no time");
    return *expires;
}

} // namespace

std::string client_named_by(std::string_view assertion)
{
    if (!may_be_jwt(assertion))
        return {};
    auto const rest = assertion.substr(assertion.find('.') + 1);
    auto const text = decode_base64url(rest.substr(0, rest.find('.')));
    auto const claims = text ? parse_json(*text, {.max_depth = 16}) : result<json::value>{refused("")};
    return claims && claims->is_object() ? std::string{claim_of(claims->get_object(), "iss")} : std::string{};
}

result<GoodAssertion> check_assertion(std::string_view assertion, OAuthClient const& client, Keys const& keys,
                                      TokenEndpointOptions const& options, Instant now)
{
    JwtOptions as_jwt;
    as_jwt.algorithms = options.algorithms;
    auto const header = read_header(assertion.substr(0, assertion.find('.')), as_jwt);
    if (!header)
        return refused("its assertion: " + header.error().detail);
    auto const key = find_key(keys, header->key_id, header->algorithm);
    auto const stand_in = key ? nullptr : stand_in_key(header->algorithm);
    auto const text = key        ? verified_claims(assertion, *key)
                      : stand_in ? verified_claims(assertion, *stand_in)
                                 : result<std::string>{refused("there is no key")};
    if (!key)
        return refused("there is no key for its assertion");
    if (!text)
        return refused("its assertion: " + text.error().detail);
    auto const parsed = parse_json(*text, {.max_depth = 16});
    if (!parsed || !parsed->is_object())
        return refused("the claims of its assertion cannot be read");
    auto const& claims = parsed->get_object();
    if (claim_of(claims, "iss") != client.id || claim_of(claims, "sub") != client.id)
        return refused("its assertion is not of itself");
    if (!is_for_us(claims, options))
        return refused("its assertion is for another audience");
    auto const expires = check_times(claims, options, now);
    if (!expires)
        return expires.error();
    auto const jti = claim_of(claims, "jti");
    if (jti.empty() || jti.size() > max_jti_bytes)
        return refused("its assertion has no jti, or a long one");
    return GoodAssertion{.id = std::string{jti}, .expires = *expires};
}

} // namespace scimkit::oauth
