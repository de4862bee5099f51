// The signature is looked at in one place, for access tokens and assertions alike.
#include "jws.hpp"

#include "jwt_claims.hpp"

#include <algorithm>
#include <memory>

namespace scimkit::oauth
{
namespace
{

constexpr std::size_t max_token_bytes = 12'288; // of an access token or an assertion; 401

struct ReleaseJws
{
    void operator()(cjose_jws_t* jws) const noexcept { cjose_jws_release(jws); }
};

Error refuse(std::string why) { return {ErrorCode::unauthorized, std::move(why)}; }

} // namespace

bool may_be_jwt(std::string_view token) noexcept
{
    return token.size() <= max_token_bytes && std::ranges::count(token, '.') == 2;
}

result<std::string> verified_claims(std::string_view token, cjose_jwk_t& key)
{
    // Lax decoders take more than one spelling of a token; there is one.
    auto const signed_part = token.substr(0, token.rfind('.'));
    auto const claims = decode_base64url(signed_part.substr(signed_part.find('.') + 1));
    auto const signature = decode_base64url(token.substr(token.rfind('.') + 1));
    if (!claims || !signature || signature->empty())
        return refuse("it is not base64url");
    cjose_err error{};
    std::unique_ptr<cjose_jws_t, ReleaseJws> const jws{cjose_jws_import(token.data(), token.size(), &error)};
    if (!jws || !cjose_jws_verify(jws.get(), &key, &error))
        return refuse("its signature is wrong");
    return *claims;
}

} // namespace scimkit::oauth
