// The store itself: what is attached to it, and its transactions over the engine's.
#include <scimkit/kv/store.hpp>

#include "../core/id_time.hpp"
#include "../store/attached_registry.hpp"
#include "change_log.hpp"
#include "rebuild.hpp"
#include "transactions.hpp"
#include "upgrade.hpp"

namespace scimkit::kv
{
namespace
{

/// What the database says about itself; nothing if it is empty.
result<std::optional<CatalogRecord>> read_catalog(Engine& engine)
{
    std::optional<CatalogRecord> found;
    auto const read = engine.read(
        [&](Reader& reader) -> result<void>
        {
            auto const stored = reader.get(meta_key);
            if (!stored)
                return stored.error();
            if (*stored)
            {
                auto record = decode_catalog(**stored);
                if (!record)
                    return record.error();
                found = std::move(*record);
                return {};
            }
            auto cursor = reader.cursor();
            if (!cursor)
                return cursor.error();
            auto const any = (*cursor)->seek(std::string_view{"\0", 1});
            if (!any)
                return any.error();
            if (*any)
                return Error{ErrorCode::corrupt, "this is not a scimkit database, but it is not empty"};
            return {};
        });
    if (!read)
        return read.error();
    return found;
}

class KvStore final : public ResourceStore
{
public:
    KvStore(std::unique_ptr<Engine> engine, StoreOptions options)
        : engine_(std::move(engine))
        , options_(std::move(options))
    {
    }

    StoreTraits traits() const override
    {
        StoreTraits traits;
        traits.name = options_.name;
        traits.durable = engine_->durable();
        traits.large_attributes = true;
        traits.change_feed = options_.change_log;
        traits.positions = true;
        traits.blocks = engine_->readers_wait();
        traits.indexes = options_.indexes;
        return traits;
    }

    result<void> attach(std::shared_ptr<SchemaRegistry const> registry) override
    {
        return registry_.attach(registry, options_.name, [&] { return prepare(registry); });
    }

    result<void> read(std::string_view tenant, CallContext const& context,
                      function_ref<result<void>(ReadTransaction&)> body) override
    {
        auto keys = keys_of(tenant);
        if (!keys)
            return keys.error();
        return engine_->read(
            [&](Reader& reader)
            {
                Session session{*catalog_, *keys, reader, context};
                KvReadTransaction transaction{session, options_.change_log};
                return body(transaction);
            });
    }

    result<void> write(std::string_view tenant, CallContext const& context,
                       function_ref<result<void>(WriteTransaction&)> body) override
    {
        auto keys = keys_of(tenant);
        if (!keys)
            return keys.error();
        return engine_->write(
            [&](Writer& writer)
            {
                Session session{*catalog_, *keys, writer, context};
                KvWriteTransaction transaction{session, options_.change_log};
                auto done = body(transaction);
                return done ? session.flush_counters() : done;
            });
    }

    result<void> health() const override { return engine_->health(); }

private:
    result<void> prepare(std::shared_ptr<SchemaRegistry const> registry)
    {
        auto stored = read_catalog(*engine_);
        if (!stored)
            return stored.error();
        CatalogRecord before = *stored ? std::move(**stored) : CatalogRecord{};
        if (auto upgraded = upgrade(*engine_, before); !upgraded)
            return upgraded;
        auto catalog = Catalog::make(std::move(registry), options_, before, engine_->max_key_size());
        if (!catalog)
            return catalog.error();
        if (auto adopted = adopt(*engine_, *catalog, before); !adopted)
            return adopted;
        catalog_ = std::make_unique<Catalog const>(std::move(*catalog));
        return order_new_ids();
    }

    /// New ids must sort after those that are there, also when the clock was set back since.
    result<void> order_new_ids() const
    {
        return engine_->read(
            [&](Reader& reader) -> result<void>
            {
                auto const last = last_change(reader, *catalog_, engine_->max_key_size());
                if (last && *last)
                    system_ids_come_after(**last);
                return last ? result<void>{} : result<void>{last.error()};
            });
    }

    result<TenantKeys> keys_of(std::string_view tenant) const
    {
        if (!catalog_)
            return Error{ErrorCode::internal, "the store is used before attach()"};
        return TenantKeys::make(tenant, engine_->max_key_size());
    }

    std::unique_ptr<Engine> engine_;
    StoreOptions options_;
    AttachedRegistry registry_;
    std::unique_ptr<Catalog const> catalog_; // set once, before the first transaction
};

} // namespace

result<std::shared_ptr<ResourceStore>> make_store(std::unique_ptr<Engine> engine, StoreOptions options)
{
    if (engine->max_key_size() < least_key_bytes)
        return Error{ErrorCode::invalid_value, "the engine takes keys of " + std::to_string(engine->max_key_size()) +
                                                   " bytes; a store needs at least " + std::to_string(least_key_bytes)};
    if (auto const known = read_catalog(*engine); !known)
        return known.error();
    return std::shared_ptr<ResourceStore>{std::make_shared<KvStore>(std::move(engine), std::move(options))};
}

} // namespace scimkit::kv
