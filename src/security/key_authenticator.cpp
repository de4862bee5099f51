// Keys by their digest. What is expired or revoked stays in the table until it is taken out, so that the log can say
// why somebody is refused; the answer is the same for all, and made in the same way: one hash, one look-up.
#include <scimkit/security/api_key.hpp>
#include <scimkit/security/scopes.hpp>

#include "api_key.hpp"
#include "authorization_header.hpp"
#include "digest_map.hpp"
#include "token.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <stdexcept>
#include <utility>

namespace scimkit
{
namespace
{

using detail::Sha256;
using Seconds = std::chrono::sys_seconds;

struct Kept
{
    KeyRecord record;
    std::atomic<Seconds::rep> used{0}; ///< 0: never

    explicit Kept(KeyRecord with)
        : record(std::move(with))
    {
    }
};

using Keys = detail::DigestMap<std::unique_ptr<Kept>>; // the table moves what it has

result<Keys> keys_of(std::vector<KeyRecord> records)
{
    Keys keys;
    keys.reserve(records.size());
    for (KeyRecord& record : records)
    {
        Sha256 digest{};
        if (!detail::from_hex(record.sha256, digest))
            return Error{ErrorCode::invalid_value, "sha256 is not 64 hexadecimal digits."};
        record.sha256 = detail::to_hex(digest);
        auto const [first, is_new] = keys.try_emplace(digest, std::make_unique<Kept>(std::move(record)));
        if (!is_new)
            return Error{ErrorCode::invalid_value, "The key sha256:" + first->second->record.sha256.substr(0, 8) +
                                                       "... is there twice; each stands for one principal."};
    }
    return keys;
}

class ByKey final : public KeyAuthenticator
{
public:
    explicit ByKey(KeyOptions options)
        : options_(std::move(options))
        , challenge_(detail::bearer_challenge(options_.realm, options_.basic))
    {
    }

    result<Principal> authenticate(Credentials const& credentials) override
    {
        if (auto const key = detail::credentials_of(credentials.authorization, "Bearer"))
            return find(*key);
        if (options_.basic)
            if (auto password = detail::basic_password_of(credentials.authorization))
            {
                detail::WipeAtEnd const guard{*password};
                return find(*password);
            }
        return detail::wrong_credentials();
    }

    result<void> exchange(std::vector<KeyRecord> records) override
    {
        auto keys = keys_of(std::move(records));
        if (!keys)
            return keys.error();
        std::unique_lock const lock{mutex_};
        for (auto& [digest, kept] : *keys)
            if (auto const before = keys_.find(digest); before != keys_.end())
                kept->used.store(before->second->used.load(std::memory_order_relaxed), std::memory_order_relaxed);
        keys_.swap(*keys);
        return {};
    }

    std::vector<KeyUse> uses() const override
    {
        std::vector<KeyUse> all;
        std::shared_lock const lock{mutex_};
        for (auto const& [digest, kept] : keys_)
            if (auto const used = kept->used.load(std::memory_order_relaxed); used != 0)
                all.push_back({kept->record.sha256, Seconds{std::chrono::seconds{used}}});
        return all;
    }

    KeyStanding standing(Principal const& principal) const override
    {
        auto found = KeyStanding::unknown;
        auto const at = now();
        std::shared_lock const lock{mutex_};
        for (auto const& [digest, kept] : keys_)
        {
            KeyRecord const& record = kept->record;
            Principal const& of = record.principal;
            if (of.subject != principal.subject || of.tenant != principal.tenant)
                continue;
            bool const is_for_all = scopes_cover(of.scopes, principal.scopes);
            if (!record.revoked && (!record.expires || at < *record.expires) && is_for_all)
                return KeyStanding::good;
            found = KeyStanding::refused;
        }
        return found;
    }

    std::string challenge() const override { return challenge_; }
    bool may_block() const noexcept override { return false; } // a hash and a look-up in memory
    std::vector<AuthenticationScheme> schemes() const override { return detail::bearer_schemes(options_.basic); }

private:
    Instant now() const
    {
        return options_.now ? options_.now()
                            : std::chrono::time_point_cast<Instant::duration>(std::chrono::system_clock::now());
    }

    result<Principal> find(std::string_view key)
    {
        if (key.size() > detail::max_token_bytes)
            return refuse("a key of more than 4,096 characters was refused");
        auto const digest = detail::sha256(key);
        std::string why;
        {
            std::shared_lock const lock{mutex_};
            auto const entry = keys_.find(digest);
            if (entry != keys_.end())
            {
                auto const at = now();
                auto const& record = entry->second->record;
                if (!record.revoked && (!record.expires || at < *record.expires))
                {
                    note_use(*entry->second, at);
                    return record.principal;
                }
                if (options_.refused)
                    why = reason(record);
            }
        }
        if (why.empty() && options_.refused)
            why = reason(key, digest);
        return refuse(why);
    }

    /// Threads that use one key write to one place once a second, not at each request.
    static void note_use(Kept& kept, Instant at) noexcept
    {
        auto const second = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
        if (kept.used.load(std::memory_order_relaxed) != second)
            kept.used.store(second, std::memory_order_relaxed);
    }

    static std::string reason(KeyRecord const& record)
    {
        auto text = "the key of \"" + record.principal.subject + "\" (sha256:" + record.sha256.substr(0, 8) + "...) ";
        return record.revoked ? text + "was refused: it is revoked"
                              : text + "was refused: it expired at " + format_date_time(*record.expires);
    }

    static std::string reason(std::string_view key, Sha256 const& digest)
    {
        auto text = "a key (sha256:" + detail::to_hex(digest).substr(0, 8) + "...) was refused: ";
        return detail::looks_like_api_key(key) && !is_api_key(key)
                   ? text + "it is mistyped or not whole, its check digits do not fit"
                   : text + "it is not known here";
    }

    Error refuse(std::string_view why) const
    {
        if (options_.refused)
            options_.refused(why);
        return detail::wrong_credentials();
    }

    KeyOptions options_;
    std::string challenge_;
    mutable std::shared_mutex mutex_; ///< for keys_
    Keys keys_;
};

} // namespace

KeyStanding KeyAuthenticator::standing(Principal const&) const { return KeyStanding::unknown; }

std::shared_ptr<KeyAuthenticator> key_authenticator(std::vector<KeyRecord> keys, KeyOptions options)
{
    detail::require_sodium();
    auto made = std::make_shared<ByKey>(std::move(options));
    if (auto taken = made->exchange(std::move(keys)); !taken)
        throw std::invalid_argument("key_authenticator: " + taken.error().detail);
    return made;
}

} // namespace scimkit
