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

    /// Parses what is there. True: the request is whole, and `request` shows method, target, headers and body. An
    /// error is to be answered and ends the connection: nobody knows where the next request begins.
    result<bool> parse(Request& request);

    /// True if some of the message has come.
    bool has_begun() const { return parser_->got_some(); }
    /// True once, when the client waits for `100 Continue`.
    bool take_continue() noexcept { return std::exchange(continue_, false); }

    /// What is known of the message so far; empty parts if nothing is.
    RequestHeader const& header() const { return parser_->get(); }
    std::size_t body_bytes() const { return parser_->get().body().size(); }
    bool keep_alive() const { return parser_->keep_alive(); }

private:
    void skip_empty_lines();

    std::size_t max_header_bytes_;
    std::size_t max_body_bytes_;
    boost::beast::flat_buffer buffer_;
    std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
    std::size_t header_bytes_ = 0; ///< parsed so far
    bool header_seen_ = false;
    bool continue_ = false;
};

} // namespace scimkit::http
