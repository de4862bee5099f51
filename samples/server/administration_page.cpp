// What the page of the administration is told of the server around it.
#include <scimkit/core/date_time.hpp>
#include <scimkit/core/environment.hpp>
#include <scimkit/security/gate.hpp>
#include <scimkit/version.hpp>

#include "administration_state.hpp"
#include "entrance.hpp"
#include "followers.hpp"
#include "hand_over.hpp"
#include "invalid.hpp"
#include "logging.hpp"
#include "metrics.hpp"
#include "offered_schemas.hpp"
#include "page_request.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace server
{

using scimkit::result;

/// For a session that was begun with a key: it ends with the key.
std::optional<scimkit::Principal> Administration::State::key(std::string_view sha256)
{
    std::lock_guard const lock{key_mutex};
    auto const found = std::ranges::find(key_records, sha256, &scimkit::KeyRecord::sha256);
    if (found == key_records.end() || found->revoked ||
        (found->expires && *found->expires <= scimkit::system_environment()->now()))
        return std::nullopt;
    return found->principal;
}

scimkit::json::object Administration::State::status() const
{
    scimkit::json::object all{{"version", SCIMKIT_VERSION}, {"healthy", serving.healthy()}};
    auto const* const other = watched.load();
    auto const now = other ? other->statistics() : scimkit::http::ServerStatistics{};
    all["connections"] = now.connections;
    all["deletionGuard"] = settings.deletion_guard;
    all["waiting"] = now.queued + now.queued_reads + now.queued_long_writes + now.queued_searches + now.queued_bulks;
    all["bodyBytes"] = now.buffered_bytes;
    all["answerBytes"] = now.unsent_bytes;
    auto const& limits = configuration.service.limits;
    all["limits"] = scimkit::json::object{{"maxConnections", settings.max_connections},
                                          {"maxQueuedRequests", settings.max_queued_requests},
                                          {"maxBufferedBytes", settings.max_buffered_bytes},
                                          {"maxUnsentBytes", settings.max_unsent_bytes},
                                          {"maxBodyBytes", settings.max_body},
                                          {"maxResourceBytes", limits.max_resource_bytes},
                                          {"maxResponseBytes", limits.max_response_bytes},
                                          {"maxElements", limits.max_elements},
                                          {"maxBulkOperations", limits.max_bulk_operations},
                                          {"maxPageSize", limits.max_page_size},
                                          {"requestDeadlineSeconds", settings.request_deadline},
                                          {"ratePerAddress", settings.rate_per_address},
                                          {"ratePerCredential", settings.rate_per_credential},
                                          {"ratePerTenant", settings.rate_per_tenant}};
    return all;
}

/// By the names of the tokens: a digest is nothing to show.
scimkit::json::array Administration::State::uses()
{
    scimkit::json::array all;
    auto const uses = configuration.tokens->uses();
    std::lock_guard const lock{key_mutex};
    for (auto const& use : uses)
        if (auto const found = names_of_keys.find(use.sha256); found != names_of_keys.end())
            all.push_back(scimkit::json::object{{"name", found->second}, {"at", scimkit::format_date_time(use.at)}});
    return all;
}

/// A hold is over when its resource has gone, or its tenant says that it was released later than it began.
void Administration::State::hold_deletions(Administered const& read)
{
    if (!configuration.guard)
        return;
    std::set<std::string> now_held;
    for (auto const& hold : read.holds)
    {
        auto const released_at = read.releases.find(hold.tenant);
        if (released_at == read.releases.end() || released_at->second < hold.since)
            now_held.insert(hold.tenant);
        else if (auto gone = forget_hold(*unchecked, *attachment, hold.id); !gone)
            log(scimkit::LogLevel::error, "a hold of deletions stays in its list: " + gone.error().detail);
    }
    std::lock_guard const lock{held_mutex};
    for (auto const& tenant : held)
        if (!now_held.contains(tenant) && configuration.guard->release(tenant, scimkit::system_environment()->now()))
            log(scimkit::LogLevel::info, "deletions are released: tenant " + tenant);
    for (auto const& tenant : now_held)
        if (!held.contains(tenant) && !configuration.guard->held(tenant))
            configuration.guard->hold(tenant);
    held = std::move(now_held);
}

/// On the listener's thread. What cannot be noted is held all the same, until the next start.
void Administration::State::note_held(std::string const& tenant)
try
{
    std::lock_guard const one_at_a_time{mutex}; // nobody who has read the holds before releases it
    if (!configuration.guard->held(tenant))
        return; // somebody was faster, and has released it
    if (auto noted = note_hold(*unchecked, *attachment, tenant, scimkit::system_environment()->now()); !noted)
        log(scimkit::LogLevel::error,
            "that deletions of tenant " + tenant + " are held is not written down: " + noted.error().detail);
    std::lock_guard const lock{held_mutex};
    held.insert(tenant);
}
catch (std::exception const& exception)
{
    log(scimkit::LogLevel::error, "that deletions are held is not written down: " + std::string{exception.what()});
}

std::size_t Administration::State::count_held()
{
    std::lock_guard const lock{held_mutex};
    return held.size();
}

void Administration::State::watch_holds([[maybe_unused]] bool are_watched)
{
#ifdef SCIMKIT_SERVER_METRICS
    if (configuration.metrics && configuration.guard)
        configuration.metrics->watch_holds(are_watched ? std::function<std::size_t()>{[this] { return count_held(); }}
                                                       : std::function<std::size_t()>{});
#endif
}

result<void> Administration::State::allow_addresses()
{
    own_entrance = own_keys;
    auto list = scimkit::AddressList::parse(settings.admin_allowed_addresses);
    if (!list)
        return invalid("--admin-allow-address: " + list.error().detail);
    if (list->empty())
        return {};
    if (options.trusted_proxies.empty() && !list->contains(options.address))
        return invalid("--admin-allow-address leaves nobody: all requests come from " + options.address +
                       ", unless --trusted-proxy says whose proxy is believed.");
    allowed = std::move(*list);
    own_entrance = scimkit::gate(own_keys, {.allowed = allowed});
    return {};
}

/// None of them, log in and files included, is for whoever may not come from there.
std::vector<scimkit::http::ServerPage> Administration::State::pages()
{
    auto all = make_page(page_backend());
    all.push_back(verb_page("/.remove-tenant", &TenantRemoval::answer));
    all.push_back(verb_page("/.convert-tenant", &TenantRemoval::convert));
    all.push_back(hand_over_page(configuration, serving, own_entrance));
    if (!allowed.empty())
        for (auto& page : all)
            page.answer = [this, inner = std::move(page.answer)](scimkit::Request const& request)
            {
                return allowed.contains(request.peer_address)
                           ? inner(request)
                           : refusal(scimkit::ErrorCode::forbidden, "Requests from this address are not allowed.");
            };
    return all;
}

std::optional<scimkit::Error> Administration::State::left_of(std::string const& tenant, std::size_t keys)
{
    if (is_of_settings(tenant) || configuration.tenant_list->find_named(tenant))
        return {};
    auto const contents = serving.contents(tenant);
    if (!contents)
        return contents.error();
    if (contents->counts.empty() && keys == 0)
        return {};
    return scimkit::Error{scimkit::ErrorCode::conflict,
                          "name: there was a tenant " + tenant +
                              " before, and the new one would have what is left of it: " + contents->text() +
                              ", and keys or clients in effect: " + std::to_string(keys) +
                              ". Remove that first (scimkit-server admin remove-tenant), or say so with adopt."};
}

bool Administration::State::is_of_settings(std::string_view tenant)
{
    std::lock_guard const lock{files_mutex};
    return tenant == configuration.service.default_tenant ||
           std::ranges::find(tenants_of_files, tenant, &scimkit::Tenant::name) != tenants_of_files.end();
}

/// For whoever has a key: a verb beside the resources, as .search is one.
scimkit::http::ServerPage Administration::State::verb_page(std::string_view verb, Verb what)
{
    auto answer = [this, what](scimkit::Request const& request)
    {
        auto const [principal, refused] = enter(request, *own_entrance, configuration.tenant_list.get());
        if (!principal)
            return refused;
        auto const parsed = scimkit::parse_json(request.body);
        auto const* const object = parsed ? parsed->if_object() : nullptr;
        auto response = ((*removal).*what)(
            request.method,
            object ? scimkit::result<scimkit::json::object>{*object}
                   : scimkit::Error{scimkit::ErrorCode::invalid_syntax, "The body has to be a JSON object."},
            *principal);
        response.subject = principal->subject;
        return response;
    };
    return {.path = std::string{administration_root} + std::string{verb},
            .answer = std::move(answer),
            .every_method = true};
}

PageBackend Administration::State::page_backend()
{
    removal = std::make_unique<TenantRemoval>(TenantRemoval::Parts{
        .administration = [this](scimkit::Request const& request) { return service->handle(request); },
        .serving = serving,
        .is_of_settings = [this](std::string_view tenant) { return is_of_settings(tenant); },
        .log = [](scimkit::LogLevel level, std::string const& line) { log(level, line); },
        .managed = [this](std::string const& tenant) { return managed_by_scim(configuration, tenant); },
        .take_back = [this](std::string const& tenant, std::string const& actor)
        { return take_back_some(configuration, tenant, actor); }});
    PageBackend backend{.administration = [this](scimkit::Request const& request) { return service->handle(request); },
                        .tenants = [this](scimkit::Request const& request) { return serving.handle(request); },
                        .tenant_list = configuration.tenant_list,
                        .key = [this](std::string_view sha256) { return key(sha256); },
                        .status = [this] { return status(); },
                        .uses = [this] { return uses(); },
                        .followers = [this](std::string_view tenant) { return followers_of(configuration, tenant); },
                        .extensions_of = [this](scimkit::Tenant const& tenant)
                        { return server::extensions_of(tenant, configuration); },
                        .schema_files = [this] { return server::schema_files(configuration); },
                        .log = [](scimkit::LogLevel level, std::string const& line) { log(level, line); },
                        .remove_tenant = [this](auto const& body, scimkit::Principal const& principal)
                        { return removal->answer("POST", body, principal); },
                        .convert_tenant = [this](auto const& body, scimkit::Principal const& principal)
                        { return removal->convert("POST", body, principal); },
                        .password_file = settings.admin_password_file,
                        .origin = settings.admin_url,
                        .cookie_suffix = "-" + std::to_string(options.port)};
#ifdef SCIMKIT_SERVER_METRICS
    if (configuration.metrics)
        backend.metrics = [this] { return configuration.metrics->text(); };
#endif
    return backend;
}

} // namespace server
