// Apart from the other options, which say what the server does for those who are in.
#include "settings_access.hpp"

#include <CLI/CLI.hpp>

#include <charconv>

namespace server
{

namespace
{

constexpr unsigned max_reload_interval = 86'400; // of --reload-interval, a day; the start is refused
constexpr unsigned max_kept_requests = 100'000;  // of --request-log; the start is refused
constexpr unsigned max_kept_days = 3'650;        // of --request-log-days; the start is refused
constexpr double max_rate = 1e6;                 // of --rate-per-..., requests a second; the start is refused

constexpr unsigned max_event_wait = 300; // of --event-wait; the start is refused

constexpr unsigned max_audit_days = 36'500; // of --audit-days, a century; the start is refused

/// CLI::Range() takes what is not a number for one within.
std::string is_rate(std::string const& text)
{
    double value = -1;
    auto const* const end = text.data() + text.size();
    auto const read = std::from_chars(text.data(), end, value);
    bool const is_one = read.ec == std::errc{} && read.ptr == end && value >= 0 && value <= max_rate;
    return is_one ? std::string{} : "'" + text + "' is no number from 0 to 1000000";
}

/// What is kept of requests.
void declare_request_log(CLI::App& app, Settings& settings)
{
    app.add_option("--request-log", settings.request_log,
                   "With --admin: requests of each tenant that are kept for the administration; 0: none")
        ->type_name("N")
        ->check(CLI::Range(0U, max_kept_requests))
        ->capture_default_str();
    app.add_option("--request-log-days", settings.request_log_days, "How long they are kept; 0: however old")
        ->type_name("DAYS")
        ->check(CLI::Range(0U, max_kept_days))
        ->capture_default_str();
    app.add_option("--request-log-rate", settings.request_log_rate,
                   "Of each tenant so many a second at most, ten times as many at once, and as many that were refused")
        ->type_name("N")
        ->check(is_rate)
        ->capture_default_str();
    app.add_option("--request-log-dir", settings.request_log_dir,
                   "Where they are kept (default: in the directory of lmdb, otherwise in memory)")
        ->type_name("DIR");
    app.add_option("--request-log-redact", settings.request_log_redact,
                   "An attribute whose values are not kept, for example phoneNumbers or name.familyName; may be "
                   "repeated. Secrets never are")
        ->type_name("ATTR");
}

/// What follows from changes.
void declare_events(CLI::App& app, Settings& settings)
{
    app.add_option("--audit-days", settings.audit_days,
                   "How long the administration keeps who changed what (/admin/scim/v2/AuditRecords); 0: for ever")
        ->type_name("DAYS")
        ->check(CLI::Range(0U, max_audit_days))
        ->capture_default_str();
    app.add_option("--webhook", settings.webhook,
                   "Post a signed message about each change to this URL; a tenant may have one of its own")
        ->type_name("URL");
    app.add_option("--webhook-secret-file", settings.webhook_secret_file,
                   "What signs them: whsec_ and Base64 (openssl rand -base64 32), a line each while one is exchanged")
        ->type_name("FILE");
    app.add_option("--event-key-file", settings.event_key_file,
                   "Offer security event tokens (RFC 9967) at /events, signed by this private JWK (--new-signing-key), "
                   "to tokens with the scope 'events'; a further line each for keys from before")
        ->type_name("FILE");
    app.add_option("--event-push", settings.event_push,
                   "Push them to this URL as well, those of tenants without an URL of their own")
        ->type_name("URL");
    app.add_option("--event-push-token-file", settings.event_push_token_file,
                   "A file whose first line is the bearer token for that URL")
        ->type_name("FILE");
    app.add_option("--event-feed", settings.event_feed,
                   "What they are about: all resources, or those that SCIM manages (--managed-by); one that is handed "
                   "over or taken back is told as feed:add or feed:remove then")
        ->type_name("all|managed")
        ->check(CLI::IsMember({"all", "managed"}))
        ->capture_default_str();
    app.add_option("--event-wait", settings.event_wait,
                   "How long a poll waits for tokens (RFC 8936), on a worker thread; a fourth of --worker-threads may "
                   "wait; 0: every poll is answered at once")
        ->type_name("SECONDS")
        ->check(CLI::Range(0U, max_event_wait))
        ->capture_default_str();
    app.add_option("--secret-key-file", settings.secret_key_file,
                   "64 hexadecimal digits that seal the secrets of tenants' webhooks and receivers of events in the "
                   "store of the administration (openssl rand -hex 32); a further line each for keys from before")
        ->type_name("FILE");
    app.add_option("--events", settings.events, "What they tell of a change: names of attributes, or values too")
        ->type_name("notice|full")
        ->check(CLI::IsMember({"notice", "full"}))
        ->capture_default_str();
}

/// Tokens that an issuer signs, its own or another's.
void declare_oauth(CLI::App& app, Settings& settings)
{
    app.add_option("--oauth-issuer", settings.oauth_issuer,
                   "Take access tokens (JWT) of this issuer, as its `iss` says")
        ->type_name("URL");
    app.add_option("--oauth-jwks", settings.oauth_jwks, "The issuer's keys, a JWK Set: a file, or an https URL")
        ->type_name("FILE|URL");
    app.add_option("--oauth-audience", settings.oauth_audience, "What `aud` has to be (default: the base URL)")
        ->type_name("URL");
    app.add_option("--oauth-tenant-claim", settings.oauth_tenant_claim, "The claim with the tenant of a token")
        ->type_name("NAME");
    app.add_option("--oauth-subject-claim", settings.oauth_subject_claim,
                   "The claim that says whom a token stands for, in logs and for --me (default: sub)")
        ->type_name("NAME");
    app.add_flag("--token-endpoint", settings.token_endpoint,
                 "Issue tokens at /oauth/token to OAuth clients of the administration");
    app.add_option("--assertion-file", settings.assertion_file,
                   "Where assertions of clients that were used are kept until they expire (default: in the directory "
                   "of lmdb; other stores: none are taken)")
        ->type_name("FILE");
}

/// What clients may not do at once, or at all.
void declare_house_rules(CLI::App& app, Settings& settings)
{
    app.add_flag(
        "--respond-async", settings.respond_async,
        "Take writes and Bulks that are carried out later, for clients that ask for it ('Prefer: respond-async', "
        "RFC 9967)");
    app.add_option("--managed-by", settings.managed_by,
                   "Change and remove only resources in which this boolean attribute of a schema of your own is true, "
                   "as in all that SCIM creates; others are read, and 403 otherwise; a tenant may have another one")
        ->type_name("ATTR");
    app.add_option("--deletion-guard", settings.deletion_guard,
                   "Deletions and deactivations of one tenant in an hour; more are held, with 403, until an "
                   "administrator releases them (with --admin); 0: no limit")
        ->type_name("N")
        ->capture_default_str();
}

} // namespace

void declare_access(CLI::App& app, Settings& settings)
{
    declare_events(app, settings);
    declare_house_rules(app, settings);
    app.add_option("--path-prefix", settings.path_prefix,
                   "Path that targets begin with when they arrive, if a proxy in front changes it (default: that of "
                   "--base-url)")
        ->type_name("PATH");
    app.add_option("--tenants", settings.tenants_file,
                   "A TOML file of tenants, a table each; --base-url then has {tenant} in it")
        ->type_name("FILE");
    app.add_option(
           "--tenant-schemas", settings.tenant_schemas,
           "A directory of files as --schema takes them: a tenant that names some of them has their extensions, "
           "and no other tenant has")
        ->type_name("DIR");
    app.add_option(
           "--admin", settings.admin,
           "Serve the page of the administration at http://ADDR:PORT/admin, and tenants and tokens as SCIM resources "
           "at /admin/scim/v2, on this machine; then tenants have their roots beside that of --base-url")
        ->type_name("ADDR:PORT");
    app.add_option("--admin-token-file", settings.admin_token_file,
                   "Tokens of administrators, as in --token-file; good for nothing else")
        ->type_name("FILE");
    app.add_option("--admin-password-file", settings.admin_password_file,
                   "The hash of the password for the page, as scimkit-server admin reset-password writes it")
        ->type_name("FILE");
    app.add_option(
           "--admin-allow-address", settings.admin_allowed_addresses,
           "Let only this address or range (CIDR) administer, behind a proxy by what a --trusted-proxy says; may "
           "be repeated")
        ->type_name("RANGE");
    app.add_option("--admin-url", settings.admin_url,
                   "Scheme and host of the page as browsers see it, behind a proxy: https://admin.example.com")
        ->type_name("URL");
    declare_oauth(app, settings);
    app.add_option("--trusted-proxy", settings.trusted_proxies,
                   "Address or range (CIDR) of a proxy that is believed for whom it asks; may be repeated")
        ->type_name("RANGE");
    app.add_option("--proxy-header", settings.proxy_header, "Where trusted proxies say it")
        ->type_name("x-forwarded-for|forwarded")
        ->check(CLI::IsMember({"x-forwarded-for", "forwarded"}))
        ->capture_default_str();
    app.add_option("--allow-address", settings.allowed_addresses,
                   "Let in only this address or range (CIDR), for all or with TENANT= for one tenant; may be repeated")
        ->type_name("[TENANT=]RANGE");
    auto const rate = [&](char const* name, double& value, char const* help)
    { app.add_option(name, value, help)->type_name("N")->check(is_rate)->capture_default_str(); };
    rate("--rate-per-address", settings.rate_per_address,
         "Requests a second from one address, twice as many at once; 429 beyond; 0: no limit");
    rate("--rate-per-credential", settings.rate_per_credential, "The same for one token");
    rate("--rate-per-tenant", settings.rate_per_tenant, "The same for all tokens of a tenant");
}

void declare_watching(CLI::App& app, Settings& settings)
{
    app.add_option("--log-file", settings.log_file, "Log to this file instead of stderr; SIGHUP opens it again")
        ->type_name("FILE");
    app.add_option(
           "--reload-interval", settings.reload_interval,
           "How often files of tokens, tenants, their schemas, keys and certificates are looked at, to take them anew "
           "when they have changed; 0: at SIGHUP alone")
        ->type_name("SECONDS")
        ->check(CLI::Range(0U, max_reload_interval))
        ->capture_default_str();
    app.add_option("--log-level", settings.log_level, "Log from this level; requests are logged at info")
        ->type_name("LEVEL")
        ->check(CLI::IsMember({"debug", "info", "warning", "error", "off"}))
        ->capture_default_str();
    app.add_option("--log-format", settings.log_format, "What a line of the log looks like")
        ->type_name("text|json")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
    app.add_flag("--metrics", settings.metrics, "Serve /metrics for Prometheus, to tokens with the scope 'metrics'");
    declare_request_log(app, settings);
}

} // namespace server
