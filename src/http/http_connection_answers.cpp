// What a connection sends: answers gathered into one output, written at the pace that a client must keep, and an end by
// which the last of them arrives (RFC 9112 section 9.6).
#include "host.hpp"
#include "http_connection.hpp"
#include "io_thread.hpp"
#include "late_input.hpp"
#include "own_pages.hpp"
#include "request_view.hpp"
#include "response_text.hpp"

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

/// How long it may go on sending before it reads that, while few do so.
constexpr std::chrono::seconds longest_linger{10};
constexpr unsigned few_lingerers = 8;

/// How much of what a client sends after its last answer is taken at once, and how long not after that.
constexpr std::size_t late_input_at_once = 64 * 1024;
constexpr std::size_t late_input_of_few = 1024 * 1024;
constexpr std::chrono::milliseconds late_input_pause{50};

/// How much of an answer a client must take within ServerOptions::write_timeout, and when answers are many.
constexpr std::size_t slowest_progress = 16 * 1024;
constexpr std::size_t scarce_progress = 1024 * 1024;
/// What is given to the socket at once; then others have their turn.
constexpr std::size_t write_size = 64 * 1024;

/// The write is done, and its answer says where the resource is.
void leave_out_resource(Response& response)
{
    response.status = response.status == 200 ? 204 : response.status;
    std::string{}.swap(response.body);
    std::erase_if(response.headers,
                  [](ResponseHeader const& header) {
                      return header.name == "Content-Type" || header.name == "Content-Location" ||
                             header.name == "Preference-Applied";
                  });
}

} // namespace

void HttpConnection::answer(Response response)
{
    close_after_ = !reader_.keep_alive() || host_.stopping;
    if (!output_.has_room(response.body.size(), exchange_.client()))
        fit(response);
    append(std::move(response));
}

/// An answer that there is no room for. What a Bulk or a page has done nobody else tells: those are held.
void HttpConnection::fit(Response& response) const
{
    auto const& request = exchange_.request();
    if (is_read(request))
    {
        auto refusal = busy_response("The service has too many answers under way at the moment.");
        refusal.subject = std::move(response.subject);
        refusal.tenant = std::move(response.tenant);
        response = std::move(refusal);
    }
    else if ((response.status == 200 || response.status == 201) && !is_bulk(request) &&
             own_page(request, host_) == OwnPage::none)
    {
        leave_out_resource(response);
    }
}

/// Answers a request that is not whole, and closes.
void HttpConnection::refuse(Response response)
{
    exchange_.set_received();
    close_after_ = true;
    // The header may not have been looked at; its views would be those of the request before.
    exchange_.request().method = reader_.header().method_string();
    exchange_.request().target = reader_.header().target();
    append(std::move(response));
    write();
}

void HttpConnection::refuse(Error const& error)
{
    exchange_.identify({}); // the header may be that of the request before
    auto response = error_response(error);
    if (error.code == ErrorCode::unsupported_media_type) // RFC 9110 section 15.5.16
        response.headers.push_back({"Accept-Encoding", "identity"});
    refuse(std::move(response));
}

/// Puts the answer to the message that was read into the output.
void HttpConnection::append(Response response)
{
    exchange_.log_access(response, reader_.body_bytes());
    is_known_ = exchange_.request().principal.has_value() || !response.subject.empty();
    pauses_ = response.status == status_of(ErrorCode::too_many_requests);
    auto const& header = reader_.header();
    auto const head = header.method() == beast::http::verb::head;
    append_response_head(output_.text(), response,
                         {.keep_alive = !close_after_,
                          .http_1_0 = header.version() < 11,
                          .request_id = exchange_.id(),
                          .traceparent = exchange_.traceparent()});
    if (!head && response.status != 204 && response.status != 304)
        output_.add_body(std::move(response.body), exchange_.client());
    reader_.end();
    body_share_.give_back();
}

void HttpConnection::write()
{
    if (std::exchange(pauses_, false) && options().refusal_pause.count() > 0 && !host_.stopping)
        return enter(Phase::pausing, options().refusal_pause);
    write_now();
}

void HttpConnection::write_now()
{
    enter(Phase::writing, options().write_timeout);
    gathered_ = 0;
    sent_ = 0;
    progress_ = 0;
    write_part();
}

void HttpConnection::write_part() { write_all(output_.buffers(sent_, write_size)); }

/// Who takes an answer slowly but steadily gets all of it. Returns how much to write next.
std::size_t HttpConnection::note_progress(std::size_t sent_of_part)
{
    auto const sent = sent_ + sent_of_part;
    if (sent >= progress_ + (host_.answers.is_scarce() ? scarce_progress : slowest_progress))
    {
        progress_ = sent;
        deadline_ = Clock::now() + options().write_timeout;
    }
    return write_size;
}

void HttpConnection::on_written(ErrorReason error, std::size_t size)
{
    if (error)
        return close();
    sent_ += size;
    if (sent_ < output_.size())
    {
        part_is_due_ = true;
        return home_.take_turns(shared_from_this());
    }
    if (output_.clear())
        host_.trim_memory_later();
    if (close_after_)
        return shut_down();
    advance();
}

/// Closes so that the last answer arrives: a plain close() with unread input would reset the connection, and the
/// reset may overtake the answer.
void HttpConnection::shut_down()
{
    enter(Phase::closing, linger_timeout);
    shut_down_stream();
}

void HttpConnection::on_stream_shut_down()
{
    error_code error;
    socket().shutdown(asio::socket_base::shutdown_send, error);
    if (error)
        return close();
    stream_is_shut_down_ = true;
    lingers_.begin();
    late_input_at_ = Clock::now();
    discard();
}

/// Until the other end closes, or its time is up.
void HttpConnection::discard()
{
    bool const few = host_.lingering <= few_lingerers && !host_.stopping;
    auto const [input, bytes] = discard_input(socket().native_handle(), few ? late_input_of_few : late_input_at_once);
    auto const now = Clock::now();
    if (bytes > 0)
        late_input_at_ = now;
    auto const end =
        few ? std::min(late_input_at_ + linger_timeout, entered_ + longest_linger) : entered_ + linger_timeout;
    if (input == LateInput::over || now >= end)
        return close();
    if (input == LateInput::more_waits)
    {
        deadline_ = now + late_input_pause;
        return;
    }
    deadline_ = end;
    socket().async_wait(Socket::wait_read, [this, self = shared_from_this()](ErrorReason error)
                        { guarded([&] { error ? close() : discard_later(); }); });
}

/// There is more to throw away. The end is near by then, and others come first.
void HttpConnection::discard_later()
{
    deadline_ = Clock::now();
    home_.take_turns(shared_from_this());
}

} // namespace scimkit::http
