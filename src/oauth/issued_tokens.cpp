// Kept by their hashes, as keys are, so that nobody who reads the memory of a dump has a token, and a look-up takes the
// same time for every token.
#include "issued_tokens.hpp"

#include <scimkit/security/api_key.hpp>

#include <mutex>
#include <utility>

namespace scimkit::oauth
{

std::string IssuedTokens::issue(Principal principal, Instant expires, std::size_t most)
{
    auto token = new_api_key();
    auto hash = make_key_record(token, {}).value().sha256;
    std::unique_lock const lock{mutex_};
    auto& hashes = hashes_of_[principal.subject];
    while (hashes.size() >= most)
    {
        tokens_.erase(hashes.front());
        hashes.pop_front();
    }
    hashes.push_back(hash);
    tokens_.insert_or_assign(std::move(hash), Issued{std::move(principal), expires});
    count_.store(tokens_.size(), std::memory_order_relaxed);
    return token;
}

std::optional<Principal> IssuedTokens::find(std::string_view token, Instant now) const
{
    if (count_.load(std::memory_order_relaxed) == 0 || !is_api_key(token))
        return std::nullopt;
    auto const record = make_key_record(token, {});
    if (!record)
        return std::nullopt;
    std::shared_lock const lock{mutex_};
    auto const found = tokens_.find(record->sha256);
    return found != tokens_.end() && now < found->second.expires ? std::optional{found->second.principal}
                                                                 : std::nullopt;
}

void IssuedTokens::withdraw(std::string const& client, std::string_view token)
{
    auto const hash = make_key_record(token, {}).value().sha256;
    std::unique_lock const lock{mutex_};
    tokens_.erase(hash);
    if (auto const found = hashes_of_.find(client); found != hashes_of_.end())
        std::erase(found->second, hash);
    count_.store(tokens_.size(), std::memory_order_relaxed);
}

void IssuedTokens::end(std::string const& client)
{
    std::unique_lock const lock{mutex_};
    auto const found = hashes_of_.find(client);
    if (found == hashes_of_.end())
        return;
    for (std::string const& hash : found->second)
        tokens_.erase(hash);
    hashes_of_.erase(found);
    count_.store(tokens_.size(), std::memory_order_relaxed);
}

} // namespace scimkit::oauth
