// A mapping as the operator writes it.
#pragma once

#include <scimkit/connector/mapping.hpp>

#include "library.hpp"

#include <filesystem>

namespace connector
{

/// A TOML file: [user] and [group], each "attribute there" = "attribute here"; "" leaves it out. An empty path: nothing
/// is renamed.
outcome<Mapping> read_mapping(std::filesystem::path const& file);

} // namespace connector
