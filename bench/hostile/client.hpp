// An HTTP client as small as the load generator needs: one request, one answer, a time limit.
#pragma once

#include "../message.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace hostile
{

namespace asio = boost::asio;
namespace beast = boost::beast;
using Clock = std::chrono::steady_clock;
using Stream = beast::tcp_stream;
using bench::encode;
using bench::make_request;
using boost::system::error_code;

/// Where the server is and who asks.
struct Server
{
    std::uint16_t port = 0;
    int pid = 0;
    std::string prefix = "/scim/v2";
};

struct Answer
{
    int status = 0; ///< 0: none came; then `error` says why
    bool keep_alive = false;
    std::string body{};
    error_code error{};
};

/// The body of a POST to .search.
std::string search_body(std::string const& filter);

/// Connects to the loopback, from one of its addresses. `receive_buffer` in bytes, 0: the system's.
asio::awaitable<error_code> connect(Stream& stream, std::uint16_t port, int receive_buffer = 0,
                                    asio::ip::address_v4 from = asio::ip::address_v4::loopback());

asio::awaitable<error_code> send(Stream& stream, std::string_view bytes, std::chrono::milliseconds limit);

/// Sends and reads the whole answer.
asio::awaitable<Answer> exchange(Stream& stream, std::string_view request, std::chrono::milliseconds limit);

asio::awaitable<void> sleep_for(Clock::duration time);

} // namespace hostile
