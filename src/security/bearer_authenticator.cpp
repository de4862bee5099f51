// Bearer tokens (RFC 6750, RFC 7644 sections 7.3 and 7.4) found by their digest: no clear token is kept, and the time
// of a look-up tells nothing about one.
#include <scimkit/core/base64.hpp>
#include <scimkit/core/text.hpp>
#include <scimkit/security/authentication.hpp>

#include "sodium.hpp"
#include "token.hpp"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <stdexcept>
#include <unordered_map>
#include <utility>

namespace scimkit
{
namespace
{

using detail::Sha256;

/// The credentials of `scheme`, if that is what the header has: scheme 1*SP token68 (RFC 9110 section 11.4).
std::optional<std::string_view> credentials_of(std::string_view authorization, std::string_view scheme) noexcept
{
    auto const name = authorization.substr(0, authorization.find(' '));
    if (name.size() == authorization.size() || !equal_ascii_ignoring_case(name, scheme))
        return std::nullopt;
    authorization.remove_prefix(std::min(authorization.find_first_not_of(' ', name.size()), authorization.size()));
    if (!detail::is_token68(authorization))
        return std::nullopt;
    return authorization;
}

/// A quoted-string of RFC 9110 section 5.6.4.
std::string quoted(std::string_view text)
{
    std::string out = "\"";
    for (char const c : text)
    {
        if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7F)
            throw std::invalid_argument("bearer_authenticator: a realm is printable ASCII");
        if (c == '"' || c == '\\')
            out += '\\';
        out += c;
    }
    return out += '"';
}

/// Digests are evenly distributed and nobody can choose one: their first bytes are the hash. What little their
/// place in the table tells by its timing is about digests, from which no token follows.
struct DigestHash
{
    std::size_t operator()(Sha256 const& digest) const noexcept
    {
        std::size_t hash = 0;
        std::memcpy(&hash, digest.data(), sizeof hash);
        return hash;
    }
};

struct DigestEqual
{
    bool operator()(Sha256 const& a, Sha256 const& b) const noexcept { return detail::same_digest(a, b); }
};

using Principals = std::unordered_map<Sha256, Principal, DigestHash, DigestEqual>;

Principals principals_of(std::vector<TokenRecord> tokens)
{
    Principals principals;
    principals.reserve(tokens.size());
    for (auto& [hex, principal] : tokens)
    {
        Sha256 digest{};
        if (!detail::from_hex(hex, digest))
            throw std::invalid_argument("bearer_authenticator: sha256 is not 64 hexadecimal digits");
        auto const [entry, is_new] = principals.try_emplace(digest, std::move(principal));
        if (!is_new && entry->second != principal)
            throw std::invalid_argument("bearer_authenticator: one token for two principals");
    }
    return principals;
}

class Bearer final : public BearerAuthenticator
{
public:
    Bearer(std::vector<TokenRecord> tokens, BearerOptions const& options)
        : basic_(options.basic)
        , challenge_("Bearer realm=" + quoted(options.realm))
        , principals_(principals_of(std::move(tokens)))
    {
        if (basic_)
            challenge_ += ", Basic realm=" + quoted(options.realm) + ", charset=\"UTF-8\"";
    }

    result<Principal> authenticate(Credentials const& credentials) override
    {
        if (auto const token = credentials_of(credentials.authorization, "Bearer"))
            return find(*token);
        if (basic_)
            if (auto const encoded = credentials_of(credentials.authorization, "Basic"))
                return find_basic(*encoded);
        return refusal();
    }

    void exchange(std::vector<TokenRecord> tokens) override
    {
        auto principals = principals_of(std::move(tokens));
        std::unique_lock const lock(mutex_);
        principals_.swap(principals);
    }

    std::string challenge() const override { return challenge_; }

    bool may_block() const noexcept override { return false; } // a hash and a look-up in memory

    std::vector<AuthenticationScheme> schemes() const override
    {
        std::vector<AuthenticationScheme> all{
            {.type = "oauthbearertoken",
             .name = "OAuth Bearer Token",
             .description = "Authentication with a bearer token in the Authorization header",
             .spec_uri = "https://www.rfc-editor.org/info/rfc6750",
             .primary = true},
        };
        if (basic_)
            all.push_back({.type = "httpbasic",
                           .name = "HTTP Basic",
                           .description = "Authentication with a token as the password of HTTP Basic",
                           .spec_uri = "https://www.rfc-editor.org/info/rfc7617"});
        return all;
    }

private:
    /// One answer for every fault, so that it tells nothing.
    static Error refusal()
    {
        return {.code = ErrorCode::unauthorized, .detail = "The request has no valid credentials."};
    }

    result<Principal> find(std::string_view token) const
    {
        if (token.size() > detail::max_token_bytes)
            return refusal();
        auto const digest = detail::sha256(token);
        std::shared_lock const lock(mutex_);
        auto const entry = principals_.find(digest);
        if (entry == principals_.end())
            return refusal();
        return entry->second;
    }

    /// base64(user-id ":" password), RFC 7617 section 2. The user-id has no colon; it is not looked at.
    result<Principal> find_basic(std::string_view encoded) const
    {
        if (encoded.size() > 2 * detail::max_token_bytes)
            return refusal();
        auto pair = decode_base64(encoded);
        if (!pair)
            return refusal();
        detail::WipeAtEnd const guard(*pair);
        auto const colon = pair->find(':');
        if (colon == std::string::npos)
            return refusal();
        return find(std::string_view(*pair).substr(colon + 1));
    }

    bool basic_;
    std::string challenge_;
    mutable std::shared_mutex mutex_; ///< for principals_
    Principals principals_;
};

} // namespace

std::shared_ptr<BearerAuthenticator> bearer_authenticator(std::vector<TokenRecord> tokens, BearerOptions options)
{
    detail::require_sodium();
    return std::make_shared<Bearer>(std::move(tokens), options);
}

} // namespace scimkit
