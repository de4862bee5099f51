// Copies of a database: complete and durable, or not there.
#pragma once

#include <scimkit/core/error.hpp>

#include <lmdb.h>

#include <filesystem>

namespace scimkit::lmdb
{

/// StoreMaintenance::copy_to(). The environment is open, and its map does not move meanwhile.
result<void> copy_environment(MDB_env* environment, std::filesystem::path const& directory);

} // namespace scimkit::lmdb
