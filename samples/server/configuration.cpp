// Settings become options here. The store is opened last, so that a start that is refused has left nothing behind.
#include "configuration.hpp"

#include <scimkit/memory/memory_store.hpp>
#include <scimkit/schema/registry.hpp>

#include "logging.hpp"
#include "secret_files.hpp"
#ifdef SCIMKIT_SERVER_LMDB
#include <scimkit/lmdb/lmdb_store.hpp>
#endif
#ifdef SCIMKIT_SERVER_POSTGRESQL
#include <scimkit/postgresql/postgresql_store.hpp>
#endif

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
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

Error invalid(std::string detail) { return {ErrorCode::invalid_value, std::move(detail)}; }

/// "127.0.0.1:8080", "[::1]:8080", "localhost:8080".
result<tcp::endpoint> parse_listen(std::string const& listen)
{
    auto const wrong = [&]
    { return invalid("--listen needs ADDR:PORT, for example 127.0.0.1:8080 or [::1]:8443, not '" + listen + "'"); };

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
                     "cannot listen on " + endpoint.address().to_string() + ": " + error.message()};
    return probe.local_endpoint().port();
}

result<std::string> choose_base_url(Settings const& settings, tcp::endpoint const& endpoint, bool tls)
{
    if (!settings.base_url.empty())
        return settings.base_url;
    if (endpoint.address().is_unspecified())
        return invalid("--listen on all addresses needs --base-url, the URL that clients use");
    auto host = endpoint.address().to_string();
    if (endpoint.address().is_v6())
        host = "[" + host + "]";
    return (tls ? "https://" : "http://") + host + ":" + std::to_string(endpoint.port()) + "/scim/v2";
}

result<scimkit::http::ServerOptions> configure_server(Settings const& settings, tcp::endpoint const& endpoint)
{
    scimkit::http::ServerOptions options;
    options.address = endpoint.address().to_string();
    options.port = endpoint.port();
    if (settings.tls_cert.empty() != settings.tls_key.empty())
        return invalid("--tls-cert and --tls-key belong together");
    if (!settings.tls_client_ca.empty() && settings.tls_cert.empty())
        return invalid("--tls-client-ca needs --tls-cert and --tls-key");
    if (!settings.tls_cert.empty())
        options.tls = {settings.tls_cert, settings.tls_key, settings.tls_client_ca,
                       settings.tls_clients == "optional" ? scimkit::http::ClientCertificates::optional
                                                          : scimkit::http::ClientCertificates::required};
    else if (!endpoint.address().is_loopback() && !settings.insecure)
        return invalid("plain HTTP on " + options.address +
                       " would send tokens over the network: give --tls-cert and --tls-key, or --insecure");

    if (auto const safe = check_tls_files(settings); !safe)
        return safe.error();

    options.io_threads = settings.threads;
    options.worker_threads = settings.worker_threads;
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
    return options;
}

result<scimkit::Tolerance> configure_tolerance(Settings const& settings)
{
    auto tolerance = settings.strict ? scimkit::Tolerance::strict() : scimkit::Tolerance{};
    for (auto const& setting : settings.tolerance)
    {
        auto const equals = setting.find('=');
        if (equals == std::string::npos)
            return invalid("--tolerance needs NAME=on or NAME=off, not '" + setting + "'");
        if (auto set = tolerance.set(std::string_view{setting}.substr(0, equals),
                                     std::string_view{setting}.substr(equals + 1));
            !set)
            return invalid("--tolerance " + setting + ": " + set.error().detail);
    }
    return tolerance;
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
    limits.max_body_bytes = settings.max_body;
    limits.max_bulk_bytes = settings.max_body;
    limits.max_value_bytes = settings.max_value_bytes;
    limits.max_resource_bytes = settings.max_resource_bytes;
    limits.max_response_bytes = settings.max_response_bytes;
    limits.max_work = settings.max_work;
    limits.deadline = std::chrono::seconds{settings.request_deadline};
}

constexpr char const* stores_of_this_server = "--store needs "
#ifdef SCIMKIT_SERVER_LMDB
                                              "lmdb:DIR, "
#endif
#ifdef SCIMKIT_SERVER_POSTGRESQL
                                              "postgresql:CONNINFO, "
#endif
                                              "or memory"
#ifndef SCIMKIT_SERVER_LMDB
                                              "; this server is built without LMDB"
#endif
#ifndef SCIMKIT_SERVER_POSTGRESQL
                                              "; this server is built without PostgreSQL"
#endif
    ;

#ifdef SCIMKIT_SERVER_POSTGRESQL
/// "postgresql:host=db1 dbname=scim", or a URI, which begins with the same word.
std::string conninfo_of(std::string const& store)
{
    return store.starts_with("postgresql://") ? store : store.substr(store.find(':') + 1);
}
#endif

result<std::shared_ptr<scimkit::ResourceStore>> open_store(Settings const& settings)
{
    scimkit::kv::StoreOptions options;
    options.indexes.insert(options.indexes.end(), settings.indexes.begin(), settings.indexes.end());
    if (settings.store == "memory")
        return scimkit::memory::make_store(std::move(options));
#ifdef SCIMKIT_SERVER_LMDB
    if (settings.store.starts_with("lmdb:") && settings.store.size() > 5)
    {
        scimkit::lmdb::LmdbOptions lmdb;
        if (settings.accept_damage)
            lmdb.on_damage = scimkit::lmdb::OnDamage::serve;
        return scimkit::lmdb::open_store(settings.store.substr(5), lmdb, std::move(options));
    }
#endif
#ifdef SCIMKIT_SERVER_POSTGRESQL
    if (settings.store.starts_with("postgresql:"))
    {
        scimkit::postgresql::PostgresqlOptions postgresql;
        postgresql.max_connections = settings.postgresql_connections;
        postgresql.schema = settings.postgresql_schema;
        return scimkit::postgresql::open_store(conninfo_of(settings.store), postgresql, std::move(options));
    }
#endif
    return invalid(stores_of_this_server);
}

scimkit::result<std::shared_ptr<scimkit::SchemaRegistry const>> load_registry(Settings const& settings)
{
    scimkit::SchemaRegistry::Builder builder;
    builder.add_rfc7643();
    for (auto const& file : settings.schemas)
        builder.load(file);
    auto registry = builder.build();
    if (!registry)
        return invalid("--schema: " + registry.error().detail);
    return registry;
}

/// Whether the names of callers can be looked for in it.
bool names_users(std::string_view name, scimkit::SchemaRegistry const& registry)
{
    auto const path = scimkit::parse_attribute_path(name);
    auto const* type = registry.find_resource_type("User");
    auto const attribute = path && type ? type->resolve(*path) : std::nullopt;
    return attribute && attribute->attribute && attribute->leaf().type == scimkit::AttributeType::string &&
           attribute->attribute->returned != scimkit::Returned::never &&
           attribute->leaf().returned != scimkit::Returned::never;
}

} // namespace

result<std::vector<scimkit::TokenRecord>> load_tokens(Settings const& settings)
{
    if (settings.token.empty() && settings.token_file.empty())
        return invalid("nobody could log in: make a token with scimkit-server --new-token, and give it with --token or "
                       "--token-file");
    std::vector<scimkit::TokenRecord> tokens;
    if (!settings.token_file.empty())
    {
        if (auto const safe = check_file("--token-file", settings.token_file, true); !safe)
            return safe.error();
        auto read = scimkit::read_token_file(settings.token_file);
        if (!read)
            return invalid("--token-file " + settings.token_file + ": " + read.error().detail);
        tokens = std::move(read).value();
    }
    if (!settings.token.empty())
    {
        auto record = scimkit::make_token_record(settings.token, {.subject = "token"});
        if (!record)
            return invalid("--token: " + record.error().detail);
        auto const same = [&](scimkit::TokenRecord const& other) { return other.sha256 == record->sha256; };
        if (std::any_of(tokens.begin(), tokens.end(), same))
            return invalid("the token of --token is in --token-file " + settings.token_file + " too: take one away");
        tokens.push_back(std::move(record).value());
    }
    return tokens;
}

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

result<Configuration> configure(Settings const& settings)
{
    if (auto const safe = check_config_file(settings); !safe)
        return safe.error();
    auto endpoint = parse_listen(settings.listen);
    if (!endpoint)
        return endpoint.error();
    auto server = configure_server(settings, *endpoint);
    if (!server)
        return server.error();
    auto const port = choose_port(*endpoint);
    if (!port)
        return port.error();
    server->port = *port;
    endpoint->port(*port);

    scimkit::ServiceOptions service;
    service.log = log;
    set_limits(service.limits, settings);

    auto base_url = choose_base_url(settings, *endpoint, server->tls.has_value());
    if (!base_url)
        return base_url.error();
    service.base_url = std::move(base_url).value();

    auto const tolerance = configure_tolerance(settings);
    if (!tolerance)
        return tolerance.error();
    service.tolerance = *tolerance;
    service.dry_run_header = settings.dry_run_header;
    auto tokens = load_tokens(settings);
    if (!tokens)
        return tokens.error();
    auto authenticator =
        scimkit::bearer_authenticator(std::move(tokens).value(), {.basic = tolerance->basic_authentication});
    service.authenticator = authenticator;

    auto registry = load_registry(settings);
    if (!registry)
        return registry.error();
    service.registry = std::move(registry).value();
    if (!settings.cursor_key_file.empty())
    {
        if (auto const safe = check_file("--cursor-key-file", settings.cursor_key_file, true); !safe)
            return safe.error();
        auto const key = read_key(settings.cursor_key_file);
        if (!key)
            return invalid("--cursor-key-file " + key.error().detail);
        service.cursor_key = *key;
    }
    if (!settings.me.empty())
    {
        if (!names_users(settings.me, *service.registry))
            return invalid("--me needs an attribute of User that is a string and may be asked for, not '" +
                           settings.me + "'");
        service.me = scimkit::own_resource_by(settings.me);
    }

    auto store = open_store(settings);
    if (!store)
        return store.error();
    service.store = std::move(store).value();
    return Configuration{std::move(server).value(), std::move(service), std::move(authenticator)};
}

} // namespace server
