// From an HTTP answer that is no success to a Failure (RFC 7644 section 3.12).
#pragma once

#include <scimkit/client/client.hpp>

namespace scimkit::client
{

/// The code that fits an HTTP status best.
ErrorCode code_of_status(int status) noexcept;

/// Whether this is a web page.
bool is_web_page(HttpResponse const& response) noexcept;

/// The refusal of a SCIM error body, or of whatever else came with the status.
Failure refusal(HttpResponse const& response, ClientLimits const& limits, DeviationLog& deviations);

/// The same of a body that stands in a larger one, as in an answer to a Bulk.
Failure refusal(int status, json::value const& body, DeviationLog& deviations);

/// The JSON of an answer. Failures: not_scim, malformed.
outcome<json::value> read_body(HttpResponse const& response, ClientLimits const& limits, DeviationLog& deviations);

} // namespace scimkit::client
