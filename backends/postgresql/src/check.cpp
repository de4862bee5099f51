// The database compares: what should be there is sent to it in batches, and it answers with what is not. What is there
// beside that is known by its number; then all of its kind is made anew.
#include "check.hpp"

#include "check_tenant.hpp"
#include "store/check_total.hpp"

namespace scimkit::postgresql
{
namespace
{

constexpr std::string_view begin_check = "begin isolation level repeatable read read only";
constexpr std::string_view begin_repair = "begin isolation level serializable";

result<std::vector<std::string>> tenants_of(Pool& pool, CallContext const& context)
{
    auto lease = pool.acquire(context.deadline);
    if (!lease)
        return lease.error();
    auto const rows = (*lease)->run("select name from tenant order by tenant", {}, context.deadline);
    if (!rows)
        return rows.error();
    std::vector<std::string> names;
    names.reserve(static_cast<std::size_t>(rows->size()));
    for (int row = 0; row < rows->size(); ++row)
        names.emplace_back(rows->bytes(row, 0));
    return names;
}

result<void> check_one(Pool& pool, kv::Catalog const& catalog, std::string const& tenant, CallContext const& context,
                       Repair repair, CheckReport& report, std::vector<CheckFinding>& findings)
{
    auto lease = pool.acquire(context.deadline);
    if (!lease)
        return lease.error();
    Connection& connection = **lease;
    connection.forget_conflict();
    Session session{connection, catalog, context, repair == Repair::yes ? begin_repair : begin_check, tenant};
    TenantCheck check{session};
    auto done = check.run();
    if (done && repair == Repair::yes)
        done = check.repair();
    if (done && repair == Repair::yes)
        done = connection.commit(context.deadline);
    if (!done || repair == Repair::no)
        connection.roll_back();
    if (!done)
        return connection.conflict()
                   ? result<void>{Error{ErrorCode::busy, "Others write to tenant '" + tenant + "'; check it again."}}
                   : done;
    report = check.report();
    findings = check.take_findings();
    return {};
}

} // namespace

result<CheckReport> check_database(Pool& pool, kv::Catalog const& catalog, CallContext const& context, Repair repair,
                                   function_ref<bool(CheckFinding const&)> sink)
{
    auto const tenants = tenants_of(pool, context);
    if (!tenants)
        return tenants.error();
    CheckTotal total{sink};
    for (std::string const& tenant : *tenants)
    {
        CheckReport report;
        std::vector<CheckFinding> findings;
        if (auto checked = check_one(pool, catalog, tenant, context, repair, report, findings); !checked)
            return checked.error();
        if (report == CheckReport{}) // a tenant keeps its number when it holds nothing any more
            continue;
        total.add(tenant, report, std::move(findings));
    }
    return total.report();
}

} // namespace scimkit::postgresql
