// scimkit-server: SCIM 2.0 over HTTP as a program of its own.
//
//     scimkit-server --store lmdb:/var/lib/scimkit --token-file /etc/scimkit/tokens
//                    --listen 0.0.0.0:443 --base-url https://scim.example.com/scim/v2
//                    --tls-cert chain.pem --tls-key key.pem
#include "commands.hpp"
#include "configuration.hpp"
#include "logging.hpp"
#include "settings.hpp"
#include "standard_streams.hpp"
#include "upkeep.hpp"

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
    auto const record = scimkit::make_token_record(token, {});
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

scimkit::result<void> reload_tokens(Settings const& settings, scimkit::BearerAuthenticator& tokens)
{
    auto loaded = load_tokens(settings);
    if (!loaded)
        return loaded.error();
    tokens.exchange(std::move(*loaded));
    return {};
}

scimkit::result<void> reload_certificates(Settings const& settings, scimkit::http::Server& server)
{
    if (auto safe = check_tls_files(settings); !safe)
        return safe;
    return server.reload_tls();
}

/// SIGHUP: each part is taken anew, or stays as it was.
void reload(Settings const& settings, Log& log_file, scimkit::BearerAuthenticator& tokens,
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
    if (!settings.token_file.empty())
        say(reload_tokens(settings, tokens), "tokens");
    if (!settings.tls_cert.empty())
        say(reload_certificates(settings, server), "certificates");
}

int serve(Settings const& settings)
{
    auto const signals = block_signals(); // before any thread starts
    auto log_file = Log::start(settings.log_level, settings.log_file);
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
    auto const store = configuration->service.store;
    auto service = scimkit::Service::create(std::move(configuration->service));
    if (!service)
    {
        complain(service.error().detail);
        return EXIT_FAILURE;
    }
    auto running = scimkit::http::Server::start(std::move(configuration->server), *service);
    if (!running)
    {
        complain(running.error().detail);
        return EXIT_FAILURE;
    }
    print("listening on " + service->options().base_url);
    Upkeep const upkeep{store, std::chrono::days{settings.change_log_days},
                        [](scimkit::LogLevel level, std::string_view line) { log(level, line); }};

    for (int received = 0; sigwait(&signals, &received) != 0 || received == SIGHUP;)
        reload(settings, *log_file, *configuration->tokens, **running);
    log(scimkit::LogLevel::info, "stopping");
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
        int exit_code = EXIT_SUCCESS;
        auto const settings = read_settings(argc, argv, exit_code);
        if (!settings)
            return exit_code;
        if (settings->new_token)
        {
            print(scimkit::new_token());
            return EXIT_SUCCESS;
        }
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
