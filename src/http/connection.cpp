#include "connection.hpp"

#include "host.hpp"
#include "io_thread.hpp"
#include "message_reader.hpp"
#include "request_id.hpp"
#include "response_text.hpp"
#include "tls.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <exception>
#include <span>
#include <type_traits>
#include <utility>

namespace scimkit::http
{

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

namespace
{

/// How long the other end may take to read the last answer and close.
constexpr std::chrono::seconds linger_timeout{2};

/// Bodies up to this many bytes are copied behind their header; larger ones are sent from where they are.
constexpr std::size_t small_body = 8 * 1024;
/// Gathered answers leave when they are this large.
constexpr std::size_t full_output = 32 * 1024;

} // namespace

template <class Stream>
class StreamConnection final : public Connection
{
public:
    template <class... TlsContext>
    StreamConnection(Host& host, IoThread& home, Socket socket, std::string peer, TlsContext&... tls)
        : host_(host)
        , home_(home)
        , peer_(std::move(peer))
        , stream_(std::move(socket), tls...)
        , reader_(host.options.max_header_bytes, host.options.max_body_bytes)
    {
        request_.peer_address = peer_;
    }

    void start() override
    {
        if constexpr (is_tls)
        {
            enter(Phase::handshake, options().handshake_timeout);
            stream_.async_handshake(asio::ssl::stream_base::server, [this, self = shared_from_this()](error_code error)
                                    { guarded([&] { on_handshake(error); }); });
        }
        else
            guarded([this] { advance(); });
    }

    void deadline_passed() override
    {
        if (phase_ != Phase::reading)
            return close();
        // Half a request is there: it gets an answer, from the read that ends now.
        timed_out_ = true;
        deadline_ = Clock::time_point::max();
        error_code ignored;
        stream_.lowest_layer().cancel(ignored);
    }

    void finish() override
    {
        if (phase_ == Phase::handshake || phase_ == Phase::idle)
            close();
    }

    void close() override
    {
        if (std::exchange(closed_, true))
            return;
        error_code ignored;
        stream_.lowest_layer().close(ignored);
        home_.forget(shared_from_this());
    }

private:
    static constexpr bool is_tls = !std::is_same_v<Stream, Socket>;

    enum class Phase
    {
        handshake,
        idle,     ///< nothing of the next request has come
        reading,  ///< some of it has
        handling, ///< a worker has it
        writing,
        closing ///< the last answer is out
    };

    ServerOptions const& options() const noexcept { return host_.options; }

    void enter(Phase phase, Clock::duration time)
    {
        phase_ = phase;
        deadline_ = Clock::now() + time;
    }

    void on_handshake(error_code error)
    {
        if (closed_)
            return;
        if (error)
        {
            host_.report(LogLevel::info, "TLS handshake with " + peer_ + " failed: " + error.message());
            return close();
        }
        if constexpr (is_tls)
        {
            subject_ = client_certificate_subject(stream_.native_handle());
            request_.client_certificate_subject = subject_;
        }
        advance();
    }

    /// Memory may run out, and an application's log may throw: that ends this connection, not the thread.
    template <class Step>
    void guarded(Step step) noexcept
    {
        try
        {
            step();
        }
        catch (...)
        {
            close();
        }
    }

    /// Goes on as far as it can without waiting.
    void advance()
    {
        for (;;)
        {
            if (!reader_.has_message())
                begin_message();
            auto const whole = reader_.parse(request_);
            if (!whole)
                return refuse(whole.error());
            if (!*whole)
                return wait_for_more();
            if (!options().reads_on_io_threads || !is_quick(request_, host_.service.registry()))
                return output_.empty() ? dispatch() : write(); // earlier answers do not wait for this one
            answer(handle());
            if (close_after_ || ++gathered_ >= options().max_pipelined || output_.size() >= full_output ||
                !large_body_.empty())
                return write();
        }
    }

    void begin_message()
    {
        reader_.begin();
        enter(Phase::idle, options().idle_timeout);
    }

    void wait_for_more()
    {
        if (reader_.take_continue())
            output_ += "HTTP/1.1 100 Continue\r\n\r\n";
        if (!output_.empty())
            return write();
        if (host_.stopping && !reader_.has_begun())
            return close(); // finish() came while the last answer was under way
        if (reader_.has_begun() && phase_ != Phase::reading)
            enter(Phase::reading, options().read_timeout);
        else if (!reader_.has_begun() && phase_ != Phase::idle)
            enter(Phase::idle, options().idle_timeout);
        stream_.async_read_some(reader_.prepare(), [this, self = shared_from_this()](error_code error, std::size_t size)
                                { guarded([&] { on_read(error, size); }); });
    }

    void on_read(error_code error, std::size_t size)
    {
        if (closed_)
            return;
        reader_.commit(size);
        if (std::exchange(timed_out_, false))
            return refuse({ErrorCode::request_timeout, "The request took too long to arrive."});
        if (error == asio::error::eof && reader_.has_begun())
            return refuse({ErrorCode::bad_request, "The request ended early."});
        if (error == asio::error::eof)
            return shut_down();
        if (error) // stream_truncated too: nothing of a request is lost, the connection is over
            return close();
        advance();
    }

    void dispatch()
    {
        phase_ = Phase::handling;
        deadline_ = Clock::time_point::max(); // the service has its own
        asio::post(host_.workers,
                   [this, self = shared_from_this()]() mutable
                   {
                       asio::post(home_.executor(),
                                  [this, self = std::move(self), response = handle()]() mutable
                                  {
                                      if (closed_)
                                          return;
                                      guarded(
                                          [&]
                                          {
                                              answer(std::move(response));
                                              write();
                                          });
                                  });
                   });
    }

    Response handle()
    {
        received_ = Clock::now();
        identify(request_.headers);
        if (path_of(request_.target) == "/healthz" && (request_.method == "GET" || request_.method == "HEAD"))
            return health();
        try
        {
            return host_.service.handle(request_);
        }
        catch (std::exception const& exception)
        {
            host_.report(LogLevel::error, exception.what());
            return error_response({ErrorCode::unavailable, "The service is out of memory."});
        }
    }

    Response health() const
    {
        Response response;
        response.status = host_.stopping ? 503 : 200;
        response.headers.push_back({"Content-Type", "text/plain"});
        response.body = host_.stopping ? "stopping\n" : "ok\n";
        return response;
    }

    void answer(Response response)
    {
        close_after_ = !reader_.keep_alive() || host_.stopping;
        append(std::move(response));
    }

    /// Answers a request that is not whole, and closes.
    void refuse(Error const& error)
    {
        received_ = Clock::now();
        identify({}); // the header may be that of the request before, like the rest
        close_after_ = true;
        // The header may not have been looked at; its views would be those of the request before.
        request_.method = reader_.header().method_string();
        request_.target = reader_.header().target();
        append(error_response(error));
        write();
    }

    void identify(std::span<Header const> headers)
    {
        request_id_.choose(headers);
        request_.trace_id = request_id_.text();
    }

    /// Puts the answer to the message that was read into the output.
    void append(Response response)
    {
        log_access(response);
        auto const& header = reader_.header();
        append_response_head(
            output_, response,
            {.keep_alive = !close_after_, .http_1_0 = header.version() < 11, .request_id = request_id_.text()});
        auto const bare = header.method() == beast::http::verb::head || response.status == 204;
        if (!bare && response.body.size() <= small_body)
            output_ += response.body;
        else if (!bare)
            large_body_ = std::move(response.body);
        reader_.end();
    }

    void log_access(Response const& response) const
    {
        if (!options().access_log)
            return;
        options().access_log(
            {.peer = peer_,
             .method = request_.method,
             .path = path_of(request_.target),
             .subject = response.subject,
             .tenant = response.tenant,
             .request_id = request_id_.text(),
             .scim_type = response.scim_type,
             .detail = response.detail,
             .status = response.status,
             .request_bytes = reader_.body_bytes(),
             .response_bytes = response.body.size(),
             .duration = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - received_)});
    }

    void write()
    {
        enter(Phase::writing, options().write_timeout);
        gathered_ = 0;
        asio::async_write(
            stream_,
            std::array{asio::const_buffer(asio::buffer(output_)), asio::const_buffer(asio::buffer(large_body_))},
            [this, self = shared_from_this()](error_code error, std::size_t) { guarded([&] { on_written(error); }); });
    }

    void on_written(error_code error)
    {
        if (closed_)
            return;
        if (error)
            return close();
        output_.clear();
        large_body_ = {};
        if (close_after_)
            return shut_down();
        advance();
    }

    /// Closes so that the last answer arrives: a plain close() with unread input would reset the connection, and the
    /// reset may overtake the answer.
    void shut_down()
    {
        enter(Phase::closing, linger_timeout);
        if constexpr (is_tls)
            stream_.async_shutdown(
                [this, self = shared_from_this()](error_code)
                {
                    if (!closed_)
                        shut_down_socket();
                });
        else
            shut_down_socket();
    }

    void shut_down_socket()
    {
        error_code error;
        stream_.lowest_layer().shutdown(asio::socket_base::shutdown_send, error);
        if (error)
            return close();
        discard();
    }

    /// Reads until the other end closes, or the deadline passes.
    void discard()
    {
        socket().async_read_some(asio::buffer(discarded_),
                                 [this, self = shared_from_this()](error_code error, std::size_t)
                                 {
                                     if (closed_)
                                         return;
                                     if (error)
                                         close();
                                     else
                                         discard();
                                 });
    }

    Socket& socket() noexcept
    {
        if constexpr (is_tls)
            return stream_.next_layer();
        else
            return stream_;
    }

    Host& host_;
    IoThread& home_;
    std::string const peer_;
    std::string subject_; ///< of the client's certificate
    Stream stream_;

    Phase phase_ = Phase::idle;
    bool closed_ = false;
    bool close_after_ = false; ///< the output ends with the last answer
    bool timed_out_ = false;

    MessageReader reader_;
    Request request_; ///< views into reader_ and request_id_
    RequestId request_id_;
    Clock::time_point received_;

    std::string output_;
    std::string large_body_;
    std::size_t gathered_ = 0; ///< answers in output_
    std::array<char, 512> discarded_;
};

std::shared_ptr<Connection> make_connection(Host& host, IoThread& home, Socket socket, std::string peer)
{
    if (auto const tls = host.tls.current()) // the stream takes what it needs of it: it may be replaced meanwhile
        return std::make_shared<StreamConnection<asio::ssl::stream<Socket>>>(host, home, std::move(socket),
                                                                             std::move(peer), *tls);
    return std::make_shared<StreamConnection<Socket>>(host, home, std::move(socket), std::move(peer));
}

} // namespace scimkit::http
