// The order: what costs nothing first (shape, algorithm), then the key, then the signature, and only then what the
// token claims, so that nothing of an unsigned token has an effect but the choice of its key.
#include "../security/authorization_header.hpp"
#include "jwks.hpp"
#include "jws.hpp"
#include "jwt_claims.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <stdexcept>
#include <utility>

namespace scimkit
{
namespace oauth
{
namespace
{

class ByJwt final : public Authenticator
{
public:
    explicit ByJwt(JwtOptions options)
        : options_(std::move(options))
        , keys_(options_.keys, options_.refresh_interval)
        , challenge_(detail::bearer_challenge(options_.realm, false))
    {
        if (!options_.resource_metadata.empty())
            challenge_ += ", resource_metadata=\"" + options_.resource_metadata + "\"";
    }

    result<Principal> authenticate(Credentials const& credentials) override
    {
        auto const token = detail::credentials_of(credentials.authorization, "Bearer");
        if (!token)
            return detail::wrong_credentials();
        auto principal = check(*token);
        if (principal && options_.refused)
            tell_of_early_ones();
        if (principal)
            return principal;
        bool const is_early = principal.error().code == ErrorCode::busy;
        if (options_.refused && !(is_early && early_++ > 0))
            options_.refused("an access token was refused: " + principal.error().detail);
        return is_early ? std::move(principal).error() : detail::wrong_credentials();
    }

    std::string challenge() const override { return challenge_; }
    bool may_block() const noexcept override { return keys_.may_block(); }
    std::vector<AuthenticationScheme> schemes() const override { return detail::bearer_schemes(false); }

private:
    static Error refuse(std::string why) { return {ErrorCode::unauthorized, std::move(why)}; }

    /// While an issuer does not answer, anybody could write a line for each request: it is one, and then their number.
    void tell_of_early_ones()
    {
        if (early_ == 0)
            return;
        if (auto const all = early_.exchange(0); all > 1)
            options_.refused("while the keys were being fetched " + std::to_string(all - 1) +
                             " further access tokens were refused");
    }

    result<Principal> check(std::string_view token)
    {
        if (!may_be_jwt(token))
            return refuse("it is no signed JWT, or too long");
        auto const header = read_header(token.substr(0, token.find('.')), options_);
        if (!header)
            return header.error();
        auto const found = keys_.find(header->key_id, header->algorithm);
        if (found.comes_later) // nobody is told that its token is bad: an identity provider would give up
            return Error{.code = ErrorCode::busy,
                         .detail = "The keys of access tokens are being fetched. Try again.",
                         .retry_after = std::chrono::seconds{1}};
        if (!found.key)
            return refuse(found.problem.empty() ? "there is no key for it" : "there are no keys: " + found.problem);
        auto const claims = verified_claims(token, *found.key);
        if (!claims)
            return claims.error();
        auto const now = options_.now
                             ? options_.now()
                             : std::chrono::time_point_cast<Instant::duration>(std::chrono::system_clock::now());
        return read_claims(*claims, options_, now);
    }

    JwtOptions options_;
    KeyCache keys_;
    std::atomic<std::uint64_t> early_{0}; ///< tokens that came before the keys, since that was last told
    std::string challenge_;
};

class Either final : public Authenticator
{
public:
    Either(std::shared_ptr<Authenticator> jwt, std::shared_ptr<Authenticator> others)
        : jwt_(std::move(jwt))
        , others_(std::move(others))
    {
    }

    result<Principal> authenticate(Credentials const& credentials) override
    {
        auto const token = detail::credentials_of(credentials.authorization, "Bearer");
        bool const is_jwt = token && std::ranges::count(*token, '.') == 2;
        return (is_jwt ? jwt_ : others_)->authenticate(credentials);
    }

    std::string challenge() const override { return jwt_->challenge(); }
    bool may_block() const noexcept override { return jwt_->may_block() || others_->may_block(); }
    std::vector<AuthenticationScheme> schemes() const override { return others_->schemes(); }

private:
    std::shared_ptr<Authenticator> jwt_;
    std::shared_ptr<Authenticator> others_;
};

result<void> check(JwtOptions const& options)
{
    auto const wrong = [](std::string why) { return Error{ErrorCode::invalid_value, std::move(why)}; };
    if (options.issuer.empty() || options.audience.empty() || !options.keys || options.algorithms.empty())
        return wrong("Issuer, audience, keys and algorithms are needed.");
    for (std::string const& algorithm : options.algorithms)
        if (!is_safe_algorithm(algorithm))
            return wrong("The algorithm '" + algorithm + "' is not safe, or not known.");
    if (options.skew < std::chrono::seconds{0} || options.skew > longest_skew)
        return wrong("Clocks may differ by at most ten minutes.");
    if (options.resource_metadata.find_first_of("\"\\\r\n") != std::string::npos)
        return wrong("No header can carry that URL of the metadata.");
    if (!detail::is_realm(options.realm))
        return wrong("A realm is printable ASCII.");
    return {};
}

} // namespace
} // namespace oauth

result<std::shared_ptr<Authenticator>> jwt_authenticator(JwtOptions options)
{
    if (auto checked = oauth::check(options); !checked)
        return std::move(checked).error();
    return std::shared_ptr<Authenticator>{std::make_shared<oauth::ByJwt>(std::move(options))};
}

std::shared_ptr<Authenticator> jwt_or(std::shared_ptr<Authenticator> jwt, std::shared_ptr<Authenticator> others)
{
    if (!jwt || !others)
        throw std::invalid_argument("jwt_or: both authenticators are needed");
    return std::make_shared<oauth::Either>(std::move(jwt), std::move(others));
}

} // namespace scimkit
