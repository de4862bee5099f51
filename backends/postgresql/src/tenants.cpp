// A tenant keeps its number for ever, also when it holds nothing any more: other processes know it.
#include "tenants.hpp"

#include "session.hpp"

namespace scimkit::postgresql
{
namespace
{

constexpr std::int64_t names_of_a_batch = 1'000;
constexpr std::int64_t rows_removed_at_once = 10'000;
constexpr int max_passes = 16; // through all tables, while others write to the tenant; then busy

/// Rows go in batches, each a commit, so that nobody waits for long; the records last, so that a tenant is listed until
/// it is empty. A writer beside may put rows into a table that was emptied already, for a record that goes a moment
/// later: so all tables are gone through until nothing is found. What is committed after that is whole, since nothing
/// of it was taken.
constexpr std::string_view deletions[] = {
    "delete from index_entry where ctid = any(array(select ctid from index_entry where tenant = $1 limit $2))",
    "delete from unique_key where ctid = any(array(select ctid from unique_key where tenant = $1 limit $2))",
    "delete from element where ctid = any(array(select ctid from element where tenant = $1 limit $2))",
    "delete from change where ctid = any(array(select ctid from change where tenant = $1 limit $2))",
    "delete from log_place where ctid = any(array(select ctid from log_place where tenant = $1 limit $2))",
    "delete from log_trim where ctid = any(array(select ctid from log_trim where tenant = $1 limit $2))",
    "delete from element_count where ctid = any(array(select ctid from element_count where tenant = $1 limit $2))",
    "delete from resource where ctid = any(array(select ctid from resource where tenant = $1 limit $2))"};

} // namespace

result<void> list_tenants(Pool& pool, CallContext const& context, function_ref<bool(std::string_view)> sink)
{
    auto lease = pool.acquire(context.deadline);
    if (!lease)
        return lease.error();
    CallBudget budget{context};
    std::int32_t last = 0; // numbers begin with 1
    for (std::int64_t count = names_of_a_batch; count == names_of_a_batch;)
    {
        // The log too: whoever follows all tenants has to hear how the last resource went.
        auto const rows = (*lease)->run("select t.name, t.tenant from tenant t where t.tenant > $1 and (exists "
                                        "(select 1 from resource r where r.tenant = t.tenant) or exists "
                                        "(select 1 from change c where c.tenant = t.tenant)) "
                                        "order by t.tenant limit $2",
                                        Params{}.integer(last).number(names_of_a_batch), context.deadline);
        if (!rows)
            return rows.error();
        count = rows->size();
        for (int row = 0; row < rows->size(); ++row)
        {
            last = static_cast<std::int32_t>(rows->number(row, 1));
            if (auto charged = budget->charge(Budget::visit); !charged)
                return charged;
            if (!sink(rows->bytes(row, 0)))
                return {};
        }
    }
    return {};
}

result<std::vector<std::string>> types_beside(Pool& pool, kv::Catalog const& catalog, std::string_view tenant,
                                              CallContext const& context)
{
    std::vector<std::string> names;
    auto const others = catalog.other_types();
    if (others.empty())
        return names;
    auto lease = pool.acquire(context.deadline);
    if (!lease)
        return lease.error();
    auto const number = tenant_number(**lease, tenant, false, context.deadline);
    if (!number)
        return number.error();
    for (kv::NameNumber const type : others)
    {
        auto const rows =
            (*lease)->run("select 1 from resource where tenant = $1 and type = $2 limit 1",
                          Params{}.integer(*number).small(static_cast<std::int16_t>(type)), context.deadline);
        if (!rows)
            return rows.error();
        if (!rows->empty())
            names.emplace_back(catalog.name_of(type));
    }
    return names;
}

namespace
{

/// Goes through all tables once. Whether there was anything.
result<bool> remove_rows(Connection& connection, std::int32_t tenant, Budget& budget, Deadline deadline)
{
    bool some = false;
    for (std::string_view const deletion : deletions)
        for (std::int64_t gone = rows_removed_at_once; gone == rows_removed_at_once;)
        {
            if (auto charged = budget.charge(rows_removed_at_once * Budget::visit); !charged)
                return charged.error();
            auto const rows =
                connection.run("with gone as (" + std::string{deletion} + " returning 1) select count(*) from gone",
                               Params{}.integer(tenant).number(rows_removed_at_once), deadline);
            if (!rows)
                return rows.error();
            gone = rows->number(0, 0);
            some = some || gone > 0;
        }
    return some;
}

} // namespace

result<void> remove_tenant(Pool& pool, std::string_view tenant, CallContext const& context)
{
    auto lease = pool.acquire(context.deadline);
    if (!lease)
        return lease.error();
    CallBudget budget{context};
    auto const number = tenant_number(**lease, tenant, false, context.deadline);
    if (!number)
        return number.error();
    if (*number == 0)
        return {};
    (void)(*lease)->take_gave_up();
    for (int pass = 0; pass < max_passes; ++pass)
    {
        auto const some = remove_rows(**lease, *number, *budget, context.deadline);
        if (!some)
            return some.error();
        if (*some)
            continue;
        if ((*lease)->take_gave_up())
            return Error{ErrorCode::unknown_outcome,
                         "The tenant is removed, but a standby may not have heard of it: somebody ended the wait for "
                         "it. Remove it once more."};
        return {};
    }
    return Error{ErrorCode::busy,
                 "Others write to the tenant '" + std::string{tenant} + "' while it is removed; try again."};
}

} // namespace scimkit::postgresql
