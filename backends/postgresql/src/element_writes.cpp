// Each statement changes the elements, their number, and tells what it did. Data-modifying parts of one statement see
// the state before it, so none of them relies on another but by what it returns.
#include "change_log.hpp"
#include "elements.hpp"
#include "keys.hpp"
#include "kv/elements.hpp"
#include "kv/record_codec.hpp"

#include <algorithm>

namespace scimkit::postgresql
{
namespace
{

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

// From here: $1 tenant, $2 type, $3 owner, $4 attribute. Each says in its first row whether there is an owner, how many
// elements it changed, and how many there are now where it knows that (else -1); where a log is kept, in one more row
// for each what became of it.
constexpr std::string_view add_some =
    "with owner as (select 1 from resource r where r.tenant = $1 and r.type = $2 and r.id = $3), "
    "added as (insert into element (tenant, attribute, owner, key, folded, value, body) "
    "select $1, $4, $3, g.key, g.folded, g.value, g.body from unnest($5, $6, $7, $8) g(key, folded, value, body) "
    "where exists (select 1 from owner) on conflict (tenant, attribute, owner, key) do nothing returning key), "
    "n as (select count(*) as n from added), "
    "counted as (insert into element_count as c (tenant, attribute, owner, elements) "
    "select $1, $4, $3, n.n from n where n.n > 0 "
    "on conflict (tenant, attribute, owner) do update set elements = c.elements + excluded.elements returning "
    "elements) "
    "select (select count(*) from owner), n.n, null::bytea, coalesce((select elements from counted), -1) from n";
constexpr std::string_view tell_added = " union all select 1, 0, key, 1 from added";

std::string remove_some(bool one)
{
    return std::string{"with owner as (select 1 from resource r where r.tenant = $1 and r.type = $2 and r.id = $3), "
                       "removed as (delete from element e where e.tenant = $1 and e.attribute = $4 and e.owner = $3 "
                       "and e.key = "} +
           (one ? "$5" : "any($5)") + // an array would be planned anew each time
           " and exists (select 1 from owner) returning value), "
           "n as (select count(*) as n from removed), "
           "counted as (update element_count c set elements = c.elements - n.n from n "
           "where c.tenant = $1 and c.attribute = $4 and c.owner = $3 and n.n > 0 returning c.elements) "
           "select (select count(*) from owner), n.n, null::bytea, coalesce((select elements from counted), -1) from n";
}
constexpr std::string_view tell_removed = " union all select 1, 0, value, 3 from removed";

constexpr std::string_view replace_some =
    "with owner as (select 1 from resource r where r.tenant = $1 and r.type = $2 and r.id = $3), "
    "given as (select * from unnest($5, $6, $7, $8) g(key, folded, value, body)), "
    "removed as (delete from element e where e.tenant = $1 and e.attribute = $4 and e.owner = $3 "
    "and exists (select 1 from owner) and not exists (select 1 from given g where g.key = e.key) returning value), "
    "written as (insert into element as e (tenant, attribute, owner, key, folded, value, body) "
    "select $1, $4, $3, g.key, g.folded, g.value, g.body from given g where exists (select 1 from owner) "
    "on conflict (tenant, attribute, owner, key) do update set folded = excluded.folded, value = excluded.value, "
    "body = excluded.body where e.body <> excluded.body returning key), "
    "counted as (insert into element_count as c (tenant, attribute, owner, elements) "
    "select $1, $4, $3, $9::bigint where exists (select 1 from owner) "
    "on conflict (tenant, attribute, owner) do update set elements = excluded.elements) "
    "select (select count(*) from owner), (select count(*) from removed) + (select count(*) from written), "
    "null::bytea, case when exists (select 1 from owner) then $9::bigint else -1 end";
// The last part sees the table as it was before.
constexpr std::string_view tell_replaced =
    " union all select 1, 0, value, 3 from removed "
    "union all select 1, 0, w.key, case when exists (select 1 from element e where e.tenant = $1 and e.attribute = $4 "
    "and e.owner = $3 and e.key = w.key) then 2 else 1 end from written w";

/// What those rows say of an element.
enum Told
{
    came = 1, ///< by its key
    changed = 2,
    went = 3 ///< by its value
};

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

std::optional<std::size_t> ElementRows::find(std::string_view key) const noexcept
{
    auto const found =
        std::ranges::lower_bound(keys_, key, {}, [](std::string const& one) { return std::string_view{one}; });
    if (found == keys_.end() || *found != key)
        return std::nullopt;
    return static_cast<std::size_t>(found - keys_.begin());
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

/// Notes for the log what the rows of a statement tell.
result<void> note_told(Session& session, kv::Catalog::Large const& large, std::string_view id, Rows const& rows,
                       ElementRows const& given)
{
    for (int row = 1; row < rows.size(); ++row)
    {
        auto const told = rows.number(row, 3);
        std::string_view const name = rows.bytes(row, 2);
        auto const which = told == went ? std::nullopt : given.find(name);
        auto const noted =
            told == went ? note_element(session, large, id, std::string{name}, true, std::nullopt)
            : which      ? note_element(session, large, id, given.value(*which), told == changed, given.body(*which))
                         : result<void>{};
        if (!noted)
            return noted;
    }
    return {};
}

struct Change
{
    std::string_view sql;
    std::string_view tell; ///< what is added to it where a log is kept
};

/// Returns how many elements it changed; not_found where there is no owner.
result<std::uint64_t> change(Session& session, Change const& what, Params const& params, ResourceType const& type,
                             kv::Catalog::Large const& large, std::string_view id, ElementRows const& given,
                             std::uint64_t bytes)
{
    if (auto charged = session.charge_write(bytes); !charged)
        return charged.error();
    std::string sql{what.sql};
    if (session.logs())
        sql += what.tell;
    auto const rows = session.write(sql, params);
    if (!rows)
        return rows.error();
    if (rows->number(0, 0) == 0)
        return Error{ErrorCode::not_found, type.name() + " '" + std::string{id} + "' does not exist."};
    if (auto noted = note_told(session, large, id, *rows, given); !noted)
        return noted.error();
    if (auto const elements = rows->number(0, 3); elements >= 0)
        session.know_elements(large.number, id, static_cast<std::uint64_t>(elements));
    return static_cast<std::uint64_t>(rows->number(0, 1));
}

result<Params> params_of(Session& session, kv::Catalog::Type const& type, kv::Catalog::Large const& large,
                         std::string_view id)
{
    auto params = session.params();
    if (params)
        params->small(static_cast<std::int16_t>(type.number)).bytes(id).small(static_cast<std::int16_t>(large.number));
    return params;
}

} // namespace

result<void> queue_new_elements(Session& session, kv::Catalog::Large const& large, std::string_view id,
                                ElementRows const& rows)
{
    for (std::size_t i = 0; session.logs() && i < rows.size(); ++i)
        if (auto noted = note_element(session, large, id, rows.value(i), false, rows.body(i)); !noted)
            return noted;
    return rows.size() == 0 ? result<void>{} : queue_elements(session, insert_new, large, id, rows);
}

result<void> queue_all_elements(Session& session, kv::Catalog::Type const& type, kv::Catalog::Large const& large,
                                std::string_view id, ElementRows const& rows)
{
    if (!session.logs())
        return queue_elements(session, replace_all, large, id, rows);
    auto params = params_of(session, type, large, id);
    if (!params)
        return params.error();
    rows.add_to(*params);
    params->number(static_cast<std::int64_t>(rows.size()));
    auto const done = change(session, {replace_some, tell_replaced}, *params, *type.type, large, id, rows, 0);
    return done ? result<void>{} : result<void>{done.error()};
}

result<Params> Elements::owner_params(ResourceType const& type, std::string_view id,
                                      kv::Catalog::Large const& large) const
{
    return params_of(*session_, session_->catalog().of(type), large, id);
}

result<std::uint64_t> Elements::add(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                    std::span<json::object const> elements)
{
    auto const large = known(type, attribute);
    auto params = large ? owner_params(type, id, **large) : result<Params>{large.error()};
    auto const rows = ElementRows::make(elements);
    if (!params || !rows)
        return params ? rows.error() : params.error();
    rows->add_to(*params);
    return change(*session_, {add_some, tell_added}, *params, type, **large, id, *rows, rows->bytes());
}

result<std::uint64_t> Elements::remove(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                       std::span<std::string const> values)
{
    auto const large = known(type, attribute);
    auto params = large ? owner_params(type, id, **large) : result<Params>{large.error()};
    if (!params)
        return params.error();
    std::vector<std::string> keys;
    for (std::string const& value : values)
        keys.push_back(element_key(value));
    std::ranges::sort(keys);
    bool const one = keys.size() == 1;
    if (one)
        params->bytes(keys.front());
    else
        params->byte_array(keys);
    std::string const sql = remove_some(one);
    return change(*session_, {sql, tell_removed}, *params, type, **large, id, {},
                  params->total_bytes() + Budget::visit * keys.size());
}

result<std::uint64_t> Elements::replace(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                        std::span<json::object const> elements)
{
    auto const large = known(type, attribute);
    auto params = large ? owner_params(type, id, **large) : result<Params>{large.error()};
    auto const rows = ElementRows::make(elements);
    if (!params || !rows)
        return params ? rows.error() : params.error();
    rows->add_to(*params);
    params->number(static_cast<std::int64_t>(rows->size()));
    return change(*session_, {replace_some, tell_replaced}, *params, type, **large, id, *rows, rows->bytes());
}

} // namespace scimkit::postgresql
