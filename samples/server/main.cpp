// scimkit-server: SCIM 2.0 over HTTP as a program of its own.
//
//     scimkit-server --store lmdb:/var/lib/scimkit --token-file /etc/scimkit/tokens
//                    --listen 0.0.0.0:443 --base-url https://scim.example.com/scim/v2
//                    --tls-cert chain.pem --tls-key key.pem
#include "configuration.hpp"
#include "logging.hpp"
#include "settings.hpp"

#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace
{

using namespace server;

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
    std::cout << "sha256:" << record->sha256 << std::endl;
    return EXIT_SUCCESS;
}

/// Signals that ask for the end, blocked in every thread so that main() can wait for them.
sigset_t block_end_signals()
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN); // whoever reads the log may go away
    return signals;
}

int serve(Settings const& settings)
{
    set_up_logging(settings.log_level);
    auto const signals = block_end_signals();

    auto configuration = configure(settings);
    if (!configuration)
    {
        complain(configuration.error().detail);
        return EXIT_FAILURE;
    }
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
    std::cout << "listening on " << service->options().base_url << std::endl;

    int received = 0;
    sigwait(&signals, &received);
    log(scimkit::LogLevel::info, "stopping");
    (*running)->stop();
    return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv)
{
#ifdef __GLIBC__
    mallopt(M_ARENA_MAX, 2); // by default every thread gets an arena, which a small server never fills
#endif
    try
    {
        int exit_code = EXIT_SUCCESS;
        auto const settings = read_settings(argc, argv, exit_code);
        if (!settings)
            return exit_code;
        if (settings->new_token)
        {
            std::cout << scimkit::new_token() << std::endl;
            return EXIT_SUCCESS;
        }
        return settings->hash_token ? hash_token() : serve(*settings);
    }
    catch (std::exception const& exception)
    {
        complain(exception.what());
        return EXIT_FAILURE;
    }
}
