// Bytes are kept in one buffer for all requests of a connection, and views into it last until the next one; so what
// Beast's parser reports is turned into a request, or a refusal, step by step.
#include "message_reader.hpp"

#include "request_view.hpp"

#include <string>
#include <utility>

namespace scimkit::http
{

namespace beast = boost::beast;
using boost::system::error_code;

namespace
{

constexpr std::size_t header_read_size = 4 * 1024;
constexpr std::size_t body_read_size = 16 * 1024;

struct Limits
{
    std::size_t header_bytes;
    std::size_t body_bytes;
};

Error to_error(error_code const& reason, Request const& request, Limits const& limits)
{
    using beast::http::error;
    auto const may_have = [](std::size_t bytes) { return " may have " + std::to_string(bytes) + " bytes at most."; };
    if (reason == error::header_limit && request.target.empty())
        return {ErrorCode::uri_too_long,
                "The request line is too long: with the headers it" + may_have(limits.header_bytes)};
    if (reason == error::header_limit)
        return {ErrorCode::headers_too_large,
                "The headers are too large: with the request line they" + may_have(limits.header_bytes)};
    if (reason == error::body_limit && is_bulk(request)) // RFC 7644 section 3.7.4: the limit by its name
        return {ErrorCode::payload_too_large,
                "The Bulk is too large: maxPayloadSize is " + std::to_string(limits.body_bytes) + "."};
    if (reason == error::body_limit)
        return {ErrorCode::payload_too_large, "The body is too large: it" + may_have(limits.body_bytes)};
    return {ErrorCode::bad_request, "The request is not valid HTTP/1.1: " + reason.message() + "."};
}

} // namespace

MessageReader::MessageReader(std::size_t max_header_bytes, std::size_t max_body_bytes)
    : max_header_bytes_(max_header_bytes)
    , max_body_bytes_(max_body_bytes)
    , buffer_(max_header_bytes + body_read_size) // what may wait unparsed, and a read
{
}

void MessageReader::begin()
{
    parser_.emplace(); // never used twice: Beast's parsers are for one message
    parser_->header_limit(static_cast<std::uint32_t>(max_header_bytes_));
    parser_->body_limit(max_body_bytes_);
    header_bytes_ = 0;
    header_seen_ = false;
    body_is_wanted_ = false;
    continue_ = false;
}

boost::asio::mutable_buffer MessageReader::prepare()
{
    return buffer_.prepare(header_seen_ ? body_read_size : header_read_size);
}

result<Arrived> MessageReader::parse(Request& request)
{
    while (!parser_->is_done())
    {
        if (header_seen_ && !body_is_wanted_ && !body_is_here())
            return Arrived::header;
        if (!parser_->got_some())
            skip_empty_lines();
        if (buffer_.size() == 0)
            return Arrived::part;
        auto const goes_on = put(request);
        if (!goes_on)
            return goes_on.error();
        if (!*goes_on)
            return Arrived::part;
    }
    request.body = parser_->get().body();
    return Arrived::all;
}

/// One step of the parser. False: more must come first.
result<bool> MessageReader::put(Request& request)
{
    error_code error;
    auto const used = parser_->put(buffer_.data(), error);
    buffer_.consume(used);
    if (!header_seen_)
        header_bytes_ += used;
    // Beast's own limit is for each piece in which a header comes, not for the whole of it.
    auto const waiting = error == beast::http::error::need_more ? buffer_.size() : 0;
    if ((header_seen_ ? 0 : header_bytes_) + waiting > max_header_bytes_)
        error = beast::http::error::header_limit;
    if (error == beast::http::error::need_more)
        return false;
    if (error)
        return to_error(error, {.method = header().method_string(), .target = header().target()},
                        {max_header_bytes_, max_body_bytes_});

    if (parser_->is_header_done() && !std::exchange(header_seen_, true))
    {
        // Now, not when all is read: the fields of a trailer are no headers (RFC 9110 section 6.5.1).
        if (auto const wrong = check_header(header()))
            return *wrong;
        view_header(request, header());
        continue_ = !parser_->is_done() && buffer_.size() == 0 && expects_continue(header());
    }
    return true;
}

/// True if the whole body waits in the buffer: then nothing is gained by looking at the header first.
bool MessageReader::body_is_here() const
{
    auto const length = parser_->content_length();
    return length && *length <= buffer_.size();
}

/// Clients of old send an empty line after a body (RFC 9112 section 2.2).
void MessageReader::skip_empty_lines()
{
    auto const* const text = static_cast<char const*>(buffer_.data().data());
    std::size_t blank = 0;
    while (blank < buffer_.size() && (text[blank] == '\r' || text[blank] == '\n'))
        ++blank;
    buffer_.consume(blank);
}

} // namespace scimkit::http
