// A client that says exactly the bytes it is told to, and reads answers one by one.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace scimkit::test
{

using HttpResponse = boost::beast::http::response<boost::beast::http::string_body>;

/// Blocking; every wait ends after ten seconds with an exception.
class Client
{
public:
    explicit Client(std::uint16_t port, std::string const& address = "127.0.0.1");

    void send(std::string_view bytes);
    /// No more will be sent; answers can still be read.
    void half_close();
    /// The next answer. `head`: it answers a HEAD request.
    HttpResponse receive(bool head = false, std::uint64_t max_body = 8 << 20);
    /// True if nothing comes within `time`.
    bool silent_for(std::chrono::milliseconds time);
    /// Waits until the server closes; true if it had said nothing before that.
    bool closed_by_server();

    boost::asio::ip::tcp::socket& socket() { return socket_; }

private:
    boost::asio::io_context context_;
    boost::asio::ip::tcp::socket socket_;
    boost::beast::flat_buffer buffer_;
};

/// A port of the loopback that is free now, for a server that must be told one.
std::uint16_t free_port();

inline constexpr std::string_view token = "a-secret-token-of-the-tests";

/// A GET with everything it needs, the token too.
std::string get(std::string_view target);
/// A POST of JSON.
std::string post(std::string_view target, std::string_view body, std::string_view more_headers = {});
/// The JSON of a user of that name.
std::string user(std::string_view name);

} // namespace scimkit::test
