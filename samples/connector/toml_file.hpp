// A TOML file of the operator's.
#pragma once

#include "library.hpp"

#include <toml++/toml.h>

namespace connector
{

/// At most `max_bytes`. Errors: it cannot be read, is no TOML, or (in the words of `missing`) is not there.
outcome<toml::table> read_toml(std::filesystem::path const& file, std::size_t max_bytes, std::string missing);

} // namespace connector
