// A server on a free port of the loopback, over the memory store.
#pragma once

#include <scimkit/http/server.hpp>
#include <scimkit/memory/memory_store.hpp>

#include "client.hpp"

#include <utility>

namespace scimkit::test
{

inline Service make_service(std::shared_ptr<ResourceStore> store = memory::make_store())
{
    auto known = make_token_record(token, {.subject = "tester"});
    return Service::create({.base_url = "https://example.com/scim/v2",
                            .store = std::move(store),
                            .authenticator = bearer_authenticator({std::move(known).value()})})
        .value();
}

struct RunningServer
{
    explicit RunningServer(http::ServerOptions options = {}, Service with = make_service())
        : service(std::move(with))
        , server(http::Server::start(std::move(options), service).value())
    {
    }

    Client connect() const { return Client{server->port()}; }

    Service service;
    std::unique_ptr<http::Server> server;
};

} // namespace scimkit::test
