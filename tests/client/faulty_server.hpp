// A server on the loopback that says what a test wants, byte by byte and as late as it wants.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <thread>

namespace scimkit::client::test
{

class FaultyServer
{
public:
    using Socket = boost::asio::ip::tcp::socket;
    /// Called for each connection with what came up to the end of the header; the connection is closed afterwards.
    using Script = std::function<void(Socket&, std::string const& request)>;

    explicit FaultyServer(Script script);
    ~FaultyServer();
    FaultyServer(FaultyServer const&) = delete;
    FaultyServer& operator=(FaultyServer const&) = delete;

    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/scim"; }
    unsigned requests() const { return requests_; }

    /// Writes, whatever becomes of it.
    static void say(Socket& socket, std::string const& bytes);
    /// An answer with a Content-Length.
    static std::string whole(int status, std::string const& body, std::string const& headers = {});

private:
    void serve();

    Script script_;
    boost::asio::io_context context_;
    boost::asio::ip::tcp::acceptor acceptor_;
    unsigned short port_ = 0;
    std::atomic<unsigned> requests_{0};
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

} // namespace scimkit::client::test
