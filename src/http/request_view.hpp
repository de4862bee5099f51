// From Beast's request header to the service's Request: views, no copies; and the checks of RFC 9112 that Beast's
// parser leaves to its user.
#pragma once

#include <scimkit/schema/registry.hpp>
#include <scimkit/service/message.hpp>

#include <boost/beast/http/message.hpp>

#include <optional>

namespace scimkit::http
{

using RequestHeader = boost::beast::http::request_header<>;

/// Why a request must be refused before it is read on: framing that two parties could understand in two ways
/// (RFC 9112 section 6.1), a Host that is missing or repeated (section 3.2), a request target of no known form; a body
/// in a coding that nobody here undoes (RFC 9110 section 8.4), an expectation that nobody here meets (section 10.1.1).
/// The connection must be closed after the refusal.
std::optional<Error> check_header(RequestHeader const& header);

/// True if the client waits for `100 Continue` before it sends the body.
bool expects_continue(RequestHeader const& header);

/// Points method, target and headers of `request` into `header`, which must outlive it. An absolute-form target
/// becomes origin form. Keeps the capacity of request.headers.
void view_header(Request& request, RequestHeader const& header);

/// GET of one resource without large attributes, of those where one attribute has one value (`filter=userName eq
/// "ada"`), or of a discovery document: what a local store mostly answers from a few places. What else searches, writes
/// or loads many members is for a worker; so is what turns out to be no little work.
bool is_quick(Request const& request, SchemaRegistry const& registry) noexcept;

/// True for what changes nothing: it may be tried again, and given up.
bool is_read(Request const& request) noexcept;

/// A Bulk has many operations in it, however short it is.
bool is_bulk(Request const& request) noexcept;

/// The path of a target in origin form, for logs: a query may hold personal data.
std::string_view path_of(std::string_view target) noexcept;

} // namespace scimkit::http
