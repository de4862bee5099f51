// The store itself: what is attached to it, and its transactions over the engine's.
#include <scimkit/kv/store.hpp>

#include "../core/id_time.hpp"
#include "change_log.hpp"
#include "check.hpp"
#include "followed_log.hpp"
#include "graves.hpp"
#include "positions.hpp"
#include "rebuild.hpp"
#include "tenants.hpp"
#include "transactions.hpp"
#include "upgrade.hpp"

#include <algorithm>
#include <mutex>

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
                return Error{ErrorCode::corrupt, "This is not a scimkit database, but it is not empty."};
            return {};
        });
    if (!read)
        return read.error();
    return found;
}

/// What this store made of a registry.
class KvAttachment final : public Attachment
{
public:
    KvAttachment(ResourceStore const& maker, std::shared_ptr<SchemaRegistry const> registry, Catalog catalog)
        : Attachment(maker, std::move(registry))
        , catalog_(std::move(catalog))
    {
    }

    Catalog const& catalog() const noexcept { return catalog_; }

private:
    Catalog catalog_;
};

class KvStore final : public ResourceStore, private StoreMaintenance
{
public:
    KvStore(std::unique_ptr<Engine> engine, StoreOptions options)
        : engine_(std::move(engine))
        , options_(std::move(options))
        , log_(*engine_, commits_)
    {
    }

    StoreTraits traits() const override
    {
        StoreTraits traits;
        traits.name = options_.name;
        traits.durable = engine_->durable();
        traits.large_attributes = true;
        traits.change_log = options_.change_log;
        traits.savepoints = true;
        traits.cursors = true;
        traits.tenants = true;
        traits.null_characters = true;
        traits.blocks = engine_->readers_wait();
        return traits;
    }

    result<std::shared_ptr<Attachment const>> attach(std::shared_ptr<SchemaRegistry const> registry) override
    {
        std::scoped_lock const lock{attaching_};
        if (auto known = attachment_of(*registry))
            return known;
        auto catalog = prepare(registry);
        if (!catalog)
            return catalog.error();
        auto made = std::make_shared<KvAttachment const>(*this, std::move(registry), std::move(*catalog));
        in_use_.push_back(made);
        return std::shared_ptr<Attachment const>{std::move(made)};
    }

    result<void> read(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                      function_ref<result<void>(ReadTransaction&)> body) override
    {
        auto keys = keys_of(attachment, tenant);
        if (!keys)
            return keys.error();
        Catalog const& catalog = static_cast<KvAttachment const&>(attachment).catalog();
        auto const epoch = positions_.epoch();
        return engine_->read(
            [&](Reader& reader)
            {
                Session session{catalog, *keys, reader, context, options_.change_log};
                session.use_positions(positions_, epoch);
                KvReadTransaction transaction{session};
                return body(transaction);
            });
    }

    result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                       function_ref<result<void>(WriteTransaction&)> body) override
    {
        return write(attachment, tenant, context, Versions::drawn, body);
    }

    result<void> health() const override { return engine_->health(); }

    result<void> tenants(CallContext const& context, function_ref<bool(std::string_view)> sink) override
    {
        return list_tenants(*engine_, context, sink);
    }

    result<void> remove_tenant(std::string_view tenant, CallContext const& context) override
    {
        Positions::Suspension const suspension{positions_}; // its versions begin anew
        return kv::remove_tenant(*engine_, tenant, context);
    }

    ChangeLog* change_log() override { return options_.change_log ? &log_ : nullptr; }
    StoreMaintenance* maintenance() override { return this; }

private:
    result<CheckReport> check(Attachment const& attachment, CallContext const& context, Repair repair,
                              function_ref<bool(CheckFinding const&)> sink) override
    {
        if (!attachment.made_by(*this))
            return other_store();
        std::optional<Positions::Suspension> suspension;
        if (repair == Repair::yes)
            suspension.emplace(positions_);
        return check_database(*engine_, static_cast<KvAttachment const&>(attachment).catalog(), context, repair, sink);
    }

    result<void> load(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                      function_ref<result<void>(WriteTransaction&)> body) override
    {
        Positions::Suspension const suspension{positions_};
        return write(attachment, tenant, context, Versions::kept, body);
    }

    result<std::vector<std::string>> left_out(Attachment const& attachment, std::string_view tenant,
                                              CallContext const&) override
    {
        auto const keys = keys_of(attachment, tenant);
        if (!keys)
            return keys.error();
        Catalog const& catalog = static_cast<KvAttachment const&>(attachment).catalog();
        std::vector<std::string> names;
        auto const read = engine_->read(
            [&](Reader& reader) -> result<void>
            {
                names.clear(); // an engine may run this again
                auto cursor = reader.cursor();
                if (!cursor)
                    return cursor.error();
                for (NameNumber const number : catalog.other_types())
                {
                    std::string const prefix = keys->records(number);
                    auto const found = (*cursor)->seek(prefix);
                    if (!found)
                        return found.error();
                    if (*found && (*cursor)->key().starts_with(prefix))
                        names.emplace_back(catalog.name_of(number));
                }
                return {};
            });
        if (!read)
            return read.error();
        return names;
    }

    enum class Versions
    {
        drawn,
        kept ///< as they come; nothing is logged
    };

    result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                       Versions versions, function_ref<result<void>(WriteTransaction&)> body)
    {
        auto keys = keys_of(attachment, tenant);
        if (!keys)
            return keys.error();
        Catalog const& catalog = static_cast<KvAttachment const&>(attachment).catalog();
        bool const logs = options_.change_log && versions == Versions::drawn;
        std::optional<Positions::Commit> commit;
        auto written = engine_->write_before(context.deadline,
                                             [&](Writer& writer)
                                             {
                                                 Session session{catalog, *keys, writer, context, logs};
                                                 if (versions == Versions::kept)
                                                     session.keep_versions();
                                                 else if (positions_.followed())
                                                     session.follow_moves();
                                                 KvWriteTransaction transaction{session};
                                                 if (auto done = body(transaction); !done)
                                                     return done;
                                                 if (auto done = finish(session, commit); !done)
                                                     return done;
                                                 return clean_some(writer, *keys);
                                             });
        if (!written)
            return written;
        if (commit && positions_.followed())
            positions_.committed(keys->prefix(), std::move(*commit));
        commits_.notify();
        return written;
    }

    static result<void> finish(Session& session, std::optional<Positions::Commit>& commit)
    {
        if (auto finished = session.finish(); !finished)
            return finished;
        auto taken = session.take_commit();
        if (!taken)
            return taken.error();
        commit = std::move(*taken); // the engine may have run this before
        return {};
    }

    /// Of what lies in graves each write takes a little away, when its own work is done.
    static result<void> clean_some(Writer& writer, TenantKeys const& keys)
    {
        auto const cleaned = clean_graves(writer, keys, cleaned_by_a_write);
        return cleaned ? result<void>{} : result<void>{cleaned.error()};
    }

    result<void> copy_to(std::filesystem::path const& directory, CallContext const& context) override
    {
        CallBudget const budget{context}; // no engine can leave off within a copy
        if (auto charged = budget->charge(Budget::visit); !charged)
            return charged;
        return engine_->copy_to(directory);
    }

    static Error other_store() { return {ErrorCode::internal, "The store is used with another store's attachment."}; }

    /// That of somebody who holds it: a thousand tenants with one registry are attached as one. Null: there is none.
    /// The caller holds attaching_.
    std::shared_ptr<Attachment const> attachment_of(SchemaRegistry const& registry) const
    {
        for (auto const& weak : in_use_)
            if (auto attachment = weak.lock(); attachment && &attachment->registry() == &registry)
                return attachment;
        return nullptr;
    }

    /// What an attachment is made of; the database is brought to it. The caller holds attaching_.
    result<Catalog> prepare(std::shared_ptr<SchemaRegistry const> const& registry)
    {
        Positions::Suspension const suspension{positions_}; // indexes may be made anew
        auto stored = read_catalog(*engine_);
        if (!stored)
            return stored.error();
        CatalogRecord before = *stored ? std::move(**stored) : CatalogRecord{};
        if (auto upgraded = upgrade(*engine_, before); !upgraded)
            return upgraded.error();
        auto catalog = Catalog::make(registry, options_, before, engine_->max_key_size());
        if (!catalog)
            return catalog;
        if (auto agreed = check_agreement(*catalog); !agreed)
            return agreed.error();
        if (auto adopted = adopt(*engine_, *catalog, before); !adopted)
            return adopted.error();
        if (auto ordered = order_new_ids(*catalog); !ordered)
            return ordered.error();
        return catalog;
    }

    /// With all attachments that somebody holds: what both have is neither rebuilt nor read in two ways.
    result<void> check_agreement(Catalog const& catalog)
    {
        std::erase_if(in_use_, [](auto const& attachment) { return attachment.expired(); });
        for (auto const& weak : in_use_)
            if (auto const attachment = weak.lock())
                if (auto agreed = catalog.check_agreement(attachment->catalog()); !agreed)
                    return agreed;
        return {};
    }

    /// New ids must sort after those that are there, also when the clock was set back since. Looked at once: of all
    /// tenants, and whatever is written later has an id of this process. Loads and imports bring ids of their own, and
    /// log nothing: those are not looked at, and never were.
    result<void> order_new_ids(Catalog const& catalog)
    {
        if (ids_are_ordered_)
            return {};
        auto ordered = engine_->read(
            [&](Reader& reader) -> result<void>
            {
                auto const last = last_change(reader, catalog, engine_->max_key_size());
                if (last && *last)
                    system_ids_come_after(**last);
                return last ? result<void>{} : result<void>{last.error()};
            });
        ids_are_ordered_ = ordered.has_value();
        return ordered;
    }

    result<TenantKeys> keys_of(Attachment const& attachment, std::string_view tenant) const
    {
        if (!attachment.made_by(*this))
            return other_store();
        return TenantKeys::make(tenant, engine_->max_key_size());
    }

    std::unique_ptr<Engine> engine_;
    StoreOptions options_;
    CommitSignal commits_{};
    FollowedLog log_;
    Positions positions_{};
    std::mutex attaching_;
    std::vector<std::weak_ptr<KvAttachment const>> in_use_; // and what follows: attaching_
    bool ids_are_ordered_ = false;
};

} // namespace

result<std::shared_ptr<ResourceStore>> make_store(std::unique_ptr<Engine> engine, StoreOptions options)
{
    if (engine->max_key_size() < least_key_bytes)
        return Error{ErrorCode::invalid_value, "The engine takes keys of " + std::to_string(engine->max_key_size()) +
                                                   " bytes; a store needs at least " + std::to_string(least_key_bytes) +
                                                   "."};
    if (auto const known = read_catalog(*engine); !known)
        return known.error();
    return std::shared_ptr<ResourceStore>{std::make_shared<KvStore>(std::move(engine), std::move(options))};
}

} // namespace scimkit::kv
