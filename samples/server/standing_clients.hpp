// Which clients of the token endpoint may still do what a token of theirs was for when it was used.
#pragma once

#include <scimkit/core/date_time.hpp>
#include <scimkit/security/authentication.hpp>

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace server
{

/// Threading: any.
class StandingClients
{
public:
    struct Client
    {
        std::string tenant{}; ///< empty: the default one
        std::vector<std::string> scopes{};
        std::optional<scimkit::Instant> expires{};
    };
    /// By name; none that is revoked.
    using ByName = std::map<std::string, Client, std::less<>>;

    void exchange(ByName clients)
    {
        std::lock_guard const lock{mutex_};
        clients_ = std::move(clients);
    }

    /// Whether the client of that name is for the principal's tenant and for all its scopes, at this time.
    bool covers(scimkit::Principal const& principal, std::string_view default_tenant, scimkit::Instant now) const;

private:
    mutable std::mutex mutex_;
    ByName clients_;
};

} // namespace server
