// ListResponse (RFC 7644 section 3.4.2), as servers send it.
#pragma once

#include <scimkit/client/client.hpp>

namespace scimkit::client
{

/// A page of an answer. `count`: what was asked for; nothing: the server chooses. Failures: malformed, too_large.
outcome<Page> read_page(json::value body, std::optional<std::uint64_t> count, ClientLimits const& limits,
                        DeviationLog& deviations, std::string_view where);

} // namespace scimkit::client
