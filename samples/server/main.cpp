// scimkit-server: SCIM 2.0 over HTTP as a program of its own.
//
//     scimkit-server --store lmdb:/var/lib/scimkit --token-file /etc/scimkit/tokens
//                    --listen 0.0.0.0:443 --base-url https://scim.example.com/scim/v2
//                    --tls-cert chain.pem --tls-key key.pem
#include "admin_command.hpp"
#include "administration.hpp"
#include "audit_command.hpp"
#include "check.hpp"
#include "commands.hpp"
#include "configuration.hpp"
#include "credentials.hpp"
#include "deliveries.hpp"
#include "event_push.hpp"
#include "event_route.hpp"
#include "file_watch.hpp"
#include "log_metrics.hpp"
#include "logging.hpp"
#include "metrics.hpp"
#include "own_stores.hpp"
#include "requests_command.hpp"
#include "sealing.hpp"
#include "serving.hpp"
#include "settings.hpp"
#include "standard_streams.hpp"
#include "start_line.hpp"
#include "upkeep.hpp"
#include "webhooks.hpp"

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <unistd.h>

namespace
{

using namespace server;

/// A line on stdout, which nobody need read.
void say(std::string const& line) { write_in_time(STDOUT_FILENO, line + "\n", std::chrono::seconds{1}); }

int hash_token()
{
    std::string token;
    std::getline(std::cin, token);
    auto const record = scimkit::make_key_record(token, {});
    if (!record)
    {
        complain("--hash-token: " + record.error().detail);
        return EXIT_FAILURE;
    }
    say("sha256:" + record->sha256);
    return EXIT_SUCCESS;
}

/// What the watch of files sends to this process: all that is taken anew is taken by one thread.
constexpr int file_changed = SIGUSR1;

/// Signals that ask for something, blocked in every thread so that main() can wait for them.
sigset_t block_signals()
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, file_changed);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN); // whoever reads the log may go away
    return signals;
}

scimkit::result<void> reload_tokens(Settings const& settings, Configuration const& configuration)
{
    auto loaded = load_tokens(settings, *configuration.service.registry);
    if (!loaded)
        return loaded.error();
    return configuration.tokens->exchange(std::move(*loaded));
}

scimkit::result<void> reload_tenants(Settings const& settings, Configuration const& configuration)
{
    auto loaded = load_tenants(configuration, settings);
    if (!loaded)
        return loaded.error();
    auto taken = configuration.tenant_list->exchange(std::move(*loaded));
    configuration.targets->refresh();
    return taken;
}

scimkit::result<void> reload_certificates(Settings const& settings, scimkit::http::Server& server)
{
    if (auto safe = check_tls_files(settings); !safe)
        return safe;
    return server.reload_tls();
}

/// Those that have changed since they were read.
struct ChangedFiles
{
    std::atomic<bool> access{false}; ///< tokens and tenants, keys of secrets and of events
    std::atomic<bool> certificates{false};
};

FileWatch watch_files(Settings const& settings, ChangedFiles& changed)
{
    auto const tell = [](std::atomic<bool>& which)
    {
        return [&which]
        {
            which = true;
            ::kill(::getpid(), file_changed);
        };
    };
    return FileWatch{{{{settings.token_file, settings.admin_token_file, settings.tenants_file, settings.secret_key_file,
                        settings.tenant_schemas, settings.event_key_file},
                       tell(changed.access)},
                      {{settings.tls_cert, settings.tls_key, settings.tls_client_ca}, tell(changed.certificates)}}};
}

/// Each part is taken anew, or stays as it was.
class Reload
{
public:
    Reload(Settings const& settings, Configuration const& configuration, Administration* administration,
           scimkit::http::Server& server)
        : settings_(settings)
        , configuration_(configuration)
        , administration_(administration)
        , server_(server)
    {
    }

    void all(Log& log_file) const
    {
        if (!settings_.log_file.empty())
            say("SIGHUP", log_file.reopen(), "log file"); // first: the lines below belong into the new one
        access("SIGHUP");
        certificates("SIGHUP");
    }

    void of_files(ChangedFiles& changed) const
    {
        if (changed.access.exchange(false))
            access("a file has changed");
        if (changed.certificates.exchange(false))
            certificates("a file has changed");
    }

private:
    static void say(std::string const& why, scimkit::result<void> const& done, std::string_view what)
    {
        if (done)
            log(scimkit::LogLevel::info, why + ": took the " + std::string{what} + " anew");
        else
            log(scimkit::LogLevel::error,
                why + ": goes on with the old " + std::string{what} + ": " + done.error().detail);
    }

    void access(std::string const& why) const
    {
        if (!settings_.secret_key_file.empty())
            say(why, configuration_.sealing->reload(), "key of secrets");
        if (configuration_.reload_event_keys)
            say(why, configuration_.reload_event_keys(), "keys of events");
        if (administration_)
            return say(why, administration_->reload(), "tokens and tenants");
        if (!settings_.token_file.empty())
            say(why, reload_tokens(settings_, configuration_), "tokens");
        if (configuration_.tenant_list)
            say(why, reload_tenants(settings_, configuration_), "tenants");
    }

    void certificates(std::string const& why) const
    {
        if (!settings_.tls_cert.empty())
            say(why, reload_certificates(settings_, server_), "certificates");
    }

    Settings const& settings_;
    Configuration const& configuration_;
    Administration* administration_;
    scimkit::http::Server& server_;
};

void reload_until_stopped(sigset_t const& signals, Reload const& reload, Log& log_file, ChangedFiles& changed)
{
    for (int received = 0; sigwait(&signals, &received) != 0 || received == SIGHUP || received == file_changed;)
        if (received == SIGHUP)
            reload.all(log_file);
        else
            reload.of_files(changed);
}

scimkit::result<std::unique_ptr<Administration>> nothing() { return std::unique_ptr<Administration>{}; }

#ifdef SCIMKIT_SERVER_METRICS
void watch(Configuration const& configuration, scimkit::http::Server const& server, Serving const& serving,
           Log const& log_file)
{
    if (!configuration.metrics)
        return;
    configuration.metrics->watch(
        server, [&] { return serving.healthy(); }, [&] { return log_file.dropped(); });
    configuration.metrics->watch_more([more = std::make_shared<LogMetrics>(configuration)] { return more->text(); });
}
#else
void watch(Configuration const&, scimkit::http::Server const&, Serving const&, Log const&) {}
#endif

/// Tells others of changes for as long as it lives.
class Followers
{
public:
    explicit Followers(Configuration const& configuration)
        : targets_(configuration.targets)
        , webhooks_(configuration.service.store, webhook_posting(), is_served(configuration), say)
    {
        if (configuration.event_token)
            pushes_.emplace(configuration.service.store, event_posting(configuration), is_served(configuration), say);
        targets_->tell(&webhooks_, pushes_ ? &*pushes_ : nullptr);
    }
    ~Followers() { targets_->tell(nullptr, nullptr); }
    Followers(Followers const&) = delete;
    Followers& operator=(Followers const&) = delete;

private:
    static void say(scimkit::LogLevel level, std::string_view line) { log(level, line); }

    static Deliveries::IsServed is_served(Configuration const& configuration)
    {
        return [tenants = configuration.tenant_list](std::string_view name)
        {
            auto const tenant = tenants ? tenants->find_named(name) : nullptr;
            return !tenants || (tenant && tenant->enabled);
        };
    }

    std::shared_ptr<TargetsOfTenants> targets_;
    Deliveries webhooks_;
    std::optional<Deliveries> pushes_;
};

template <class Value>
bool failed(scimkit::result<Value> const& outcome)
{
    if (!outcome)
        complain(outcome.error().detail);
    return !outcome;
}

int serve(Settings const& settings)
{
    auto const signals = block_signals(); // before any thread starts
    auto log_file = Log::start(settings.log_level, settings.log_file,
                               settings.log_format == "json" ? LogFormat::json : LogFormat::text);
    if (failed(log_file))
        return EXIT_FAILURE;

    ChangedFiles changed;
    auto file_watch = watch_files(settings, changed); // before they are read
    auto configuration = configure(settings);
    if (failed(configuration))
        return EXIT_FAILURE;
    auto const serving = Serving::create(*configuration);
    if (failed(serving))
        return EXIT_FAILURE;
    auto administration =
        settings.admin.empty() ? nothing() : Administration::create(*configuration, settings, *serving);
    if (failed(administration))
        return EXIT_FAILURE;
    auto const what_it_is = start_line(*configuration, settings); // with the tenants that the administration has
    CarryingOut const carrying_out{*configuration, *serving};     // before anybody can ask for it
    auto running = serving->listen(std::move(configuration->server));
    if (failed(running))
        return EXIT_FAILURE;
    auto const listening = *administration ? (*administration)->listen(**running) : scimkit::result<void>{};
    if (failed(listening))
        return EXIT_FAILURE;
    watch(*configuration, **running, *serving, *log_file);
    log(scimkit::LogLevel::info, "serving: " + what_it_is);
    say("listening on " + configuration->announced);
    Followers const followers{*configuration};
    Upkeep const upkeep{configuration->service.store, std::chrono::days{settings.change_log_days},
                        [](scimkit::LogLevel level, std::string_view line) { log(level, line); }};

    if (settings.reload_interval > 0)
        file_watch.start(std::chrono::seconds{settings.reload_interval});
    reload_until_stopped(signals, {settings, *configuration, administration->get(), **running}, *log_file, changed);
    log(scimkit::LogLevel::info, "stopping");
    configuration->stopping.request_stop();
    administration->reset(); // its page asks the server
    (*running)->stop();
    return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv)
{
    if (!occupy_standard_descriptors()) // first of all: before any file could get one of them
        return EXIT_FAILURE;
    try
    {
        if (argc > 1 && std::string_view{argv[1]} == "admin")
            return admin_command(argc - 1, argv + 1);
        if (argc > 1 && std::string_view{argv[1]} == "requests")
            return requests_command(argc - 1, argv + 1);
        if (argc > 1 && std::string_view{argv[1]} == "replay")
            return replay_command(argc - 1, argv + 1);
        if (argc > 1 && std::string_view{argv[1]} == "audit")
            return audit_command(argc - 1, argv + 1);
        int exit_code = EXIT_SUCCESS;
        auto const settings = read_settings(argc, argv, exit_code);
        if (!settings)
            return exit_code;
        if (settings->new_token)
        {
            say(scimkit::new_api_key());
            return EXIT_SUCCESS;
        }
        if (settings->new_signing_key)
        {
            auto const key = make_signing_key();
            key ? say(*key) : complain(key.error().detail);
            return key ? EXIT_SUCCESS : EXIT_FAILURE;
        }
        if (settings->check_config)
            return check_configuration(*settings);
        if (settings->hash_token)
            return hash_token();
        return settings->command.name.empty() ? serve(*settings) : run_command(*settings);
    }
    catch (std::exception const& exception)
    {
        complain(exception.what());
        return EXIT_FAILURE;
    }
}
