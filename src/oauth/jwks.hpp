// The issuer's keys: what of a JWK Set may sign access tokens, and how they are fetched anew.
#pragma once

#include <scimkit/oauth/jwt.hpp>

#include <atomic>
#include <cjose/cjose.h>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit::oauth
{

struct ReleaseJwk
{
    void operator()(cjose_jwk_t* key) const noexcept { cjose_jwk_release(key); }
};

struct Key
{
    std::string id;        ///< `kid`; may be empty
    std::string type;      ///< `kty`: "RSA" or "EC"
    std::string curve;     ///< `crv` of EC
    std::string algorithm; ///< `alg`, if the key is for one alone
    std::shared_ptr<cjose_jwk_t> jwk;
};

using Keys = std::vector<Key>;

/// Asymmetric, and known to be safe.
bool is_safe_algorithm(std::string_view algorithm) noexcept;

/// The RSA and EC keys of a JWK Set (RFC 7517) that are for signatures. What is something else is passed over; RSA keys
/// of less than 2,048 bits too. Errors: unavailable (it is no JWK Set, or none of its keys is good).
result<Keys> parse_jwks(std::string_view text);

inline constexpr std::size_t least_modulus = 342; // characters of base64url of an RSA modulus: 256 bytes, 2,048 bits

inline constexpr std::size_t max_jwks_bytes = std::size_t{1} << 20; // of a JWK Set; it is refused

/// The key of that id for that algorithm; without an id the only one that fits. Null: there is none, or more than one.
std::shared_ptr<cjose_jwk_t> find_key(Keys const& keys, std::string_view kid, std::string_view algorithm);

/// A key that has signed nothing, for that algorithm: a signature is checked against it where there is no other key, so
/// that the time that an answer takes does not tell whether there is one. Null: no algorithm is called so.
std::shared_ptr<cjose_jwk_t> stand_in_key(std::string_view algorithm);

/// Whether a signature by `algorithm` may be one of this key.
bool fits(Key const& key, std::string_view algorithm) noexcept;

/// What was found for a token.
struct FoundKey
{
    std::shared_ptr<cjose_jwk_t> key{}; ///< null: there is none
    std::string problem{};              ///< why a set could not be had, if that is the reason
    bool comes_later = false;           ///< another thread asks the issuer for the first time
};

/// Threading: from any number of threads. One at a time fetches, and waits for it; the others go on with what there is.
class KeyCache
{
public:
    using Clock = std::chrono::steady_clock;

    KeyCache(std::shared_ptr<KeySource> source, std::chrono::seconds interval);

    /// The key for a token. The set is fetched anew, if the last time was longer ago than the interval: what the issuer
    /// adds or takes away counts from then on. While it cannot be had, that of before counts. A token without `kid`
    /// gets the only key that fits.
    FoundKey find(std::string_view kid, std::string_view algorithm);

    bool may_block() const noexcept { return source_->may_block(); }

private:
    bool is_due() const noexcept;
    std::string fetch();

    std::shared_ptr<KeySource> source_;
    std::chrono::seconds interval_;
    std::mutex mutex_; ///< for the next two
    std::shared_ptr<Keys const> keys_;
    std::string problem_; ///< of the last fetch
    std::mutex fetching_; ///< one at a time
    std::atomic<Clock::rep> next_fetch_{std::numeric_limits<Clock::rep>::min()};
};

} // namespace scimkit::oauth
