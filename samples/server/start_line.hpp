// What the server is, in one line: for whoever looks into the log, and for --check-config.
#pragma once

#include "configuration.hpp"

#include <string>

namespace server
{

/// "address=127.0.0.1:8080 base=https://... store=lmdb:/var/lib/scimkit tenants=1 tokens=2 tolerance=default ...".
/// Without secrets: of a connection string to a database no more than where it leads.
std::string start_line(Configuration const& configuration, Settings const& settings);

} // namespace server
