// A bare Beast server: every request gets the bytes of one file. What scimkit-server is measured against, so it does
// what Beast's own asynchronous sample does (a new parser and a timeout for each message), with the same threads as
// scimkit: one io_context each, connections dealt out in turn.
//
//     scimkit_bench_bare_server PORT FILE [THREADS]
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

namespace
{

using Executor = asio::io_context::executor_type;
using Stream = beast::basic_stream<tcp, Executor>;

class Session : public std::enable_shared_from_this<Session>
{
public:
    Session(Stream::socket_type socket, std::string const& body)
        : stream_(std::move(socket))
        , body_(body)
    {
    }

    void read()
    {
        parser_.emplace();
        stream_.expires_after(std::chrono::seconds{60});
        http::async_read(stream_, buffer_, *parser_,
                         [self = shared_from_this()](beast::error_code error, std::size_t)
                         {
                             if (!error)
                                 self->write();
                         });
    }

private:
    void write()
    {
        response_ = {};
        response_.set(http::field::content_type, "application/scim+json");
        response_.keep_alive(parser_->keep_alive());
        response_.body() = body_;
        response_.prepare_payload();
        stream_.expires_after(std::chrono::seconds{30});
        http::async_write(stream_, response_,
                          [self = shared_from_this()](beast::error_code error, std::size_t)
                          {
                              if (!error && self->response_.keep_alive())
                                  self->read();
                          });
    }

    Stream stream_;
    beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::string_body>> parser_;
    http::response<http::string_body> response_;
    std::string const& body_;
};

} // namespace

int main(int argc, char** argv)
{
    if (argc < 3)
    {
        std::cerr << "usage: scimkit_bench_bare_server PORT FILE [THREADS]\n";
        return EXIT_FAILURE;
    }
    std::ifstream file{argv[2]};
    std::string const body{std::istreambuf_iterator<char>{file}, {}};
    auto const count =
        argc > 3 ? static_cast<std::size_t>(std::atoi(argv[3])) : std::size_t{std::thread::hardware_concurrency()};

    std::vector<std::unique_ptr<asio::io_context>> contexts;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < count; ++i)
        contexts.push_back(std::make_unique<asio::io_context>(1));
    for (auto const& context : contexts)
        threads.emplace_back(
            [&context]
            {
                auto const work = asio::make_work_guard(*context);
                context->run();
            });

    asio::io_context main_context;
    tcp::acceptor acceptor{main_context,
                           {asio::ip::address_v4::loopback(), static_cast<unsigned short>(std::atoi(argv[1]))}};
    for (std::size_t next = 0;; ++next)
    {
        auto& context = *contexts[next % count];
        Stream::socket_type socket{context.get_executor()};
        acceptor.accept(socket);
        socket.set_option(tcp::no_delay{true});
        asio::post(context, [socket = std::move(socket), &body]() mutable
                   { std::make_shared<Session>(std::move(socket), body)->read(); });
    }
}
