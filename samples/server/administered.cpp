// One resource that means nothing must not lock everybody out, so it is left out, and told.
#include "administered.hpp"

#include <scimkit/security/scopes.hpp>
#include <scimkit/store/run_query.hpp>

#include "attribute_values.hpp"
#include "checked_store.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;
using scimkit::text_of;
namespace json = scimkit::json;

namespace
{

constexpr std::int64_t max_kept = 100'000;    // of requestLog and requestLogDays; more is as much
constexpr std::chrono::minutes most_ahead{5}; // of the clock of whoever releases deletions
constexpr std::string_view hash_prefix = "sha256:";

double number_of(json::object const& attributes, std::string_view name)
{
    auto const* const value = attributes.if_contains(name);
    return value && value->is_number() ? value->to_number<double>() : 0;
}

result<scimkit::Tolerance> tolerance_of(json::object const& attributes, scimkit::Tolerance const& otherwise)
{
    auto tolerance = flag_of(attributes, "strict", false) ? scimkit::Tolerance::strict() : otherwise;
    if (auto const* const list = attributes.if_contains("tolerance"); list && list->is_array())
        for (auto const& each : list->get_array())
            if (each.is_object())
                if (auto set = tolerance.set(text_of(each.get_object(), "name"), text_of(each.get_object(), "value"));
                    !set)
                    return std::move(set).error();
    return tolerance;
}

/// A limit of its own, by the attribute that says it.
struct Narrower
{
    char const* attribute;
    result<void> (*set)(scimkit::ServiceLimits&, std::int64_t);
};

result<scimkit::Tenant> tenant_of(scimkit::Resource const& resource, TenantDefaults const& defaults)
{
    auto const& attributes = resource.attributes;
    auto tenant = make_tenant(text_of(attributes, "name"), text_of(attributes, "baseUrl"), defaults);
    if (!tenant)
        return tenant;
    tenant->enabled = flag_of(attributes, "enabled", true);
    tenant->capabilities = {.types = texts_of(attributes, "types"),
                            .create = flag_of(attributes, "create", true),
                            .update = flag_of(attributes, "update", true),
                            .deactivate = flag_of(attributes, "deactivate", true),
                            .remove = flag_of(attributes, "delete", true)};
    if (auto const name = text_of(attributes, "profile"); !name.empty())
    {
        auto profile = profile_named("profile", name);
        if (!profile)
            return std::move(profile).error();
        tenant->profile = std::move(*profile);
    }
    auto tolerance = tolerance_of(attributes, tenant->profile ? tenant->profile->tolerance : defaults.tolerance);
    if (!tolerance)
        return std::move(tolerance).error();
    tenant->tolerance = *tolerance;
    tenant->limits = defaults.limits;
    if (auto const* const size = attributes.if_contains("maxPageSize"); size && size->is_int64())
    {
        if (size->get_int64() < 1)
            return Error{ErrorCode::invalid_value, "maxPageSize has to be at least 1."};
        tenant->limits->max_page_size = static_cast<std::uint64_t>(size->get_int64());
        tenant->limits->default_page_size = std::min(tenant->limits->default_page_size, tenant->limits->max_page_size);
    }
    for (auto const& [name, set] :
         {Narrower{"maxBodyBytes", set_max_body}, Narrower{"maxResourceBytes", set_max_resource}})
        if (auto const* const bytes = attributes.if_contains(name); bytes && bytes->is_int64())
            if (auto done = set(*tenant->limits, bytes->get_int64()); !done)
                return std::move(done).error();
    if (auto const* const atomic = attributes.if_contains("atomicBulk"); atomic && atomic->is_bool())
        tenant->atomic_bulk = atomic->get_bool();
    if (auto kept = check_promises(*tenant, number_of(attributes, "rate"), defaults); !kept)
        return std::move(kept).error();
    return tenant;
}

/// Nothing: it does not say.
std::optional<KeptRequests> kept_of(json::object const& attributes, KeptRequests otherwise)
{
    auto const* const number = attributes.if_contains("requestLog");
    auto const* const days = attributes.if_contains("requestLogDays");
    bool const says = (number && number->is_int64()) || (days && days->is_int64());
    if (number && number->is_int64())
        otherwise.number = static_cast<std::uint64_t>(std::clamp<std::int64_t>(number->get_int64(), 0, max_kept));
    if (days && days->is_int64())
        otherwise.age = std::chrono::days{std::clamp<std::int64_t>(days->get_int64(), 0, max_kept)};
    return says ? std::optional{otherwise} : std::nullopt;
}

result<scimkit::KeyRecord> key_of(scimkit::Resource const& resource)
{
    auto const& attributes = resource.attributes;
    auto const hash = text_of(attributes, "key");
    if (!hash.starts_with(hash_prefix))
        return Error{ErrorCode::invalid_value, "it has no key."};
    scimkit::KeyRecord key{.sha256 = hash.substr(hash_prefix.size()),
                           .principal = {.subject = text_of(attributes, "name"),
                                         .tenant = text_of(attributes, "tenant"),
                                         .scopes = texts_of(attributes, "scopes")},
                           .revoked = flag_of(attributes, "revoked", false)};
    for (std::string const& scope : key.principal.scopes)
        if (!scimkit::known_scope_form(scope))
            return Error{ErrorCode::invalid_value, "there is no scope \"" + scope + "\"."};
    if (key.principal.scopes.empty()) // rather nothing than everything
        return Error{ErrorCode::invalid_value, "it has no scopes."};
    if (auto const expires = text_of(attributes, "expires"); !expires.empty())
    {
        auto const at = scimkit::parse_date_time(expires);
        if (!at)
            return at.error();
        key.expires = *at;
    }
    return key;
}

#ifdef SCIMKIT_SERVER_OAUTH
result<scimkit::OAuthClient> client_of(scimkit::Resource const& resource)
{
    auto const& attributes = resource.attributes;
    scimkit::OAuthClient client{.id = text_of(attributes, "name"),
                                .tenant = text_of(attributes, "tenant"),
                                .scopes = texts_of(attributes, "scopes"),
                                .jwks = text_of(attributes, "publicKeys"),
                                .revoked = flag_of(attributes, "revoked", false)};
    if (auto const hash = text_of(attributes, "secret"); hash.starts_with(hash_prefix))
        client.secret_sha256 = hash.substr(hash_prefix.size());
    if (auto const expires = text_of(attributes, "expires"); !expires.empty())
    {
        auto const at = scimkit::parse_date_time(expires);
        if (!at)
            return at.error();
        client.expires = *at;
    }
    if (auto checked = scimkit::check_client(client); !checked)
        return std::move(checked).error();
    return client;
}
#endif

/// What cannot be put into effect: rather switched off than all of it open to clients.
void switch_off(std::string const& name, std::string const& why, Administered& all)
{
    all.problems.push_back({ErrorCode::invalid_value, "Tenant " + name + ": " + why});
    for (auto& tenant : all.tenants)
        if (tenant.name == name)
            tenant.enabled = false;
}

/// Files that are wrong now and were not before leave a tenant as it is served; one that is not served is off: what it
/// has beyond the server's schemas would be hidden from clients, which might send it away.
void take_own_schemas(json::object const& attributes, std::string const& name, TenantDefaults const& defaults,
                      Administered& all)
{
    auto const tenant = std::ranges::find(all.tenants, name, &scimkit::Tenant::name);
    if (tenant == all.tenants.end())
        return;
    auto const taken = take_schemas(*tenant, texts_of(attributes, "schemaFiles"), defaults.schemas);
    if (taken)
        return;
    auto const served = defaults.schemas.served ? defaults.schemas.served->find_named(name) : nullptr;
    if (!served || !served->registry)
        return switch_off(name, "schemaFiles: " + taken.error().detail, all);
    tenant->registry = served->registry;
    all.problems.push_back({ErrorCode::invalid_value, "Tenant " + name + ": schemaFiles: " + taken.error().detail});
}

void take_access(json::object const& attributes, std::string const& name, Administered& all)
{
    TenantAccess access{.addresses = texts_of(attributes, "allowedAddresses"),
                        .rate = number_of(attributes, "rate"),
                        .rate_per_credential = number_of(attributes, "ratePerCredential")};
    if (auto checked = check_access(access, {"allowedAddresses", "rate", "ratePerCredential"}); !checked)
        switch_off(name, checked.error().detail, all);
    else if (!access.says_nothing())
    {
        for (auto& tenant : all.tenants)
            if (tenant.name == name)
                tenant.allowed = scimkit::AddressList::parse(access.addresses).value();
        all.access.insert_or_assign(name, std::move(access));
    }
}

/// What is no setting of the service.
void take_own(json::object const& attributes, TenantDefaults const& defaults, Administered& all)
{
    auto const name = text_of(attributes, "name");
    if (auto const kept = kept_of(attributes, defaults.kept))
        all.kept.insert_or_assign(name, *kept);
    if (auto mark = text_of(attributes, "managedBy"); !mark.empty())
    {
        if (auto known = check_mark(*defaults.registry, mark); known)
            all.managed.insert_or_assign(name, std::move(mark));
        else
            switch_off(name, "managedBy: " + known.error().detail, all);
    }
    take_own_schemas(attributes, name, defaults, all);
    take_access(attributes, name, all);
    TargetSettings targets{.tenant = name,
                           .webhook = text_of(attributes, "webhook"),
                           .webhook_secret = text_of(attributes, "webhookSecret"),
                           .event_push = text_of(attributes, "eventPush"),
                           .event_push_authorization = text_of(attributes, "eventPushAuthorization")};
    if (!targets.webhook.empty() || !targets.event_push.empty())
        all.targets.push_back(std::move(targets));
}

/// A time to come would release what is held between now and then. It is a clock that is fast, and the release is of
/// when it was written; or it is far away, and means nothing.
void take_release(scimkit::Resource const& tenant, Administered& all)
{
    auto const at = scimkit::parse_date_time(text_of(tenant.attributes, "deletionsReleased"));
    if (!at)
        return;
    auto const name = text_of(tenant.attributes, "name");
    if (*at > tenant.last_modified + most_ahead)
        all.problems.push_back(
            {ErrorCode::invalid_value, "Tenant " + name + ": deletionsReleased: the time has not come yet."});
    else
        all.releases.insert_or_assign(name, std::min(*at, tenant.last_modified));
}

/// Takes what a resource means, or notes why it means nothing.
template <class Made, class List>
void take(result<Made> made, scimkit::Resource const& resource, List& list, std::vector<Error>& problems)
{
    if (made)
        return list.push_back(std::move(*made));
    auto const name = text_of(resource.attributes, "name");
    problems.push_back({ErrorCode::invalid_value, resource.type->name() + " " + (name.empty() ? resource.id : name) +
                                                      ": " + made.error().detail});
}

} // namespace

std::size_t Administered::keys_of(std::string_view tenant) const
{
    auto count = static_cast<std::size_t>(
        std::ranges::count_if(keys, [&](auto const& key) { return key.principal.tenant == tenant && !key.revoked; }));
#ifdef SCIMKIT_SERVER_OAUTH
    count += static_cast<std::size_t>(
        std::ranges::count_if(clients, [&](auto const& client) { return client.tenant == tenant && !client.revoked; }));
#endif
    return count;
}

result<Administered> read_administered(scimkit::ReadTransaction& transaction, scimkit::SchemaRegistry const& registry,
                                       TenantDefaults const& defaults)
{
    Administered all;
    for (auto const& type : registry.resource_types())
    {
        if (!matters(type->name()))
            continue;
        scimkit::Query::Source const source{.type = type.get()};
        auto const page = scimkit::run_query(transaction, {.sources = {&source, 1},
                                                           .limit = std::numeric_limits<std::uint32_t>::max(),
                                                           .total = scimkit::TotalPolicy::none});
        if (!page)
            return page.error();
        for (auto const& resource : page->resources)
            if (type->name() == "Tenant")
            {
                all.of_tenants += resource.id + " " + scimkit::format_version(resource.version) + "\n";
                take(tenant_of(resource, defaults), resource, all.tenants, all.problems);
                take_release(resource, all);
                take_own(resource.attributes, defaults, all);
            }
            else if (type->name() == hold_type)
                all.holds.push_back({resource.id, text_of(resource.attributes, "tenant"), resource.created});
            else if (type->name() == "Token")
                take(key_of(resource), resource, all.keys, all.problems);
#ifdef SCIMKIT_SERVER_OAUTH
            else if (type->name() == "Client")
                take(client_of(resource), resource, all.clients, all.problems);
#endif
    }
    if (defaults.schemas.schemas)
        all.of_tenants += std::to_string(defaults.schemas.schemas->made());
    return all;
}

result<Administered> read_administered(scimkit::ResourceStore& store, scimkit::Attachment const& attachment,
                                       std::string_view tenant, TenantDefaults const& defaults)
{
    Administered all;
    auto const read_all = [&](scimkit::ReadTransaction& transaction) -> result<void>
    {
        auto* const changes = transaction.change_log();
        auto const extent = changes ? changes->extent() : result<scimkit::LogExtent>{scimkit::LogExtent{}};
        if (!extent)
            return extent.error();
        auto read = read_administered(transaction, attachment.registry(), defaults);
        if (!read)
            return read.error();
        all = std::move(*read);
        all.as_of = extent->end;
        return {};
    };
    if (auto read = store.read(attachment, tenant, {}, read_all); !read)
        return read.error();
    return all;
}

} // namespace server
