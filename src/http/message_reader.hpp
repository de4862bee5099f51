// MessageReader: from the bytes of a connection to one request after the other, by Beast's parser and within limits.
#pragma once

#include "request_view.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <cstddef>
#include <optional>
#include <utility>

namespace scimkit::http
{

/// How much of a request there is.
enum class Arrived
{
    part,   ///< more must come
    header, ///< the header, and not all of the body: whether the rest is wanted is to be said by take_body()
    all
};

class MessageReader
{
public:
    MessageReader(std::size_t max_header_bytes, std::size_t max_body_bytes);

    /// Makes ready for the next request. What parse() gave out of the one before is gone.
    void begin();
    /// True between begin() and end(): a request is being read, or is whole and waits for its answer.
    bool has_message() const noexcept { return parser_.has_value(); }
    /// The request has been answered.
    void end() { parser_.reset(); }

    /// Room for the next bytes, and how many of it have come.
    boost::asio::mutable_buffer prepare();
    void commit(std::size_t size) { buffer_.commit(size); }

    /// Parses what is there. Once the header is there, `request` shows method, target and headers; when all is, the
    /// body too. An error is to be answered and ends the connection: nobody knows where the next request begins.
    result<Arrived> parse(Request& request);

    /// The rest of the body is wanted: parse() no longer stops behind the header.
    void take_body() noexcept { body_is_wanted_ = true; }

    /// True if some of the message has come.
    bool has_begun() const { return parser_->got_some(); }
    bool has_header() const noexcept { return header_seen_; }
    /// True once, when the client waits for `100 Continue`.
    bool take_continue() noexcept { return std::exchange(continue_, false); }

    /// What is known of the message so far; empty parts if nothing is.
    RequestHeader const& header() const { return parser_->get(); }
    std::size_t body_bytes() const { return parser_->get().body().size(); }
    bool keep_alive() const { return parser_->keep_alive(); }

private:
    result<bool> put(Request& request);
    void skip_empty_lines();
    bool body_is_here() const;

    std::size_t max_header_bytes_;
    std::size_t max_body_bytes_;
    boost::beast::flat_buffer buffer_;
    std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
    std::size_t header_bytes_ = 0; ///< parsed so far
    bool header_seen_ = false;
    bool body_is_wanted_ = false;
    bool continue_ = false;
};

} // namespace scimkit::http
