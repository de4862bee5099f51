// A server on a free port of the loopback, over the memory store.
#pragma once

#include <scimkit/http/server.hpp>
#include <scimkit/memory/memory_store.hpp>

#include "client.hpp"

#include <stdexcept>
#include <string>
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

inline std::string user_with_title(std::string const& name, std::size_t bytes)
{
    std::string body = user(name);
    return body.insert(body.size() - 1, R"(,"title":")" + std::string(bytes, 't') + '"');
}

/// Fifty whose list is 10 MB: more than the buffers of the kernel take.
inline void add_large_users(Service const& service)
{
    std::string const bearer = "Bearer " + std::string{token};
    for (int i = 0; i < 50; ++i)
    {
        auto const body = user_with_title("large" + std::to_string(i), 200'000);
        auto const created =
            service.handle({.method = "POST",
                            .target = "/scim/v2/Users",
                            .headers = {{"Authorization", bearer}, {"Content-Type", "application/scim+json"}},
                            .body = body});
        if (created.status != 201)
            throw std::runtime_error{"a large user was not made: " + created.body};
    }
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
