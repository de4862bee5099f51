// A word that nobody reads would leave a tenant wider than its operator thinks, so each is looked at.
#include "tenants_file.hpp"

#include <scimkit/core/similar.hpp>

#include "../shared/toml_depth.hpp"
#include "dialect.hpp"
#include "invalid.hpp"
#include "secret_files.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;
using scimkit::Tenant;

namespace
{

constexpr std::int64_t max_kept_of_tenant = 100'000; // of request-log and request-log-days; refused

/// targets.cpp reads them.
constexpr std::array<std::string_view, 4> of_targets{"webhook", "webhook-secret-file", "event-push",
                                                     "event-push-token-file"};

/// One table, while it is read.
struct Reading
{
    Tenant& tenant;
    scimkit::Tolerance tolerance;
    scimkit::ServiceLimits limits;
    std::optional<KeptRequests> kept{}; ///< if it says anything of it
    KeptRequests otherwise{};
    std::string managed_by{}; ///< empty: as the server
    std::vector<std::string> schemas{};
    TenantAccess access{};
};

using Setting = std::function<bool(Reading&, toml::node const&)>; ///< false: a value of the wrong kind

template <class Value, class Place>
Setting setting(Place place)
{
    return [place](Reading& reading, toml::node const& node)
    {
        auto const value = node.value_exact<Value>();
        if (value)
            place(reading) = *value;
        return value.has_value();
    };
}

Setting texts_setting(std::vector<std::string>& (*place)(Reading&))
{
    return [place](Reading& reading, toml::node const& node)
    {
        auto const* const list = node.as_array();
        if (!list || list->empty()) // an empty one would mean all
            return false;
        for (auto const& each : *list)
        {
            auto const text = each.value_exact<std::string>();
            if (!text)
                return false;
            place(reading).push_back(*text);
        }
        return true;
    };
}

/// 0 would mean no limit, which is said by saying nothing.
Setting rate_setting(double TenantAccess::*place)
{
    return [place](Reading& reading, toml::node const& node)
    {
        auto const value = node.value<double>(); // of an integer too
        if (value)
            reading.access.*place = *value;
        return value && *value > 0;
    };
}

bool read_page_size(Reading& reading, toml::node const& node)
{
    auto const value = node.value_exact<std::int64_t>();
    if (!value || *value < 1)
        return false;
    reading.limits.max_page_size = static_cast<std::uint64_t>(*value);
    reading.limits.default_page_size = std::min(reading.limits.default_page_size, reading.limits.max_page_size);
    return true;
}

Setting limit_setting(result<void> (*set)(scimkit::ServiceLimits&, std::int64_t))
{
    return [set](Reading& reading, toml::node const& node)
    {
        auto const value = node.value_exact<std::int64_t>();
        return value && set(reading.limits, *value).has_value();
    };
}

template <class Set>
Setting kept_setting(Set set)
{
    return [set](Reading& reading, toml::node const& node)
    {
        auto const value = node.value_exact<std::int64_t>();
        if (!value || *value < 0 || *value > max_kept_of_tenant)
            return false;
        if (!reading.kept)
            reading.kept = reading.otherwise;
        set(*reading.kept, *value);
        return true;
    };
}

std::map<std::string, Setting, std::less<>> const& settings()
{
    static std::map<std::string, Setting, std::less<>> const all{
        {"enabled", setting<bool>([](Reading& r) -> auto& { return r.tenant.enabled; })},
        {"base-url", setting<std::string>([](Reading& r) -> auto& { return r.tenant.base_url; })},
        {"path-prefix", setting<std::string>([](Reading& r) -> auto& { return r.tenant.path_prefix; })},
        {"types", texts_setting([](Reading& r) -> auto& { return r.tenant.capabilities.types; })},
        {"schemas", texts_setting([](Reading& r) -> auto& { return r.schemas; })},
        {"allow-address", texts_setting([](Reading& r) -> auto& { return r.access.addresses; })},
        {"rate", rate_setting(&TenantAccess::rate)},
        {"rate-per-credential", rate_setting(&TenantAccess::rate_per_credential)},
        {"create", setting<bool>([](Reading& r) -> auto& { return r.tenant.capabilities.create; })},
        {"update", setting<bool>([](Reading& r) -> auto& { return r.tenant.capabilities.update; })},
        {"deactivate", setting<bool>([](Reading& r) -> auto& { return r.tenant.capabilities.deactivate; })},
        {"delete", setting<bool>([](Reading& r) -> auto& { return r.tenant.capabilities.remove; })},
        {"atomic-bulk", setting<bool>([](Reading& r) -> auto& { return r.tenant.atomic_bulk; })},
        {"managed-by", setting<std::string>([](Reading& r) -> auto& { return r.managed_by; })},
        {"max-page-size", read_page_size},
        {"max-body", limit_setting(set_max_body)},
        {"max-resource-bytes", limit_setting(set_max_resource)},
        {"request-log",
         kept_setting([](KeptRequests& kept, std::int64_t value) { kept.number = static_cast<std::uint64_t>(value); })},
        {"request-log-days",
         kept_setting([](KeptRequests& kept, std::int64_t value) { kept.age = std::chrono::days{value}; })},
    };
    return all;
}

/// First, since the switches stand on it.
result<void> read_profile(Reading& reading, toml::table const& table)
{
    auto const node = table["profile"];
    if (!node)
        return {};
    auto const name = node.value_exact<std::string>();
    if (!name)
        return invalid("profile has to be a string.");
    auto profile = profile_named("profile", *name);
    if (!profile)
        return profile.error();
    reading.tolerance = (*profile)->tolerance;
    reading.tenant.profile = std::move(*profile);
    return {};
}

result<void> read_tolerance(scimkit::Tolerance& tolerance, toml::table const& table)
{
    auto const strict = table["strict"];
    if (strict && !strict.value_exact<bool>())
        return invalid("strict has to be true or false.");
    if (strict.value_or(false))
        tolerance = scimkit::Tolerance::strict();
    if (table.contains("tolerance") && !table["tolerance"].is_table())
        return invalid("tolerance has to be a table.");
    if (auto const* const switches = table["tolerance"].as_table())
        for (auto const& [name, value] : *switches)
        {
            auto const* const truth = value.as_boolean();
            auto const text = truth ? std::string{truth->get() ? "on" : "off"} : value.value_or(std::string{});
            if (auto set = tolerance.set(name.str(), text); !set)
                return invalid(set.error().detail);
        }
    return {};
}

result<void> read_table(Reading& reading, toml::table const& table)
{
    std::vector<std::string> known{"profile", "strict", "tolerance"};
    known.insert(known.end(), of_targets.begin(), of_targets.end());
    for (auto const& [name, read] : settings())
        known.push_back(name);
    for (auto const& [key, node] : table)
    {
        if (key.str() == "profile" || key.str() == "strict" || key.str() == "tolerance")
            continue;
        if (std::ranges::find(of_targets, key.str()) != of_targets.end())
        {
            if (!node.is_string())
                return invalid("'" + std::string{key.str()} + "' has to be a string.");
            continue;
        }
        auto const found = settings().find(key.str());
        if (found == settings().end())
        {
            auto const meant = scimkit::most_similar(key.str(), known);
            return invalid("there is no setting '" + std::string{key.str()} + "'" +
                           (meant.empty() ? "" : "; was '" + std::string{meant} + "' meant?"));
        }
        if (!found->second(reading, node))
            return invalid("'" + std::string{key.str()} + "' has a value that it cannot have.");
    }
    if (auto done = read_profile(reading, table); !done)
        return done;
    return read_tolerance(reading.tolerance, table);
}

result<Tenant> read_tenant(std::string name, toml::table const& table, TenantDefaults const& defaults, OfTenants& own)
{
    Tenant read;
    Reading reading{read, defaults.tolerance, defaults.limits, std::nullopt, defaults.kept, {}, {}, {}};
    if (auto done = read_table(reading, table); !done)
        return invalid("tenant " + name + ": " + done.error().detail);
    auto tenant = make_tenant(std::move(name), std::move(read.base_url), defaults);
    if (!tenant)
        return tenant;
    tenant->enabled = read.enabled;
    tenant->path_prefix = std::move(read.path_prefix);
    tenant->capabilities = std::move(read.capabilities);
    tenant->tolerance = reading.tolerance;
    tenant->limits = reading.limits;
    tenant->atomic_bulk = read.atomic_bulk;
    tenant->profile = std::move(read.profile);
    if (auto taken = take_schemas(*tenant, reading.schemas, defaults.schemas); !taken)
        return invalid("tenant " + tenant->name + ": schemas: " + taken.error().detail);
    if (reading.kept)
        own.kept.insert_or_assign(tenant->name, *reading.kept);
    if (auto known = check_mark(*defaults.registry, reading.managed_by); !known)
        return invalid("tenant " + tenant->name + ": managed-by " + known.error().detail);
    if (auto known = check_access(reading.access, {"allow-address", "rate", "rate-per-credential"}); !known)
        return invalid("tenant " + tenant->name + ": " + known.error().detail);
    tenant->allowed = scimkit::AddressList::parse(reading.access.addresses).value();
    if (!reading.access.says_nothing())
        own.access.insert_or_assign(tenant->name, reading.access);
    if (!reading.managed_by.empty())
        own.managed.insert_or_assign(tenant->name, reading.managed_by);
    if (auto checked = check_promises(*tenant, reading.access.rate, defaults); !checked)
        return invalid("tenant " + tenant->name + ": " + checked.error().detail);
    return tenant;
}

} // namespace

namespace
{

/// A value of `limit`, which it can only make smaller.
result<std::size_t> within(std::size_t limit, char const* name, std::int64_t bytes)
{
    if (bytes < 1)
        return Error{ErrorCode::invalid_value, std::string{name} + " has to be at least 1."};
    return std::min(limit, static_cast<std::size_t>(bytes));
}

} // namespace

bool is_plain_name(std::string_view name) noexcept
{
    return !name.empty() &&
           std::ranges::all_of(name,
                               [](char c)
                               {
                                   return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                                          c == '-' || c == '_' || c == '.';
                               }) &&
           name.front() != '.';
}

result<void> set_max_body(scimkit::ServiceLimits& limits, std::int64_t bytes)
{
    auto const most = within(limits.max_body_bytes, "maxBodyBytes", bytes);
    if (!most)
        return most.error();
    limits.max_body_bytes = *most;
    limits.max_bulk_bytes = std::min(limits.max_bulk_bytes, *most);
    return {};
}

result<void> set_max_resource(scimkit::ServiceLimits& limits, std::int64_t bytes)
{
    auto const most = within(limits.max_resource_bytes, "maxResourceBytes", bytes);
    if (!most)
        return most.error();
    limits.max_resource_bytes = *most;
    return {};
}

result<std::shared_ptr<scimkit::Profile const>> profile_named(std::string const& where, std::string const& name)
{
    if (auto profile = scimkit::find_profile(name))
        return profile;
    std::vector<std::string> known;
    for (auto const& profile : scimkit::profiles())
        known.push_back(profile->name);
    return invalid(where + ": there is no profile '" + name + "'" + what_there_is(name, known));
}

result<void> check_promises(Tenant const& tenant, double own_rate, TenantDefaults const& defaults)
{
    auto const& profile = tenant.profile ? tenant.profile : defaults.profile;
    if (!profile)
        return {};
    for (auto const& [rate, name] :
         {std::pair{own_rate, "rate"}, std::pair{defaults.rate_per_tenant, "--rate-per-tenant"}})
        if (auto kept = check_rate(*profile, rate, name); !kept)
            return kept;
    scimkit::ServiceOptions options{.profile = profile};
    if (tenant.tolerance)
        options.tolerance = *tenant.tolerance;
    if (tenant.limits)
        options.limits = *tenant.limits;
    options.patch = tenant.capabilities.update;
    if (tenant.registry)
        options.registry = tenant.registry;
    else if (defaults.registry)
    {
        auto registry = scimkit::registry_for(*profile, defaults.registry);
        if (!registry)
            return registry.error();
        options.registry = std::move(*registry);
    }
    return scimkit::check_profile(*profile, options);
}

result<Tenant> make_tenant(std::string name, std::string base_url, TenantDefaults const& defaults)
{
    if (!is_plain_name(name))
        return invalid("a tenant's name has letters, digits, '-', '_' and '.' alone, not '" + name + "'.");
    Tenant tenant{.name = std::move(name), .base_url = std::move(base_url)};
    if (!tenant.base_url.empty())
        return tenant;
    constexpr std::string_view place = "{tenant}";
    auto const at = defaults.base_url.find(place);
    if (at == std::string::npos)
        return invalid("tenant " + tenant.name + " has no base-url, and --base-url has no {tenant} in it.");
    tenant.base_url = defaults.base_url;
    tenant.base_url.replace(at, place.size(), tenant.name);
    return tenant;
}

result<std::vector<Tenant>> read_tenants(std::string const& file, TenantDefaults const& defaults, OfTenants& own)
{
    auto const in_file = [&](std::string const& why) { return invalid("--tenants " + file + ": " + why); };
    if (auto const wrong = readable_settings("--tenants", file); !wrong.empty())
        return invalid(wrong);
    toml::table parsed;
    try
    {
        std::ifstream stream{file, std::ios::binary};
        std::string const text{std::istreambuf_iterator<char>{stream}, {}};
        if (!stream)
            return in_file("it cannot be read.");
        if (auto const line = samples::line_that_is_too_deep(text); line != 0)
            return in_file("line " + std::to_string(line) + " has a name with too many dots.");
        parsed = toml::parse(text);
    }
    catch (toml::parse_error const& error)
    {
        return in_file("line " + std::to_string(error.source().begin.line) + ": " + std::string{error.description()} +
                       ".");
    }
    std::vector<Tenant> tenants;
    for (auto const& [key, node] : parsed)
    {
        auto const* const table = node.as_table();
        if (!table)
            return in_file("'" + std::string{key.str()} + "' is no table: each tenant is one, as [acme].");
        auto tenant = read_tenant(std::string{key.str()}, *table, defaults, own);
        if (!tenant)
            return in_file(tenant.error().detail);
        tenants.push_back(std::move(*tenant));
    }
    if (tenants.empty())
        return in_file("there is no tenant in it.");
    return tenants;
}

} // namespace server
