// Everything that can refuse a write is looked at before the first statement of it is queued, in the transaction's own
// snapshot. What another transaction has done meanwhile is a conflict, and the body runs again.
#include "writes.hpp"

#include "change_log.hpp"
#include "elements.hpp"
#include "kv/elements.hpp"
#include "kv/layout.hpp"
#include "kv/record_codec.hpp"
#include "look.hpp"
#include "reads.hpp"

#include <algorithm>

namespace scimkit::postgresql
{
namespace
{

result<void> check_there(kv::Catalog::Type const& type, std::string_view id, std::optional<Version> expected,
                         Before const& before)
{
    if (before.record.empty())
        return Error{ErrorCode::not_found, type.type->name() + " '" + std::string{id} + "' does not exist."};
    if (expected && *expected != before.header.version)
        return Error{ErrorCode::precondition_failed, type.type->name() + " '" + std::string{id} +
                                                         "' has another version, " +
                                                         format_version(before.header.version) + "."};
    return {};
}

result<void> not_there(kv::Catalog::Type const& type, std::string_view id)
{
    return Error{ErrorCode::not_found, type.type->name() + " '" + std::string{id} + "' does not exist."};
}

/// Large attributes as the resource carries them, by Catalog::Type::large.
result<std::vector<ElementRows>> given_elements(kv::Catalog::Type const& type, Resource const& resource)
{
    std::vector<ElementRows> given(type.large.size());
    for (std::size_t i = 0; i < type.large.size(); ++i)
    {
        json::value const* array = resource.attributes.if_contains(type.large[i].attribute.attribute->name);
        if (!array)
            continue;
        auto const elements = kv::elements_of(*array);
        if (!elements)
            return elements.error();
        auto rows = ElementRows::make(*elements);
        if (!rows)
            return rows.error();
        given[i] = std::move(*rows);
    }
    return given;
}

std::uint64_t weight(std::string const& record, std::span<EntryKey const> entries,
                     std::span<ElementRows const> elements)
{
    std::uint64_t bytes = record.size();
    for (EntryKey const& entry : entries)
        bytes += Budget::visit + entry.value.key.size() + entry.value.rest.size();
    for (ElementRows const& rows : elements)
        bytes += rows.bytes();
    return bytes;
}

result<void> queue_record(Session& session, kv::Catalog::Type const& type, std::string_view id, std::uint64_t version,
                          std::string const& record, bool is_new)
{
    auto params = resource_params(session, type);
    if (!params)
        return params.error();
    params->bytes(id).number(static_cast<std::int64_t>(version)).bytes(record);
    session.forget_record();
    return session.queue(is_new ? "insert into resource (tenant, type, id, version, record) values ($1, $2, $3, $4, $5)"
                                : "update resource set version = $4, record = $5 "
                                  "where tenant = $1 and type = $2 and id = $3",
                         *params);
}

/// Queues what is only in the one, and what only in the other. Both sorted.
template <class Key, class Queue>
result<void> queue_difference(std::vector<Key> const& old, std::vector<Key> const& now, Queue const& queue)
{
    std::vector<Key> gone;
    std::vector<Key> fresh;
    std::ranges::set_difference(old, now, std::back_inserter(gone));
    std::ranges::set_difference(now, old, std::back_inserter(fresh));
    if (!gone.empty())
        if (auto queued = queue(gone, false); !queued)
            return queued;
    return fresh.empty() ? result<void>{} : queue(fresh, true);
}

std::vector<std::string> sorted_rows(std::span<kv::HeldKey const> held)
{
    std::vector<std::string> rows;
    for (kv::HeldKey const& key : held)
        rows.push_back(unique_key(key.attribute, key.value));
    std::ranges::sort(rows);
    auto const repeated = std::ranges::unique(rows);
    rows.erase(repeated.begin(), repeated.end());
    return rows;
}

result<void> queue_keys(Session& session, kv::Catalog::Type const& type, std::string_view id,
                        std::span<kv::HeldKey const> old_held, std::span<kv::HeldKey const> held,
                        std::vector<EntryKey> const& old_entries, std::vector<EntryKey> const& entries)
{
    auto const unique = queue_difference(sorted_rows(old_held), sorted_rows(held),
                                         [&](std::vector<std::string> const& keys, bool add)
                                         { return queue_unique(session, type, id, keys, add); });
    if (!unique)
        return unique;
    return queue_difference(old_entries, entries,
                            [&](std::vector<EntryKey> const& some, bool add)
                            { return queue_entries(session, type, id, some, add); });
}

} // namespace

result<void> queue_entries(Session& session, kv::Catalog::Type const& type, std::string_view id,
                           std::span<EntryKey const> entries, bool add)
{
    if (entries.empty())
        return {};
    std::vector<std::int16_t> indexes;
    std::vector<std::string> keys;
    std::vector<std::string> rests;
    for (EntryKey const& entry : entries)
    {
        indexes.push_back(entry.index);
        keys.push_back(entry.value.key);
        rests.push_back(entry.value.rest);
    }
    auto params = resource_params(session, type);
    if (!params)
        return params.error();
    params->bytes(id).small_array(indexes).byte_array(keys).byte_array(rests);
    return session.queue(add ? "insert into index_entry (tenant, type, attribute, key, rest, id) "
                               "select $1, $2, g.attribute, g.key, g.rest, $3 "
                               "from unnest($4, $5, $6) g(attribute, key, rest)"
                             : "delete from index_entry e using unnest($4, $5, $6) g(attribute, key, rest) "
                               "where e.tenant = $1 and e.type = $2 and e.attribute = g.attribute and e.key = g.key "
                               "and e.rest = g.rest and e.id = $3",
                         *params);
}

result<void> queue_unique(Session& session, kv::Catalog::Type const& type, std::string_view id,
                          std::span<std::string const> keys, bool add)
{
    if (keys.empty())
        return {};
    auto params = resource_params(session, type);
    if (!params)
        return params.error();
    params->bytes(id).byte_array(keys);
    return session.queue(add ? "insert into unique_key (tenant, type, key, id) "
                               "select $1, $2, g.key, $3 from unnest($4) g(key)"
                             : "delete from unique_key where tenant = $1 and type = $2 and id = $3 and key = any($4)",
                         *params);
}

result<Version> insert_resource(Session& session, Resource const& resource, Facts const& facts)
{
    kv::Catalog::Type const& type = session.catalog().of(*resource.type);
    if (!kv::is_storable_id(resource.id))
        return kv::bad_id(resource.id);
    HeldKeys const held{type, facts};
    Before before;
    auto const looked = look(session, type, resource.id, &held, before);
    if (!looked && looked.error().code != ErrorCode::uniqueness)
        return looked.error();
    if (!before.record.empty())
        return in_use("id");
    if (!looked)
        return looked.error();
    auto const elements = given_elements(type, resource);
    if (!elements)
        return elements.error();
    before.version = session.version_for(resource, before.version);
    auto const record =
        kv::encode_record(resource, Version{before.version}, held.held(), type.type->large_attributes());
    if (!record)
        return record.error();
    auto const entries = entry_keys(type, resource, facts.unique_keys);
    if (auto charged = session.charge_write(weight(*record, entries, *elements)); !charged)
        return charged.error();

    if (auto queued = queue_record(session, type, resource.id, before.version, *record, true); !queued)
        return queued.error();
    if (auto queued = queue_keys(session, type, resource.id, {}, held.held(), {}, entries); !queued)
        return queued.error();
    for (std::size_t i = 0; i < elements->size(); ++i)
        if (auto queued = queue_new_elements(session, type.large[i], resource.id, (*elements)[i]); !queued)
            return queued.error();
    using Operation = LoggedChange::Operation;
    if (auto logged = queue_log(
            session,
            {.operation = Operation::created, .type = type, .time = resource.last_modified, .resource = resource},
            Version{before.version});
        !logged)
        return logged.error();
    return Version{before.version};
}

result<Version> replace_resource(Session& session, Resource const& resource, std::optional<Version> expected,
                                 Facts const& facts, LargeAttributes large, std::span<std::string const> changed)
{
    kv::Catalog::Type const& type = session.catalog().of(*resource.type);
    if (!kv::is_storable_id(resource.id))
        return not_there(type, resource.id).error();
    HeldKeys const held{type, facts};
    Before before;
    auto const looked = look(session, type, resource.id, &held, before);
    if (!looked && looked.error().code != ErrorCode::uniqueness)
        return looked.error();
    if (auto there = check_there(type, resource.id, expected, before); !there)
        return there.error();
    if (!looked)
        return looked.error();
    auto const old = decode(*type.type, resource.id, before.record);
    if (!old)
        return old.error();
    result<std::vector<ElementRows>> elements{std::vector<ElementRows>{}};
    if (large == LargeAttributes::as_given)
        elements = given_elements(type, resource);
    if (!elements)
        return elements.error();
    auto const record =
        kv::encode_record(resource, Version{before.version}, held.held(), type.type->large_attributes());
    if (!record)
        return record.error();
    auto const entries = entry_keys(type, resource, facts.unique_keys);
    if (auto charged = session.charge_write(weight(*record, entries, *elements)); !charged)
        return charged.error();

    if (auto queued = queue_record(session, type, resource.id, before.version, *record, false); !queued)
        return queued.error();
    if (auto queued = queue_keys(session, type, resource.id, before.header.unique_keys, held.held(),
                                 entry_keys(type, *old), entries);
        !queued)
        return queued.error();
    for (std::size_t i = 0; i < elements->size(); ++i)
        if (auto queued = queue_all_elements(session, type, type.large[i], resource.id, (*elements)[i]); !queued)
            return queued.error();
    using Operation = LoggedChange::Operation;
    if (auto logged = queue_log(session,
                                {.before = before.header.version,
                                 .operation = Operation::replaced,
                                 .type = type,
                                 .time = resource.last_modified,
                                 .resource = resource,
                                 .changed = changed,
                                 .given_whole = facts.given_whole},
                                Version{before.version});
        !logged)
        return logged.error();
    return Version{before.version};
}

result<void> remove_resource(Session& session, ResourceType const& resource_type, std::string_view id,
                             std::optional<Version> expected)
{
    kv::Catalog::Type const& type = session.catalog().of(resource_type);
    if (!kv::is_storable_id(id))
        return not_there(type, id);
    Before before;
    if (auto looked = look(session, type, id, nullptr, before); !looked)
        return looked;
    if (auto there = check_there(type, id, expected, before); !there)
        return there;
    auto const old = decode(resource_type, id, before.record);
    if (!old)
        return old.error();
    auto const entries = entry_keys(type, *old);
    if (auto charged = session.charge_write(weight(before.record, entries, {})); !charged)
        return charged;

    auto params = resource_params(session, type);
    if (!params)
        return params.error();
    session.forget_record();
    if (auto queued =
            session.queue("delete from resource where tenant = $1 and type = $2 and id = $3", params->bytes(id));
        !queued)
        return queued;
    if (auto queued = queue_keys(session, type, id, before.header.unique_keys, {}, entries, {}); !queued)
        return queued;
    using Operation = LoggedChange::Operation;
    if (auto logged = queue_log(session,
                                {.before = before.header.version,
                                 .operation = Operation::removed,
                                 .type = type,
                                 .time = session.context().now,
                                 .resource = *old},
                                Version{});
        !logged)
        return logged;
    if (type.large.empty())
        return {};
    std::vector<std::int16_t> numbers;
    for (kv::Catalog::Large const& large : type.large)
        numbers.push_back(static_cast<std::int16_t>(large.number));
    auto of_owner = session.params();
    if (!of_owner)
        return of_owner.error();
    of_owner->bytes(id).small_array(numbers);
    if (auto queued =
            session.queue("delete from element where tenant = $1 and owner = $2 and attribute = any($3)", *of_owner);
        !queued)
        return queued;
    return session.queue("delete from element_count where tenant = $1 and owner = $2 and attribute = any($3)",
                         *of_owner);
}

} // namespace scimkit::postgresql
