// One statement for a record, however many are asked for; elements come in batches of bounded size.
#include "reads.hpp"

#include "keys.hpp"
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

constexpr std::string_view select_existence = "select id from resource where tenant = $1 and type = $2 and id = $3";
/// And whether anything may refer to it: by the id without letter case.
constexpr std::string_view select_record_and_references =
    "select record, exists(select 1 from element where tenant = $1 and folded = $4) "
    "from resource where tenant = $1 and type = $2 and id = $3";
constexpr std::string_view select_single =
    "select id, record from resource where tenant = $1 and type = $2 and id = $3";
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
/// Of many owners, or of one. A statement with arrays, or with a limit that is a parameter, would be planned anew each
/// time: PostgreSQL takes them for larger than they are.
std::string select_elements(bool one)
{
    return std::string{"select owner, key, body from element where tenant = $1 and attribute = $2 and owner = "} +
           (one ? "$3 and key > $4 order by key" : "any($3) and (owner, key) > ($4, $5) order by owner, key") +
           " limit " + std::to_string(elements_of_a_batch);
}

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
    bool const one = ids.size() == 1;
    std::string const sql = select_elements(one);
    for (int count = elements_of_a_batch; count == elements_of_a_batch;)
    {
        auto params = session.params();
        if (!params)
            return params.error();
        params->small(static_cast<std::int16_t>(large.number));
        if (one)
            params->bytes(ids.front()).bytes(key);
        else
            params->byte_array(ids).bytes(owner).bytes(key);
        auto const rows = session.run(sql, *params);
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

result<Params> params_of(Session& session, ResourceType const& type, std::string_view id)
{
    auto params = session.params();
    if (params)
        params->small(static_cast<std::int16_t>(session.catalog().of(type).number)).bytes(id);
    return params;
}

result<std::vector<Resource>> find_existing(Session& session, ResourceType const& type,
                                            std::span<std::string_view const> ids)
{
    std::vector<Resource> found;
    std::vector<std::string_view> unknown;
    for (std::string_view const id : ids)
    {
        auto const known = session.known_existence(session.catalog().of(type).number, id);
        if (!known)
            unknown.push_back(id);
        else if (*known)
            found.push_back({.type = &type, .id = std::string{id}});
    }
    if (unknown.empty())
        return found;
    auto const params = params_of(session, type, unknown);
    auto const rows = params ? session.run(select_existences, *params) : result<Rows>{params.error()};
    if (!rows)
        return rows.error();
    for (int row = 0; row < rows->size(); ++row)
        found.push_back({.type = &type, .id = std::string{rows->bytes(row, 0)}});
    return found;
}

/// Those behind `after`, as many as are read at once; `more`: there may be others.
result<std::vector<Resource>> find_records(Session& session, ResourceType const& type,
                                           std::span<std::string_view const> ids, std::string_view after,
                                           Wanted const& wanted, bool& more)
{
    bool const one = ids.size() == 1;
    auto params = one ? params_of(session, type, ids.front()) : params_of(session, type, ids);
    auto const rows = !params ? result<Rows>{params.error()}
                      : one   ? session.run(select_single, *params)
                              : session.run(select_records(), params->bytes(after));
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
    more = !one && bytes >= most_record_bytes;
    std::vector<Resource*> loaded;
    for (Resource& resource : found)
        loaded.push_back(&resource);
    if (auto done = load_large(session, loaded, wanted.large_attributes); !done)
        return done.error();
    return found;
}

/// Which of them are there.
result<Session::Question> look_for(Session& session, ResourceType const& type, std::span<std::string_view const> ids)
{
    if (ids.size() > 1)
    {
        auto many = params_of(session, type, ids);
        return many ? Session::Question{select_existences, std::move(*many)} : result<Session::Question>{many.error()};
    }
    auto one = params_of(session, type, ids.front());
    return one ? Session::Question{select_existence, std::move(*one)} : result<Session::Question>{one.error()};
}

result<bool> exists(Session& session, ResourceType const& type, std::string_view id)
{
    auto const number = session.catalog().of(type).number;
    if (auto const known = session.known_existence(number, id))
        return *known;
    auto const question = look_for(session, type, {&id, 1});
    auto const rows = question ? session.run(question->sql, question->params) : result<Rows>{question.error()};
    if (!rows)
        return rows.error();
    return !rows->empty();
}

/// The record, and with it what is hinted at.
result<Rows> read_record(Session& session, ResourceType const& type, std::string_view id, Wanted const& wanted)
{
    auto params = params_of(session, type, id);
    if (!params)
        return params.error();
    bool const asks_references = wanted.references && !session.writes();
    if (asks_references)
        params->bytes(folded_key(id));
    std::string_view const sql = asks_references ? select_record_and_references : select_record;
    std::vector<std::string_view> ahead;
    for (std::string_view const next : wanted.next_ids)
        if (wanted.next_type && kv::is_storable_id(next))
            ahead.push_back(next);
    if (ahead.empty() || ahead.size() > existences_of_a_batch)
    {
        bool const alone = wanted.last && wanted.large_attributes.empty();
        auto rows = alone ? session.run_alone(sql, std::move(*params)) : session.run(sql, *params);
        if (rows && asks_references && !rows->empty() && rows->number(0, 1) == 0)
            session.know_unreferenced(id);
        return rows;
    }
    auto along = look_for(session, *wanted.next_type, ahead);
    if (!along)
        return along.error();
    auto rows = session.run(sql, *params, &*along);
    if (rows)
        session.know_existence(session.catalog().of(*wanted.next_type).number, ahead, along->rows);
    return rows;
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
    if (wanted.existence)
    {
        auto const there = exists(session, type, id);
        if (!there)
            return there.error();
        return *there ? std::optional{Resource{.type = &type, .id = std::string{id}}} : std::nullopt;
    }
    auto const rows = read_record(session, type, id, wanted);
    if (!rows)
        return rows.error();
    if (rows->empty())
        return std::optional<Resource>{};
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
