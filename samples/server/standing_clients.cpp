// What waits to be carried out may wait for a day: whoever sent it must still be allowed to.
#include "standing_clients.hpp"

#include <scimkit/security/scopes.hpp>

namespace server
{

bool StandingClients::covers(scimkit::Principal const& principal, std::string_view default_tenant,
                             scimkit::Instant now) const
{
    std::lock_guard const lock{mutex_};
    auto const found = clients_.find(principal.subject);
    if (found == clients_.end())
        return false;
    Client const& client = found->second;
    std::string_view const tenant = client.tenant.empty() ? default_tenant : std::string_view{client.tenant};
    return (principal.tenant == tenant || (principal.tenant.empty() && tenant == default_tenant)) &&
           (!client.expires || now < *client.expires) && scimkit::scopes_cover(client.scopes, principal.scopes);
}

} // namespace server
