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
#include "event_push.hpp"
#include "event_route.hpp"
#include "logging.hpp"
#include "metrics.hpp"
#include "serving.hpp"
#include "settings.hpp"
#include "standard_streams.hpp"
#include "start_line.hpp"
#include "upkeep.hpp"
#include "webhooks.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <unistd.h>

namespace
{

using namespace server;

/// A line on stdout, which nobody need read.
void print(std::string const& line) { write_in_time(STDOUT_FILENO, line + "\n", std::chrono::seconds{1}); }

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
    print("sha256:" + record->sha256);
    return EXIT_SUCCESS;
}

/// Signals that ask for something, blocked in every thread so that main() can wait for them.
sigset_t block_signals()
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
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
    return configuration.tenant_list->exchange(std::move(*loaded));
}

scimkit::result<void> reload_certificates(Settings const& settings, scimkit::http::Server& server)
{
    if (auto safe = check_tls_files(settings); !safe)
        return safe;
    return server.reload_tls();
}

/// SIGHUP: each part is taken anew, or stays as it was.
void reload(Settings const& settings, Log& log_file, Configuration const& configuration, Administration* administration,
            scimkit::http::Server& server)
{
    auto const say = [](scimkit::result<void> const& done, std::string_view what)
    {
        if (done)
            log(scimkit::LogLevel::info, "SIGHUP: took the " + std::string{what} + " anew");
        else
            log(scimkit::LogLevel::error,
                "SIGHUP: goes on with the old " + std::string{what} + ": " + done.error().detail);
    };
    if (!settings.log_file.empty())
        say(log_file.reopen(), "log file"); // first: the lines below belong into the new one
    if (administration)
        say(administration->reload(), "tokens and tenants");
    else if (!settings.token_file.empty())
        say(reload_tokens(settings, configuration), "tokens");
    if (configuration.tenant_list && !administration)
        say(reload_tenants(settings, configuration), "tenants");
    if (!settings.tls_cert.empty())
        say(reload_certificates(settings, server), "certificates");
}

scimkit::result<std::unique_ptr<Administration>> nothing() { return std::unique_ptr<Administration>{}; }

#ifdef SCIMKIT_SERVER_METRICS
void watch(Configuration const& configuration, scimkit::http::Server const& server, Serving const& serving,
           Log const& log_file)
{
    if (configuration.metrics)
        configuration.metrics->watch(
            server, [&] { return serving.healthy(); }, [&] { return log_file.dropped(); });
}
#else
void watch(Configuration const&, scimkit::http::Server const&, Serving const&, Log const&) {}
#endif

/// Who tells others of changes.
struct Followers
{
    Webhooks webhooks;
    std::unique_ptr<EventPush> push;
};

scimkit::result<Followers> follow(Configuration const& configuration, Settings const& settings)
{
    auto const say = [](scimkit::LogLevel level, std::string_view line) { log(level, line); };
    auto webhooks = Webhooks::start(configuration.service.store, configuration.webhooks, say);
    if (!webhooks)
        return webhooks.error();
    auto push = EventPush::start(configuration, settings, say);
    if (!push)
        return push.error();
    return Followers{std::move(*webhooks), std::move(*push)};
}

int serve(Settings const& settings)
{
    auto const signals = block_signals(); // before any thread starts
    auto log_file = Log::start(settings.log_level, settings.log_file,
                               settings.log_format == "json" ? LogFormat::json : LogFormat::text);
    if (!log_file)
    {
        complain(log_file.error().detail);
        return EXIT_FAILURE;
    }

    auto configuration = configure(settings);
    if (!configuration)
    {
        complain(configuration.error().detail);
        return EXIT_FAILURE;
    }
    auto const what_it_is = start_line(*configuration, settings);
    auto const serving = Serving::create(*configuration);
    if (!serving)
    {
        complain(serving.error().detail);
        return EXIT_FAILURE;
    }
    auto administration =
        settings.admin.empty() ? nothing() : Administration::create(*configuration, settings, *serving);
    if (!administration)
    {
        complain(administration.error().detail);
        return EXIT_FAILURE;
    }
    auto running = serving->listen(std::move(configuration->server));
    if (!running)
    {
        complain(running.error().detail);
        return EXIT_FAILURE;
    }
    if (auto listening = *administration ? (*administration)->listen(**running) : scimkit::result<void>{}; !listening)
    {
        complain(listening.error().detail);
        return EXIT_FAILURE;
    }
    watch(*configuration, **running, *serving, *log_file);
    log(scimkit::LogLevel::info, "serving: " + what_it_is);
    print("listening on " + configuration->announced);
    auto const followers = follow(*configuration, settings);
    if (!followers)
    {
        complain(followers.error().detail);
        return EXIT_FAILURE;
    }
    Upkeep const upkeep{configuration->service.store, std::chrono::days{settings.change_log_days},
                        [](scimkit::LogLevel level, std::string_view line) { log(level, line); }};

    for (int received = 0; sigwait(&signals, &received) != 0 || received == SIGHUP;)
        reload(settings, *log_file, *configuration, administration->get(), **running);
    log(scimkit::LogLevel::info, "stopping");
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
        if (argc > 1 && std::string_view{argv[1]} == "audit")
            return audit_command(argc - 1, argv + 1);
        int exit_code = EXIT_SUCCESS;
        auto const settings = read_settings(argc, argv, exit_code);
        if (!settings)
            return exit_code;
        if (settings->new_token)
        {
            print(scimkit::new_api_key());
            return EXIT_SUCCESS;
        }
        if (settings->new_signing_key)
        {
            auto const key = make_signing_key();
            key ? print(*key) : complain(key.error().detail);
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
