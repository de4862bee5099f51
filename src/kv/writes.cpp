// Insert, replace and remove differ in little but what was there before: each works out what its keys were and what
// they are to be, and writes the difference.
#include "writes.hpp"

#include "change_log.hpp"
#include "elements.hpp"
#include "index_entries.hpp"
#include "record_codec.hpp"

#include <boost/json/monotonic_resource.hpp>

#include <algorithm>
#include <array>
#include <deque>

namespace scimkit::kv
{
namespace
{

/// An owned copy of a stored record: views of the engine die with the next write.
struct Old
{
    std::string record;
    RecordHeader header;
};

/// For what was stored before as a resource, which nobody sees outside this file.
struct OldMemory
{
    std::array<unsigned char, 8 * 1024> bytes;
    json::monotonic_resource resource{bytes.data(), bytes.size()};
};

Error in_use(std::string_view attribute)
{
    return Error{ErrorCode::uniqueness, "The value of '" + std::string{attribute} + "' is in use by another resource.",
                 std::string{attribute}};
}

result<void> load_old(Session& session, Catalog::Type const& type, std::string_view id, std::optional<Version> expected,
                      Old& old)
{
    auto const stored = session.record(type, id);
    if (!stored)
        return stored.error();
    if (!*stored)
        return Error{ErrorCode::not_found, type.type->name() + " '" + std::string{id} + "' does not exist."};
    old.record = **stored;
    auto header = decode_header(old.record);
    if (!header)
        return header.error();
    old.header = std::move(*header);
    if (expected && *expected != old.header.version)
        return Error{ErrorCode::precondition_failed, type.type->name() + " '" + std::string{id} +
                                                         "' has another version, " +
                                                         format_version(old.header.version) + "."};
    return {};
}

/// What the framework says is unique, as it is stored. Views of the catalogue and of the facts.
class HeldKeys
{
public:
    HeldKeys(Catalog::Type const& type, Facts const& facts)
    {
        keys_.reserve(facts.unique_keys.size());
        for (UniqueKey const& key : facts.unique_keys)
        {
            auto const known = std::ranges::find(type.unique, key.attribute, &Catalog::Unique::attribute);
            keys_.push_back({known != type.unique.end() ? std::string_view{known->path}
                                                        : std::string_view{paths_.emplace_back(key.attribute.path())},
                             key.value});
        }
    }
    HeldKeys(HeldKeys const&) = delete;
    HeldKeys& operator=(HeldKeys const&) = delete;

    std::span<HeldKey const> get() const noexcept { return keys_; }

private:
    std::vector<HeldKey> keys_{};
    std::deque<std::string> paths_{}; // of what only the application calls unique
};

result<void> check_unique(Session& session, Catalog::Type const& type, std::string_view id,
                          std::span<HeldKey const> keys)
{
    for (HeldKey const& key : keys)
    {
        auto const holder = session.access().get(session.keys().unique(type.number, key.attribute, key.value));
        if (!holder)
            return holder.error();
        if (*holder && **holder != id)
            return in_use(key.attribute);
    }
    return {};
}

/// Writes only what differs. A resource may hold thousands: no key is looked for by walking over the others.
result<void> move_unique_keys(Session& session, Catalog::Type const& type, std::string_view id,
                              std::span<HeldKey const> old, std::span<HeldKey const> now)
{
    KeySet const kept{now};
    for (HeldKey const& held : old)
    {
        if (kept.contains(held))
            continue;
        if (auto erased = session.access().erase(session.keys().unique(type.number, held.attribute, held.value));
            !erased)
            return erased.error();
    }
    KeySet const there{old};
    for (HeldKey const& key : now)
    {
        if (there.contains(key))
            continue;
        if (auto put = session.access().put(session.keys().unique(type.number, key.attribute, key.value), id); !put)
            return put;
    }
    return {};
}

/// Both sorted. Writes only what differs.
result<void> move_index_entries(Session& session, std::span<std::string const> old, std::span<std::string const> now)
{
    std::vector<std::string> gone;
    std::vector<std::string> fresh;
    std::ranges::set_difference(old, now, std::back_inserter(gone));
    std::ranges::set_difference(now, old, std::back_inserter(fresh));
    for (std::string const& key : gone)
    {
        if (auto erased = session.access().erase_empty(key); !erased)
            return erased.error();
        session.note_moved(key, false);
    }
    for (std::string const& key : fresh)
    {
        if (auto put = session.access().put_new(key, {}); !put)
            return put;
        session.note_moved(key, true);
    }
    return {};
}

result<std::vector<std::string>> old_index_keys(Session& session, Catalog::Type const& type, std::string_view id,
                                                std::string_view record)
{
    OldMemory memory;
    auto const resource = Session::decode(type, id, record, &memory.resource);
    if (!resource)
        return resource.error();
    return index_keys(session, type, id, index_entries(type, *resource));
}

/// Large attributes as the resource carries them; read before the first write, since a bad one refuses it all.
result<std::vector<std::vector<json::object>>> given_elements(Catalog::Type const& type, Resource const& resource)
{
    std::vector<std::vector<json::object>> given(type.large.size());
    for (std::size_t i = 0; i < type.large.size(); ++i)
    {
        json::value const* array = resource.attributes.if_contains(type.large[i].attribute.attribute->name);
        if (!array)
            continue;
        auto elements = elements_of(*array);
        if (!elements)
            return elements.error();
        for (json::object const& element : *elements)
            if (auto value = value_of_element(element); !value)
                return value.error();
        given[i] = std::move(*elements);
    }
    return given;
}

result<std::string> encode(Catalog::Type const& type, Resource const& resource, std::uint64_t revision,
                           HeldKeys const& keys, EncodedValues& values)
{
    return encode_record(resource, Version{revision}, keys.get(), type.type->large_attributes(), &values);
}

} // namespace

std::vector<std::string> index_keys(Session& session, Catalog::Type const& type, std::string_view id,
                                    std::span<IndexEntry const> entries)
{
    std::vector<std::string> keys;
    keys.reserve(entries.size() + type.indexes.size());
    auto const add = [&](std::size_t index, BoundLiteral const& value)
    {
        std::string key = session.keys().index(type.number, index);
        append_value(key, value, session.keys().room());
        key.append(id);
        keys.push_back(std::move(key));
    };
    for (IndexEntry const& entry : entries)
        add(entry.index, entry.value);
    for (Catalog::Index const& index : type.indexes)
        if (index.single_valued &&
            std::ranges::none_of(entries, [&](IndexEntry const& entry) { return entry.index == index.number; }))
            add(index.number, nullptr);
    std::ranges::sort(keys);
    return keys;
}

result<Version> insert_resource(Session& session, Resource const& resource, Facts const& facts)
{
    Catalog::Type const& type = session.catalog().of(*resource.type);
    if (!is_storable_id(resource.id))
        return bad_id(resource.id);
    auto const there = session.record(type, resource.id);
    if (!there)
        return there.error();
    if (*there)
        return in_use("id");
    HeldKeys const held{type, facts};
    if (auto unique = check_unique(session, type, resource.id, held.get()); !unique)
        return unique.error();
    auto const elements = given_elements(type, resource);
    if (!elements)
        return elements.error();
    auto const revision = session.revision_for(resource);
    if (!revision)
        return revision.error();
    EncodedValues values;
    auto record = encode(type, resource, *revision, held, values);
    if (!record)
        return record.error();

    auto const key = session.keys().record(type.number, resource.id);
    if (auto put = session.access().seal_and_put_new(key, *record); !put)
        return put.error();
    session.note_moved(key, true);
    if (auto moved = move_unique_keys(session, type, resource.id, {}, held.get()); !moved)
        return moved.error();
    auto const keys = index_keys(session, type, resource.id, index_entries(type, resource, facts.unique_keys));
    if (auto moved = move_index_entries(session, {}, keys); !moved)
        return moved.error();
    for (std::size_t i = 0; i < type.large.size(); ++i)
        if (auto added = add_elements(session, type.large[i], resource.id, (*elements)[i]); !added)
            return added.error();
    if (auto counted = session.change_count(type, 1); !counted)
        return counted.error();
    if (auto logged = log_write(session, {*revision,
                                          {},
                                          LoggedChange::Operation::created,
                                          type,
                                          resource.last_modified,
                                          resource,
                                          std::nullopt,
                                          &values,
                                          *record});
        !logged)
        return logged.error();
    return Version{*revision};
}

result<Version> replace_resource(Session& session, Resource const& resource, std::optional<Version> expected,
                                 Facts const& facts, LargeAttributes large, std::span<std::string const> changed)
{
    Catalog::Type const& type = session.catalog().of(*resource.type);
    Old old;
    if (auto loaded = load_old(session, type, resource.id, expected, old); !loaded)
        return loaded.error();
    HeldKeys const held{type, facts};
    if (auto unique = check_unique(session, type, resource.id, held.get()); !unique)
        return unique.error();
    auto const old_keys = old_index_keys(session, type, resource.id, old.record);
    if (!old_keys)
        return old_keys.error();
    result<std::vector<std::vector<json::object>>> elements{std::vector<std::vector<json::object>>{}};
    if (large == LargeAttributes::as_given)
        elements = given_elements(type, resource);
    if (!elements)
        return elements.error();
    auto const revision = session.next_revision();
    if (!revision)
        return revision.error();
    EncodedValues values;
    auto record = encode(type, resource, *revision, held, values);
    if (!record)
        return record.error();

    if (auto put = session.access().seal_and_put(session.keys().record(type.number, resource.id), *record); !put)
        return put.error();
    if (auto moved = move_unique_keys(session, type, resource.id, old.header.unique_keys, held.get()); !moved)
        return moved.error();
    auto const keys = index_keys(session, type, resource.id, index_entries(type, resource, facts.unique_keys));
    if (auto moved = move_index_entries(session, *old_keys, keys); !moved)
        return moved.error();
    for (std::size_t i = 0; i < elements->size(); ++i)
        if (auto replaced = replace_elements(session, type.large[i], resource.id, (*elements)[i]); !replaced)
            return replaced.error();
    if (auto logged =
            log_write(session, {*revision, old.header.version, LoggedChange::Operation::replaced, type,
                                resource.last_modified, resource, changed, &values, *record, facts.given_whole});
        !logged)
        return logged.error();
    return Version{*revision};
}

result<void> remove_resource(Session& session, ResourceType const& resource_type, std::string_view id,
                             std::optional<Version> expected)
{
    Catalog::Type const& type = session.catalog().of(resource_type);
    Old old;
    if (auto loaded = load_old(session, type, id, expected, old); !loaded)
        return loaded;
    OldMemory memory;
    auto const before = Session::decode(type, id, old.record, &memory.resource);
    if (!before)
        return before.error();
    auto const old_keys = index_keys(session, type, id, index_entries(type, *before));
    auto const revision = session.next_revision();
    if (!revision)
        return revision.error();

    for (Catalog::Large const& large : type.large)
        if (auto cleared = clear_elements(session, large, id); !cleared)
            return cleared.error();
    if (auto moved = move_index_entries(session, old_keys, {}); !moved)
        return moved;
    if (auto moved = move_unique_keys(session, type, id, old.header.unique_keys, {}); !moved)
        return moved;
    auto const key = session.keys().record(type.number, id);
    if (auto erased = session.access().erase(key); !erased)
        return erased.error();
    session.note_moved(key, false);
    if (auto counted = session.change_count(type, -1); !counted)
        return counted;
    return log_write(session, {*revision, old.header.version, LoggedChange::Operation::removed, type,
                               session.context().now, *before, std::nullopt});
}

} // namespace scimkit::kv
