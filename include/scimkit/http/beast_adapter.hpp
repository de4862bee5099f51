// For applications that have a Boost.Beast server already: one function from Beast's request to Beast's response.
// The only public header that includes Beast.
#pragma once

#include <scimkit/service/service.hpp>

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <string_view>

namespace scimkit::http
{

/// service.handle() on a Beast message; keep-alive and version follow the request. Blocks as handle() does: call it
/// where that is all right. The request has an id as under Server, and the answer carries it as `X-Request-Id`.
///
/// Threading: any. Lifetimes: arguments need to live during the call only. Errors: each is a response; limits on the
/// size of header and body are those of whoever read the message, and ServiceLimits'. Complexity: that of
/// Service::handle(); bodies are not copied but moved.
SCIMKIT_API boost::beast::http::response<boost::beast::http::string_body>
handle(Service const& service, boost::beast::http::request<boost::beast::http::string_body> const& request,
       std::string_view peer_address = {});

} // namespace scimkit::http
