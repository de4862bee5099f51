// Every option is declared once, for the command line (CLI11) and the TOML file alike, so that --help, the file and
// the checks cannot disagree.
#include "settings.hpp"

#include <scimkit/core/similar.hpp>
#include <scimkit/http/server.hpp>
#include <scimkit/version.hpp>

#include "../shared/terminal_text.hpp"
#include "../shared/toml_depth.hpp"
#include "secret_files.hpp"
#include "settings_access.hpp"
#include "standard_streams.hpp"

#include <CLI/CLI.hpp>
#include <toml++/toml.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <memory>
#include <sstream>
#include <unistd.h>
#include <utility>

namespace server
{

namespace
{

// Beyond these a number is a mistake.
constexpr std::size_t max_threads = 1'024;
constexpr std::size_t max_body_bytes = std::size_t{1} << 30;
constexpr std::size_t max_connections = 1'000'000;
constexpr std::size_t max_limit_bytes = std::size_t{1} << 40;
constexpr std::uint64_t max_elements = 1'000'000'000;
constexpr std::uint64_t max_work = 1'000'000'000'000'000'000; // 31 years
constexpr std::uint64_t max_deadline_seconds = 3'600;
constexpr unsigned max_change_log_days = 36'500; // of --change-log-days, a century; the start is refused

std::string text_of(std::string const& key, toml::node const& node)
{
    if (auto const* text = node.as_string())
        return text->get();
    if (auto const* number = node.as_integer())
        return std::to_string(number->get());
    if (auto const* truth = node.as_boolean())
        return truth->get() ? "true" : "false";
    throw CLI::ConfigError{"the value of '" + key + "' must be a string, a whole number, true or false"};
}

std::vector<std::string> names_of_options(CLI::App const& app)
{
    std::vector<std::string> names;
    for (auto const* option : app.get_options())
        for (std::string const& name : option->get_lnames())
            names.push_back("--" + name);
    for (auto const* group : app.get_subcommands(nullptr)) // a group of options is one without a name
        for (auto const* option : group->get_options())
            for (std::string const& name : option->get_lnames())
                names.push_back("--" + name);
    return names;
}

/// Lets CLI11 take its configuration from TOML, so that an option is declared once for both. Keys are the names of
/// the options; the table [tolerance] stands for as many --tolerance.
class TomlFile final : public CLI::Config
{
public:
    explicit TomlFile(CLI::App const& app)
        : app_(app)
    {
    }

    std::vector<CLI::ConfigItem> from_config(std::istream& input) const override
    {
        toml::table file;
        try
        {
            std::string const text{std::istreambuf_iterator<char>{input}, {}};
            if (auto const line = samples::line_that_is_too_deep(text); line != 0)
                throw CLI::ConfigError{"the configuration file has a name with too many dots in line " +
                                       std::to_string(line)};
            file = toml::parse(text);
        }
        catch (toml::parse_error const& error)
        {
            std::ostringstream reason;
            reason << "the configuration file is not TOML, line " << error.source().begin.line << ": "
                   << error.description();
            throw CLI::ConfigError{reason.str()};
        }

        std::vector<CLI::ConfigItem> read;
        for (auto const& [key, value] : file)
        {
            CLI::ConfigItem item;
            item.name = std::string{key.str()};
            check_name(item.name, key.source().begin.line);
            if (auto const* list = value.as_array())
                for (auto const& element : *list)
                    item.inputs.push_back(text_of(item.name, element));
            else if (auto const* table = value.as_table(); table && item.name == "tolerance")
                for (auto const& [name, setting] : *table)
                    item.inputs.push_back(std::string{name.str()} + "=" +
                                          switch_value(std::string{name.str()}, setting));
            else
                item.inputs.push_back(text_of(item.name, value));
            read.push_back(std::move(item));
        }
        return read;
    }

    std::string to_config(CLI::App const*, bool, bool, std::string) const override { return {}; }

private:
    void check_name(std::string const& name, unsigned line) const
    {
        if (name == "tolerance" || app_.get_option_no_throw("--" + name))
            return;
        auto const meant = scimkit::most_similar("--" + name, names_of_options(app_));
        throw CLI::ConfigError{"the configuration file has a setting '" + name + "' in line " + std::to_string(line) +
                               ", which is none of this server's" +
                               (meant.empty() ? "" : "; was '" + std::string{meant.substr(2)} + "' meant?")};
    }

    CLI::App const& app_;

    static std::string switch_value(std::string const& name, toml::node const& node)
    {
        if (auto const* truth = node.as_boolean())
            return truth->get() ? "on" : "off";
        return text_of(name, node);
    }
};

void declare_number(CLI::App& app, char const* name, auto& value, std::uint64_t most, char const* type,
                    char const* help)
{
    app.add_option(name, value, help)
        ->type_name(type)
        ->check(CLI::Range(std::uint64_t{1}, most))
        ->capture_default_str();
}

/// What one request may hold, and what may be done for it.
void declare_work_limits(CLI::App& app, Settings& settings)
{
    auto const bytes = [&](char const* name, std::size_t& value, char const* help)
    { declare_number(app, name, value, max_limit_bytes, "BYTES", help); };
    bytes("--max-value-bytes", settings.max_value_bytes, "Largest string in a resource");
    bytes("--max-resource-bytes", settings.max_resource_bytes, "Largest resource, without its members");
    bytes("--max-response-bytes", settings.max_response_bytes, "Largest answer");
    declare_number(app, "--max-elements", settings.max_elements, max_elements, "COUNT",
                   "Most members of a group; larger ones may shrink");
    declare_number(app, "--max-bulk-operations", settings.max_bulk_operations, max_elements, "COUNT",
                   "Most operations of a Bulk");
    declare_number(app, "--max-work", settings.max_work, max_work, "UNITS",
                   "Work for one request: about bytes looked at, or nanoseconds");
    declare_number(app, "--request-deadline", settings.request_deadline, max_deadline_seconds, "SECONDS",
                   "Longest work on one request");
}

/// What all requests together may take.
void declare_shared_limits(CLI::App& app, Settings& settings)
{
    auto const number =
        [&](char const* name, auto& value, std::size_t least, std::size_t most, char const* type, char const* help)
    { app.add_option(name, value, help)->type_name(type)->check(CLI::Range(least, most))->capture_default_str(); };
    number("--worker-threads", settings.worker_threads, 1, max_threads, "N", "Threads for writes");
    number("--read-threads", settings.read_threads, 1, max_threads, "N", "Threads for short reads");
    number("--search-threads", settings.search_threads, 0, max_threads, "N",
           "Threads for long reads; 0: half as many as cores, but three at least");
    number("--long-write-threads", settings.long_write_threads, 0, max_threads, "N",
           "Threads for writes with long bodies; 0: half as many as cores, but two at least");
    number("--bulk-threads", settings.bulk_threads, 1, max_threads, "N",
           "Threads for Bulk; a client has one of them at a time");
    number("--max-queued-requests", settings.max_queued_requests, 1, max_connections, "N",
           "Requests that wait for a thread; 503 beyond");
    number("--max-queued-per-client", settings.max_queued_per_client, 1, max_connections, "N",
           "Requests of one client that wait for a thread; 503 beyond");
    number("--max-buffered-bytes", settings.max_buffered_bytes, 1, max_limit_bytes, "BYTES",
           "Bodies under way, of all connections together; 503 beyond");
    number("--max-unsent-bytes", settings.max_unsent_bytes, 1, max_limit_bytes, "BYTES",
           "Answers not taken yet, of all connections together; 503 beyond");
}

/// The options that mistyped ones come closest to.
std::string what_was_meant(CLI::App const& app)
{
    std::string said;
    for (std::string const& argument : app.remaining())
        if (argument.starts_with("--"))
            if (auto const meant = scimkit::most_similar(std::string_view{argument}.substr(0, argument.find('=')),
                                                         names_of_options(app));
                !meant.empty())
                said += "; was " + std::string{meant} + " meant?";
    return said;
}

void declare_upkeep(CLI::App& app, Settings& settings)
{
    app.add_option("--change-log-days", settings.change_log_days,
                   "How long the store keeps what was changed; 0: for ever, the database grows with every write")
        ->type_name("DAYS")
        ->check(CLI::Range(0U, max_change_log_days))
        ->capture_default_str();
}

void declare_tools(CLI::App& app, Settings& settings)
{
    auto* const tools = app.add_option_group("Tools", "What prints and ends");
    tools->add_flag("--new-token", settings.new_token, "Print a new random token")->configurable(false);
    tools->add_flag("--new-signing-key", settings.new_signing_key, "Print a new private JWK for --event-key-file")
        ->configurable(false);
    tools
        ->add_flag("--check-config", settings.check_config,
                   "Say whether the server would start like this, and as what; opens no store")
        ->configurable(false);
    tools->add_flag("--hash-token", settings.hash_token, "Read a token from stdin, print its line for the token file")
        ->configurable(false);
    app.set_version_flag("--version", "scimkit-server " SCIMKIT_VERSION, "Print the version and end");
}

void declare_store(CLI::App& app, Settings& settings)
{
    app.add_option("--store", settings.store,
                   "Where resources live: lmdb:DIR, postgresql:CONNINFO (as libpq has it, or a postgresql:// URI; "
                   "passwords belong into PGPASSFILE) or memory")
        ->type_name("STORE");
    app.add_option("--postgresql-connections", settings.postgresql_connections, "Connections to PostgreSQL at most")
        ->type_name("N")
        ->check(CLI::Range(1, 10'000))
        ->capture_default_str();
    app.add_option("--postgresql-schema", settings.postgresql_schema, "The schema of the tables in PostgreSQL")
        ->type_name("NAME")
        ->capture_default_str();
    app.add_flag("--accept-damage", settings.accept_damage,
                 "Serve a database that has damaged entries; whoever asks for them gets 500");
}

void declare_tls(CLI::App& app, Settings& settings)
{
    app.add_option("--tls-cert", settings.tls_cert, "Certificate chain, PEM")->type_name("FILE");
    app.add_option("--tls-key", settings.tls_key, "Private key, PEM")->type_name("FILE");
    app.add_option("--tls-client-ca", settings.tls_client_ca,
                   "Authorities of client certificates, PEM; clients without a certificate of theirs are refused")
        ->type_name("FILE");
    app.add_option("--tls-clients", settings.tls_clients,
                   "With --tls-client-ca, optional: a client without any certificate is let in, with its token")
        ->type_name("required|optional")
        ->check(CLI::IsMember({"required", "optional"}))
        ->capture_default_str();
}

/// What is served, and what of clients is put up with.
void declare_dialect(CLI::App& app, Settings& settings)
{
    app.add_option("--schema", settings.schemas, "Definitions of schemas and resource types, JSON; may be repeated")
        ->type_name("FILE");
    app.add_option("--packs,--pack", settings.packs,
                   "Schemas and resource types that come with scimkit, for example devices-rfc9944; may be repeated")
        ->type_name("NAME");
    app.add_option("--index", settings.indexes, "A further attribute to index, for example name.familyName; repeatable")
        ->type_name("ATTR");
    app.add_option("--profile", settings.profile,
                   "What is promised and which clients it is for, for example interop-02 or entra; a start that would "
                   "break the promise is refused")
        ->type_name("NAME");
    app.add_flag("--atomic-bulk", settings.atomic_bulk,
                 "A Bulk is all or nothing, unless its tenant or its header SCIM-Bulk-Atomic says otherwise");
    app.add_flag("--version-segment", settings.version_segment,
                 "Take /v2 between the root and an endpoint too (RFC 7644 section 3.13); other versions are refused");
    app.add_flag("--strict", settings.strict, "Accept nothing but what the RFCs allow");
    app.add_option("--tolerance", settings.tolerance, "Turn one tolerance on or off; may be repeated")
        ->type_name("NAME=on|off");
}

void declare(CLI::App& app, Settings& settings)
{
    app.add_option("--listen", settings.listen, "Address and port, for example 127.0.0.1:8080 or [::1]:8443")
        ->type_name("ADDR:PORT")
        ->capture_default_str();
    declare_store(app, settings);
    app.add_option("--base-url", settings.base_url,
                   "URL of the SCIM root as clients see it (default: made of the address, with /scim/v2)")
        ->type_name("URL");
    app.add_option("--token", settings.token, "A bearer token that is let in")->envname("SCIMKIT_TOKEN");
    app.add_option(
           "--token-file", settings.token_file,
           "A file of tokens, one a line: sha256:HASH [SUBJECT [TENANT]] [scopes=...] [expires=...], or the clear "
           "token for sha256:HASH")
        ->type_name("FILE");
    declare_tls(app, settings);
    app.add_flag("--insecure", settings.insecure, "Serve plain HTTP to other machines, tokens readable on the wire");
    app.add_option("--threads", settings.threads, "I/O threads (default: one for each core)")
        ->type_name("N")
        ->check(CLI::Range(std::size_t{0}, max_threads));
    app.add_option("--max-body", settings.max_body, "Largest request body")
        ->type_name("BYTES")
        ->check(CLI::Range(std::size_t{1}, max_body_bytes))
        ->capture_default_str();
    app.add_option("--max-connections", settings.max_connections,
                   "Further ones close the one that has been idle for longest")
        ->type_name("N")
        ->check(CLI::Range(std::size_t{1}, max_connections))
        ->capture_default_str();
    declare_dialect(app, settings);
    app.add_flag("--dry-run-header", settings.dry_run_header,
                 "Take the header 'SCIM-Dry-Run: true': the answer to a write, and nothing stored");
    app.add_option(
           "--error-explanations", settings.error_explanations,
           "Who is told in error bodies which requirement was not obeyed and which switch would have allowed it: "
           "never, always, or negotiated (not who asks for application/scim+json or */* alone)")
        ->transform(CLI::CheckedTransformer(
            std::map<std::string, scimkit::ErrorExplanations>{{"never", scimkit::ErrorExplanations::never},
                                                              {"negotiated", scimkit::ErrorExplanations::negotiated},
                                                              {"always", scimkit::ErrorExplanations::always}}));
    app.add_option("--cursor-key-file", settings.cursor_key_file,
                   "64 hexadecimal digits that seal the cursors of pages, so that they serve other servers of the "
                   "store, and this one after a restart; a further line each for keys from before")
        ->type_name("FILE");
    app.add_flag("--delta-query", settings.delta_query,
                 "Offer .deltaToken and .delta: what has changed since (draft-sehgal-scim-delta-query-01); needs "
                 "--cursor-key-file");
    app.add_option("--me", settings.me,
                   "Offer /Me: the user whose attribute, for example userName, is the subject of the token")
        ->type_name("ATTR");
    declare_watching(app, settings);
    declare_access(app, settings);
    declare_upkeep(app, settings);
    declare_work_limits(app, settings);
    declare_shared_limits(app, settings);
    app.set_config("--config", "", "A TOML file with the same settings; the command line wins")
        ->type_name("FILE")
        ->check([](std::string const& file) { return readable_settings("--config", file); });
    app.config_formatter(std::make_shared<TomlFile>(app));
    app.allow_config_extras(CLI::config_extras_mode::error);
    declare_tools(app, settings);
    declare_commands(app, settings.command);
}

} // namespace

Settings::Settings()
{
    scimkit::http::ServerOptions const server;
    worker_threads = server.worker_threads;
    read_threads = server.read_threads;
    search_threads = server.search_threads;
    long_write_threads = server.long_write_threads;
    bulk_threads = server.bulk_threads;
    max_queued_requests = server.max_queued_requests;
    max_queued_per_client = server.max_queued_per_client;
    max_buffered_bytes = server.max_buffered_bytes;
    max_unsent_bytes = server.max_unsent_bytes;
    scimkit::ServiceLimits const limits;
    max_value_bytes = limits.max_value_bytes;
    max_resource_bytes = limits.max_resource_bytes;
    max_response_bytes = limits.max_response_bytes;
    max_elements = limits.max_elements;
    max_bulk_operations = limits.max_bulk_operations;
    max_work = limits.max_work;
    request_deadline =
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(limits.deadline).count());
}

void complain(std::string reason)
{
    std::replace(reason.begin(), reason.end(), '\n', ' ');
    write_in_time(STDERR_FILENO, "scimkit-server: " + samples::terminal_text(reason) + "\n", std::chrono::seconds{1});
}

std::optional<Settings> read_settings(int argc, char const* const* argv, int& exit_code)
{
    Settings settings;
    CLI::App app{"A SCIM 2.0 service provider over HTTP", "scimkit-server"};
    declare(app, settings);
    try
    {
        app.parse(argc, argv);
        if (auto const* const config = app.get_config_ptr(); config->count() > 0)
            settings.config = config->as<std::string>();
        return settings;
    }
    catch (CLI::Success const& answer) // --help, --version
    {
        exit_code = app.exit(answer);
    }
    catch (CLI::ParseError const& error)
    {
        complain(error.what() + what_was_meant(app));
        exit_code = 2;
    }
    return std::nullopt;
}

} // namespace server
