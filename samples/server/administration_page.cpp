// What the page of the administration is told of the server around it.
#include <scimkit/core/date_time.hpp>
#include <scimkit/core/environment.hpp>
#include <scimkit/version.hpp>

#include "administration_state.hpp"
#include "logging.hpp"
#include "metrics.hpp"

#include <algorithm>
#include <utility>

namespace server
{

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
    all["waiting"] = now.queued + now.queued_long_writes + now.queued_searches + now.queued_bulks;
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

PageBackend Administration::State::page_backend()
{
    PageBackend backend{.administration = [this](scimkit::Request const& request) { return service->handle(request); },
                        .tenants = [this](scimkit::Request const& request) { return serving.handle(request); },
                        .tenant_list = configuration.tenant_list,
                        .key = [this](std::string_view sha256) { return key(sha256); },
                        .status = [this] { return status(); },
                        .uses = [this] { return uses(); },
                        .log = [](scimkit::LogLevel level, std::string const& line) { log(level, line); },
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
