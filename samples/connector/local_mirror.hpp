// The copy of a connection on this machine's disk, over LMDB.
#pragma once

#include <scimkit/connector/mirror.hpp>

#include "library.hpp"

#include <filesystem>

namespace connector
{

/// One process at a time. All of what is there is read only if the last one that had it open did not close it, so that
/// a sync costs what changed.
outcome<std::unique_ptr<Mirror>> open_mirror(std::filesystem::path const& directory);

/// Whether there is one.
bool has_mirror(std::filesystem::path const& directory);

} // namespace connector
