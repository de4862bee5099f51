// Each statement changes the elements, their number, and tells what it did. Data-modifying parts of one statement see
// the state before it, so none of them relies on another but by what it returns.
#include "elements.hpp"

#include "keys.hpp"
#include "kv/elements.hpp"
#include "kv/layout.hpp"
#include "kv/record_codec.hpp"

#include <algorithm>
#include <map>

namespace scimkit::postgresql
{
namespace
{

constexpr std::int64_t rows_of_a_batch = 2'000;
constexpr std::size_t values_of_a_batch = 500;
constexpr std::size_t keys_of_a_batch = 10'000; // of which only some come back

constexpr std::string_view insert_new =
    "with counted as (insert into element_count (tenant, attribute, owner, elements) "
    "values ($1, $3, $2, $8::bigint)) "
    "insert into element (tenant, attribute, owner, key, folded, value, body) "
    "select $1, $3, $2, g.key, g.folded, g.value, g.body from unnest($4, $5, $6, $7) g(key, folded, value, body)";

constexpr std::string_view replace_all =
    "with given as (select * from unnest($4, $5, $6, $7) g(key, folded, value, body)), "
    "removed as (delete from element e where e.tenant = $1 and e.attribute = $3 and e.owner = $2 "
    "and not exists (select 1 from given g where g.key = e.key)), "
    "counted as (insert into element_count as c (tenant, attribute, owner, elements) values ($1, $3, $2, $8::bigint) "
    "on conflict (tenant, attribute, owner) do update set elements = excluded.elements) "
    "insert into element as e (tenant, attribute, owner, key, folded, value, body) "
    "select $1, $3, $2, g.key, g.folded, g.value, g.body from given g "
    "on conflict (tenant, attribute, owner, key) do update set folded = excluded.folded, value = excluded.value, "
    "body = excluded.body where e.body <> excluded.body";

// From here: $1 tenant, $2 type, $3 owner, $4 attribute.
constexpr std::string_view add_some =
    "with owner as (select 1 from resource r where r.tenant = $1 and r.type = $2 and r.id = $3), "
    "added as (insert into element (tenant, attribute, owner, key, folded, value, body) "
    "select $1, $4, $3, g.key, g.folded, g.value, g.body from unnest($5, $6, $7, $8) g(key, folded, value, body) "
    "where exists (select 1 from owner) on conflict (tenant, attribute, owner, key) do nothing returning 1), "
    "n as (select count(*) as n from added), "
    "counted as (insert into element_count as c (tenant, attribute, owner, elements) "
    "select $1, $4, $3, n.n from n where n.n > 0 "
    "on conflict (tenant, attribute, owner) do update set elements = c.elements + excluded.elements) "
    "select (select count(*) from owner), n.n from n";

constexpr std::string_view remove_some =
    "with owner as (select 1 from resource r where r.tenant = $1 and r.type = $2 and r.id = $3), "
    "removed as (delete from element e where e.tenant = $1 and e.attribute = $4 and e.owner = $3 "
    "and e.key = any($5) and exists (select 1 from owner) returning 1), "
    "n as (select count(*) as n from removed), "
    "counted as (update element_count c set elements = c.elements - n.n from n "
    "where c.tenant = $1 and c.attribute = $4 and c.owner = $3 and n.n > 0) "
    "select (select count(*) from owner), n.n from n";

constexpr std::string_view replace_some =
    "with owner as (select 1 from resource r where r.tenant = $1 and r.type = $2 and r.id = $3), "
    "given as (select * from unnest($5, $6, $7, $8) g(key, folded, value, body)), "
    "removed as (delete from element e where e.tenant = $1 and e.attribute = $4 and e.owner = $3 "
    "and exists (select 1 from owner) and not exists (select 1 from given g where g.key = e.key) returning 1), "
    "written as (insert into element as e (tenant, attribute, owner, key, folded, value, body) "
    "select $1, $4, $3, g.key, g.folded, g.value, g.body from given g where exists (select 1 from owner) "
    "on conflict (tenant, attribute, owner, key) do update set folded = excluded.folded, value = excluded.value, "
    "body = excluded.body where e.body <> excluded.body returning 1), "
    "counted as (insert into element_count as c (tenant, attribute, owner, elements) "
    "select $1, $4, $3, $9::bigint where exists (select 1 from owner) "
    "on conflict (tenant, attribute, owner) do update set elements = excluded.elements) "
    "select (select count(*) from owner), (select count(*) from removed) + (select count(*) from written)";

constexpr std::string_view select_count =
    "select elements from element_count where tenant = $1 and attribute = $2 and owner = $3";
constexpr std::string_view select_one =
    "select 1 from element where tenant = $1 and attribute = $2 and owner = $3 and key = $4";
constexpr std::string_view select_those =
    "select key from element where tenant = $1 and attribute = $2 and owner = $3 and key = any($4)";
constexpr std::string_view select_some =
    "select key, body from element where tenant = $1 and attribute = $2 and owner = $3 and key > $4 "
    "order by key limit $5";
constexpr std::string_view select_references =
    "select folded, attribute, owner, key, value from element where tenant = $1 and folded = any($2) "
    "and value = any($3) and (folded, attribute, owner, key) > ($4, $5, $6, $7) "
    "order by folded, attribute, owner, key limit $8";

} // namespace

result<ElementRows> ElementRows::make(std::span<json::object const> elements)
{
    struct Row
    {
        std::string key;
        std::string value;
        std::string body;
    };
    std::vector<Row> rows;
    rows.reserve(elements.size());
    for (json::object const& element : elements)
    {
        auto value = kv::value_of_element(element);
        auto body = kv::encode_object(element);
        if (!value || !body)
            return value ? body.error() : value.error();
        rows.push_back({element_key(*value), std::move(*value), std::move(*body)});
    }
    std::ranges::stable_sort(rows, {}, &Row::key);
    auto const repeated = std::ranges::unique(rows, {}, &Row::key);
    rows.erase(repeated.begin(), repeated.end());
    ElementRows made;
    for (Row& row : rows)
    {
        made.bytes_ += 2 * row.key.size() + row.body.size() + Budget::visit;
        made.keys_.push_back(std::move(row.key));
        made.folded_.push_back(folded_key(row.value));
        made.values_.push_back(std::move(row.value));
        made.bodies_.push_back(std::move(row.body));
    }
    return made;
}

void ElementRows::add_to(Params& params) const
{
    params.byte_array(keys_).byte_array(folded_).byte_array(values_).byte_array(bodies_);
}

namespace
{

result<void> queue_elements(Session& session, std::string_view sql, kv::Catalog::Large const& large,
                            std::string_view id, ElementRows const& rows)
{
    auto params = session.params();
    if (!params)
        return params.error();
    params->bytes(id).small(static_cast<std::int16_t>(large.number));
    rows.add_to(*params);
    params->number(static_cast<std::int64_t>(rows.size()));
    return session.queue(sql, *params);
}

} // namespace

result<void> queue_new_elements(Session& session, kv::Catalog::Large const& large, std::string_view id,
                                ElementRows const& rows)
{
    return rows.size() == 0 ? result<void>{} : queue_elements(session, insert_new, large, id, rows);
}

result<void> queue_all_elements(Session& session, kv::Catalog::Large const& large, std::string_view id,
                                ElementRows const& rows)
{
    return queue_elements(session, replace_all, large, id, rows);
}

result<kv::Catalog::Large const*> Elements::known(ResourceType const& type, Attribute const& attribute) const
{
    if (auto const* large = session_->catalog().find_large(type, attribute))
        return large;
    return Error{ErrorCode::internal,
                 "'" + attribute.name + "' is not a large attribute of resource type '" + type.name() + "'.",
                 attribute.name};
}

result<std::uint64_t> Elements::count(ResourceType const& type, std::string_view id, Attribute const& attribute)
{
    auto const large = known(type, attribute);
    auto params = session_->params();
    if (!large || !params)
        return large ? params.error() : large.error();
    params->small(static_cast<std::int16_t>((*large)->number)).bytes(id);
    auto const rows = session_->run(select_count, *params);
    if (!rows)
        return rows.error();
    return rows->empty() ? 0 : static_cast<std::uint64_t>(rows->number(0, 0));
}

result<bool> Elements::contains(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                std::string_view value)
{
    auto const large = known(type, attribute);
    auto params = session_->params();
    if (!large || !params)
        return large ? params.error() : large.error();
    params->small(static_cast<std::int16_t>((*large)->number)).bytes(id).bytes(element_key(value));
    auto const rows = session_->run(select_one, *params);
    if (!rows)
        return rows.error();
    return !rows->empty();
}

result<void> Elements::contains_many(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                     std::span<std::string_view const> values, function_ref<bool(std::size_t)> sink)
{
    auto const large = known(type, attribute);
    if (!large)
        return large.error();
    for (std::size_t start = 0; start < values.size(); start += keys_of_a_batch)
    {
        std::map<std::string, std::size_t> places;
        std::vector<std::string> keys;
        for (std::size_t i = start; i < std::min(values.size(), start + keys_of_a_batch); ++i)
            if (auto const [place, is_new] = places.emplace(element_key(values[i]), i); is_new)
                keys.push_back(place->first);
        auto params = session_->params();
        if (!params)
            return params.error();
        params->small(static_cast<std::int16_t>((*large)->number)).bytes(id).byte_array(keys);
        auto const rows = session_->run(select_those, *params);
        if (!rows)
            return rows.error();
        for (int row = 0; row < rows->size(); ++row)
            if (auto const place = places.find(std::string{rows->bytes(row, 0)});
                place != places.end() && !sink(place->second))
                return {};
    }
    return {};
}

result<void> Elements::read(ResourceType const& type, std::string_view id, Attribute const& attribute,
                            std::string_view after, std::uint64_t limit, function_ref<bool(json::object&&)> sink)
{
    auto const large = known(type, attribute);
    if (!large)
        return large.error();
    std::string key = after.empty() ? std::string{} : element_key(after);
    while (limit > 0)
    {
        auto params = session_->params();
        if (!params)
            return params.error();
        auto const batch = static_cast<std::int64_t>(std::min<std::uint64_t>(limit, rows_of_a_batch));
        params->small(static_cast<std::int16_t>((*large)->number)).bytes(id).bytes(key).number(batch);
        auto const rows = session_->run(select_some, *params);
        if (!rows)
            return rows.error();
        for (int row = 0; row < rows->size(); ++row)
        {
            auto element = kv::decode_object(rows->bytes(row, 1));
            if (!element)
                return element.error();
            if (!sink(std::move(*element)))
                return {};
        }
        if (rows->size() < batch)
            return {};
        key = rows->bytes(rows->size() - 1, 0);
        limit -= static_cast<std::uint64_t>(rows->size());
    }
    return {};
}

result<void> Elements::references_to(std::string_view value, function_ref<bool(Reference const&)> sink)
{
    return references_to_many({&value, 1}, [&](std::size_t, Reference const& reference) { return sink(reference); });
}

result<void> Elements::references_to_many(std::span<std::string_view const> values,
                                          function_ref<bool(std::size_t, Reference const&)> sink)
{
    for (std::size_t start = 0; start < values.size(); start += values_of_a_batch)
    {
        auto const some = values.subspan(start, std::min(values_of_a_batch, values.size() - start));
        std::multimap<std::string_view, std::size_t> places;
        std::vector<std::string> folded;
        for (std::size_t i = 0; i < some.size(); ++i)
        {
            places.emplace(some[i], start + i);
            folded.push_back(folded_key(some[i]));
        }
        std::string at[3]; // folded, owner, key
        std::int16_t attribute = 0;
        for (std::int64_t count = rows_of_a_batch; count == rows_of_a_batch;)
        {
            auto params = session_->params();
            if (!params)
                return params.error();
            params->byte_array(folded).byte_array(some).bytes(at[0]).small(attribute).bytes(at[1]).bytes(at[2]);
            params->number(rows_of_a_batch);
            auto const rows = session_->run(select_references, *params);
            if (!rows)
                return rows.error();
            count = rows->size();
            for (int row = 0; row < rows->size(); ++row)
            {
                auto const owner =
                    session_->catalog().large_by_number(static_cast<kv::NameNumber>(rows->number(row, 1)));
                if (owner.type == nullptr) // of a resource type that is not served at present
                    continue;
                Reference const reference{owner.type->type, std::string{rows->bytes(row, 2)},
                                          owner.large->attribute.attribute};
                auto const [begin, end] = places.equal_range(rows->bytes(row, 4));
                for (auto place = begin; place != end; ++place)
                    if (!sink(place->second, reference))
                        return {};
            }
            if (count == 0)
                break;
            int const last = rows->size() - 1;
            at[0] = rows->bytes(last, 0);
            attribute = static_cast<std::int16_t>(rows->number(last, 1));
            at[1] = rows->bytes(last, 2);
            at[2] = rows->bytes(last, 3);
        }
    }
    return {};
}

result<Params> Elements::owner_params(ResourceType const& type, std::string_view id, Attribute const& attribute) const
{
    auto const large = known(type, attribute);
    auto params = session_->params();
    if (!large || !params)
        return large ? params.error() : large.error();
    params->small(static_cast<std::int16_t>(session_->catalog().of(type).number)).bytes(id);
    params->small(static_cast<std::int16_t>((*large)->number));
    return params;
}

result<std::uint64_t> Elements::change(std::string_view sql, Params const& params, ResourceType const& type,
                                       std::string_view id, std::uint64_t bytes)
{
    if (auto charged = session_->charge_write(bytes); !charged)
        return charged.error();
    auto const rows = session_->write(sql, params);
    if (!rows)
        return rows.error();
    if (rows->number(0, 0) == 0)
        return Error{ErrorCode::not_found, type.name() + " '" + std::string{id} + "' does not exist."};
    return static_cast<std::uint64_t>(rows->number(0, 1));
}

result<std::uint64_t> Elements::add(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                    std::span<json::object const> elements)
{
    auto params = owner_params(type, id, attribute);
    auto const rows = ElementRows::make(elements);
    if (!params || !rows)
        return params ? rows.error() : params.error();
    rows->add_to(*params);
    return change(add_some, *params, type, id, rows->bytes());
}

result<std::uint64_t> Elements::remove(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                       std::span<std::string const> values)
{
    auto params = owner_params(type, id, attribute);
    if (!params)
        return params.error();
    std::vector<std::string> keys;
    for (std::string const& value : values)
        keys.push_back(element_key(value));
    std::ranges::sort(keys);
    params->byte_array(keys);
    return change(remove_some, *params, type, id, params->total_bytes() + Budget::visit * keys.size());
}

result<std::uint64_t> Elements::replace(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                        std::span<json::object const> elements)
{
    auto params = owner_params(type, id, attribute);
    auto const rows = ElementRows::make(elements);
    if (!params || !rows)
        return params ? rows.error() : params.error();
    rows->add_to(*params);
    params->number(static_cast<std::int64_t>(rows->size()));
    return change(replace_some, *params, type, id, rows->bytes());
}

} // namespace scimkit::postgresql
