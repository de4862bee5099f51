// From what the operator said to what scimkit is started with; everything that is wrong or unsafe is refused here.
#pragma once

#include <scimkit/http/server.hpp>

#include "settings.hpp"

#include <string>

namespace server
{

struct Configuration
{
    scimkit::http::ServerOptions server;
    scimkit::ServiceOptions service;
};

/// Opens the store last, when everything else is known to be right. Errors: one sentence for the operator.
scimkit::result<Configuration> configure(Settings const& settings);

} // namespace server
