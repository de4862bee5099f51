// One algorithm, so that nothing can be negotiated down: whoever checks a token takes ES256 and this key.
#include <scimkit/oauth/event_signer.hpp>

#include "../security/sodium.hpp"
#include "jwks.hpp"
#include "jws.hpp"

#include <cjose/cjose.h>
#include <cstdlib>
#include <utility>

namespace scimkit
{
namespace
{

constexpr std::size_t max_key_bytes = 4'096; // of a private JWK; refused beyond

struct Release
{
    void operator()(cjose_jws_t* jws) const noexcept { cjose_jws_release(jws); }
    void operator()(cjose_header_t* header) const noexcept { cjose_header_release(header); }
    void operator()(char* text) const noexcept { std::free(text); }
};

using Jwk = std::unique_ptr<cjose_jwk_t, oauth::ReleaseJwk>;

/// The key as JSON; empty if it cannot be had.
std::string text_of(cjose_jwk_t const& key, bool with_private)
{
    cjose_err error{};
    std::unique_ptr<char, Release> const text{cjose_jwk_to_json(&key, with_private, &error)};
    return text ? std::string{text.get()} : std::string{};
}

class Signer final : public EventSigner
{
public:
    Signer(Jwk key, std::string id, std::string jwks)
        : key_(std::move(key))
        , id_(std::move(id))
        , jwks_(std::move(jwks))
    {
    }

    result<std::string> sign(json::object const& claims) const override
    {
        std::string text;
        write_json(text, claims);
        cjose_err error{};
        std::unique_ptr<cjose_header_t, Release> const header{cjose_header_new(&error)};
        if (!header || !cjose_header_set(header.get(), CJOSE_HDR_ALG, CJOSE_HDR_ALG_ES256, &error) ||
            !cjose_header_set(header.get(), "typ", "secevent+jwt", &error) ||
            !cjose_header_set(header.get(), CJOSE_HDR_KID, id_.c_str(), &error))
            return failed();
        std::unique_ptr<cjose_jws_t, Release> const jws{cjose_jws_sign(
            key_.get(), header.get(), reinterpret_cast<std::uint8_t const*>(text.data()), text.size(), &error)};
        char const* compact = nullptr;
        if (!jws || !cjose_jws_export(jws.get(), &compact, &error))
            return failed();
        return std::string{compact};
    }

    std::string jwks() const override { return jwks_; }

private:
    static Error failed() { return {ErrorCode::internal, "A security event token could not be signed."}; }

    Jwk const key_;
    std::string const id_;
    std::string const jwks_;
};

/// For whoever checks signatures: which key it is, and what it is for.
result<std::pair<std::string, std::string>> public_part(cjose_jwk_t const& key)
{
    auto parsed = parse_json(text_of(key, false));
    if (!parsed || !parsed->is_object())
        return Error{ErrorCode::invalid_value, "The key has no public part."};
    auto& jwk = parsed->get_object();
    auto const* const given = jwk.if_contains("kid");
    std::string id = given && given->is_string() ? std::string{given->get_string()}
                                                 : detail::to_hex(detail::sha256(text_of(key, false))).substr(0, 32);
    jwk["kid"] = id;
    jwk["alg"] = "ES256";
    jwk["use"] = "sig";
    json::object const set{{"keys", json::array{std::move(jwk)}}};
    std::string text;
    write_json(text, set);
    return std::pair{std::move(id), std::move(text)};
}

/// The public part is not made of the private one: a key whose parts are of two would sign what nobody can check.
bool fits_what_it_shows(EventSigner const& signer)
{
    auto const keys = oauth::parse_jwks(signer.jwks());
    auto const token = signer.sign({{"iss", "scimkit"}});
    return keys && token && oauth::verified_claims(*token, *keys->front().jwk).has_value();
}

} // namespace

result<std::shared_ptr<EventSigner>> event_signer(std::string_view jwk)
{
    Error const none{ErrorCode::invalid_value, "The key is no private JWK of the curve P-256."};
    auto const parsed = parse_json(jwk, {.max_bytes = max_key_bytes});
    auto const* const object = parsed ? parsed->if_object() : nullptr;
    auto const is = [&](std::string_view name, std::string_view what)
    {
        auto const* const value = object->if_contains(name);
        return value && value->is_string() && (what.empty() || value->get_string() == what);
    };
    if (!object || !is("kty", "EC") || !is("crv", "P-256") || !is("d", ""))
        return none;
    cjose_err error{};
    Jwk key{cjose_jwk_import(jwk.data(), jwk.size(), &error)};
    if (!key)
        return none;
    auto shown = public_part(*key);
    if (!shown)
        return std::move(shown).error();
    auto made = std::make_shared<Signer>(std::move(key), std::move(shown->first), std::move(shown->second));
    if (!fits_what_it_shows(*made))
        return none;
    return std::shared_ptr<EventSigner>{std::move(made)};
}

result<std::string> new_signing_key()
{
    cjose_err error{};
    Jwk const key{cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, &error)};
    auto text = key ? text_of(*key, true) : std::string{};
    if (text.empty())
        return Error{ErrorCode::internal, "libcjose makes no key: the system has no source of randomness."};
    return text;
}

} // namespace scimkit
