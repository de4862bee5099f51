// The head of a response as text: status line and headers, written straight into the connection's output.
#pragma once

#include <scimkit/service/message.hpp>

#include <string>
#include <string_view>

namespace scimkit::http
{

struct ResponseFraming
{
    bool keep_alive = true;
    bool http_1_0 = false;          ///< the client has to be told that the connection stays
    std::string_view request_id{};  ///< X-Request-Id; empty: none
    std::string_view traceparent{}; ///< empty: none
};

/// Appends the status line, the response's headers, Server, Date, X-Content-Type-Options, Cache-Control (no-store,
/// unless the response says something else: answers are about people) and Content-Length, and the empty line. A header
/// whose value could end the line early is left out.
void append_response_head(std::string& out, Response const& response, ResponseFraming const& framing);

} // namespace scimkit::http
