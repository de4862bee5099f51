#include <scimkit/lmdb/lmdb_store.hpp>

#include "lmdb_error.hpp"

namespace scimkit::lmdb
{

result<std::shared_ptr<ResourceStore>> open_store(std::filesystem::path const& directory, LmdbOptions const& options,
                                                  kv::StoreOptions store_options)
{
    auto engine = open_engine(directory, options);
    if (!engine)
        return engine.error();
    if (store_options.name == kv::StoreOptions{}.name)
        store_options.name = "lmdb";
    auto store = kv::make_store(std::move(*engine), std::move(store_options));
    if (!store)
        return located(store.error(), directory.native());
    return store;
}

} // namespace scimkit::lmdb
