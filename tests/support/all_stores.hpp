// Every kind of store that the framework meets, for tests of what must not depend on it; each call makes new ones.
#pragma once

#include "memory_directory.hpp"
#include "model/journal_store.hpp"
#include "service_fixture.hpp"
#include "table_store.hpp"

#ifdef SCIMKIT_TEST_LMDB
#include <scimkit/lmdb/lmdb_store.hpp>

#include <filesystem>
#include <stdlib.h>
#endif

#include <cstdlib>
#include <ostream>

namespace scimkit::test
{

struct NamedStore
{
    std::string name;
    std::function<std::shared_ptr<ResourceStore>()> make;
    bool savepoints; ///< and ids of the framework's
    bool atomic;
    bool one_writer = true; ///< at a time; others wait for it

    friend std::ostream& operator<<(std::ostream& out, NamedStore const& store) { return out << store.name; }
};

#ifdef SCIMKIT_TEST_LMDB
inline std::shared_ptr<ResourceStore> make_lmdb_store_in(std::filesystem::path const& parent, bool fsync)
{
    std::string pattern = (parent / "scimkit-service-XXXXXX").string();
    if (!::mkdtemp(pattern.data()))
        throw std::runtime_error{"no directory for a test"};
    auto store = lmdb::open_store(pattern, {.fsync = fsync}).value();
    auto const raw = store.get();
    return {raw, [store = std::move(store), pattern](ResourceStore*) mutable
            {
                store.reset();
                std::filesystem::remove_all(pattern);
            }};
}

inline std::shared_ptr<ResourceStore> make_lmdb_store()
{
    return make_lmdb_store_in(std::filesystem::temp_directory_path(), false);
}
#endif

inline std::vector<NamedStore> all_stores()
{
    std::vector<NamedStore> stores;
    stores.push_back({"memory", [] { return memory::make_store(); }, true, true});
#ifdef SCIMKIT_TEST_LMDB
    stores.push_back({"lmdb", make_lmdb_store, true, true});
#endif
    if (std::getenv("SCIMKIT_TEST_STORE")) // postgresql_default.cpp
        stores.push_back({"postgresql", [] { return default_store()(); }, true, true, false});
    stores.push_back({"journal", [] { return adapt_small_store(std::make_shared<JournalStore>()); }, false, true});
    stores.push_back({"table", [] { return adapt_small_store(std::make_shared<Table>(true)); }, false, false});
    return stores;
}

/// For tests with many clients at once: one more, whose writers share commits, which they do only where they wait for
/// the disk.
inline std::vector<NamedStore> all_stores_under_many_hands()
{
    auto stores = all_stores();
#ifdef SCIMKIT_TEST_LMDB
    stores.push_back({"lmdb, shared commits", [] { return make_lmdb_store_in(memory_directory(), true); }, true, true});
#endif
    return stores;
}

} // namespace scimkit::test
