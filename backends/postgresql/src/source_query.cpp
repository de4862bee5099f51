// Each batch begins behind the last row of the one before it, so that nothing is kept open in the server while the
// resources are looked at, and no row is read twice.
#include "source_query.hpp"

#include "kv/layout.hpp"
#include "reads.hpp"

#include <algorithm>
#include <limits>

namespace scimkit::postgresql
{
namespace
{

std::string place(Params const& params) { return "$" + std::to_string(params.size()); }

/// Before and behind an id in the folded key of a value that is the same without letter case and escapes.
constexpr std::string_view key_before = "'\\x40'::bytea || ";
constexpr std::string_view key_behind = " || '\\x0001'::bytea";

bool has_plain_key(std::string_view id) { return folded_key(id) == "\x40" + std::string{id} + std::string{"\0\1", 2}; }

/// A column: whether anything may refer to that id. As a look into the index for each, whatever the planner thinks.
std::string references_to(std::string_view id)
{
    std::string sql = ", (select 1 from element e where e.tenant = $1 and e.folded = ";
    return sql.append(key_before).append(id).append(key_behind).append(" limit 1) is not null");
}

} // namespace

kv::Catalog::Index const* index_for_order(kv::Catalog const& catalog, Query const& query) noexcept
{
    if (query.sources.size() != 1 || !query.sources[0].sort)
        return nullptr;
    auto const* index = catalog.find_index(*query.sources[0].type, query.sources[0].sort->attribute);
    return index && index->single_valued ? index : nullptr;
}

SourceQuery::SourceQuery(Session& session, Query const& query, std::size_t source, kv::Catalog::Index const* order,
                         bool backward)
    : session_(session)
    , source_(query.sources[source])
    , asks_references_(query.references && !session.writes())
    , is_alone_(query.last && query.sources.size() == 1 && query.large_attributes.empty())
    , order_(order)
    , values_fall_(order && source_.sort->descending != backward)
    , ids_fall_(backward)
{
}

result<void> SourceQuery::prepare()
{
    auto params = session_.params();
    if (!params)
        return params.error();
    kv::Catalog::Type const& type = session_.catalog().of(*source_.type);
    base_ = std::move(*params);
    base_.small(static_cast<std::int16_t>(type.number));
    filter_ = make_id_filter(session_.catalog(), type, source_.filter, base_);
    return {};
}

result<std::uint64_t> SourceQuery::count(std::uint64_t most)
{
    Params params = base_;
    std::string sql = "select count(*) from (select 1 from resource r where r.tenant = $1 and r.type = $2" +
                      condition(filter_, "r.id");
    if (most <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        sql += " limit " + place(params.number(static_cast<std::int64_t>(most)));
    auto const rows = session_.run(sql + ") found", params);
    if (!rows)
        return rows.error();
    return static_cast<std::uint64_t>(rows->number(0, 0));
}

void SourceQuery::begin_at(scimkit::Cursor const& cursor)
{
    at_ = Position{cursor.id, order_ ? value_key(cursor.value.value_or(BoundLiteral{nullptr})) : SplitKey{}};
}

result<Rows> SourceQuery::run(std::string sql, Params params, std::uint64_t limit, std::uint64_t offset,
                              std::string const& order)
{
    // A limit that is a parameter would be taken for a large one, and the statement be planned anew each time.
    sql += " limit " + std::to_string(limit);
    if (offset > 0)
        sql += " offset " + place(params.number(static_cast<std::int64_t>(offset)));
    if (order_)
        sql = "select e.id, (select r.record from resource r where r.tenant = $1 and r.type = $2 and r.id = e.id) "
              "as record, e.key, e.rest from (" +
              sql + ") e offset 0"; // not one with what stands around it: each record is looked for once
    std::string const columns = order_ ? "c.key, c.rest, " : "";
    // The database adds up what the records weigh, and sends no more than may come at once.
    auto rows = session_.run(
        "select c.id, c.record, " + columns + "c.upto" + (asks_references_ ? references_to("c.id") : "") +
            " from (select c.*, sum(octet_length(c.record)) over (order by " + order +
            " rows unbounded preceding) as upto from (" + sql + ") c) c where c.upto - octet_length(c.record) < " +
            std::to_string(most_record_bytes) + " order by " + order,
        params);
    if (rows)
        know_unreferenced(*rows);
    return rows;
}

/// Where it was asked, the last column tells.
void SourceQuery::know_unreferenced(Rows const& rows)
{
    for (int row = 0; asks_references_ && row < rows.size(); ++row)
        if (auto const id = rows.bytes(row, 0); rows.number(row, rows.columns() - 1) == 0 && has_plain_key(id))
            session_.know_unreferenced(id);
}

result<SourceQuery::Batch> SourceQuery::next_alone()
{
    Params params = base_;
    std::string sql = "select r.id, r.record" + (asks_references_ ? references_to("r.id") : "") +
                      " from resource r where r.tenant = $1 and r.type = $2" + condition(filter_, "r.id");
    if (at_)
        sql += (ids_fall_ ? " and r.id < " : " and r.id > ") + place(params.bytes(at_->id));
    auto const rows = is_alone_ ? session_.run_alone(sql, std::move(params)) : session_.run(sql, params);
    if (!rows)
        return rows.error();
    know_unreferenced(*rows);
    auto batch = take(*rows, rows->size(), 1);
    if (batch)
        batch->more = false;
    return batch;
}

result<SourceQuery::Batch> SourceQuery::next(std::uint64_t limit, std::uint64_t offset)
{
    if (order_)
        return next_in_order(limit, offset);
    if (filter_.one && offset == 0)
        return next_alone();
    Params params = base_;
    std::string sql = by_id(params);
    auto const rows = run(std::move(sql), std::move(params), limit, offset, ids_fall_ ? "c.id desc" : "c.id");
    return rows ? take(*rows, rows->size(), limit) : result<Batch>{rows.error()};
}

result<SourceQuery::Batch> SourceQuery::next_in_order(std::uint64_t limit, std::uint64_t offset)
{
    bool const one_way = values_fall_ == ids_fall_;
    std::string const by_key = values_fall_ ? "c.key desc, " : "c.key, ";
    std::string const by_rest = values_fall_ ? "c.rest desc, " : "c.rest, ";
    std::string const last = ids_fall_ ? "c.id desc" : "c.id";
    auto const is_cut = [](std::string_view key) { return key.size() >= max_key_bytes; };
    auto part = at_ && !one_way ? Part::of_equal_value : Part::all;
    while (!at_ || !is_cut(at_->value.key))
    {
        Params params = base_;
        std::string sql = by_whole_keys(params, part);
        auto const rows = run(std::move(sql), std::move(params), limit, offset, by_key + last);
        if (!rows)
            return rows.error();
        if (rows->empty() && part == Part::of_equal_value)
        {
            part = Part::beyond;
            continue;
        }
        int whole = 0;
        while (whole < rows->size() && !is_cut(rows->bytes(whole, 2)))
            ++whole;
        if (whole == 0 && !rows->empty())
            break;
        auto batch = take(*rows, whole, limit);
        if (batch)
            batch->more = batch->more || whole < rows->size() || part == Part::of_equal_value;
        return batch;
    }
    Params params = base_;
    std::string sql = by_cut_keys(params);
    auto const rows = run(std::move(sql), std::move(params), limit, offset, by_key + by_rest + last);
    return rows ? take(*rows, rows->size(), limit) : result<Batch>{rows.error()};
}

result<SourceQuery::Batch> SourceQuery::take(Rows const& rows, int count, std::uint64_t limit)
{
    Batch batch;
    batch.candidates.reserve(static_cast<std::size_t>(count));
    std::size_t bytes = 0;
    for (int row = 0; row < count; ++row)
    {
        auto const id = rows.bytes(row, 0);
        auto const record = rows.bytes(row, 1);
        auto resource = packs_ ? decode_packed(*source_.type, id, record) : decode(*source_.type, id, record);
        if (!resource)
            return resource.error();
        bytes += record.size();
        largest_record_ = std::max(largest_record_, record.size());
        batch.candidates.push_back(std::move(*resource));
    }
    batch.more = static_cast<std::uint64_t>(count) == limit || bytes >= most_record_bytes;
    if (count > 0)
    {
        at_ = Position{std::string{rows.bytes(count - 1, 0)}, {}};
        if (order_)
            at_->value = {std::string{rows.bytes(count - 1, 2)}, std::string{rows.bytes(count - 1, 3)}};
    }
    return batch;
}

std::string SourceQuery::by_id(Params& params) const
{
    std::string sql =
        "select r.id, r.record from resource r where r.tenant = $1 and r.type = $2" + condition(filter_, "r.id");
    if (at_)
        sql += (ids_fall_ ? " and r.id < " : " and r.id > ") + place(params.bytes(at_->id));
    return sql + (ids_fall_ ? " order by r.id desc" : " order by r.id");
}

std::string SourceQuery::entries(Params& params) const
{
    std::string const attribute = place(params.small(static_cast<std::int16_t>(order_->number)));
    return "select e.id, e.key, e.rest from index_entry e where e.tenant = $1 and e.type = $2 and e.attribute = " +
           attribute + condition(filter_, "e.id");
}

std::string SourceQuery::by_whole_keys(Params& params, Part part) const
{
    std::string sql = entries(params);
    char const* const beyond = values_fall_ ? " < " : " > ";
    if (at_ && part == Part::all)
    {
        sql.append(" and (e.key, e.id)").append(beyond).append("(").append(place(params.bytes(at_->value.key)));
        sql.append(", ").append(place(params.bytes(at_->id))).append(")");
    }
    if (part == Part::of_equal_value)
    {
        sql.append(" and e.key = ").append(place(params.bytes(at_->value.key)));
        sql.append(ids_fall_ ? " and e.id < " : " and e.id > ").append(place(params.bytes(at_->id)));
    }
    if (part == Part::beyond)
        sql.append(" and e.key").append(beyond).append(place(params.bytes(at_->value.key)));
    sql += values_fall_ ? " order by e.key desc, e.id" : " order by e.key, e.id";
    return sql + (ids_fall_ ? " desc" : "");
}

/// Of equal values the ids ascend, in either direction of the order; backward they fall.
std::string SourceQuery::by_cut_keys(Params& params) const
{
    std::string sql = entries(params);
    if (at_)
    {
        std::string const key = place(params.bytes(at_->value.key));
        std::string const rest = place(params.bytes(at_->value.rest));
        std::string const id = place(params.bytes(at_->id));
        std::string const beyond = values_fall_ ? " < " : " > ";
        sql.append(" and e.key").append(values_fall_ ? " <= " : " >= ").append(key);
        sql.append(" and (e.key").append(beyond).append(key).append(" or e.rest").append(beyond).append(rest);
        sql.append(" or (e.rest = ").append(rest).append(ids_fall_ ? " and e.id < " : " and e.id > ");
        sql.append(id).append("))");
    }
    sql += values_fall_ ? " order by e.key desc, e.rest desc, e.id" : " order by e.key, e.rest, e.id";
    return sql + (ids_fall_ ? " desc" : "");
}

} // namespace scimkit::postgresql
