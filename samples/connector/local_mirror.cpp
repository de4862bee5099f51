// Without fsync: what a crash of the machine loses, an import brings again. A mark stands while a copy is open, so one
// that is found was left by a crash, and everything is looked at before it is used.
#include "local_mirror.hpp"

#include <scimkit/lmdb/lmdb_store.hpp>

#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace connector
{

namespace fs = std::filesystem;

namespace
{

fs::path mark_of(fs::path const& directory) { return directory / "mirror.open"; }

/// After the store is closed: on the disk, and then the mark is not needed any more.
void close_mirror(fs::path const& directory)
{
    int const data = ::open((directory / "mirror" / "data.mdb").c_str(), O_RDWR | O_CLOEXEC);
    bool const safe = data >= 0 && ::fsync(data) == 0;
    if (data >= 0)
        ::close(data);
    if (std::error_code ignored; safe)
        fs::remove(mark_of(directory), ignored);
}

} // namespace

bool has_mirror(fs::path const& directory)
{
    std::error_code ignored;
    return fs::exists(directory / "mirror", ignored);
}

outcome<std::unique_ptr<Mirror>> open_mirror(fs::path const& directory)
{
    scimkit::lmdb::LmdbOptions lmdb;
    lmdb.fsync = false;
    std::error_code ignored;
    auto const left_open = fs::exists(mark_of(directory), ignored);
    if (auto marked = write_file(mark_of(directory), "open\n"); !marked)
        return marked.error();
    if (!left_open)
        lmdb.check_bytes = 0;
    scimkit::kv::StoreOptions options;
    options.change_log = false;
    auto opened = scimkit::lmdb::open_store(directory / "mirror", lmdb, std::move(options));
    if (!opened)
        return trouble("The local store: " + opened.error().detail);
    auto* const store = opened->get();
    std::shared_ptr<scimkit::ResourceStore> const closes_itself{
        store, [last = std::move(*opened), directory](scimkit::ResourceStore*) mutable
        {
            last.reset();
            close_mirror(directory);
        }};
    return Mirror::create(closes_itself);
}

} // namespace connector
