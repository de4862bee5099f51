// Sockets and plain bytes, because a library for HTTP would put right what the tests mean to get wrong; and no wait
// without an end, because a server that falls silent must fail its test and not hang it.
#include "client.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>

#include <poll.h>
#include <stdexcept>

namespace scimkit::test
{

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

namespace
{

bool readable(tcp::socket& socket, std::chrono::milliseconds time)
{
    pollfd wait{socket.native_handle(), POLLIN, 0};
    return ::poll(&wait, 1, static_cast<int>(time.count())) > 0;
}

/// Reads only when there is something to read, so that no test hangs.
struct PatientStream
{
    tcp::socket& socket;

    template <class Buffers>
    std::size_t read_some(Buffers const& buffers, boost::system::error_code& error)
    {
        if (!readable(socket, std::chrono::seconds{10}))
        {
            error = asio::error::timed_out;
            return 0;
        }
        return socket.read_some(buffers, error);
    }

    template <class Buffers>
    std::size_t read_some(Buffers const& buffers)
    {
        boost::system::error_code error;
        auto const size = read_some(buffers, error);
        if (error)
            throw boost::system::system_error{error};
        return size;
    }
};

} // namespace

Client::Client(std::uint16_t port, std::string const& address)
    : socket_(context_)
{
    socket_.connect({asio::ip::make_address(address), port});
    socket_.set_option(tcp::no_delay{true});
}

void Client::send(std::string_view bytes) { asio::write(socket_, asio::buffer(bytes)); }

void Client::half_close() { socket_.shutdown(tcp::socket::shutdown_send); }

HttpResponse Client::receive(bool head, std::uint64_t max_body)
{
    beast::http::response_parser<beast::http::string_body> parser;
    parser.skip(head);
    parser.body_limit(max_body);
    PatientStream stream{socket_};
    beast::http::read(stream, buffer_, parser);
    return parser.release();
}

bool Client::silent_for(std::chrono::milliseconds time) { return buffer_.size() == 0 && !readable(socket_, time); }

bool Client::closed_by_server()
{
    if (buffer_.size() > 0)
        return false;
    if (!readable(socket_, std::chrono::seconds{10}))
        throw std::runtime_error{"the server does not close"};
    char byte;
    boost::system::error_code error;
    return socket_.read_some(asio::buffer(&byte, 1), error) == 0;
}

std::uint16_t free_port()
{
    asio::io_context context;
    tcp::acceptor const probe{context, {asio::ip::address_v4::loopback(), 0}};
    return probe.local_endpoint().port();
}

std::string get(std::string_view target)
{
    std::string request{"GET "};
    request.append(target).append(" HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ").append(token);
    return request + "\r\n\r\n";
}

std::string post(std::string_view target, std::string_view body, std::string_view more_headers)
{
    std::string request{"POST "};
    request.append(target).append(" HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ").append(token);
    request.append("\r\nContent-Type: application/scim+json\r\n").append(more_headers);
    request.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n").append(body);
    return request;
}

std::string user(std::string_view name)
{
    std::string body{R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":")"};
    return body.append(name) + "\"}";
}

} // namespace scimkit::test
