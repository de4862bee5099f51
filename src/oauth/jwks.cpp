// A stranger chooses the `kid` of a token. So an unknown one may cause a fetch, but not one for each token.
#include "jwks.hpp"

#include <scimkit/core/json.hpp>

#include "../core/guarded.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

namespace scimkit
{
namespace oauth
{
namespace
{

constexpr std::size_t max_keys = 100; // of a JWK Set that are looked at; the others are passed over

/// A key for encryption signs nothing, and a secret or private one has no place in a set that anybody may read.
bool is_for_signatures(json::object const& jwk)
{
    auto const type = text_of(jwk, "kty");
    if ((type != "RSA" && type != "EC") || jwk.contains("d") || jwk.contains("k"))
        return false;
    if (auto const use = text_of(jwk, "use"); !use.empty() && use != "sig")
        return false;
    if (auto const* const operations = jwk.if_contains("key_ops"))
        if (!operations->is_array() ||
            std::ranges::none_of(operations->get_array(), [](json::value const& each) { return each == "verify"; }))
            return false;
    return type != "RSA" || text_of(jwk, "n").size() >= least_modulus;
}

std::optional<Key> parse_key(json::value const& value)
{
    if (!value.is_object() || !is_for_signatures(value.get_object()))
        return std::nullopt;
    auto const& jwk = value.get_object();
    json::object plain; // nothing reaches the library but what it needs
    for (char const* const name : {"kty", "n", "e", "crv", "x", "y"})
        if (auto const* const part = jwk.if_contains(name); part && part->is_string())
            plain[name] = *part;
    std::string text;
    write_json(text, plain);
    cjose_err error{};
    std::shared_ptr<cjose_jwk_t> const made{cjose_jwk_import(text.data(), text.size(), &error), ReleaseJwk{}};
    if (!made)
        return std::nullopt;
    return Key{.id = text_of(jwk, "kid"),
               .type = text_of(jwk, "kty"),
               .curve = text_of(jwk, "crv"),
               .algorithm = text_of(jwk, "alg"),
               .jwk = made};
}

class File final : public KeySource
{
public:
    explicit File(std::string path)
        : path_(std::move(path))
    {
    }

    result<std::string> fetch() override
    {
        std::ifstream file{path_, std::ios::binary};
        std::string text{std::istreambuf_iterator<char>{file}, {}};
        if (!file || text.size() > max_jwks_bytes)
            return Error{ErrorCode::unavailable, "The keys in " + path_ + " cannot be read, or are more than 1 MiB."};
        return text;
    }

    bool may_block() const noexcept override { return false; } // a small file, once a minute

private:
    std::string path_;
};

} // namespace

result<Keys> parse_jwks(std::string_view text)
{
    auto const parsed = parse_json(text, {.max_bytes = max_jwks_bytes});
    auto const* const list = parsed && parsed->is_object() ? parsed->get_object().if_contains("keys") : nullptr;
    if (!list || !list->is_array())
        return Error{ErrorCode::unavailable, "The keys are no JWK Set."};
    Keys keys;
    for (auto const& each : list->get_array())
        if (keys.size() < max_keys)
            if (auto key = parse_key(each))
                keys.push_back(std::move(*key));
    if (keys.empty())
        return Error{ErrorCode::unavailable, "The JWK Set has no key that signs access tokens."};
    return keys;
}

std::shared_ptr<cjose_jwk_t> stand_in_key(std::string_view algorithm)
{
    auto const rsa = []
    {
        // A check takes what it takes whatever the modulus is, as long as it is odd and of 2,048 bits.
        std::array<std::uint8_t, 256> modulus{};
        modulus.fill(0xff);
        std::array<std::uint8_t, 3> exponent{1, 0, 1};
        cjose_jwk_rsa_keyspec parts{};
        parts.n = modulus.data();
        parts.nlen = modulus.size();
        parts.e = exponent.data();
        parts.elen = exponent.size();
        cjose_err error{};
        return std::shared_ptr<cjose_jwk_t>{cjose_jwk_create_RSA_spec(&parts, &error), ReleaseJwk{}};
    };
    auto const on_curve = [](cjose_jwk_ec_curve curve)
    {
        cjose_err error{};
        return std::shared_ptr<cjose_jwk_t>{cjose_jwk_create_EC_random(curve, &error), ReleaseJwk{}};
    };
    static std::array const keys{
        Key{.id = {}, .type = "RSA", .curve = {}, .algorithm = {}, .jwk = rsa()},
        Key{.id = {}, .type = "EC", .curve = "P-256", .algorithm = {}, .jwk = on_curve(CJOSE_JWK_EC_P_256)},
        Key{.id = {}, .type = "EC", .curve = "P-384", .algorithm = {}, .jwk = on_curve(CJOSE_JWK_EC_P_384)},
        Key{.id = {}, .type = "EC", .curve = "P-521", .algorithm = {}, .jwk = on_curve(CJOSE_JWK_EC_P_521)}};
    auto const found = std::ranges::find_if(keys, [&](Key const& key) { return fits(key, algorithm); });
    return is_safe_algorithm(algorithm) && found != keys.end() ? found->jwk : nullptr;
}

bool is_safe_algorithm(std::string_view algorithm) noexcept
{
    constexpr std::array<std::string_view, 9> known{"RS256", "RS384", "RS512", "PS256", "PS384",
                                                    "PS512", "ES256", "ES384", "ES512"};
    return std::ranges::find(known, algorithm) != known.end();
}

bool fits(Key const& key, std::string_view algorithm) noexcept
{
    if (!key.algorithm.empty() && key.algorithm != algorithm)
        return false;
    if (algorithm.starts_with("RS") || algorithm.starts_with("PS"))
        return key.type == "RSA";
    return key.type == "EC" &&
           ((algorithm == "ES256" && key.curve == "P-256") || (algorithm == "ES384" && key.curve == "P-384") ||
            (algorithm == "ES512" && key.curve == "P-521"));
}

KeyCache::KeyCache(std::shared_ptr<KeySource> source, std::chrono::seconds interval)
    : source_(std::move(source))
    , interval_(interval)
{
}

std::shared_ptr<cjose_jwk_t> find_key(Keys const& keys, std::string_view kid, std::string_view algorithm)
{
    std::shared_ptr<cjose_jwk_t> found;
    for (Key const& key : keys)
    {
        if (!fits(key, algorithm) || (!kid.empty() && key.id != kid))
            continue;
        if (found)
            return nullptr; // which of them is for the token to say
        found = key.jwk;
    }
    return found;
}

FoundKey KeyCache::find(std::string_view kid, std::string_view algorithm)
{
    FoundKey found;
    if (is_due()) // a key that the issuer has taken away must not count for ever
        found.problem = fetch();
    auto const keys = [&]
    {
        std::lock_guard const lock{mutex_};
        if (!keys_)
            found.problem = problem_;
        return keys_;
    }();
    if (keys)
        found.key = find_key(*keys, kid, algorithm);
    else
        found.comes_later = found.problem.empty(); // nobody knows yet: somebody asks for the first time
    return found;
}

bool KeyCache::is_due() const noexcept
{
    return Clock::now().time_since_epoch().count() >= next_fetch_.load(std::memory_order_relaxed);
}

/// Why there are none, if this call has asked for them in vain. Whoever waits here has shown no credentials yet: one at
/// a time, or strangers would hold as many threads as an issuer that does not answer holds them up.
std::string KeyCache::fetch()
{
    std::unique_lock const once{fetching_, std::try_to_lock};
    if (!once.owns_lock() || !is_due()) // another one fetches them, or has done so meanwhile
        return {};
    next_fetch_.store((Clock::now() + interval_).time_since_epoch().count(), std::memory_order_relaxed);
    result<Keys> keys{Keys{}};
    auto const asked = detail::guarded(
        [&]() -> result<void>
        {
            auto const text = source_->fetch();
            keys = text ? parse_jwks(*text) : result<Keys>{text.error()};
            return {};
        });
    if (!asked) // without a problem to tell, all would wait for a fetch that nobody has begun
        keys = Error{ErrorCode::unavailable, "The source of the keys threw: " + asked.error().detail};
    std::lock_guard const lock{mutex_};
    if (keys)
        keys_ = std::make_shared<Keys const>(std::move(*keys));
    problem_ = keys ? std::string{} : keys.error().detail; // those that are there stay
    return problem_;
}

} // namespace oauth

result<void> check_jwks(std::string_view text)
{
    auto const keys = oauth::parse_jwks(text);
    return keys ? result<void>{} : keys.error();
}

std::shared_ptr<KeySource> jwks_file(std::string path) { return std::make_shared<oauth::File>(std::move(path)); }

} // namespace scimkit
