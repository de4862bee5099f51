// Links every installed library: LMDB under a service under an HTTP server.
#include <scimkit/http/server.hpp>
#include <scimkit/lmdb/lmdb_store.hpp>
#include <scimkit/scimkit.hpp>

#include <iostream>

int main(int argc, char** argv)
{
    using namespace scimkit;
    auto store = lmdb::open_store(argc > 1 ? argv[1] : "db");
    if (!store)
    {
        std::cerr << store.error().detail << '\n';
        return 1;
    }
    auto service =
        Service::create({.base_url = "http://127.0.0.1/scim", .store = *store, .authenticator = no_authentication()});
    auto server = http::Server::start({}, service.value());
    std::cout << "port " << server.value()->port() << '\n';
    server.value()->stop();
}
