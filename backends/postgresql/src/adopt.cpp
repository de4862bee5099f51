// Tenant by tenant, type by type: the old entries go, then the records are read in batches and their keys made anew.
// Elements move out of records, or back into them, where an attribute has become large, or has ceased to be.
#include "adopt.hpp"

#include "elements.hpp"
#include "keys.hpp"
#include "kv/elements.hpp"
#include "kv/rebuild.hpp"
#include "kv/record_codec.hpp"
#include "layout.hpp"
#include "reads.hpp"
#include "writes.hpp"

#include <algorithm>
#include <optional>
#include <thread>

namespace scimkit::postgresql
{
namespace
{

constexpr std::int64_t batch = 500;
constexpr std::chrono::milliseconds between_looks{50};

class Rebuild
{
public:
    Rebuild(Connection& connection, kv::Catalog const& catalog, kv::CatalogRecord const& stored,
            std::string_view tenant)
        : session_(connection, catalog, context_, "savepoint tenant", tenant)
        , catalog_(catalog)
        , stored_(stored)
    {
    }

    result<void> run(kv::Catalog::Type const& type)
    {
        auto params = session_.params();
        if (!params)
            return params.error();
        params->small(static_cast<std::int16_t>(type.number));
        if (auto gone = session_.queue("delete from index_entry where tenant = $1 and type = $2", *params); !gone)
            return gone;
        std::string last;
        for (std::int64_t count = batch; count == batch;)
        {
            Params some = *params;
            auto const rows = session_.run("select id, record from resource where tenant = $1 and type = $2 "
                                           "and id > $3 order by id limit $4",
                                           some.bytes(last).number(batch));
            if (!rows)
                return rows.error();
            count = rows->size();
            for (int row = 0; row < rows->size(); ++row)
            {
                last = rows->bytes(row, 0);
                if (auto rewritten = rewrite(type, last, rows->bytes(row, 1)); !rewritten)
                    return rewritten;
            }
        }
        auto const done = session_.run("select 1", {});
        return done ? result<void>{} : result<void>{done.error()};
    }

private:
    result<void> rewrite(kv::Catalog::Type const& type, std::string const& id, std::string_view record)
    {
        auto const header = kv::decode_header(record);
        auto resource = decode(*type.type, id, record);
        if (!header || !resource)
            return header ? resource.error() : header.error();
        auto changed = move_large(type, *resource);
        if (!changed)
            return changed.error();
        Facts const facts = catalog_.rules().facts_of(*resource);
        std::vector<kv::HeldKey> keys = header->unique_keys;
        kv::KeySet const held{header->unique_keys};
        std::vector<std::string> outdated;
        for (kv::HeldKey const& key : kv::outdated_keys(type, header->unique_keys, facts))
        {
            outdated.push_back(unique_key(key.attribute, key.value));
            std::erase(keys, key);
            *changed = true;
        }
        if (auto queued = queue_unique(session_, type, id, outdated, false); !queued)
            return queued;
        std::vector<std::string> fresh;
        for (UniqueKey const& unique : facts.unique_keys)
        {
            auto const known = std::ranges::find(type.unique, unique.attribute, &kv::Catalog::Unique::attribute);
            kv::HeldKey const key{known->path, unique.value}; // the rules are the catalogue's own
            if (held.contains(key))
                continue;
            if (auto free = check_free(type, id, key); !free)
                return free;
            fresh.push_back(unique_key(key.attribute, key.value));
            keys.push_back(key);
            *changed = true;
        }
        if (auto queued = queue_unique(session_, type, id, fresh, true); !queued)
            return queued;
        if (*changed)
        {
            auto const now = kv::encode_record(*resource, header->version, keys, type.type->large_attributes());
            auto params = session_.params();
            if (!now || !params)
                return now ? params.error() : now.error();
            params->small(static_cast<std::int16_t>(type.number)).bytes(id).bytes(*now);
            if (auto queued = session_.queue("update resource set record = $4 where tenant = $1 and type = $2 "
                                             "and id = $3",
                                             *params);
                !queued)
                return queued;
        }
        return queue_entries(session_, type, id, entry_keys(type, *resource, facts.unique_keys), true);
    }

    result<void> check_free(kv::Catalog::Type const& type, std::string_view id, kv::HeldKey const& key)
    {
        auto params = session_.params();
        if (!params)
            return params.error();
        params->small(static_cast<std::int16_t>(type.number)).bytes(unique_key(key.attribute, key.value));
        auto const rows =
            session_.run("select id from unique_key where tenant = $1 and type = $2 and key = $3", *params);
        if (!rows)
            return rows.error();
        if (rows->empty() || rows->bytes(0, 0) == id)
            return {};
        return kv::share_a_value(*type.type, key.attribute, rows->bytes(0, 0), id);
    }

    /// True if the record changes.
    result<bool> move_large(kv::Catalog::Type const& type, Resource& resource)
    {
        bool changed = false;
        auto const former_ones = kv::no_longer_large(stored_, *type.type);
        if (!former_ones)
            return former_ones.error();
        for (kv::Catalog::Large const& former : *former_ones)
        {
            auto const moved = take_back(static_cast<std::int16_t>(former.number), former.attribute, resource);
            if (!moved)
                return moved;
            changed = changed || *moved;
        }
        for (kv::Catalog::Large const& large : type.large)
        {
            json::value const* array = resource.attributes.if_contains(large.attribute.attribute->name);
            if (!array)
                continue;
            auto const elements = kv::elements_of(*array);
            if (!elements)
                return elements.error();
            auto const rows = ElementRows::make(*elements);
            if (!rows)
                return rows.error();
            if (auto queued = queue_all_elements(session_, type, large, resource.id, *rows); !queued)
                return queued.error();
            changed = true;
        }
        return changed;
    }

    /// Elements of an attribute that is not large any more go into the resource.
    result<bool> take_back(std::int16_t number, AttributeRef const& attribute, Resource& resource)
    {
        auto params = session_.params();
        if (!params)
            return params.error();
        params->small(number).bytes(resource.id);
        auto const rows = session_.run("select body from element where tenant = $1 and attribute = $2 and owner = $3 "
                                       "order by key",
                                       *params);
        if (!rows)
            return rows.error();
        if (rows->empty())
            return false;
        json::array elements;
        for (int row = 0; row < rows->size(); ++row)
        {
            auto element = kv::decode_object(rows->bytes(row, 0));
            if (!element)
                return element.error();
            elements.emplace_back(std::move(*element));
        }
        resource.attributes[attribute.attribute->name] = std::move(elements);
        for (std::string_view const table : {"element", "element_count"})
            if (auto queued = session_.queue("delete from " + std::string{table} +
                                                 " where tenant = $1 and attribute = $2 and owner = $3",
                                             *params);
                !queued)
                return queued.error();
        return true;
    }

    CallContext context_{}; // the start of a service has no deadline
    Session session_;
    kv::Catalog const& catalog_;
    kv::CatalogRecord const& stored_;
};

result<void> rebuild(Connection& connection, kv::Catalog const& catalog, kv::CatalogRecord const& stored)
{
    auto const changed = catalog.types_to_rebuild(stored);
    if (changed.empty())
        return {};
    auto const tenants = connection.run("select name from tenant order by tenant", {}, Deadline::max());
    if (!tenants)
        return tenants.error();
    for (int row = 0; row < tenants->size(); ++row)
        for (kv::Catalog::Type const* type : changed)
            if (auto rebuilt = Rebuild{connection, catalog, stored, tenants->bytes(row, 0)}.run(*type); !rebuilt)
                return rebuilt;
    return {};
}

/// Waits until nobody else uses the database; who has just gone is there for a moment.
result<void> wait_until_alone(InUse& in_use, Connection& connection, std::string const& type, Deadline until)
{
    for (;;)
    {
        auto const alone = in_use.alone(connection);
        if (!alone)
            return alone.error();
        if (*alone)
            return {};
        if (std::chrono::steady_clock::now() >= until)
            return Error{ErrorCode::invalid_value,
                         "The database is in use with other indexes, unique or large attributes of " + type +
                             ": stop whoever uses it, or be configured like them."};
        std::this_thread::sleep_for(between_looks);
    }
}

result<kv::Catalog> adopt_within(Pool& pool, Connection& connection,
                                 std::shared_ptr<SchemaRegistry const> const& registry, kv::StoreOptions const& options,
                                 std::chrono::milliseconds patience)
{
    if (auto begun = connection.queue("begin isolation level read committed"); !begun)
        return begun.error();
    auto const stored = read_catalog(connection, true, Deadline::max());
    if (!stored)
        return stored.error();
    auto catalog = kv::Catalog::make(registry, options, *stored, kv::least_key_bytes);
    if (!catalog)
        return catalog;
    if (auto agreed = pool.in_use().check_agreement(*catalog); !agreed)
        return agreed.error();
    std::optional<Pool::Alone> others_wait; // until the commit
    if (auto const changed = catalog->types_to_rebuild(*stored); !changed.empty())
    {
        others_wait.emplace(pool);
        if (auto alone = wait_until_alone(pool.in_use(), connection, changed.front()->type->name(),
                                          std::chrono::steady_clock::now() + patience);
            !alone)
            return alone.error();
        if (auto rebuilt = rebuild(connection, *catalog, *stored); !rebuilt)
            return rebuilt.error();
    }
    bool const is_new = catalog->record() != *stored;
    if (is_new)
        if (auto written = write_catalog(connection, catalog->record(), Deadline::max()); !written)
            return written.error();
    if (auto held = pool.in_use().hold(connection); !held)
        return held.error();
    // What has only locked has nothing to commit, which would wait for a standby.
    if (!is_new)
    {
        connection.roll_back();
        return catalog;
    }
    auto const ended = connection.commit(Deadline::max());
    return ended ? std::move(catalog) : result<kv::Catalog>{ended.error()};
}

} // namespace

result<kv::Catalog> adopt(Pool& pool, Connection& connection, std::shared_ptr<SchemaRegistry const> const& registry,
                          kv::StoreOptions const& options, std::chrono::milliseconds patience)
{
    auto adopted = adopt_within(pool, connection, registry, options, patience);
    if (!adopted)
        connection.roll_back();
    return adopted;
}

} // namespace scimkit::postgresql
