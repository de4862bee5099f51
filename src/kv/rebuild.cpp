// In the order of tenants, then of types: each type's old entries go, then its records are read and its keys made anew.
#include "rebuild.hpp"

#include "elements.hpp"
#include "erase.hpp"
#include "forms.hpp"
#include "graves.hpp"
#include "writes.hpp"

#include <algorithm>
#include <iterator>

namespace scimkit::kv
{
namespace
{

constexpr std::size_t batch = 256;

result<void> put_record(Engine& engine, CatalogRecord const& record)
{
    return engine.write([&](Writer& writer) { return writer.put(meta_key, encode_catalog(record)); });
}

class Rebuild
{
public:
    Rebuild(Engine& engine, Catalog const& catalog, std::vector<Catalog::Type const*> types,
            CatalogRecord const& stored)
        : engine_(engine)
        , catalog_(catalog)
        , types_(std::move(types))
        , stored_(stored)
    {
    }

    result<void> run()
    {
        Budget unlimited; // a database is of no use half rebuilt
        std::string place{tenants_prefix};
        for (;;)
        {
            auto const tenant = next_tenant(place);
            if (!tenant)
                return tenant.error();
            if (!*tenant)
                return {};
            TenantKeys const& keys = **tenant;
            if (auto finished = finish_graves(engine_, keys, unlimited); !finished)
                return finished;
            for (Catalog::Type const* type : types_)
            {
                if (auto erased = erase_all(engine_, keys.indexes(type->number), batch, unlimited); !erased)
                    return erased;
                if (auto rewritten = rewrite_records(keys, *type); !rewritten)
                    return rewritten;
            }
            if (auto finished = finish_graves(engine_, keys, unlimited); !finished)
                return finished;
            place = keys.prefix() + '\xFF';
        }
    }

private:
    result<std::optional<TenantKeys>> next_tenant(std::string const& from)
    {
        std::optional<TenantKeys> found;
        auto const read = engine_.read(
            [&](Reader& reader) -> result<void>
            {
                Budget unlimited; // the start of a service has no deadline
                Access access{reader, unlimited, catalog_.record().names};
                Walk walk{access, std::string{tenants_prefix}};
                auto const any = walk.seek(from);
                if (!any || !*any)
                    return any ? result<void>{} : result<void>{any.error()};
                auto keys = TenantKeys::of_stored_key(walk.key(), engine_.max_key_size());
                if (!keys)
                    return keys.error();
                found = std::move(*keys);
                return {};
            });
        if (!read)
            return read.error();
        return found;
    }

    struct Stored
    {
        std::string id;
        std::string record;
    };

    result<void> rewrite_records(TenantKeys const& keys, Catalog::Type const& type)
    {
        CallContext const context;
        std::string last;
        for (std::size_t count = batch; count == batch;)
        {
            std::string reached;
            auto const written = engine_.write(
                [&](Writer& writer) -> result<void>
                {
                    Session session{catalog_, keys, writer, context};
                    auto records = read_batch(session, type, last);
                    if (!records)
                        return records.error();
                    for (Stored const& stored : *records)
                        if (auto rewritten = rewrite(session, type, stored); !rewritten)
                            return rewritten;
                    count = records->size();
                    reached = records->empty() ? last : records->back().id;
                    return {};
                });
            if (!written)
                return written;
            last = std::move(reached);
        }
        return {};
    }

    static result<std::vector<Stored>> read_batch(Session& session, Catalog::Type const& type, std::string const& last)
    {
        std::vector<Stored> records;
        Walk walk{session.access(), session.keys().records(type.number)};
        auto found = last.empty() ? walk.first() : walk.seek_after(session.keys().record(type.number, last));
        for (; found && *found && records.size() < batch; found = walk.next())
            records.push_back({std::string{walk.rest()}, std::string{walk.value()}});
        if (!found)
            return found.error();
        return records;
    }

    result<void> rewrite(Session& session, Catalog::Type const& type, Stored const& stored)
    {
        auto const header = decode_header(stored.record);
        auto resource = Session::decode(type, stored.id, stored.record);
        if (!header || !resource)
            return header ? resource.error() : header.error();
        auto changed = move_large(session, type, *resource);
        if (!changed)
            return changed.error();

        Facts const facts = catalog_.rules().facts_of(*resource);
        std::vector<HeldKey> keys = header->unique_keys;
        KeySet const held{header->unique_keys};
        for (HeldKey const& key : outdated_keys(type, header->unique_keys, facts))
        {
            if (auto released = release(session, type, stored.id, key); !released)
                return released;
            std::erase(keys, key);
            *changed = true;
        }
        for (UniqueKey const& unique : facts.unique_keys)
        {
            auto const known = std::ranges::find(type.unique, unique.attribute, &Catalog::Unique::attribute);
            HeldKey const key{known->path, unique.value}; // the rules are the catalogue's own
            if (held.contains(key))
                continue;
            if (auto taken = take(session, type, stored.id, key); !taken)
                return taken;
            keys.push_back(key);
            *changed = true;
        }
        if (*changed)
        {
            auto const record = encode_record(*resource, header->version, keys, type.type->large_attributes());
            if (!record)
                return record.error();
            if (auto put = session.access().put(session.keys().record(type.number, stored.id), *record); !put)
                return put;
        }
        for (std::string const& key :
             index_keys(session, type, stored.id, index_entries(type, *resource, facts.unique_keys)))
            if (auto put = session.access().put(key, {}); !put)
                return put;
        return {};
    }

    static result<void> take(Session& session, Catalog::Type const& type, std::string_view id, HeldKey const& key)
    {
        std::string const place = session.keys().unique(type.number, key.attribute, key.value);
        auto const holder = session.access().get(place);
        if (!holder)
            return holder.error();
        if (*holder && **holder != id)
            return share_a_value(*type.type, key.attribute, **holder, id);
        return session.access().put(place, id);
    }

    static result<void> release(Session& session, Catalog::Type const& type, std::string_view id, HeldKey const& key)
    {
        std::string const place = session.keys().unique(type.number, key.attribute, key.value);
        auto const holder = session.access().get(place);
        if (!holder || !*holder || **holder != id)
            return holder ? result<void>{} : result<void>{holder.error()};
        auto const erased = session.access().erase(place);
        return erased ? result<void>{} : result<void>{erased.error()};
    }

    /// Elements of attributes that are no longer large go back into the resource; of those that have become large, out
    /// of it. True if the record changes.
    result<bool> move_large(Session& session, Catalog::Type const& type, Resource& resource)
    {
        bool changed = false;
        auto const former_ones = no_longer_large(stored_, *type.type);
        if (!former_ones)
            return former_ones.error();
        for (Catalog::Large const& former : *former_ones)
        {
            auto elements = read_all_elements(session, former, resource.id);
            if (!elements)
                return elements.error();
            if (elements->empty())
                continue;
            resource.attributes[former.attribute.attribute->name] = std::move(*elements);
            if (auto cleared = clear_elements(session, former, resource.id); !cleared)
                return cleared.error();
            changed = true;
        }
        for (Catalog::Large const& large : type.large)
        {
            json::value const* array = resource.attributes.if_contains(large.attribute.attribute->name);
            if (!array)
                continue;
            auto const elements = elements_of(*array);
            if (!elements)
                return elements.error();
            if (auto added = add_elements(session, large, resource.id, *elements); !added)
                return added.error();
            changed = true;
        }
        return changed;
    }

    Engine& engine_;
    Catalog const& catalog_;
    std::vector<Catalog::Type const*> types_;
    CatalogRecord const& stored_;
};

} // namespace

result<std::vector<Catalog::Large>> no_longer_large(CatalogRecord const& stored, ResourceType const& type)
{
    std::vector<Catalog::Large> former;
    std::string const prefix = type.name() + "/";
    for (std::string const& name : stored.large)
    {
        auto const attribute =
            name.starts_with(prefix) ? type.find_root_attribute(name.substr(prefix.size())) : std::nullopt;
        if (!attribute || type.is_large(*attribute->attribute))
            continue;
        auto const place = std::ranges::find(stored.names, name);
        if (place == stored.names.end())
            return Error{ErrorCode::corrupt,
                         "The description of the database contradicts itself about '" + name + "'."};
        former.push_back({static_cast<NameNumber>(place - stored.names.begin()), *attribute});
    }
    return former;
}

std::vector<HeldKey> outdated_keys(Catalog::Type const& type, std::span<HeldKey const> held, Facts const& facts)
{
    std::vector<HeldKey> outdated;
    for (HeldKey const& key : held)
    {
        auto const unique = std::ranges::find(type.unique, key.attribute, &Catalog::Unique::path);
        if (unique != type.unique.end() &&
            std::ranges::none_of(facts.unique_keys, [&](UniqueKey const& now)
                                 { return now.attribute == unique->attribute && now.value == key.value; }))
            outdated.push_back(key);
    }
    return outdated;
}

Error share_a_value(ResourceType const& type, std::string_view attribute, std::string_view one, std::string_view other)
{
    std::string detail = "'" + std::string{attribute} + "' is to be unique, but " + type.name() + " '";
    detail.append(one).append("' and '").append(other).append("' share a value.");
    return {ErrorCode::uniqueness, std::move(detail), std::string{attribute}};
}

result<void> adopt(Engine& engine, Catalog const& catalog, CatalogRecord const& stored)
{
    CatalogRecord const& wanted = catalog.record();
    if (wanted == stored)
        return {};
    auto const changed = catalog.types_to_rebuild(stored);
    if (!changed.empty())
    {
        // What is being rebuilt is not to be trusted. Until the end elements may be found outside of their record for
        // what was large and for what is to be.
        Forms forms{wanted.indexes};
        for (Catalog::Type const* type : changed)
            forms.distrust(type->type->name());
        CatalogRecord underway{wanted.names, {}, forms.text()};
        std::ranges::set_union(stored.large, wanted.large, std::back_inserter(underway.large));
        if (auto marked = put_record(engine, underway); !marked)
            return marked;
        if (auto rebuilt = Rebuild{engine, catalog, changed, underway}.run(); !rebuilt)
            return rebuilt;
    }
    return put_record(engine, wanted);
}

} // namespace scimkit::kv
