// One connection after the other, on one thread: the faults are in what is said, not in how it is served.
#include "faulty_server.hpp"

#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>

namespace scimkit::client::test
{

using boost::asio::ip::tcp;

FaultyServer::FaultyServer(Script script)
    : script_(std::move(script))
    , acceptor_(context_, tcp::endpoint{boost::asio::ip::make_address("127.0.0.1"), 0})
    , port_(acceptor_.local_endpoint().port())
    , thread_([this] { serve(); })
{
}

FaultyServer::~FaultyServer()
{
    stopping_ = true;
    boost::system::error_code ignored;
    Socket last{context_}; // wakes the accept
    last.connect({boost::asio::ip::make_address("127.0.0.1"), port_}, ignored);
    thread_.join();
}

void FaultyServer::serve()
{
    while (!stopping_)
    {
        boost::system::error_code error;
        Socket socket{context_};
        acceptor_.accept(socket, error);
        if (error || stopping_)
            continue;
        boost::asio::streambuf buffer;
        auto const size = boost::asio::read_until(socket, buffer, "\r\n\r\n", error);
        if (error)
            continue;
        ++requests_;
        std::string const request{boost::asio::buffers_begin(buffer.data()),
                                  boost::asio::buffers_begin(buffer.data()) + static_cast<std::ptrdiff_t>(size)};
        script_(socket, request);
        socket.shutdown(tcp::socket::shutdown_both, error);
    }
}

void FaultyServer::say(Socket& socket, std::string const& bytes)
{
    boost::system::error_code ignored;
    boost::asio::write(socket, boost::asio::buffer(bytes), ignored);
}

std::string FaultyServer::whole(int status, std::string const& body, std::string const& headers)
{
    return "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Type: application/scim+json\r\nConnection: close\r\n" +
           headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

} // namespace scimkit::client::test
