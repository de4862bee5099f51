// The two kinds of stream under an HttpConnection: plain TCP and TLS. Every operation's handler keeps the connection
// alive; none does anything when the connection has been closed meanwhile.
#include "host.hpp"
#include "http_connection.hpp"
#include "tls.hpp"

#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <type_traits>
#include <utility>

namespace scimkit::http
{

namespace asio = boost::asio;
using boost::system::error_code;

namespace
{

template <class Stream>
class StreamConnection final : public HttpConnection
{
public:
    template <class... TlsContext>
    StreamConnection(Host& host, IoThread& home, Socket socket, std::string peer, TlsContext&... tls)
        : HttpConnection(host, home, std::move(peer))
        , stream_(std::move(socket), tls...)
    {
    }

private:
    static constexpr bool is_tls = !std::is_same_v<Stream, Socket>;

    void begin_handshake() override
    {
        if constexpr (is_tls)
            stream_.async_handshake(
                asio::ssl::stream_base::server, [this, self = shared_from_this()](error_code error)
                { guarded([&] { on_handshake(error, client_certificate_subject(stream_.native_handle())); }); });
        else
            on_handshake({}, {});
    }

    void read_some(asio::mutable_buffer buffer) override
    {
        stream_.async_read_some(buffer, [this, self = shared_from_this()](error_code error, std::size_t size)
                                { guarded([&] { on_read(error, size); }); });
    }

    void write_all(std::array<asio::const_buffer, 2> const& buffers) override
    {
        asio::async_write(
            stream_, buffers,
            [this](error_code error, std::size_t sent) { return error ? std::size_t{0} : note_progress(sent); },
            [this, self = shared_from_this()](error_code error, std::size_t size)
            { guarded([&] { on_written(error, size); }); });
    }

    void shut_down_stream() override
    {
        if constexpr (is_tls)
            stream_.async_shutdown([this, self = shared_from_this()](error_code)
                                   { guarded([&] { on_stream_shut_down(); }); });
        else
            on_stream_shut_down();
    }

    Socket& socket() noexcept override
    {
        if constexpr (is_tls)
            return stream_.next_layer();
        else
            return stream_;
    }

    Stream stream_;
};

} // namespace

std::shared_ptr<Connection> make_connection(Host& host, IoThread& home, Socket socket, std::string peer)
{
    if (auto const tls = host.tls.current()) // the stream takes what it needs of it: it may be replaced meanwhile
        return std::make_shared<StreamConnection<asio::ssl::stream<Socket>>>(host, home, std::move(socket),
                                                                             std::move(peer), *tls);
    return std::make_shared<StreamConnection<Socket>>(host, home, std::move(socket), std::move(peer));
}

} // namespace scimkit::http
