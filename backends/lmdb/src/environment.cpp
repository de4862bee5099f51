// Opening the environment. Address space is reserved once and for all: LMDB maps the file for reading only (there is no
// MDB_WRITEMAP here), so that a map larger than the file costs neither memory nor disk, and mdb_env_set_mapsize() does
// not touch the file.
#include "environment.hpp"

#include "lmdb_error.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace scimkit::lmdb
{
namespace
{

constexpr std::size_t smallest_map = std::size_t{1} << 20;
constexpr std::size_t map_unit = std::size_t{1} << 16; // a multiple of every page size
constexpr std::size_t largest_map = ~std::size_t{0} / 2;

// ThreadSanitizer has little room for maps, and writes down the state of every byte of them.
#if defined(__SANITIZE_THREAD__)
constexpr std::size_t granted_at_most = std::size_t{1} << 30;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
constexpr std::size_t granted_at_most = std::size_t{1} << 30;
#else
constexpr std::size_t granted_at_most = largest_map;
#endif
#else
constexpr std::size_t granted_at_most = largest_map;
#endif

std::size_t round_to_unit(std::size_t bytes)
{
    auto const wanted = std::clamp(bytes, smallest_map, largest_map);
    return (wanted + map_unit - 1) / map_unit * map_unit;
}

// Whether the system has so much address space left. Nothing is kept.
int probe_address_space(std::size_t bytes)
{
    void* const probe = ::mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (probe == MAP_FAILED)
        return errno;
    ::munmap(probe, bytes);
    return 0;
}

// As much of `wanted` as the system grants. A limit on the process's address space is for all of it: a quarter of that
// is enough for a start, and the map can grow.
std::size_t address_space(std::size_t wanted)
{
    auto most = std::min(wanted, granted_at_most);
    rlimit limit{};
    if (::getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        most = std::min(most, static_cast<std::size_t>(limit.rlim_cur / 4));
    most = round_to_unit(most);
    while (most > smallest_map && probe_address_space(most) != 0)
        most = round_to_unit(most / 2);
    return most;
}

// A database that lost its tail (an interrupted copy, say) would raise SIGBUS on access beyond the end of the file.
// With the tail filled up by a hole LMDB finds a page of zeros there and says that it is damaged. Sound files may
// be a little shorter than their last page number too, when the last pages were freed before they were written;
// those get a hole that nobody reads.
int cover_all_pages(MDB_env* environment)
{
    MDB_envinfo info{};
    MDB_stat layout{};
    int file = -1;
    struct stat status = {};
    if (int const error = mdb_env_info(environment, &info); error != 0)
        return error;
    if (int const error = mdb_env_stat(environment, &layout); error != 0)
        return error;
    if (int const error = mdb_env_get_fd(environment, &file); error != 0)
        return error;
    if (::fstat(file, &status) != 0)
        return errno;
    auto const needed = static_cast<off_t>((info.me_last_pgno + 1) * layout.ms_psize);
    if (status.st_size >= needed)
        return 0;
    return ::ftruncate(file, needed) == 0 ? 0 : errno;
}

// LMDB ends the process itself after this call: it has met pages that contradict each other.
void tell_of_damage(MDB_env*, char const* what)
{
    std::fprintf(stderr,
                 "scimkit: the LMDB database is damaged, the process must end: %s\n"
                 "scimkit: restore it from a backup, or look at it with mdb_stat and mdb_dump of lmdb-utils\n",
                 what);
}

// Opens the unnamed database and reads both its ends, so that damage at the root shows now and not at the first
// request.
result<MDB_dbi> open_database(MDB_env* environment)
{
    MDB_txn* handle = nullptr;
    if (int const error = mdb_txn_begin(environment, nullptr, MDB_RDONLY, &handle); error != 0)
        return lmdb_error(error, "mdb_txn_begin");
    TransactionHandle transaction{handle};
    MDB_dbi database = 0;
    if (int const error = mdb_dbi_open(handle, nullptr, 0, &database); error != 0)
        return lmdb_error(error, "mdb_dbi_open");
    unsigned flags = 0;
    if (int const error = mdb_dbi_flags(handle, database, &flags); error != 0)
        return lmdb_error(error, "mdb_dbi_flags");
    if (flags != 0) // keys in another order, or several values for one key
        return lmdb_error(MDB_INCOMPATIBLE, "mdb_dbi_flags");
    MDB_cursor* cursor = nullptr;
    if (int const error = mdb_cursor_open(handle, database, &cursor); error != 0)
        return lmdb_error(error, "mdb_cursor_open");
    MDB_val key{};
    MDB_val value{};
    int error = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
    if (error == 0)
        error = mdb_cursor_get(cursor, &key, &value, MDB_LAST);
    mdb_cursor_close(cursor);
    if (error != 0 && error != MDB_NOTFOUND)
        return lmdb_error(error, "mdb_cursor_get");
    // Committed, because an aborted transaction would take the handle with it.
    if (error = mdb_txn_commit(transaction.release()); error != 0)
        return lmdb_error(error, "mdb_txn_commit");
    return database;
}

} // namespace

LmdbOptions normalised(LmdbOptions options)
{
    options.max_map_bytes = round_to_unit(options.max_map_bytes);
    options.initial_map_bytes = std::min(round_to_unit(options.initial_map_bytes), options.max_map_bytes);
    options.max_readers = std::max(options.max_readers, 1U);
    options.writes_per_commit = std::max(options.writes_per_commit, 1U);
    return options;
}

result<Environment> open_environment(std::filesystem::path const& directory, LmdbOptions const& options)
{
    MDB_env* handle = nullptr;
    if (int const error = mdb_env_create(&handle); error != 0)
        return lmdb_error(error, "mdb_env_create");
    Environment environment{EnvironmentHandle{handle}};
    if (int const error = mdb_env_set_mapsize(handle, address_space(options.initial_map_bytes)); error != 0)
        return lmdb_error(error, "mdb_env_set_mapsize");
    if (int const error = mdb_env_set_assert(handle, tell_of_damage); error != 0)
        return lmdb_error(error, "mdb_env_set_assert");
    // One more than the slots of our own: opening reads too.
    if (int const error = mdb_env_set_maxreaders(handle, options.max_readers + 1); error != 0)
        return lmdb_error(error, "mdb_env_set_maxreaders");
    unsigned const flags = MDB_NOTLS | (options.fsync ? 0U : MDB_NOSYNC);
    if (int const error = mdb_env_open(handle, directory.c_str(), flags, S_IRUSR | S_IWUSR); error != 0)
        return lmdb_error(error, "mdb_env_open");
    // Slots of readers that died with their process would keep old pages from being used again.
    int cleared = 0;
    if (int const error = mdb_reader_check(handle, &cleared); error != 0)
        return lmdb_error(error, "mdb_reader_check");
    if (int const error = cover_all_pages(handle); error != 0)
        return lmdb_error(error, "ftruncate");
    auto const database = open_database(handle);
    if (!database)
        return database.error();
    environment.database = *database;
    return environment;
}

std::size_t map_bytes(MDB_env* environment)
{
    MDB_envinfo info{};
    mdb_env_info(environment, &info); // fails only for null arguments
    return info.me_mapsize;
}

result<void> move_map(MDB_env* environment, std::size_t bytes, bool& lost)
{
    lost = false;
    // mdb_env_set_mapsize() unmaps first; when the new map then fails, nothing brings the old one back. So ask the
    // system beforehand whether it grants the room.
    if (int const error = bytes == 0 ? 0 : probe_address_space(bytes); error != 0)
        return lmdb_error(error, "mmap");
    if (int const error = mdb_env_set_mapsize(environment, bytes); error != 0)
    {
        lost = true;
        return lmdb_error(error, "mdb_env_set_mapsize");
    }
    return {};
}

result<void> file_is_there(MDB_env* environment)
{
    mdb_filehandle_t file = -1;
    struct stat status = {};
    if (mdb_env_get_fd(environment, &file) != 0 || ::fstat(file, &status) != 0 || status.st_nlink > 0)
        return {};
    return Error{ErrorCode::unavailable,
                 "Storage failure: data.mdb was removed or replaced while the database was open; what is written "
                 "now would be lost."};
}

result<std::size_t> live_bytes(MDB_txn* transaction, MDB_dbi database)
{
    MDB_stat stat{};
    if (int const error = mdb_stat(transaction, database, &stat); error != 0)
        return lmdb_error(error, "mdb_stat");
    return (stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages) * stat.ms_psize;
}

} // namespace scimkit::lmdb
