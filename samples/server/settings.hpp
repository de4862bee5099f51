// What an operator can say, on the command line or in a TOML file. Nothing is checked here but the form.
#pragma once

#include <scimkit/service/service.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace CLI
{
class App;
}

namespace server
{

/// What to do instead of serving; empty `name`: serve.
struct Command
{
    std::string name; ///< "export", "import", "backup", "restore", "check", "copy"
    std::string from; ///< the file of an import, the backup of a restore, the store of a copy
    std::string to;   ///< the file of an export, the directory of a backup, the store of a copy
    std::vector<std::string> tenants;
    std::string mapping;
    std::string type = "User";
    std::string progress;
    bool dry_run = false;
    bool new_ids = false;
    bool new_versions = false;
    bool rebuild = false;
    bool administration = false; ///< its tenants, keys and records, instead of the resources
};

struct Settings
{
    Settings(); // the limits' defaults are the library's

    std::string listen = "127.0.0.1:8080";
    std::string store;
    bool accept_damage = false;
    unsigned postgresql_connections = 16;
    std::string postgresql_schema = "scimkit";
    std::string base_url;
    std::string token;
    std::string token_file;
    std::string tls_cert;
    std::string tls_key;
    std::string tls_client_ca;
    std::string tls_clients = "required";
    unsigned threads = 0;
    // Defaults: those of scimkit::http::ServerOptions.
    unsigned worker_threads;
    unsigned read_threads;
    unsigned search_threads;
    unsigned long_write_threads;
    unsigned bulk_threads;
    std::size_t max_queued_requests;
    std::size_t max_queued_per_client;
    std::size_t max_buffered_bytes;
    std::size_t max_unsent_bytes;
    std::size_t max_body = std::size_t{1} << 20;
    std::size_t max_connections = 1'024;
    unsigned change_log_days = 30; ///< 0: for ever
    unsigned reload_interval = 5;  ///< seconds between looks at files; 0: SIGHUP alone
    std::string log_level = "info";
    std::string log_file; ///< empty: stderr
    std::string log_format = "text";
    bool metrics = false; ///< /metrics, behind a token with the scope "metrics"

    // Limits on the work of one request: those of scimkit::ServiceLimits.
    std::size_t max_value_bytes;
    std::size_t max_resource_bytes;
    std::size_t max_response_bytes;
    std::uint64_t max_elements;
    std::uint64_t max_bulk_operations;
    std::uint64_t max_work;
    std::uint64_t request_deadline; ///< seconds

    std::string tenants_file;   ///< empty: one tenant
    std::string tenant_schemas; ///< directory of schemas of single tenants; empty: they have none
    std::string admin;          ///< address and port of the administration; empty: none
    std::string admin_token_file;
    std::string admin_password_file;                  ///< of the page; empty: keys alone log in
    unsigned audit_days = 365;                        ///< of records; 0: for ever
    std::vector<std::string> admin_allowed_addresses; ///< ranges; empty: all
    std::string admin_url;                            ///< of the page, as browsers see it; empty: that of `admin`
    std::string webhook; ///< URL that is told of changes; empty: none, but those of tenants
    std::string webhook_secret_file;
    std::string event_key_file;    ///< private JWK that signs security event tokens; empty: there are none
    std::string events = "notice"; ///< or "full"
    std::string event_push;        ///< URL that tokens are pushed to; empty: none is
    std::string event_push_token_file;
    std::string event_feed = "all"; ///< or "managed": resources that SCIM manages
    unsigned event_wait = 30;       ///< seconds that a poll waits at most; 0: none does
    std::string secret_key_file;    ///< seals secrets of tenants; empty: they can have none
    std::string oauth_issuer;       ///< empty: no access tokens
    std::string oauth_jwks;
    std::string oauth_audience; ///< empty: the base URL
    std::string oauth_tenant_claim;
    std::string oauth_subject_claim; ///< empty: `sub`
    bool token_endpoint = false;     ///< issues tokens of its own
    std::string assertion_file;      ///< empty: in the directory of lmdb

    // Who is let in, from where, and how often.
    std::optional<std::string> path_prefix; ///< of targets; nothing: that of base_url
    std::vector<std::string> trusted_proxies;
    std::string proxy_header = "x-forwarded-for";
    std::vector<std::string> allowed_addresses; ///< RANGE, or TENANT=RANGE
    double rate_per_address = 0;                ///< requests a second; 0: no limit
    double rate_per_credential = 0;
    double rate_per_tenant = 0;
    bool respond_async = false;       ///< writes that clients need not wait for
    std::string managed_by;           ///< attribute that marks what SCIM manages; empty: everything is
    std::uint64_t deletion_guard = 0; ///< deletions and deactivations of a tenant in an hour; 0: no limit

    // What is kept of requests, where there is an administration to show it.
    std::uint64_t request_log = 1'000;           ///< of each tenant; 0: none
    unsigned request_log_days = 14;              ///< 0: however old
    double request_log_rate = 50;                ///< a second, of each tenant
    std::string request_log_dir;                 ///< empty: beside lmdb, else in memory
    std::vector<std::string> request_log_redact; ///< attributes that are not kept

    std::string profile; ///< name of a profile; empty: none
    bool strict = false;
    bool insecure = false;
    bool dry_run_header = false;
    bool version_segment = false;
    bool atomic_bulk = false; ///< of whoever does not say otherwise, by the tenant or by the header
    scimkit::ErrorExplanations error_explanations = scimkit::ErrorExplanations::negotiated;
    std::string cursor_key_file;
    bool delta_query = false;
    std::string me; ///< attribute of a user that the caller's name is found by; empty: no /Me
    std::vector<std::string> schemas;
    std::vector<std::string> packs;     ///< names of schema packs
    std::vector<std::string> tolerance; ///< name=value
    std::vector<std::string> indexes;

    Command command;

    std::string config; ///< the TOML file that was read, if any
    bool check_config = false;
    bool new_token = false;
    bool new_signing_key = false;
    bool hash_token = false;
};

/// Reads the command line, and the file that --config names: the command line wins. Nothing: the program ends with
/// `exit_code`, because it has answered --help or --version, or said on stderr, in one line, what is wrong.
std::optional<Settings> read_settings(int argc, char const* const* argv, int& exit_code);

/// Declared apart, in command_settings.cpp. Names are the command's.
void declare_commands(CLI::App& app, Command& command);

/// One line on stderr, whatever `reason` has in it.
void complain(std::string reason);

} // namespace server
