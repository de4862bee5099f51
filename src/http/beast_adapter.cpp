// What the server does around a request, for those who have a server: request id, headers that every answer about
// people has, and the length of a body that HEAD leaves out.
#include <scimkit/http/beast_adapter.hpp>

#include "request_id.hpp"
#include "request_view.hpp"

#include <utility>

namespace scimkit::http
{

namespace beast = boost::beast;

beast::http::response<beast::http::string_body> handle(Service const& service,
                                                       beast::http::request<beast::http::string_body> const& request,
                                                       std::string_view peer_address)
{
    Request scim_request;
    view_header(scim_request, request);
    scim_request.body = request.body();
    scim_request.peer_address = peer_address;
    RequestId request_id;
    request_id.choose(scim_request.headers);
    scim_request.trace_id = request_id.text();
    auto scim_response = service.handle(scim_request);

    beast::http::response<beast::http::string_body> response;
    response.version(request.version());
    response.result(static_cast<unsigned>(scim_response.status));
    for (auto const& [name, value] : scim_response.headers)
        response.insert(name, value);
    response.set("X-Content-Type-Options", "nosniff");
    if (response.count("Cache-Control") == 0)
        response.set("Cache-Control", "no-store"); // answers are about people
    response.set("X-Request-Id", request_id.text());
    if (!request_id.traceparent().empty())
        response.set("traceparent", request_id.traceparent());
    response.keep_alive(request.keep_alive());

    auto const size = scim_response.content_length();
    if (request.method() != beast::http::verb::head)
        response.body() = std::move(scim_response.body);
    if (scim_response.status != 204 && scim_response.status != 304)
        response.content_length(size);
    return response;
}

} // namespace scimkit::http
