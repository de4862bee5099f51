// Each batch begins behind the last row of the one before it, so that nothing is kept open in the server while the
// resources are looked at, and no row is read twice.
#include "source_query.hpp"

#include "kv/layout.hpp"
#include "reads.hpp"

#include <limits>

namespace scimkit::postgresql
{
namespace
{

std::string place(Params const& params) { return "$" + std::to_string(params.size()); }

} // namespace

kv::Catalog::Index const* index_for_order(kv::Catalog const& catalog, Query const& query) noexcept
{
    if (query.sources.size() != 1 || !query.sources[0].sort)
        return nullptr;
    auto const* index = catalog.find_index(*query.sources[0].type, query.sources[0].sort->attribute);
    return index && index->single_valued ? index : nullptr;
}

SourceQuery::SourceQuery(Session& session, Query::Source const& source, kv::Catalog::Index const* order, bool backward)
    : session_(session)
    , source_(source)
    , order_(order)
    , values_fall_(order != nullptr && source.sort->descending != backward)
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

result<std::vector<Resource>> SourceQuery::next(std::uint64_t limit, std::uint64_t offset)
{
    Params params = base_;
    std::string const sql = order_ ? in_order(params) : by_id(params);
    params.number(static_cast<std::int64_t>(limit));
    std::string const limited = sql + " limit " + place(params);
    params.number(static_cast<std::int64_t>(offset));
    auto const rows = session_.run(limited + " offset " + place(params), params);
    if (!rows)
        return rows.error();
    std::vector<Resource> found;
    found.reserve(static_cast<std::size_t>(rows->size()));
    for (int row = 0; row < rows->size(); ++row)
    {
        auto const id = rows->bytes(row, 0);
        auto resource = packs_ ? decode_packed(*source_.type, id, rows->bytes(row, 1))
                               : decode(*source_.type, id, rows->bytes(row, 1));
        if (!resource)
            return resource.error();
        found.push_back(std::move(*resource));
    }
    if (int const last = rows->size() - 1; last >= 0)
    {
        at_ = Position{std::string{rows->bytes(last, 0)}, {}};
        if (order_)
            at_->value = {std::string{rows->bytes(last, 2)}, std::string{rows->bytes(last, 3)}};
    }
    return found;
}

std::string SourceQuery::by_id(Params& params) const
{
    std::string sql =
        "select r.id, r.record from resource r where r.tenant = $1 and r.type = $2" + condition(filter_, "r.id");
    if (at_)
        sql += (ids_fall_ ? " and r.id < " : " and r.id > ") + place(params.bytes(at_->id));
    return sql + (ids_fall_ ? " order by r.id desc" : " order by r.id");
}

/// Of equal values the ids ascend, in either direction of the order; backward they fall.
std::string SourceQuery::in_order(Params& params) const
{
    std::string sql = "select e.id, r.record, e.key, e.rest from index_entry e join resource r "
                      "on r.tenant = e.tenant and r.type = e.type and r.id = e.id "
                      "where e.tenant = $1 and e.type = $2 and e.attribute = ";
    sql += place(params.small(static_cast<std::int16_t>(order_->number)));
    sql += condition(filter_, "e.id");
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
