// The decisions about one request that have nothing to do with sockets. Apart from the connection, because a
// connection is a template over its stream, and this is not.
#include "exchange.hpp"

#include "forwarded.hpp"
#include "host.hpp"
#include "io_thread.hpp"
#include "own_pages.hpp"
#include "request_view.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <exception>
#include <functional>
#include <new>
#include <tuple>
#include <utility>

namespace scimkit::http
{

namespace
{

/// Bytes of the target and body of a read that may be short: some thirty tests.
constexpr std::size_t longest_question = 2 * 1024;

} // namespace

Response busy_response(std::string detail)
{
    return error_response(
        {.code = ErrorCode::busy, .detail = std::move(detail), .retry_after = std::chrono::seconds{1}});
}

void Exchange::begin()
{
    request_.principal.reset();
    request_.method = request_.target = request_.body = {}; // those of the request before are gone
    request_.headers.clear();
    place_.reset();
    admitted_ = false;
}

void Exchange::identify(std::span<Header const> headers)
{
    id_.choose(headers);
    request_.trace_id = id_.text();
    if (host_.options.trusted_proxies.empty())
        return;
    client_address_ = client_behind(peer_, headers, host_.options);
    request_.peer_address = client_address_;
}

Place Exchange::place()
{
    if (!place_)
    {
        set_received();
        identify(request_.headers);
        place_ = beginning();
    }
    return *place_;
}

/// What has a long body is long whatever is in it: to read it alone takes longer than most requests. A filter takes
/// longer than its text, since each of its tests may be asked of many.
Place Exchange::beginning() const
{
    if (own_page(request_, host_) == OwnPage::check)
        return Place::here;
    auto const short_place = is_read(request_) ? Place::reads : Place::workers;
    if (own_page(request_, host_) == OwnPage::page)
        return short_place;
    if (host_.reads_here && is_quick(request_, host_.service.registry()))
        return Place::here;
    auto const longest = host_.options.short_body_bytes;
    bool const is_short = is_read(request_)
                              ? request_.target.size() + request_.body.size() <= std::min(longest, longest_question)
                              : request_.body.size() <= longest && !is_bulk(request_);
    return is_short ? short_place : long_place();
}

Place Exchange::long_place() const noexcept
{
    if (is_read(request_))
        return Place::searches;
    return is_bulk(request_) ? Place::bulks : Place::long_writes;
}

bool Exchange::move_on() noexcept
{
    if (place_ != Place::here && place_ != Place::reads && place_ != Place::workers)
        return false;
    place_ = place_ == Place::here ? Place::reads : long_place();
    return true;
}

std::optional<Response> Exchange::admit()
{
    if (own_page(request_, host_) != OwnPage::none)
        return std::nullopt; // to whoever asks
    auto refusal = host_.service.admit(request_);
    admitted_ = !refusal;
    return refusal;
}

Response Exchange::work()
{
    // What a write has begun is finished whoever has gone: on a store that is not atomic, half of it would stay.
    request_.cancelled = place_ == Place::here || !is_read(request_) ? &host_.giving_up : &cancelled();
    request_.work_limit = work_limit();
    try
    {
        if (own_page(request_, host_) != OwnPage::none)
            return answer_own(request_, host_);
        if (place_ != Place::here && !admitted_)
        {
            if (auto refusal = admit())
                return std::move(*refusal);
        } // a long read goes on as that of somebody known
        if (fills_all() && host_.answers.is_mostly_of(client()))
            return busy_response("The service has too many answers under way at the moment.");
        auto response = host_.service.handle(request_);
        if (is_long())
            response.body
                .shrink_to_fit(); // it may wait for its client for long, and nobody counts what it does not use
        return response;
    }
    catch (std::bad_alloc const& exception)
    {
        host_.report(LogLevel::error, exception.what());
        return error_response({ErrorCode::unavailable, "The service is out of memory."});
    }
    catch (std::exception const& exception) // of a page of the application; Service::handle() has its own
    {
        host_.report(LogLevel::error, exception.what());
    }
    catch (...)
    {
        host_.report(LogLevel::error, "Something that is no std::exception was thrown.");
    }
    return error_response({ErrorCode::unavailable, "The service could not answer; its log says why."});
}

bool Exchange::fills_all() const noexcept { return is_long() || (place_ != Place::here && !is_read(request_)); }

bool Exchange::submit(Task task)
{
    task_ = task;
    started_.store(false, std::memory_order_relaxed);
    return lane().submit(client(), std::shared_ptr<Job>{connection_.shared_from_this(), this},
                         admitted_ ? Caller::known : Caller::stranger);
}

/// That of its place. An admission comes before there is one, and waits for no writes either where it is for a read.
Lane& Exchange::lane() const noexcept
{
    if (!place_)
        return is_read(request_) ? host_.reads : host_.workers;
    if (place_ == Place::reads)
        return host_.reads;
    if (place_ == Place::searches)
        return host_.searches;
    if (place_ == Place::bulks)
        return host_.bulks;
    return place_ == Place::long_writes ? host_.long_writes : host_.workers;
}

std::optional<Response> Exchange::take_result()
{
    if (std::exchange(failed_, false))
        throw std::bad_alloc{};
    return std::exchange(result_, std::nullopt);
}

bool Exchange::may_be_dropped() const noexcept
{
    return is_read(request_) && (place_ == Place::searches || !started_.load(std::memory_order_relaxed));
}

void Exchange::run() noexcept
{
    started_.store(true, std::memory_order_relaxed);
    try
    {
        result_ = task_ == Task::admission ? admit() : std::optional{work()};
    }
    catch (...)
    {
        failed_ = true;
    }
    done_.store(true, std::memory_order_release);
    try
    {
        boost::asio::post(connection_.home().executor(),
                          [connection = connection_.shared_from_this()] { connection->collect(); });
    }
    catch (...) // no memory: the connection looks for it, now and then
    {
    }
}

void Exchange::log_access(Response const& response, std::size_t request_bytes) const
{
    auto const& [lines, whole] = std::tie(host_.options.access_log, host_.options.exchange_log);
    if (!lines && !whole)
        return;
    AccessRecord const record{.peer = request_.peer_address,
                              .method = request_.method,
                              .path = path_of(request_.target),
                              .subject = response.subject,
                              .tenant = response.tenant,
                              .request_id = id(),
                              .scim_type = response.scim_type,
                              .detail = response.detail,
                              .setting = response.setting,
                              .trace_id = id_.trace_id(),
                              .status = response.status,
                              .request_bytes = request_bytes,
                              .response_bytes = response.body.size(),
                              .duration =
                                  std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - received_)};
    if (lines)
        lines(record);
    if (whole)
        whole({.access = record, .request = request_, .response = response});
}

std::uint64_t Exchange::work_limit() const noexcept
{
    if (place_ == Place::here)
        return host_.options.io_thread_work;
    return place_ == Place::reads || place_ == Place::workers ? host_.options.short_read_work : 0;
}

/// Not what a stranger says of itself: it can say something else each time.
std::uint64_t Exchange::client() const
{
    std::hash<std::string_view> const hash;
    if (!admitted_)
        return hash(request_.peer_address) << 2 | 2; // never that of somebody known
    auto const known = request_.principal ? hash(request_.principal->subject) * 31 + hash(request_.principal->tenant)
                                          : hash(request_.peer_address); // whoever comes may come in
    return known << 2 | 1;                                               // 0 is the server's own
}

} // namespace scimkit::http
