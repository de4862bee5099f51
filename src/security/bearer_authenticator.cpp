// Bearer tokens (RFC 6750, RFC 7644 sections 7.3 and 7.4) found by their digest: no clear token is kept, and the time
// of a look-up tells nothing about one.
#include <scimkit/security/authentication.hpp>

#include "authorization_header.hpp"
#include "digest_map.hpp"
#include "token.hpp"

#include <mutex>
#include <shared_mutex>
#include <stdexcept>
#include <utility>

namespace scimkit
{
namespace
{

using detail::Sha256;

using Principals = detail::DigestMap<Principal>;

result<Principals> principals_of(std::vector<TokenRecord> tokens)
{
    Principals principals;
    principals.reserve(tokens.size());
    for (auto& [hex, principal] : tokens)
    {
        Sha256 digest{};
        if (!detail::from_hex(hex, digest))
            return Error{ErrorCode::invalid_value, "A token's SHA-256 is not 64 hexadecimal digits."};
        auto const [entry, is_new] = principals.try_emplace(digest, std::move(principal));
        if (!is_new && entry->second != principal)
            return Error{ErrorCode::invalid_value, "One token is that of two principals."};
    }
    return principals;
}

class Bearer final : public BearerAuthenticator
{
public:
    explicit Bearer(BearerOptions const& options)
        : basic_(options.basic)
        , challenge_(detail::bearer_challenge(options.realm, options.basic))
    {
    }

    result<Principal> authenticate(Credentials const& credentials) override
    {
        if (auto const token = detail::credentials_of(credentials.authorization, "Bearer"))
            return find(*token);
        if (basic_)
            if (auto password = detail::basic_password_of(credentials.authorization))
            {
                detail::WipeAtEnd const guard{*password};
                return find(*password);
            }
        return detail::wrong_credentials();
    }

    result<void> exchange(std::vector<TokenRecord> tokens) override
    {
        auto principals = principals_of(std::move(tokens));
        if (!principals)
            return principals.error();
        std::unique_lock const lock{mutex_};
        principals_.swap(*principals);
        return {};
    }

    std::string challenge() const override { return challenge_; }

    bool may_block() const noexcept override { return false; } // a hash and a look-up in memory

    std::vector<AuthenticationScheme> schemes() const override { return detail::bearer_schemes(basic_); }

private:
    result<Principal> find(std::string_view token) const
    {
        if (token.size() > detail::max_token_bytes)
            return detail::wrong_credentials();
        auto const digest = detail::sha256(token);
        std::shared_lock const lock{mutex_};
        auto const entry = principals_.find(digest);
        if (entry == principals_.end())
            return detail::wrong_credentials();
        return entry->second;
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
    auto made = std::make_shared<Bearer>(options);
    if (auto taken = made->exchange(std::move(tokens)); !taken)
        throw std::invalid_argument("bearer_authenticator: " + taken.error().detail);
    return made;
}

} // namespace scimkit
