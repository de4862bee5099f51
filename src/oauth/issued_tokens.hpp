// The tokens that were issued and have not ended.
#pragma once

#include <scimkit/oauth/token_endpoint.hpp>

#include <atomic>
#include <deque>
#include <map>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace scimkit::oauth
{

/// Threading: all functions from any number of threads.
class IssuedTokens
{
public:
    /// A new token, in clear. What is too many of its principal's subject ends. Wipe it when it has been shown.
    std::string issue(Principal principal, Instant expires, std::size_t most);

    /// Whom it stands for. Nothing: it is none of these, or has ended.
    std::optional<Principal> find(std::string_view token, Instant now) const;

    /// Ends one, of that client.
    void withdraw(std::string const& client, std::string_view token);

    /// Ends all tokens of a client.
    void end(std::string const& client);

private:
    struct Issued
    {
        Principal principal;
        Instant expires;
    };

    mutable std::shared_mutex mutex_;                          ///< for both
    std::unordered_map<std::string, Issued> tokens_;           ///< by their hashes
    std::map<std::string, std::deque<std::string>> hashes_of_; ///< of each client, the oldest first
    std::atomic<std::size_t> count_{0};
};

} // namespace scimkit::oauth
