// The messages of a delta query (draft-sehgal-scim-delta-query-01), as servers send them.
#pragma once

#include <scimkit/client/client.hpp>

namespace scimkit::client
{

/// {"value":…,"expiry":…}. Failure: malformed.
outcome<DeltaToken> read_delta_token(json::value const& value, std::string_view where);

/// Failures: malformed, too_large.
outcome<ChangesPage> read_changes(json::value const& body, ClientLimits const& limits, DeviationLog& deviations,
                                  std::string const& where);

} // namespace scimkit::client
