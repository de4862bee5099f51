// The LMDB backend: a KvStore in one directory, durable, indexed, crash-safe.
//
// One process at a time: the directory is locked while it is open, a second opener gets a clear error. Every
// commit is on disk (fsync) before write() returns. The map grows by itself up to LmdbOptions::max_map_bytes.
#pragma once

#include <scimkit/kv/engine.hpp>
#include <scimkit/kv/store.hpp>

#include <cstddef>
#include <filesystem>
#include <memory>

namespace scimkit::lmdb
{

struct LmdbOptions
{
    /// Address space reserved at first; the file grows as it is written.
    std::size_t initial_map_bytes = std::size_t{256} << 20;
    /// The map doubles until here (at least 1 MiB); beyond it writes fail with `unavailable` ("storage is full").
    /// An eighth is kept for writes that remove at least as much as they add, so that a full store can be cleared.
    std::size_t max_map_bytes = std::size_t{1} << 40;
    /// Concurrent read transactions (at least 1); more of them get `busy`.
    unsigned max_readers = 512;
    /// Waits for the disk at every commit. Without it a crash of the machine (not of the process) loses the last
    /// commits, and may damage the database on a file system that reorders writes; durable() is then false.
    bool fsync = true;
};

/// Opens or creates the database in `directory` (created with mode 0700 if missing; its parent must exist). Errors:
/// unavailable (no permission, in use by another process, read-only, disk full), corrupt (not an LMDB file, or
/// damaged at its root). The detail names the directory and the reason. Do not use the engine in a forked child.
SCIMKIT_API result<std::unique_ptr<kv::Engine>> open_engine(std::filesystem::path const& directory,
                                                            LmdbOptions const& options = {});

/// The same with a KvStore over it. Also refused with `corrupt`: a format version this build does not know.
SCIMKIT_API result<std::shared_ptr<ResourceStore>> open_store(std::filesystem::path const& directory,
                                                              LmdbOptions const& options = {},
                                                              kv::StoreOptions store_options = {});

} // namespace scimkit::lmdb
