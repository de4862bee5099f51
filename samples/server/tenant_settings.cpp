// A token of a tenant that there is not opens nothing, and nobody would know why: so that is told at the start.
#include "tenant_settings.hpp"

#include <scimkit/core/similar.hpp>

#include "invalid.hpp"
#include "logging.hpp"
#include "secret_files.hpp"
#include "tenants_file.hpp"

#include <algorithm>
#include <utility>

namespace server
{

using scimkit::result;

namespace
{

/// Where the path begins: behind the host, which may be the tenant's name too.
std::size_t path_of(std::string const& base_url)
{
    auto const host = base_url.find("://");
    return std::min(host == std::string::npos ? host : base_url.find('/', host + 3), base_url.size());
}

} // namespace

std::string with_tenant(std::string base_url)
{
    if (base_url.find("{tenant}") != std::string::npos)
        return base_url;
    return base_url.insert(path_of(base_url), "/{tenant}");
}

std::string without_tenant(std::string base_url)
{
    if (auto const at = base_url.find("/{tenant}", path_of(base_url)); at != std::string::npos)
        base_url.erase(at);
    return base_url;
}

namespace
{

/// A list of addresses for a tenant that there is not would let everybody in to the one that was meant. Tenants that
/// somebody else names, an administrator or an issuer, are not known yet.
result<void> check_addresses(Settings const& settings, std::vector<std::string> const& names)
{
    bool const others_may_come = !settings.admin.empty() || !settings.oauth_tenant_claim.empty();
    for (std::string const& allowed : settings.allowed_addresses)
    {
        auto const equals = allowed.find('=');
        auto const name = allowed.substr(0, equals);
        if (equals == std::string::npos || std::ranges::find(names, name) != names.end())
            continue;
        auto const meant = scimkit::most_similar(name, names);
        auto const said = "--allow-address " + allowed + ": there is no tenant " + name +
                          (meant.empty() ? "" : "; was " + std::string{meant} + " meant?");
        if (!others_may_come)
            return invalid(said);
        log(scimkit::LogLevel::warning, said + " It counts from when there is one.");
    }
    return {};
}

} // namespace

result<void> configure_tenants(Configuration& made, Settings const& settings)
{
    if (!settings.tenant_schemas.empty())
    {
        if (settings.tenants_file.empty() && settings.admin.empty())
            return invalid("--tenant-schemas needs --tenants or --admin: tenants name their files there.");
        auto schemas = TenantSchemas::create(settings.tenant_schemas, made.service.registry);
        if (!schemas)
            return schemas.error();
        made.schemas = std::move(*schemas);
    }
    if (settings.tenants_file.empty() && settings.admin.empty())
    {
        auto names = made.tenants; // of tokens: there they may be of any
        names.push_back(made.service.default_tenant);
        return check_addresses(settings, names);
    }
    auto tenants = settings.tenants_file.empty() ? result<std::vector<scimkit::Tenant>>{std::vector<scimkit::Tenant>{}}
                                                 : load_tenants(made, settings);
    if (!tenants)
        return tenants.error();
    std::vector<std::string> names;
    for (auto const& tenant : *tenants)
        names.push_back(tenant.name);
    if (!settings.admin.empty())
        names.push_back(made.service.default_tenant);
    if (auto checked = check_addresses(settings, names); !checked)
        return checked;
    for (std::string const& of_token : made.tenants)
    {
        auto const& name = of_token.empty() ? made.service.default_tenant : of_token;
        if (std::ranges::find(names, name) != names.end() || !settings.admin.empty())
            continue;
        auto const meant = scimkit::most_similar(name, names);
        log(scimkit::LogLevel::warning, "a token is of the tenant " + name + ", which is not in --tenants " +
                                            settings.tenants_file +
                                            (meant.empty() ? "" : "; was " + std::string{meant} + " meant?"));
    }
    if (!made.tenant_list)
        made.tenant_list = scimkit::tenant_list({}).value();
    if (auto taken = made.tenant_list->exchange(std::move(*tenants)); !taken)
        return invalid("--tenants " + settings.tenants_file + ": " + taken.error().detail);
    return {};
}

TenantDefaults tenant_defaults(Configuration const& configuration)
{
    auto const& service = configuration.service;
    return {.base_url = configuration.base_url_pattern,
            .tolerance = service.tolerance,
            .limits = service.limits,
            .profile = service.profile,
            .registry = service.registry,
            .kept = configuration.kept_otherwise,
            .rate_per_tenant = configuration.rate_per_tenant,
            .schemas = {configuration.schemas, configuration.tenant_list, service.profile}};
}

result<std::vector<scimkit::Tenant>> load_tenants(Configuration const& configuration, Settings const& settings)
{
    if (auto const safe = check_permissions("--tenants", settings.tenants_file, false); !safe)
        return safe.error();
    OfTenants own;
    auto tenants = read_tenants(settings.tenants_file, tenant_defaults(configuration), own);
    if (!tenants)
        return tenants;
    auto targets = read_targets(settings);
    if (!targets)
        return targets.error();
    if (auto const sound = scimkit::tenant_list(*tenants); !sound) // before any of it is in effect
        return invalid("--tenants " + settings.tenants_file + ": " + sound.error().detail);
    configuration.targets->set_files(std::move(*targets));
    configuration.kept->set_files(std::move(own.kept));
    configuration.managed->set_files(std::move(own.managed));
    configuration.access->set_files(own.access);
    return tenants;
}

} // namespace server
