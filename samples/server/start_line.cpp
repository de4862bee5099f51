// An operator who reads one line after the start knows whether this is the server that was meant.
#include "start_line.hpp"

#include <cstddef>
#include <set>
#include <sstream>

namespace server
{

namespace
{

constexpr std::size_t most_shown = 20; // tenants in the line at the start; of others their number

/// Passwords may be in what libpq takes; host, port and name of the database say enough.
std::string store_of(std::string const& store)
{
    if (!store.starts_with("postgresql:"))
        return store;
    if (auto const at = store.find('@'); store.starts_with("postgresql://") && at != std::string::npos)
        return "postgresql://" + store.substr(at + 1, store.find('?') - at - 1);
    if (store.starts_with("postgresql://"))
        return store.substr(0, store.find('?'));
    std::string shown = "postgresql:";
    std::istringstream words{store.substr(shown.size())};
    for (std::string word; words >> word;)
        if (word.starts_with("host=") || word.starts_with("port=") || word.starts_with("dbname="))
            shown += (shown.back() == ':' ? "" : ",") + word;
    return shown;
}

std::string tolerance_of(Settings const& settings)
{
    std::string said = !settings.profile.empty() ? settings.profile : settings.strict ? "strict" : "default";
    for (std::string const& setting : settings.tolerance)
        said += "," + setting;
    return said;
}

} // namespace

std::string start_line(Configuration const& configuration, Settings const& settings)
{
    auto const& server = configuration.server;
    auto const is_v6 = server.address.find(':') != std::string::npos;
    std::set<std::string> tenants;
    if (configuration.tenant_list)
        for (auto const& tenant : configuration.tenant_list->all())
            tenants.insert(tenant->name + (tenant->enabled ? "" : "(off)"));
    else
        for (std::string const& tenant : configuration.tenants)
            tenants.insert(tenant.empty() ? configuration.service.default_tenant : tenant);
    std::string line = "address=" + (is_v6 ? "[" + server.address + "]" : server.address);
    line += ":" + std::to_string(server.port);
    line += server.tls ? " tls=on" : " tls=off";
    line += " base=" + configuration.announced;
    line += " store=" + store_of(settings.store);
    line += " tenants=";
    std::size_t shown = 0;
    for (auto each = tenants.begin(); each != tenants.end() && shown < most_shown; ++each)
        line += (shown++ == 0 ? "" : ",") + *each;
    if (tenants.size() > shown)
        line += ",and-" + std::to_string(tenants.size() - shown) + "-more";
    line += " tokens=" + std::to_string(configuration.tenants.size());
    line += " tolerance=" + tolerance_of(settings);
    if (!settings.trusted_proxies.empty())
        line += " proxies=" + std::to_string(settings.trusted_proxies.size());
    if (!settings.oauth_issuer.empty())
        line += " oauth-issuer=" + settings.oauth_issuer;
    if (!settings.admin.empty())
        line += " admin=" + settings.admin;
    if (!settings.allowed_addresses.empty())
        line += " allowed-addresses=" + std::to_string(settings.allowed_addresses.size());
    return line;
}

} // namespace server
