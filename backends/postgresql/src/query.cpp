// Each batch begins behind the last row of the one before it, so that nothing is kept open in the server while the
// resources are looked at, and no row is read twice.
#include "query.hpp"

#include <scimkit/filter/evaluate.hpp>

#include "filter_sql.hpp"
#include "keys.hpp"
#include "kv/layout.hpp"
#include "page.hpp"
#include "reads.hpp"

#include <algorithm>
#include <limits>

namespace scimkit::postgresql
{
namespace
{

constexpr std::uint64_t first_batch = 200;
constexpr std::uint64_t full_batch = 1'000;

/// The index whose order is that of the query; null if there is none.
kv::Catalog::Index const* index_for_order(kv::Catalog const& catalog, Query const& query) noexcept
{
    if (query.sources.size() != 1 || !query.sources[0].sort)
        return nullptr;
    auto const* index = catalog.find_index(*query.sources[0].type, query.sources[0].sort->attribute);
    return index && index->single_valued ? index : nullptr;
}

bool sorts(Query const& query) noexcept
{
    return std::ranges::any_of(query.sources, [](Query::Source const& source) { return source.sort.has_value(); });
}

/// One source of a query as statements.
class SourceQuery
{
public:
    SourceQuery(Session& session, Query::Source const& source, kv::Catalog::Index const* order)
        : session_(session)
        , source_(source)
        , order_(order)
        , descending_(order != nullptr && source.sort->descending)
    {
    }

    result<void> prepare()
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

    IdFilter const& filter() const noexcept { return filter_; }

    /// How many match, `most` at most; the filter is exact.
    result<std::uint64_t> count(std::uint64_t most)
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

    void begin_after(scimkit::Cursor const& cursor)
    {
        at_ = Position{cursor.id, order_ ? value_key(cursor.value.value_or(BoundLiteral{nullptr})) : SplitKey{}};
    }

    /// The next candidates, in order. Empty: there are no more.
    result<std::vector<Resource>> next(std::uint64_t limit, std::uint64_t offset)
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
            auto resource = decode(*source_.type, rows->bytes(row, 0), rows->bytes(row, 1));
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

private:
    struct Position
    {
        std::string id;
        SplitKey value;
    };

    static std::string place(Params const& params) { return "$" + std::to_string(params.size()); }

    std::string by_id(Params& params) const
    {
        std::string sql =
            "select r.id, r.record from resource r where r.tenant = $1 and r.type = $2" + condition(filter_, "r.id");
        if (at_)
            sql += " and r.id > " + place(params.bytes(at_->id));
        return sql + " order by r.id";
    }

    /// Of equal values the ids ascend, in either direction.
    std::string in_order(Params& params) const
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
            std::string const beyond = descending_ ? " < " : " > ";
            sql.append(" and e.key").append(descending_ ? " <= " : " >= ").append(key);
            sql.append(" and (e.key").append(beyond).append(key).append(" or e.rest").append(beyond).append(rest);
            sql.append(" or (e.rest = ").append(rest).append(" and e.id > ").append(id).append("))");
        }
        return sql + (descending_ ? " order by e.key desc, e.rest desc, e.id" : " order by e.key, e.rest, e.id");
    }

    Session& session_;
    Query::Source const& source_;
    kv::Catalog::Index const* order_;
    bool descending_;
    Params base_{};
    IdFilter filter_{};
    std::optional<Position> at_{};
};

/// Whether the candidate lies behind the place where the page begins.
bool is_behind(Query::Source const& source, Resource const& candidate, scimkit::Cursor const& place, Budget& budget)
{
    if (source.sort)
    {
        int const order =
            compare_sort_values(sort_value(source.sort->attribute, candidate.view(), &budget), place.value);
        if (order != 0)
            return source.sort->descending ? order < 0 : order > 0;
    }
    return candidate.id > place.id;
}

class QueryRun
{
public:
    QueryRun(Session& session, Query const& query, bool paging, function_ref<bool(Resource&&)> sink)
        : session_(session)
        , query_(query)
        , order_(index_for_order(session.catalog(), query))
        , page_(session, query, paging, sink)
    {
    }

    result<QuerySummary> run(scimkit::Cursor const* after)
    {
        for (std::size_t i = 0; i < query_.sources.size() && !page_.stopped(); ++i)
        {
            bool const before = after && i < after->source;
            if (before && !page_.counting())
                continue;
            if (auto done = run_source(i, after && i == after->source ? after : nullptr, before); !done)
                return done.error();
        }
        return page_.summary();
    }

private:
    /// `all_before`: the whole source lies before the page, and only counts.
    result<void> run_source(std::size_t number, scimkit::Cursor const* after, bool all_before)
    {
        Query::Source const& source = query_.sources[number];
        SourceQuery statements{session_, source, order_};
        if (auto prepared = statements.prepare(); !prepared)
            return prepared;
        bool const exact = statements.filter().exact;
        if (statements.filter().none)
            return {};
        bool const counts = page_.counting();
        if (counts && exact)
        {
            auto const count = statements.count(page_.to_count());
            if (!count)
                return count.error();
            page_.add_to_total(*count);
        }
        page_.begin_source(number, exact, exact);
        bool const by_visits = counts && !exact;
        if ((all_before || page_.full()) && !by_visits)
            return {};
        if (after && !by_visits)
            statements.begin_after(*after);
        return visit(statements, source, by_visits ? after : nullptr, all_before);
    }

    result<void> visit(SourceQuery& statements, Query::Source const& source, scimkit::Cursor const* after,
                       bool all_before)
    {
        bool const exact = statements.filter().exact;
        std::uint64_t batch = exact ? std::min(page_.room(), full_batch) : first_batch;
        std::uint64_t offset = 0;
        if (exact && query_.sources.size() == 1 && page_.to_skip() > 0)
        {
            // The database leaves them out without sending them; so far as there are any, nobody needs to know more.
            offset = std::min<std::uint64_t>(page_.to_skip(), std::numeric_limits<std::int64_t>::max());
            page_.skipped(page_.to_skip());
            batch = std::min(page_.room(), full_batch);
        }
        bool behind = after == nullptr;
        for (;;)
        {
            auto candidates = statements.next(batch, offset);
            if (!candidates)
                return candidates.error();
            offset = 0;
            std::size_t const size = candidates->size();
            std::size_t before_page = all_before ? size : 0;
            for (; !behind && before_page < size; ++before_page)
                if (behind = is_behind(source, (*candidates)[before_page], *after, session_.budget()); behind)
                    break;
            if (session_.budget().exhausted())
                return session_.budget().error();
            auto const more = page_.take(std::move(*candidates), before_page);
            if (!more)
                return more.error();
            if (!*more || size < batch)
                return {};
            batch = std::min(batch * 2, full_batch);
        }
    }

    Session& session_;
    Query const& query_;
    kv::Catalog::Index const* order_;
    Page page_;
};

} // namespace

QueryCapability capability_of(kv::Catalog const& catalog, Query const& query)
{
    bool const ordered = !sorts(query) || index_for_order(catalog, query);
    // A page that ends before its cursor is left to the framework: it keeps the last keys of what comes.
    bool const pages = ordered && !query.backward;
    return {.carries_out = pages ? CarriesOut::page : CarriesOut::matches, .total = pages};
}

result<QuerySummary> run_query_in(Session& session, Query const& query, function_ref<bool(Resource&&)> sink)
{
    bool const paging = capability_of(session.catalog(), query).carries_out == CarriesOut::page;
    scimkit::Cursor const* after = paging && query.cursor ? &*query.cursor : nullptr;
    if (after && after->source >= query.sources.size())
        return Error{ErrorCode::invalid_cursor, "The cursor belongs to another query."};
    return QueryRun{session, query, paging, sink}.run(after);
}

} // namespace scimkit::postgresql
