// Bulk (RFC 7644 section 3.7).
#pragma once

#include "exchange.hpp"

namespace scimkit::client
{

outcome<std::vector<BulkResult>> run_bulk(Exchange& exchange, std::vector<BulkOperation> const& operations,
                                          unsigned fail_on_errors);

} // namespace scimkit::client
