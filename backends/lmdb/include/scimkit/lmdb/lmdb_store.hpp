// The LMDB backend: a KvStore in one directory, durable, indexed, crash-safe.
//
// One process at a time: the directory is locked while it is open, a second opener gets a clear error. Every
// commit is on disk (fsync) before write() returns. Address space for all of LmdbOptions::max_map_bytes is reserved at
// the start, so that the database grows without anybody waiting.
#pragma once

#include <scimkit/kv/store.hpp>

#include <cstddef>
#include <filesystem>
#include <memory>

namespace scimkit::kv
{
class Engine; // kv/engine.hpp
}

namespace scimkit::lmdb
{

/// What opening does when it finds entries that are damaged, in a database whose pages are sound.
enum class OnDamage
{
    refuse, ///< corrupt, with the names of some of them
    serve   ///< open all the same: whoever asks for them gets an error, all else is served
};

/// On 64 bits the first number, where addresses are short the second.
constexpr std::size_t map_bytes_by_default(unsigned long long wide, std::size_t narrow) noexcept
{
    return sizeof(std::size_t) >= 8 ? static_cast<std::size_t>(wide) : narrow;
}

/// What a database is opened with. A value; sizes of the map are rounded up.
struct LmdbOptions
{
    /// Address space reserved at the start, once; the file is only as long as what was written. It costs no memory.
    /// Where the system grants less (RLIMIT_AS, short addresses) it is halved until it fits.
    std::size_t initial_map_bytes = map_bytes_by_default(1ULL << 40, std::size_t{256} << 20);
    /// Beyond this much data writes fail with `unavailable` ("storage is full"); at least 1 MiB. A map that was
    /// reserved smaller doubles until here. That has to wait until no reader is inside for a moment: readers wait some
    /// ten milliseconds at most, and the write that wants room gets `busy` if readers do not leave within a second. An
    /// eighth is kept for writes that remove at least as much as they add, so that a full store can be cleared.
    std::size_t max_map_bytes = map_bytes_by_default(1ULL << 40, std::size_t{1} << 30);
    /// Concurrent read transactions (at least 1); more of them get `busy`.
    unsigned max_readers = 512;
    /// Waits for the disk at every commit. Without it a crash of the machine (not of the process) loses the last
    /// commits, and may damage the database on a file system that reorders writes; durable() is then false. With it, a
    /// data.mdb that is removed while it is open ends all writes (`unavailable`), and health() says so.
    bool fsync = true;
    /// Writes that wait while another one waits for the disk share the next commit, at most so many (at least 1: each
    /// has its own). Each fails by itself. Their bodies run on the thread of one of them. Without fsync none are
    /// shared.
    unsigned writes_per_commit = 64;
    /// A database of at most so many bytes is read whole when it is opened, and refused if a page is damaged (and, by
    /// open_store(), if an entry is). Of a larger one only the pages that lead to others are looked at, about a
    /// hundredth. 0: nothing is looked at; damage of pages can then end the process.
    std::size_t check_bytes = std::size_t{1} << 30;
    OnDamage on_damage = OnDamage::refuse;
};

/// Opens or creates the database in `directory` (created with mode 0700 if missing; its parent must exist). Whoever
/// calls this includes kv/engine.hpp; most want open_store().
///
/// Threading: as Engine; not to be used in a forked child. Lifetimes: the directory is locked until the engine goes.
/// Errors: unavailable (no permission, in use by another process, read-only, disk full; a directory that held a
/// database which is gone), corrupt (not an LMDB file, or damaged). The detail names the directory and the reason.
/// Complexity: LmdbOptions::check_bytes says what is read.
///
/// After a disk error (EIO) of a commit writes are refused with `unavailable` until the directory is opened anew, and
/// health() says so; reads go on with what was acknowledged. After ENOSPC writes go on as soon as there is room. Either
/// one at the last page of a commit, the root, is worse: LMDB begins nothing any more then, so reads are refused too.
SCIMKIT_API result<std::unique_ptr<kv::Engine>> open_engine(std::filesystem::path const& directory,
                                                            LmdbOptions const& options = {});

/// The same with a KvStore over it. Also refused with `corrupt`: a format version this build does not know, and damaged
/// entries, unless LmdbOptions::on_damage says otherwise. Threading: as ResourceStore.
SCIMKIT_API result<std::shared_ptr<ResourceStore>> open_store(std::filesystem::path const& directory,
                                                              LmdbOptions const& options = {},
                                                              kv::StoreOptions store_options = {});

/// Copies the database of another process, which goes on working meanwhile, or of nobody. What is in `to` then is said
/// at StoreMaintenance::copy_to(), which is for a database of this process. Errors: as there; not_found (no database).
SCIMKIT_API result<void> backup(std::filesystem::path const& directory, std::filesystem::path const& to);

/// Copies what backup() or copy_to() has made to `directory`, for open_store(). The backup is read whole first, and
/// stays as it is. `directory` is made, or holds no database; one whose database was lost will do.
/// Errors: corrupt (the backup is damaged; nothing was done), conflict (there is a database), not_found (no backup),
/// unavailable (no permission, disk full, in use); then `directory` has no database, and an attempt may be made anew.
SCIMKIT_API result<void> restore(std::filesystem::path const& backup, std::filesystem::path const& directory);

} // namespace scimkit::lmdb
