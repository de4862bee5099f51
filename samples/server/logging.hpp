// Logs to stderr, one line each. Never tokens, queries or bodies.
#pragma once

#include <scimkit/http/server.hpp>

#include <string>

namespace server
{

/// `level`: debug, info, warning, error or off.
void set_up_logging(std::string const& level);

/// For Service and Server.
void log(scimkit::LogLevel level, std::string_view message);

/// One line per request; empty when the level leaves such lines out, so that they cost nothing.
std::function<void(scimkit::http::AccessRecord const&)> access_log();

} // namespace server
