// The options that say who is let in from where and how often, and what is told of it.
#pragma once

#include "settings.hpp"

namespace CLI
{
class App;
}

namespace server
{

void declare_access(CLI::App& app, Settings& settings);

/// Logs and metrics.
void declare_watching(CLI::App& app, Settings& settings);

} // namespace server
