// One statement for a record, however many are asked for; elements come in batches of bounded size.
#include "reads.hpp"

#include "kv/damage.hpp"
#include "kv/layout.hpp"
#include "kv/record_codec.hpp"

#include <algorithm>
#include <map>

namespace scimkit::postgresql
{
namespace
{

/// Of elements that are brought into memory together, as they are stored.
constexpr std::size_t most_loaded_bytes = 64 << 20;
constexpr int elements_of_a_batch = 5'000;
/// Resources whose elements are asked for in one statement.
constexpr std::size_t owners_of_a_batch = 16;
constexpr std::size_t ids_of_a_batch = 500;
constexpr std::size_t existences_of_a_batch = 10'000;

constexpr std::string_view select_existence = "select 1 from resource where tenant = $1 and type = $2 and id = $3";
/// In the order of ids, as many as are read at once.
std::string select_records()
{
    return "select c.id, c.record from (select r.id, r.record, sum(octet_length(r.record)) over (order by r.id "
           "rows unbounded preceding) as upto from resource r where r.tenant = $1 and r.type = $2 and r.id = any($3) "
           "and r.id > $4) c where c.upto - octet_length(c.record) < " +
           std::to_string(most_record_bytes) + " order by c.id";
}

constexpr std::string_view select_existences =
    "select id from resource where tenant = $1 and type = $2 and id = any($3)";
constexpr std::string_view select_elements =
    "select owner, key, body from element where tenant = $1 and attribute = $2 and owner = any($3) "
    "and (owner, key) > ($4, $5) order by owner, key limit $6";

Error too_large(AttributeRef const& large)
{
    std::string const& name = large.attribute->name;
    return {ErrorCode::too_many,
            "'" + name + "' has more than " + std::to_string(most_loaded_bytes) +
                " bytes, which is the most that is read at once; leave it out with excludedAttributes.",
            name};
}

Error unreadable(ResourceType const& type, std::string_view id, Error const& error)
{
    return {error.code, "The record of " + type.name() + " '" + kv::printable(id) + "' cannot be read."};
}

/// What elements are put into has to be unpacked.
bool packs(Wanted const& wanted) noexcept { return wanted.packed && wanted.large_attributes.empty(); }

result<void> load_one(Session& session, std::span<Resource* const> resources, kv::Catalog::Large const& large)
{
    Attribute const& attribute = *large.attribute.attribute;
    std::vector<std::string_view> ids;
    std::map<std::string_view, json::array> elements;
    for (Resource* resource : resources)
        ids.emplace_back(resource->id);
    std::string owner;
    std::string key;
    std::size_t bytes = 0;
    for (int count = elements_of_a_batch; count == elements_of_a_batch;)
    {
        auto params = session.params();
        if (!params)
            return params.error();
        params->small(static_cast<std::int16_t>(large.number)).byte_array(ids).bytes(owner).bytes(key);
        params->number(elements_of_a_batch);
        auto const rows = session.run(select_elements, *params);
        if (!rows)
            return rows.error();
        count = rows->size();
        for (int row = 0; row < count; ++row)
        {
            bytes += rows->bytes(row, 2).size();
            if (bytes > most_loaded_bytes)
                return too_large(large.attribute);
            auto element = kv::decode_object(rows->bytes(row, 2));
            if (!element)
                return element.error();
            auto const place = std::ranges::find(ids, rows->bytes(row, 0));
            if (place != ids.end())
                elements[*place].emplace_back(std::move(*element));
        }
        if (count > 0)
        {
            owner = rows->bytes(count - 1, 0);
            key = rows->bytes(count - 1, 1);
        }
    }
    for (Resource* resource : resources)
    {
        resource->attributes.erase(attribute.name);
        if (auto const found = elements.find(resource->id); found != elements.end())
            resource->attributes.emplace(attribute.name, found->second);
    }
    return {};
}

result<Params> params_of(Session& session, ResourceType const& type, std::span<std::string_view const> ids)
{
    auto params = session.params();
    if (params)
        params->small(static_cast<std::int16_t>(session.catalog().of(type).number)).byte_array(ids);
    return params;
}

result<std::vector<Resource>> find_existing(Session& session, ResourceType const& type,
                                            std::span<std::string_view const> ids)
{
    auto const params = params_of(session, type, ids);
    auto const rows = params ? session.run(select_existences, *params) : result<Rows>{params.error()};
    if (!rows)
        return rows.error();
    std::vector<Resource> found;
    for (int row = 0; row < rows->size(); ++row)
        found.push_back({.type = &type, .id = std::string{rows->bytes(row, 0)}});
    return found;
}

/// Those behind `after`, as many as are read at once; `more`: there may be others.
result<std::vector<Resource>> find_records(Session& session, ResourceType const& type,
                                           std::span<std::string_view const> ids, std::string_view after,
                                           Wanted const& wanted, bool& more)
{
    auto params = params_of(session, type, ids);
    auto const rows = params ? session.run(select_records(), params->bytes(after)) : result<Rows>{params.error()};
    if (!rows)
        return rows.error();
    std::vector<Resource> found;
    std::size_t bytes = 0;
    for (int row = 0; row < rows->size(); ++row)
    {
        auto const id = rows->bytes(row, 0);
        auto const record = rows->bytes(row, 1);
        auto resource = packs(wanted) ? decode_packed(type, id, record) : decode(type, id, record);
        if (!resource)
            return resource.error();
        bytes += record.size();
        found.push_back(std::move(*resource));
    }
    more = bytes >= most_record_bytes;
    std::vector<Resource*> loaded;
    for (Resource& resource : found)
        loaded.push_back(&resource);
    if (auto done = load_large(session, loaded, wanted.large_attributes); !done)
        return done.error();
    return found;
}

} // namespace

result<Resource> decode(ResourceType const& type, std::string_view id, std::string_view record,
                        json::storage_ptr memory)
{
    Resource resource{.type = &type, .id = std::string{id}, .attributes = json::object{std::move(memory)}};
    if (auto decoded = kv::decode_record(record, resource); !decoded)
        return unreadable(type, id, decoded.error());
    return resource;
}

result<Resource> decode_packed(ResourceType const& type, std::string_view id, std::string_view record)
{
    Resource resource{.type = &type, .id = std::string{id}};
    if (auto decoded = kv::decode_packed(record, resource); !decoded)
        return unreadable(type, id, decoded.error());
    return resource;
}

result<std::optional<Resource>> get_resource(Session& session, ResourceType const& type, std::string_view id,
                                             Wanted const& wanted)
{
    if (!kv::is_storable_id(id))
        return std::optional<Resource>{};
    auto params = session.params();
    if (!params)
        return params.error();
    params->small(static_cast<std::int16_t>(session.catalog().of(type).number)).bytes(id);
    auto const rows = session.run(wanted.existence ? select_existence : select_record, *params);
    if (!rows)
        return rows.error();
    if (rows->empty())
        return std::optional<Resource>{};
    if (wanted.existence)
        return std::optional{Resource{.type = &type, .id = std::string{id}}};
    session.know_record(session.catalog().of(type).number, id, rows->bytes(0, 0));
    auto resource =
        packs(wanted) ? decode_packed(type, id, rows->bytes(0, 0)) : decode(type, id, rows->bytes(0, 0), wanted.memory);
    if (!resource)
        return resource.error();
    Resource* const one = &*resource;
    if (auto loaded = load_large(session, {&one, 1}, wanted.large_attributes); !loaded)
        return loaded.error();
    return std::optional{std::move(*resource)};
}

result<void> get_resources(Session& session, ResourceType const& type, std::span<std::string_view const> ids,
                           Wanted const& wanted, function_ref<bool(std::size_t, Resource&&)> sink)
{
    std::size_t const batch = wanted.existence ? existences_of_a_batch : ids_of_a_batch;
    for (std::size_t start = 0; start < ids.size(); start += batch)
    {
        std::map<std::string_view, std::size_t> places;
        std::vector<std::string_view> asked;
        for (std::size_t i = start; i < std::min(ids.size(), start + batch); ++i)
            if (kv::is_storable_id(ids[i]) && places.emplace(ids[i], i).second)
                asked.push_back(ids[i]);
        std::string after;
        for (bool more = true; more;)
        {
            auto found = wanted.existence ? find_existing(session, type, asked)
                                          : find_records(session, type, asked, after, wanted, more);
            if (!found)
                return found.error();
            more = more && !wanted.existence && !found->empty();
            for (Resource& resource : *found)
            {
                after = resource.id;
                if (std::size_t const which = places.at(after); !sink(which, std::move(resource)))
                    return {};
            }
        }
    }
    return {};
}

result<void> load_large(Session& session, std::span<Resource* const> resources, std::span<AttributeRef const> wanted)
{
    if (resources.empty() || wanted.empty())
        return {};
    for (kv::Catalog::Large const& large : session.catalog().of(*resources.front()->type).large)
    {
        if (std::ranges::none_of(wanted,
                                 [&](AttributeRef const& ref) { return ref.attribute == large.attribute.attribute; }))
            continue;
        for (auto rest = resources; !rest.empty();)
        {
            auto const some = rest.first(std::min(rest.size(), owners_of_a_batch));
            if (auto loaded = load_one(session, some, large); !loaded)
                return loaded;
            rest = rest.subspan(some.size());
        }
    }
    return {};
}

} // namespace scimkit::postgresql
