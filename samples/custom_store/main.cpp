// An application with tables of its own answers SCIM over HTTP.
//
//     scimkit_sample_custom_store app.db 8080
//     curl -H 'Authorization: Bearer sample-token-of-20-bytes' http://127.0.0.1:8080/scim/Users
#include <scimkit/http/server.hpp>
#include <scimkit/scimkit.hpp>

#include "pushdown_store.hpp"

#include <csignal>
#include <cstdlib>
#include <iostream>

int main(int argc, char** argv)
{
    using namespace scimkit;
    if (argc != 3)
    {
        std::cerr << "usage: scimkit_sample_custom_store DATABASE PORT\n";
        return 2;
    }
    sigset_t stop_signals;
    sigemptyset(&stop_signals);
    sigaddset(&stop_signals, SIGINT);
    sigaddset(&stop_signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);

    Tolerance tolerance;
    tolerance.unknown_members = UnknownMembers::reject; // memberships can hold existing users only

    auto registry = sample::application_registry();
    auto token = make_token_record("sample-token-of-20-bytes", {.subject = "identity-provider"}).value();
    auto service = Service::create({.base_url = "http://127.0.0.1:" + std::string{argv[2]} + "/scim",
                                    .store = sample::open_pushdown_store(argv[1], *registry),
                                    .authenticator = bearer_authenticator({token}),
                                    .registry = registry,
                                    .tolerance = tolerance});
    if (!service)
    {
        std::cerr << service.error().detail << '\n';
        return 1;
    }
    // A read may wait for a write of SQLite, so none runs on the threads that serve the network.
    auto server = http::Server::start(
        {.port = static_cast<std::uint16_t>(std::atoi(argv[2])), .reads_on_io_threads = false}, *service);
    if (!server)
    {
        std::cerr << server.error().detail << '\n';
        return 1;
    }
    std::cout << "listening on " << service->options().base_url << std::endl;
    int signal = 0;
    sigwait(&stop_signals, &signal);
    (*server)->stop();
}
