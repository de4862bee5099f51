// Beast does the work; here it is wrapped so that an attack reads as a few lines.
#include "client.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

namespace hostile
{

namespace http = beast::http;
using asio::ip::tcp;

namespace
{

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

} // namespace

std::string search_body(std::string const& filter)
{
    std::string quoted;
    for (char const c : filter)
        quoted.append(c == '"' ? "\\\"" : std::string(1, c));
    return R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":")" + quoted + "\"}";
}

asio::awaitable<error_code> connect(Stream& stream, std::uint16_t port, int receive_buffer, asio::ip::address_v4 from)
{
    tcp::endpoint const endpoint{asio::ip::address_v4::loopback(), port};
    error_code ignored;
    stream.socket().open(endpoint.protocol(), ignored);
    if (from != endpoint.address())
        stream.socket().bind({from, 0}, ignored);
    if (receive_buffer > 0)
        stream.socket().set_option(tcp::socket::receive_buffer_size(receive_buffer), ignored);
    stream.socket().set_option(tcp::no_delay{true}, ignored);
    stream.expires_after(std::chrono::seconds{10});
    auto const [error] = co_await stream.async_connect(endpoint, as_tuple);
    co_return error;
}

asio::awaitable<error_code> send(Stream& stream, std::string_view bytes, std::chrono::milliseconds limit)
{
    stream.expires_after(limit);
    auto const [error, size] = co_await asio::async_write(stream, asio::buffer(bytes), as_tuple);
    co_return error;
}

asio::awaitable<Answer> exchange(Stream& stream, std::string_view request, std::chrono::milliseconds limit)
{
    Answer answer;
    stream.expires_after(limit);
    auto const [write_error, sent] = co_await asio::async_write(stream, asio::buffer(request), as_tuple);
    // A server that refuses early may have closed while we were sending; its answer is there all the same.
    beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(std::uint64_t{1} << 32);
    auto const [read_error, size] = co_await http::async_read(stream, buffer, parser, as_tuple);
    answer.error = read_error ? (write_error ? write_error : read_error) : error_code{};
    if (!read_error)
    {
        answer.status = static_cast<int>(parser.get().result_int());
        answer.keep_alive = parser.get().keep_alive() && !write_error;
        answer.body = std::move(parser.get().body());
    }
    co_return answer;
}

asio::awaitable<void> sleep_for(Clock::duration time)
{
    asio::steady_timer timer{co_await asio::this_coro::executor, time};
    co_await timer.async_wait(as_tuple);
}

} // namespace hostile
