// --check-config: what a start with these settings would come to.
#pragma once

#include "settings.hpp"

namespace server
{

/// Prints "good: " and the start line, and returns 0; or complains as a start would, and returns 1. Warnings (of files
/// that others may read) go to stderr. Opens no store, binds no port and writes nothing.
int check_configuration(Settings const& settings);

} // namespace server
