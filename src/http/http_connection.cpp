// Not a template over the stream: a virtual call for each read and write costs nothing beside the system call, and the
// machine is compiled once.
#include "http_connection.hpp"

#include "host.hpp"
#include "io_thread.hpp"
#include "peer_state.hpp"
#include "request_view.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace scimkit::http
{

namespace asio = boost::asio;
using boost::system::error_code;

namespace
{

/// How often it is looked whether the client of a request that waits or is worked on is still there.
constexpr std::chrono::milliseconds look_interval{200};

} // namespace

HttpConnection::HttpConnection(Host& host, IoThread& home, std::string peer)
    : Connection(home)
    , host_(host)
    , peer_(std::move(peer))
    , lingers_(host.lingering)
    , reader_(host.options.max_header_bytes, host.options.max_body_bytes)
    , body_share_(host.bodies)
    , exchange_(host, *this)
    , output_(host.answers)
{
    exchange_.set_peer(peer_);
}

HttpConnection::~HttpConnection()
{
    // A search that was given up frees what it had only now, and perhaps on its own thread.
    if (exchange_.is_long())
        host_.trim_memory_later();
}

void HttpConnection::start()
{
    enter(Phase::handshake, options().handshake_timeout);
    guarded([this] { begin_handshake(); });
}

void HttpConnection::on_handshake(ErrorReason error, std::string certificate_subject)
{
    if (error)
    {
        host_.report(LogLevel::info, "TLS handshake with " + peer_ + " failed: " + error.message());
        return close();
    }
    subject_ = std::move(certificate_subject);
    exchange_.request().client_certificate_subject = subject_;
    advance();
}

void HttpConnection::deadline_passed()
{
    if (phase_ == Phase::handling)
        return guarded([this] { look(); });
    if (phase_ == Phase::pausing)
        return guarded([this] { write_now(); });
    if (phase_ == Phase::closing && stream_is_shut_down_)
        return discard();
    if (phase_ != Phase::reading)
        return close();
    // Half a request is there: it gets an answer, from the read that ends now.
    timed_out_ = true;
    deadline_ = Clock::time_point::max();
    error_code ignored;
    socket().cancel(ignored);
}

void HttpConnection::turn_has_come()
{
    if (closed_)
        return;
    if (std::exchange(part_is_due_, false))
        guarded([this] { write_part(); });
    else if (deadline_ <= Clock::now()) // it may have got another
        deadline_passed();
}

/// Anybody can begin a request, or ask and not read the answer: that protects no place.
Standing HttpConnection::standing() const noexcept
{
    if (phase_ == Phase::handling)
        return {};
    if (phase_ == Phase::handshake || phase_ == Phase::idle || phase_ == Phase::pausing || phase_ == Phase::closing ||
        (phase_ == Phase::reading && is_fresh_) || !is_known_)
        return {Standing::Rank::idle, entered_};
    bool const slow = Clock::now() - entered_ > options().first_request_timeout;
    return slow ? Standing{Standing::Rank::slow, entered_} : Standing{};
}

void HttpConnection::collect()
{
    if (!closed_ && phase_ == Phase::handling && exchange_.take_done())
        guarded([this] { on_done(); });
}

void HttpConnection::finish()
{
    if (phase_ == Phase::pausing)
        guarded([this] { write_now(); });
    else if (phase_ == Phase::handshake || phase_ == Phase::idle)
        close();
}

void HttpConnection::close()
{
    if (std::exchange(closed_, true))
        return;
    deadline_ = Clock::time_point::max();
    exchange_.cancel();
    if (exchange_.is_long() || output_.is_full())
        host_.trim_memory_later(); // before forget(): the thread must not fall asleep over it
    error_code ignored;
    socket().close(ignored);
    home_.forget(shared_from_this());
}

ServerOptions const& HttpConnection::options() const noexcept { return host_.options; }

void HttpConnection::enter(Phase phase, Clock::duration time)
{
    phase_ = phase;
    entered_ = Clock::now();
    deadline_ = entered_ + time;
}

/// Goes on as far as it can without waiting.
void HttpConnection::advance()
{
    for (;;)
    {
        if (!reader_.has_message())
            begin_message();
        auto const arrived = reader_.parse(exchange_.request());
        if (!arrived)
            return refuse(arrived.error());
        if (*arrived == Arrived::part)
            return wait_for_more();
        if (!output_.empty() && (*arrived == Arrived::header || exchange_.place() != Place::here))
            return write(); // earlier answers do not wait for this one
        if (*arrived == Arrived::header)
        {
            if (!admit())
                return;
            continue;
        }
        auto response = work();
        if (!response)
            return;
        answer(std::move(*response));
        if (close_after_ || pauses_ || ++gathered_ >= options().max_pipelined || output_.is_full())
            return write();
    }
}

void HttpConnection::begin_message()
{
    reader_.begin();
    exchange_.begin();
    enter(Phase::idle, is_fresh_ ? options().first_request_timeout : options().idle_timeout);
}

void HttpConnection::wait_for_more()
{
    if (reader_.take_continue())
        output_.text() += "HTTP/1.1 100 Continue\r\n\r\n";
    if (!output_.empty())
        return write();
    if (host_.stopping && !reader_.has_begun())
        return close(); // finish() came while the last answer was under way
    if (!body_share_.grow_to(reader_.body_bytes(), exchange_.client()))
        return refuse(busy_response("The service has too many bodies to read at the moment."));
    if (reader_.has_begun() && phase_ != Phase::reading)
    {
        auto const first_header = is_fresh_ ? deadline_ : Clock::time_point::max(); // its time runs on
        auto const idle_since = entered_;
        enter(Phase::reading, options().read_timeout);
        deadline_ = std::min(deadline_, first_header);
        entered_ = is_fresh_ ? idle_since : entered_;
    }
    else if (!reader_.has_begun() && phase_ != Phase::idle)
        enter(Phase::idle, options().idle_timeout);
    read_some(reader_.prepare());
}

void HttpConnection::on_read(ErrorReason error, std::size_t size)
{
    reader_.commit(size);
    if (std::exchange(timed_out_, false))
        return refuse(Error{ErrorCode::request_timeout, "The request took too long to arrive."});
    if (error == asio::error::eof && reader_.has_begun())
        return refuse(Error{ErrorCode::bad_request, "The request ended early."});
    if (error == asio::error::eof)
        return shut_down();
    if (error) // stream_truncated too: nothing of a request is lost, the connection is over
        return close();
    advance();
}

/// The header is there, and the body is yet to come. True: go on now.
bool HttpConnection::admit()
{
    exchange_.identify(exchange_.request().headers);
    if (host_.admits_here)
        admitted(exchange_.admit());
    else if (auto busy = hand_over(Exchange::Task::admission))
        refuse(std::move(*busy));
    return reader_.has_message() && phase_ == Phase::reading;
}

void HttpConnection::admitted(std::optional<Response> refusal)
{
    if (refusal)
        return refuse(std::move(*refusal));
    reader_.take_body();
    is_fresh_ = false;
    is_known_ = exchange_.request().principal.has_value();
    enter(Phase::reading, options().read_timeout);
}

/// The answer, or nothing if it has to be waited for.
std::optional<Response> HttpConnection::work()
{
    is_fresh_ = false;
    bool const is_tried_here = exchange_.place() == Place::here; // it is known from where the request comes now
    // Whoever asks is asked once, however long it turns out to be: rates count, and hooks run. Strangers never wait in
    // a queue, nor fill it.
    if (host_.admits_here && !exchange_.is_admitted())
        if (auto refusal = exchange_.admit())
            return refusal;
    if (is_tried_here)
    {
        auto response = exchange_.work();
        if (!response.out_of_work)
            return response;
        exchange_.move_on();
        if (!output_.empty())
        {
            write();
            return std::nullopt;
        }
    }
    return hand_over(Exchange::Task::answer);
}

/// Why it could not be handed over, or nothing.
std::optional<Response> HttpConnection::hand_over(Exchange::Task task)
{
    if (exchange_.is_long() && host_.answers.is_mostly_of(exchange_.client()))
        return busy_response("The service has too many answers under way at the moment.");
    if (!exchange_.submit(task))
        return busy_response("The service has too many requests to work on at the moment.");
    enter(Phase::handling, look_interval);
    return std::nullopt;
}

void HttpConnection::on_done()
{
    auto result = exchange_.take_result();
    if (exchange_.task() == Exchange::Task::admission)
    {
        admitted(std::move(result));
        if (phase_ == Phase::reading)
            advance();
        return;
    }
    if (exchange_.is_long())
        host_.trim_memory_later();
    if (result->out_of_work && exchange_.move_on())
        result = hand_over(Exchange::Task::answer);
    if (!result)
        return;
    answer(std::move(*result));
    write();
}

/// A lane has the request: is there still somebody who waits for it?
void HttpConnection::look()
{
    deadline_ = Clock::now() + look_interval;
    auto const state = peer_state(socket().native_handle());
    if (state == PeerState::gone || (state == PeerState::ended && exchange_.may_be_dropped()))
        return close();
    collect(); // should the lane have had no memory to say that it is done
}

} // namespace scimkit::http
