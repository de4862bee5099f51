// A store over the engine. What opening reads of the file is shown to the store's own checksums as well.
#include <scimkit/kv/entry_check.hpp>
#include <scimkit/lmdb/lmdb_store.hpp>

#include "lmdb_error.hpp"
#include "page_check.hpp"

namespace scimkit::lmdb
{

result<std::shared_ptr<ResourceStore>> open_store(std::filesystem::path const& directory, LmdbOptions const& options,
                                                  kv::StoreOptions store_options)
{
    kv::EntryCheck check;
    auto engine =
        open_and_see(directory, options, [&](std::string_view key, std::string_view value) { check.see(key, value); });
    if (!engine)
        return engine.error();
    if (auto sound = check.outcome(); !sound && options.on_damage == OnDamage::refuse)
    {
        Error error = sound.error();
        error.detail += " Restore a backup, or serve what is sound (LmdbOptions::on_damage, --accept-damage).";
        return located(std::move(error), directory.native());
    }
    if (store_options.name == kv::StoreOptions{}.name)
        store_options.name = "lmdb";
    auto store = kv::make_store(std::move(*engine), std::move(store_options));
    if (!store)
        return located(store.error(), directory.native());
    return store;
}

} // namespace scimkit::lmdb
