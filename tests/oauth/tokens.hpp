// Keys, and tokens that are signed with them.
#pragma once

#include <scimkit/core/base64.hpp>
#include <scimkit/core/json.hpp>
#include <scimkit/oauth/jwt.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cjose/cjose.h>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace scimkit::test
{

inline Instant const noon = parse_date_time("2026-11-26T12:00:00Z").value();
inline auto const noon_seconds = std::chrono::duration_cast<std::chrono::seconds>(noon.time_since_epoch()).count();

inline constexpr auto issuer = "https://login.example.com/";
inline constexpr auto audience = "https://scim.example.com/scim/v2";

inline std::string base64url(std::string_view bytes)
{
    auto text = encode_base64(bytes);
    while (text.ends_with('='))
        text.pop_back();
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    return text;
}

inline std::string text_of(json::value const& value)
{
    std::string text;
    write_json(text, value);
    return text;
}

/// A key pair, or a secret.
class Pair
{
public:
    explicit Pair(cjose_jwk_t* jwk, std::string id = {})
        : jwk_(jwk)
        , id_(std::move(id))
    {
        BOOST_REQUIRE(jwk_ != nullptr);
    }
    ~Pair() { cjose_jwk_release(jwk_); }
    Pair(Pair const&) = delete;
    Pair& operator=(Pair const&) = delete;

    static cjose_jwk_t* rsa(std::size_t bits = 2'048)
    {
        std::array<std::uint8_t, 3> const exponent{1, 0, 1};
        cjose_err error{};
        return cjose_jwk_create_RSA_random(bits, exponent.data(), exponent.size(), &error);
    }
    static cjose_jwk_t* ec(cjose_jwk_ec_curve curve = CJOSE_JWK_EC_P_256)
    {
        cjose_err error{};
        return cjose_jwk_create_EC_random(curve, &error);
    }
    static cjose_jwk_t* secret(std::string const& bytes)
    {
        cjose_err error{};
        return cjose_jwk_create_oct_spec(reinterpret_cast<std::uint8_t const*>(bytes.data()), bytes.size(), &error);
    }

    /// As a member of a JWK Set, with what `more` says.
    json::object published(json::object const& more = {}, bool with_private_part = false) const
    {
        cjose_err error{};
        char* const text = cjose_jwk_to_json(jwk_, with_private_part, &error);
        BOOST_REQUIRE(text != nullptr);
        auto jwk = parse_json(text).value().get_object();
        std::free(text);
        if (!id_.empty())
            jwk["kid"] = id_;
        for (auto const& [name, value] : more)
            jwk[name] = value;
        return jwk;
    }

    std::string sign(json::object const& header, std::string const& payload) const
    {
        cjose_err error{};
        auto* const head = cjose_header_new(&error);
        for (auto const& [name, value] : header)
            if (value.is_string())
                BOOST_REQUIRE(
                    cjose_header_set(head, std::string{name}.c_str(), std::string{value.get_string()}.c_str(), &error));
            else
                BOOST_REQUIRE(cjose_header_set_raw(head, std::string{name}.c_str(), text_of(value).c_str(), &error));
        auto* const jws =
            cjose_jws_sign(jwk_, head, reinterpret_cast<std::uint8_t const*>(payload.data()), payload.size(), &error);
        cjose_header_release(head);
        BOOST_REQUIRE_MESSAGE(jws != nullptr, error.message);
        char const* compact = nullptr;
        BOOST_REQUIRE(cjose_jws_export(jws, &compact, &error));
        std::string token{compact};
        cjose_jws_release(jws);
        return token;
    }

    std::string const& id() const { return id_; }

private:
    cjose_jwk_t* jwk_;
    std::string id_;
};

struct Pairs
{
    Pair rsa{Pair::rsa(), "r1"};
    Pair other_rsa{Pair::rsa(), "r1"}; // of a stranger, under the same name
    Pair ec{Pair::ec(), "e1"};
    Pair small{Pair::rsa(1'024), "small"};
};

/// Made once: it takes a while.
inline Pairs const& pairs()
{
    static Pairs const all;
    return all;
}

struct Keys : KeySource
{
    result<std::string> fetch() override
    {
        ++fetched;
        return down ? result<std::string>{Error{ErrorCode::unavailable, "no route"}} : text_of(set);
    }
    bool may_block() const noexcept override { return false; }

    json::object set{{"keys", json::array{pairs().rsa.published({{"use", "sig"}}), pairs().ec.published(),
                                          pairs().small.published()}}};
    bool down = false;
    int fetched = 0;
};

/// Claims with others in their place, or without those that are null.
inline json::object changed(json::object claims, json::object const& more)
{
    for (auto const& [name, value] : more)
        if (value.is_null())
            claims.erase(name);
        else
            claims[name] = value;
    return claims;
}

inline json::object good_claims(json::object const& more = {})
{
    json::object claims{{"iss", issuer},
                        {"aud", audience},
                        {"sub", "idp-1"},
                        {"exp", noon_seconds + 600},
                        {"iat", noon_seconds - 10},
                        {"scope", "users.read groups.write"}};
    return changed(std::move(claims), more);
}

inline std::string signed_token(json::object const& more = {},
                                json::object const& header = {{"alg", "RS256"}, {"kid", "r1"}})
{
    return pairs().rsa.sign(header, text_of(good_claims(more)));
}

} // namespace scimkit::test
