#include "connection.hpp"

#include "host.hpp"
#include "io_thread.hpp"
#include "request_view.hpp"
#include "response_text.hpp"
#include "tls.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <array>
#include <exception>
#include <optional>
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

constexpr std::size_t header_read_size = 4 * 1024;
constexpr std::size_t body_read_size = 16 * 1024;

Error to_error(error_code const& reason, bool has_request_line)
{
    using beast::http::error;
    if (reason == error::header_limit && !has_request_line)
        return {ErrorCode::uri_too_long, "The request line is too long."};
    if (reason == error::header_limit)
        return {ErrorCode::headers_too_large, "The headers are too large."};
    if (reason == error::body_limit)
        return {ErrorCode::payload_too_large, "The body is too large."};
    return {ErrorCode::bad_request, "The request is not valid HTTP/1.1: " + reason.message() + "."};
}

/// Requests that a store answers from one place; what may search, write or wait for a disk goes to a worker.
bool is_quick(Request const& request) noexcept
{
    return (request.method == "GET" || request.method == "HEAD") && request.target.find('?') == std::string_view::npos;
}

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
        , buffer_(host.options.max_header_bytes + body_read_size) // what may wait, and a read
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
        {
            guarded([this] { advance(); });
        }
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

    enum class Parsed
    {
        whole,
        needs_more,
        refused
    };

    using Parser = beast::http::request_parser<beast::http::string_body>;

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
            if (!parser_)
                begin_message();
            switch (parse())
            {
            case Parsed::needs_more:
                return output_.empty() ? read() : write();
            case Parsed::refused:
                return write();
            case Parsed::whole:
                break;
            }
            if (!is_quick(request_))
                return output_.empty() ? dispatch() : write(); // earlier answers do not wait for this one
            answer(handle());
            if (close_after_ || ++gathered_ >= options().max_pipelined || output_.size() >= full_output ||
                !large_body_.empty())
                return write();
        }
    }

    void begin_message()
    {
        parser_.emplace(); // never used twice: Beast's parsers are for one message
        parser_->header_limit(static_cast<std::uint32_t>(options().max_header_bytes));
        parser_->body_limit(options().max_body_bytes);
        header_seen_ = false;
        header_bytes_ = 0;
        enter(Phase::idle, options().idle_timeout);
    }

    /// Parses what the buffer holds.
    Parsed parse()
    {
        while (!parser_->is_done())
        {
            if (!parser_->got_some())
                skip_empty_lines();
            if (buffer_.size() == 0)
                return Parsed::needs_more;
            if (phase_ == Phase::idle)
                enter(Phase::reading, options().read_timeout);

            error_code error;
            auto const used = parser_->put(buffer_.data(), error);
            buffer_.consume(used);
            if (!header_seen_)
                header_bytes_ += used;
            // Beast's own limit is for each piece in which a header comes, not for the whole of it.
            auto const waiting = error == beast::http::error::need_more ? buffer_.size() : 0;
            if ((header_seen_ ? 0 : header_bytes_) + waiting > options().max_header_bytes)
                error = beast::http::error::header_limit;
            if (error == beast::http::error::need_more)
                return Parsed::needs_more;
            if (error)
                return refuse(to_error(error, !parser_->get().target().empty()));
            if (parser_->is_header_done() && !std::exchange(header_seen_, true))
            {
                // Before the body: a trailer's fields are not headers (RFC 9110 section 6.5.1).
                if (auto const wrong = check_header(parser_->get()))
                    return refuse(*wrong);
                view_header(request_, parser_->get());
                if (!parser_->is_done() && buffer_.size() == 0 && expects_continue(parser_->get()))
                    output_ += "HTTP/1.1 100 Continue\r\n\r\n";
            }
        }
        request_.body = parser_->get().body();
        return Parsed::whole;
    }

    /// Clients of old send an empty line after a body (RFC 9112 section 2.2).
    void skip_empty_lines()
    {
        auto const* const text = static_cast<char const*>(buffer_.data().data());
        std::size_t blank = 0;
        while (blank < buffer_.size() && (text[blank] == '\r' || text[blank] == '\n'))
            ++blank;
        buffer_.consume(blank);
    }

    void read()
    {
        if (phase_ == Phase::writing && parser_->got_some())
            enter(Phase::reading, options().read_timeout);
        else if (phase_ == Phase::writing)
            enter(Phase::idle, options().idle_timeout);
        stream_.async_read_some(buffer_.prepare(header_seen_ ? body_read_size : header_read_size),
                                [this, self = shared_from_this()](error_code error, std::size_t size)
                                { guarded([&] { on_read(error, size); }); });
    }

    void on_read(error_code error, std::size_t size)
    {
        if (closed_)
            return;
        buffer_.commit(size);
        if (std::exchange(timed_out_, false))
            return refuse_and_write({ErrorCode::request_timeout, "The request took too long to arrive."});
        if (error == asio::error::eof && parser_->got_some())
            return refuse_and_write({ErrorCode::bad_request, "The request ended early."});
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
        if (path_of(request_.target) == "/healthz" && (request_.method == "GET" || request_.method == "HEAD"))
            return host_.stopping ? Response{503, {{"Content-Type", "text/plain"}}, "stopping\n"}
                                  : Response{200, {{"Content-Type", "text/plain"}}, "ok\n"};
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

    /// Puts the answer to the parsed request into the output.
    void answer(Response response)
    {
        auto const& header = parser_->get();
        close_after_ = close_after_ || !parser_->keep_alive() || host_.stopping;
        append_response_head(output_, response, {.keep_alive = !close_after_, .http_1_0 = header.version() < 11});
        finish_answer(std::move(response));
    }

    void finish_answer(Response response)
    {
        log_access(response);
        auto const& header = parser_->get();
        auto const bare = header.method() == beast::http::verb::head || response.status == 204;
        if (!bare && response.body.size() <= small_body)
            output_ += response.body;
        else if (!bare)
            large_body_ = std::move(response.body);
        parser_.reset();
    }

    /// Answers a request that is not whole; the connection closes after it, because nobody knows where the next begins.
    Parsed refuse(Error const& error)
    {
        received_ = Clock::now();
        close_after_ = true;
        // The header may not have been looked at; its views would be those of the request before.
        request_.method = parser_->get().method_string();
        request_.target = parser_->get().target();
        auto response = error_response(error);
        append_response_head(output_, response, {.keep_alive = false});
        finish_answer(std::move(response));
        return Parsed::refused;
    }

    void refuse_and_write(Error const& error)
    {
        refuse(error);
        write();
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
             .status = response.status,
             .request_bytes = parser_->get().body().size(),
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
        buffer_.clear();
        socket().async_read_some(buffer_.prepare(header_read_size),
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
    beast::flat_buffer buffer_;

    Phase phase_ = Phase::idle;
    bool closed_ = false;
    bool close_after_ = false; ///< the output ends with the last answer
    bool timed_out_ = false;
    bool header_seen_ = false;
    std::size_t header_bytes_ = 0; ///< parsed so far

    std::optional<Parser> parser_; ///< empty: the last request has been answered
    Request request_;              ///< views into parser_
    Clock::time_point received_;

    std::string output_;
    std::string large_body_;
    std::size_t gathered_ = 0; ///< answers in output_
};

std::shared_ptr<Connection> make_connection(Host& host, IoThread& home, Socket socket, std::string peer)
{
    if (host.tls)
        return std::make_shared<StreamConnection<asio::ssl::stream<Socket>>>(host, home, std::move(socket),
                                                                             std::move(peer), *host.tls);
    return std::make_shared<StreamConnection<Socket>>(host, home, std::move(socket), std::move(peer));
}

} // namespace scimkit::http
