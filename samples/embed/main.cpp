// An application that has a Beast server already, and gets SCIM under /scim: two lines in its route function.
//
//     scimkit_sample_embed 8080
//     curl -H "Authorization: Bearer change-me-please-soon" localhost:8080/scim/Users
#include <scimkit/http/beast_adapter.hpp>
#include <scimkit/memory/memory_store.hpp>
#include <scimkit/scimkit.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

// ---- the application as it was: routes of its own -------------------------------------------------------------------

Response page(Request const& request, http::status status, std::string text)
{
    Response response{status, request.version()};
    response.set(http::field::content_type, "text/plain");
    response.keep_alive(request.keep_alive());
    response.body() = std::move(text);
    response.prepare_payload();
    return response;
}

Response route(scimkit::Service const& scim, Request const& request)
{
    auto const target = request.target();
    // ---- new: everything under /scim is SCIM's ----
    if (target.starts_with("/scim/"))
        return scimkit::http::handle(scim, request);
    // -----------------------------------------------
    if (target == "/")
        return page(request, http::status::ok, "An application with users.\n");
    if (target == "/hello")
        return page(request, http::status::ok, "Hello.\n");
    return page(request, http::status::not_found, "No such page.\n");
}

void serve(tcp::socket socket, scimkit::Service const& scim)
{
    beast::error_code error;
    beast::flat_buffer buffer;
    for (;;)
    {
        Request request;
        http::read(socket, buffer, request, error);
        if (error)
            break; // end_of_stream: the client has gone
        auto const response = route(scim, request);
        http::write(socket, response, error);
        if (error || !response.keep_alive())
            break;
    }
    socket.shutdown(tcp::socket::shutdown_send, error);
}

int main(int argc, char** argv)
{
    asio::io_context context;
    auto const port = static_cast<unsigned short>(argc > 1 ? std::atoi(argv[1]) : 8080);
    tcp::acceptor acceptor{context, {asio::ip::address_v4::loopback(), port}};
    std::string const url = "http://localhost:" + std::to_string(acceptor.local_endpoint().port());

    // ---- new: the service ----
    auto token = scimkit::make_token_record("change-me-please-soon", {.subject = "identity-provider"});
    auto const scim = scimkit::Service::create({.base_url = url + "/scim",
                                                .store = scimkit::memory::make_store(),
                                                .authenticator = scimkit::bearer_authenticator({token.value()})});
    if (!scim)
    {
        std::cerr << scim.error().detail << '\n';
        return EXIT_FAILURE;
    }
    // --------------------------

    std::cout << url << std::endl;
    for (;;)
        std::thread{serve, acceptor.accept(), std::cref(*scim)}.detach();
}
