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
        , challenge_(detail::bearer_challenge(options.realm, options.basic))
        , principals_(principals_of(std::move(tokens)))
    {
    }

    result<Principal> authenticate(Credentials const& credentials) override
    {
        if (auto const token = detail::credentials_of(credentials.authorization, "Bearer"))
            return find(*token);
        if (basic_)
            if (auto password = detail::basic_password_of(credentials.authorization))
            {
                detail::WipeAtEnd const guard(*password);
                return find(*password);
            }
        return detail::wrong_credentials();
    }

    void exchange(std::vector<TokenRecord> tokens) override
    {
        auto principals = principals_of(std::move(tokens));
        std::unique_lock const lock(mutex_);
        principals_.swap(principals);
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
        std::shared_lock const lock(mutex_);
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
    return std::make_shared<Bearer>(std::move(tokens), options);
}

} // namespace scimkit
