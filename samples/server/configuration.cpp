// Settings become options here. The store is opened last, so that a start that is refused has left nothing behind.
#include "configuration.hpp"

#include <scimkit/security/scopes.hpp>

#include "access_tokens.hpp"
#include "credentials.hpp"
#include "dialect.hpp"
#include "event_route.hpp"
#include "invalid.hpp"
#include "logging.hpp"
#include "metrics.hpp"
#include "own_resource.hpp"
#include "own_stores.hpp"
#include "request_log_settings.hpp"
#include "sealing.hpp"
#include "secret_files.hpp"
#include "stores.hpp"
#include "tenant_settings.hpp"
#include "tenants_file.hpp"
#include "token_route.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <charconv>
#include <chrono>
#include <utility>

namespace server
{

using boost::asio::ip::tcp;
using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;

namespace
{

/// "127.0.0.1:8080", "[::1]:8080", "localhost:8080".
result<tcp::endpoint> parse_listen(std::string const& listen)
{
    auto const wrong = [&]
    { return invalid("--listen needs ADDR:PORT, for example 127.0.0.1:8080 or [::1]:8443, not '" + listen + "'."); };

    auto const colon = listen.rfind(':');
    if (colon == std::string::npos)
        return wrong();
    auto host = listen.substr(0, colon);
    if (host == "localhost")
        host = "127.0.0.1";
    auto const bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed)
        host = host.substr(1, host.size() - 2);

    boost::system::error_code error;
    auto const address = boost::asio::ip::make_address(host, error);
    std::uint16_t port = 0;
    auto const* const end = listen.data() + listen.size();
    auto const parsed = std::from_chars(listen.data() + colon + 1, end, port);
    if (error || bracketed != address.is_v6() || parsed.ec != std::errc{} || parsed.ptr != end)
        return wrong();
    return tcp::endpoint{address, port};
}

/// Port 0 means any free one; it must be known before the server starts, because locations are built from it.
result<std::uint16_t> choose_port(tcp::endpoint const& endpoint)
{
    if (endpoint.port() != 0)
        return endpoint.port();
    boost::asio::io_context context;
    tcp::acceptor probe{context};
    boost::system::error_code error;
    probe.open(endpoint.protocol(), error);
    if (!error)
        probe.bind(endpoint, error);
    if (error)
        return Error{ErrorCode::unavailable,
                     "cannot listen on " + endpoint.address().to_string() + ": " + error.message() + "."};
    return probe.local_endpoint().port();
}

result<std::string> choose_base_url(Settings const& settings, tcp::endpoint const& endpoint, bool tls)
{
    if (!settings.base_url.empty())
        return settings.base_url;
    if (endpoint.address().is_unspecified())
        return invalid("--listen on all addresses needs --base-url, the URL that clients use.");
    auto host = endpoint.address().to_string();
    if (endpoint.address().is_v6())
        host = "[" + host + "]";
    return (tls ? "https://" : "http://") + host + ":" + std::to_string(endpoint.port()) +
           (settings.tenants_file.empty() ? "/scim/v2" : "/{tenant}/scim/v2");
}

result<scimkit::http::ServerOptions> configure_server(Settings const& settings, tcp::endpoint const& endpoint)
{
    scimkit::http::ServerOptions options;
    options.address = endpoint.address().to_string();
    options.port = endpoint.port();
    if (settings.tls_cert.empty() != settings.tls_key.empty())
        return invalid("--tls-cert and --tls-key belong together.");
    if (!settings.tls_client_ca.empty() && settings.tls_cert.empty())
        return invalid("--tls-client-ca needs --tls-cert and --tls-key.");
    if (!settings.tls_cert.empty())
        options.tls = {settings.tls_cert, settings.tls_key, settings.tls_client_ca,
                       settings.tls_clients == "optional" ? scimkit::http::ClientCertificates::optional
                                                          : scimkit::http::ClientCertificates::required};
    else if (!endpoint.address().is_loopback() && !settings.insecure)
        return invalid("plain HTTP on " + options.address +
                       " would send tokens over the network: give --tls-cert and --tls-key, or --insecure.");

    if (auto const safe = check_tls_files(settings); !safe)
        return safe.error();
    options.io_threads = settings.threads;
    options.worker_threads = settings.worker_threads;
    options.read_threads = settings.read_threads;
    options.search_threads = settings.search_threads;
    options.long_write_threads = settings.long_write_threads;
    options.bulk_threads = settings.bulk_threads;
#ifdef SCIMKIT_SERVER_JEMALLOC
    options.trim_memory = false; // it does so by itself
#endif
    options.max_queued_requests = settings.max_queued_requests;
    options.max_queued_per_client = settings.max_queued_per_client;
    options.max_buffered_bytes = settings.max_buffered_bytes;
    options.max_unsent_bytes = settings.max_unsent_bytes;
    options.max_connections = settings.max_connections;
    options.max_body_bytes = settings.max_body;
    options.log = log;
    options.access_log = access_log();
    auto proxies = scimkit::AddressList::parse(settings.trusted_proxies);
    if (!proxies)
        return invalid("--trusted-proxy: " + proxies.error().detail);
    options.trusted_proxies = std::move(*proxies);
    options.proxy_header = settings.proxy_header == "forwarded" ? scimkit::http::ProxyHeader::forwarded
                                                                : scimkit::http::ProxyHeader::x_forwarded_for;
    return options;
}

result<void> check_file(std::string const& option, std::string const& file, bool secret)
{
    auto const checked = check_permissions(option, file, secret);
    if (!checked)
        return checked.error();
    if (*checked)
        log(scimkit::LogLevel::warning, **checked);
    return {};
}

/// The configuration names every other file, and may have a token in it.
result<void> check_config_file(Settings const& settings)
{
    return settings.config.empty() ? result<void>{} : check_file("--config", settings.config, !settings.token.empty());
}

void set_limits(scimkit::ServiceLimits& limits, Settings const& settings)
{
    limits.max_body_bytes = limits.max_bulk_bytes = settings.max_body;
    limits.max_value_bytes = settings.max_value_bytes;
    limits.max_resource_bytes = settings.max_resource_bytes;
    limits.max_response_bytes = settings.max_response_bytes;
    limits.max_elements = settings.max_elements;
    limits.max_bulk_operations = static_cast<std::size_t>(settings.max_bulk_operations);
    limits.max_work = settings.max_work;
    limits.deadline = std::chrono::seconds{settings.request_deadline};
}

} // namespace

result<void> check_tls_files(Settings const& settings)
{
    struct File
    {
        char const* option;
        std::string const& name;
        bool secret;
    };
    for (auto const& [option, name, secret] :
         {File{"--tls-cert", settings.tls_cert, false}, File{"--tls-key", settings.tls_key, true},
          File{"--tls-client-ca", settings.tls_client_ca, false}})
    {
        if (name.empty())
            continue;
        if (auto const safe = check_file(option, name, secret); !safe)
            return safe;
    }
    return {};
}

namespace
{

/// Who comes in, and what for.
result<void> configure_access(Configuration& made, Settings const& settings)
{
    auto& service = made.service;
    auto tokens = load_tokens(settings, *service.registry);
    if (!tokens)
        return tokens.error();
    for (auto const& token : *tokens)
        made.tenants.push_back(token.principal.tenant);
    made.tokens = scimkit::key_authenticator(
        std::move(*tokens), {.basic = service.tolerance.basic_authentication,
                             .refused = [](std::string_view why) { log(scimkit::LogLevel::info, why); }});
    auto inner = with_access_tokens(made.tokens, made, settings);
    if (!inner)
        return inner.error();
    auto with_issued = with_token_endpoint(std::move(*inner), made, settings);
    if (!with_issued)
        return with_issued.error();
    auto authenticator = behind_gate(std::move(*with_issued), settings, made.access);
    if (!authenticator)
        return authenticator.error();
    service.authenticator = std::move(*authenticator);
    service.authoriser = scimkit::scope_authoriser();
    // What is public is answered before anybody is asked for an address.
    service.public_configuration = settings.allowed_addresses.empty();
    return {};
}

#ifdef SCIMKIT_SERVER_METRICS
result<void> configure_metrics(Configuration& made)
{
    auto const metrics = made.metrics = std::make_shared<Metrics>(made.service.registry);
    made.server.pages.push_back(
        metrics_page(metrics, made.service.authenticator, made.tenant_list, made.service.default_tenant));
    made.server.access_log = [lines = std::move(made.server.access_log), metrics](auto const& record)
    {
        metrics->count(record);
        if (lines)
            lines(record);
    };
    made.forget_tenant.emplace_back([metrics](std::string_view tenant) { metrics->forget(tenant); });
    return {};
}
#else
result<void> configure_metrics(Configuration&)
{
    return invalid("--metrics: this server is built without prometheus-cpp.");
}
#endif

result<void> configure_cursors(scimkit::ServiceOptions& service, Settings const& settings)
{
    service.delta_query = settings.delta_query;
    if (settings.cursor_key_file.empty() && settings.delta_query)
        return invalid("--delta-query needs --cursor-key-file: its tokens have to outlive the server.");
    if (settings.cursor_key_file.empty())
        return {};
    if (auto safe = check_file("--cursor-key-file", settings.cursor_key_file, true); !safe)
        return safe;
    auto const keys = read_keys(settings.cursor_key_file);
    if (!keys)
        return invalid("--cursor-key-file " + keys.error().detail);
    service.cursor_key = keys->front();
    service.previous_cursor_keys.assign(keys->begin() + 1, keys->end());
    return {};
}

result<void> configure_requests(scimkit::ServiceOptions& service, Settings const& settings)
{
    service.log = log;
    service.path_prefix = settings.path_prefix;
    service.dry_run_header = settings.dry_run_header;
    service.version_segment = settings.version_segment;
    service.atomic_bulk = settings.atomic_bulk;
    service.error_explanations = settings.error_explanations;
    if (auto done = configure_cursors(service, settings); !done)
        return done;
    return configure_me(service, settings.me);
}

result<void> configure_targets(Configuration& made, Settings const& settings)
{
    auto sealing = Sealing::create(settings.secret_key_file);
    if (!sealing)
        return sealing.error();
    made.sealing = std::move(*sealing);
    auto targets = read_targets(settings);
    if (!targets)
        return targets.error();
    made.targets->set_files(std::move(*targets));
    return {};
}

} // namespace

result<scimkit::ServiceOptions> configure_service(Settings const& settings, scimkit::PackUse use)
{
    scimkit::ServiceOptions service;
    set_limits(service.limits, settings);
    auto const tolerance = configure_tolerance(settings);
    if (!tolerance)
        return tolerance.error();
    service.tolerance = *tolerance;
    service.profile = configure_profile(settings).value();
    scimkit::SchemaRegistry::Builder builder;
    builder.add_rfc7643();
    for (auto const& pack : settings.packs)
    {
        if (auto const known = check_pack(pack); !known)
            return known.error();
        builder.add_pack(pack, use);
    }
    for (auto const& file : settings.schemas)
        builder.load(file);
    auto registry = builder.build();
    if (!registry)
        return invalid("--schema: " + registry.error().detail);
    if (service.profile)
        registry = scimkit::registry_for(*service.profile, *registry);
    if (!registry)
        return invalid("--profile " + settings.profile + ": " + registry.error().detail);
    service.registry = std::move(registry).value();
    return with_known_indexes(std::move(service), settings);
}

result<Configuration> configure(Settings const& settings, Purpose purpose)
{
    if (auto const safe = check_config_file(settings); !safe)
        return safe.error();
    auto endpoint = parse_listen(settings.listen);
    if (!endpoint)
        return endpoint.error();
    auto server = configure_server(settings, *endpoint);
    if (!server)
        return server.error();
    auto const port = purpose == Purpose::check ? result<std::uint16_t>{endpoint->port()} : choose_port(*endpoint);
    if (!port)
        return port.error();
    server->port = *port;
    endpoint->port(*port);
    auto base_url = choose_base_url(settings, *endpoint, server->tls.has_value());
    if (!base_url)
        return base_url.error();

    Configuration made;
    made.server = std::move(*server);
    made.purpose = purpose;
    made.rate_per_tenant = settings.rate_per_tenant;
    made.kept_otherwise = {.number = settings.request_log, .age = std::chrono::days{settings.request_log_days}};
    made.is_audited = !settings.admin.empty();
    made.announced = *base_url;
    made.base_url_pattern = settings.admin.empty() ? *base_url : with_tenant(*base_url);
    auto service = configure_service(settings);
    if (!service)
        return service.error();
    made.service = std::move(*service);
    made.service.base_url = settings.tenants_file.empty() ? std::move(*base_url) : without_tenant(std::move(*base_url));
    if (auto done = configure_requests(made.service, settings); !done)
        return done.error();
    if (auto done = configure_access(made, settings); !done)
        return done.error();
    if (auto done = configure_tenants(made, settings); !done)
        return done.error();
    if (auto done = configure_targets(made, settings); !done)
        return done.error();
    if (auto done = settings.metrics ? configure_metrics(made) : result<void>{}; !done)
        return done.error();
    auto store = open_store(settings, purpose);
    if (!store)
        return store.error();
    made.service.store = std::move(*store);
    if (auto done = open_assertions(made); !done)
        return done.error();
    if (auto done = guard_deletions(made, settings); !done)
        return done.error();
    if (auto done = guard_managed(made, settings); !done)
        return done.error();
    if (auto done = configure_events(made, settings); !done)
        return done.error();
    if (auto done = configure_async(made, settings); !done)
        return done.error();
    if (auto done = keep_requests(made, settings); !done)
        return done.error();
    return made;
}

} // namespace server
