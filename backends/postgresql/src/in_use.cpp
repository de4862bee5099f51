// Advisory locks belong to connections, so they end with a process, however it ends, and cost a request nothing.
#include "in_use.hpp"

#include "kv/xxh64.hpp"
#include "layout.hpp"

namespace scimkit::postgresql
{
namespace
{

constexpr std::string_view try_share = "select pg_try_advisory_lock_shared($1)";

} // namespace

InUse::InUse(std::string_view schema)
    : key_(static_cast<std::int64_t>(kv::xxh64("keys of scimkit in schema " + std::string{schema})))
{
}

std::vector<std::shared_ptr<kv::Catalog const>> InUse::catalogs()
{
    std::scoped_lock const lock{mutex_};
    std::erase_if(catalogs_, [](auto const& catalog) { return catalog.expired(); });
    std::vector<std::shared_ptr<kv::Catalog const>> held;
    for (auto const& weak : catalogs_)
        if (auto catalog = weak.lock())
            held.push_back(std::move(catalog));
    return held;
}

result<void> InUse::check_agreement(kv::Catalog const& catalog)
{
    for (auto const& other : catalogs())
        if (auto agreed = catalog.check_agreement(*other); !agreed)
            return agreed;
    return {};
}

void InUse::add(std::weak_ptr<kv::Catalog const> catalog)
{
    std::scoped_lock const lock{mutex_};
    catalogs_.push_back(std::move(catalog));
}

result<void> InUse::enter(Connection& connection, Deadline deadline)
{
    if (connection.entered())
        return {};
    auto const held = catalogs();
    if (held.empty())
        return {};
    // Two round trips: what is read has to be younger than the lock, whatever isolation is the database's default.
    auto const locked = connection.run(try_share, Params{}.number(key_), deadline);
    if (!locked)
        return locked.error();
    if (locked->number(0, 0) == 0)
        return Error{ErrorCode::unavailable, "Another process is making the indexes of the database anew."};
    auto const stored = read_catalog(connection, false, deadline);
    if (!stored)
        return stored.error();
    for (auto const& catalog : held)
        if (auto fits = catalog->check_stored(*stored); !fits)
            return Error{ErrorCode::unavailable, fits.error().detail + " Start this server anew."};
    connection.set_entered();
    return {};
}

result<void> InUse::hold(Connection& connection) const
{
    if (connection.entered())
        return {};
    auto const locked = connection.run(try_share, Params{}.number(key_), Deadline::max());
    if (!locked)
        return locked.error();
    if (locked->number(0, 0) == 0) // who is alone holds the row, which is ours
        return Error{ErrorCode::unavailable, "Another process is making the indexes of the database anew."};
    connection.set_entered();
    return {};
}

result<bool> InUse::alone(Connection& connection) const
{
    auto const locked = connection.run("select pg_try_advisory_xact_lock($1)", Params{}.number(key_), Deadline::max());
    if (!locked)
        return locked.error();
    return locked->number(0, 0) != 0;
}

} // namespace scimkit::postgresql
