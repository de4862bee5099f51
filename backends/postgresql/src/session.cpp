// After a statement that failed, PostgreSQL takes nothing but the end of the transaction: so one failure is the failure
// of all, and no operation here relies on a statement that may fail in the ordinary course of things.
#include "session.hpp"

#include "layout.hpp"

namespace scimkit::postgresql
{
namespace
{

/// What one connection remembers of tenants, in names.
constexpr std::size_t most_known_tenants = 20'000;

} // namespace

result<std::int32_t> tenant_number(Connection& connection, std::string_view name, bool make, Deadline deadline)
{
    auto& known = connection.tenants();
    std::string key{name};
    if (auto const found = known.find(key); found != known.end())
        return found->second;
    if (make)
        if (auto queued = connection.queue("insert into tenant (name) values ($1) on conflict (name) do nothing",
                                           Params{}.bytes(name));
            !queued)
            return queued.error();
    auto const rows = connection.run("select tenant from tenant where name = $1", Params{}.bytes(name), deadline);
    if (!rows)
        return rows.error();
    if (rows->empty())
        return std::int32_t{0};
    if (known.size() >= most_known_tenants)
        known.clear();
    auto const number = static_cast<std::int32_t>(rows->number(0, 0));
    known.emplace(std::move(key), number);
    return number;
}

Error Session::fail(Error error)
{
    if (!failure_)
        failure_ = error;
    return error;
}

result<void> Session::begin()
{
    if (failure_)
        return *failure_;
    if (begun_)
        return {};
    begun_ = true;
    if (auto queued = connection_->queue(begin_); !queued)
        return fail(queued.error());
    return {};
}

result<Params> Session::params()
{
    if (!tenant_)
    {
        if (auto begins = begin(); !begins)
            return begins.error();
        auto const number = tenant_number(*connection_, tenant_name_, false, deadline());
        if (!number)
            return fail(number.error());
        tenant_ = *number;
    }
    Params params;
    params.integer(*tenant_);
    return params;
}

result<Rows> Session::run(std::string_view sql, Params const& params)
{
    bool const draws = writes_ && !version_;
    if (draws)
        if (auto asked = ask(select_version, {}); !asked)
            return asked.error();
    if (auto asked = ask(sql, params); !asked)
        return asked.error();
    auto rows = collect();
    if (!rows)
        return rows.error();
    if (draws)
        version_ = static_cast<std::uint64_t>(rows->front().number(0, 0));
    return std::move(rows->back());
}

std::string const* Session::known_record(kv::NameNumber type, std::string_view id) const noexcept
{
    return known_ && known_->type == type && known_->id == id ? &known_->record : nullptr;
}

void Session::know_record(kv::NameNumber type, std::string_view id, std::string_view record)
{
    if (writes_)
        known_ = Known{type, std::string{id}, std::string{record}};
}

std::optional<std::uint64_t> Session::known_elements(kv::NameNumber attribute, std::string_view id) const noexcept
{
    bool const known = known_elements_ && known_elements_->attribute == attribute && known_elements_->id == id;
    return known ? std::optional{known_elements_->elements} : std::nullopt;
}

void Session::know_elements(kv::NameNumber attribute, std::string_view id, std::uint64_t elements)
{
    known_elements_ = KnownElements{attribute, std::string{id}, elements};
}

result<void> Session::ask(std::string_view sql, Params const& params)
{
    if (auto begins = begin(); !begins)
        return begins;
    if (auto asked = connection_->ask(sql, params); !asked)
        return fail(asked.error());
    return {};
}

result<std::vector<Rows>> Session::collect()
{
    auto rows = connection_->collect(deadline());
    if (!rows)
        return fail(rows.error());
    for (Rows const& some : *rows)
        if (auto charged = charge(some); !charged)
            return charged.error();
    return rows;
}

result<void> Session::queue(std::string_view sql, Params const& params)
{
    known_elements_.reset();
    if (auto begins = begin(); !begins)
        return begins;
    if (auto queued = connection_->queue(sql, params); !queued)
        return fail(queued.error());
    return {};
}

result<Rows> Session::write(std::string_view sql, Params const& params)
{
    known_elements_.reset();
    if (auto asked = ask(sql, params); !asked)
        return asked.error();
    auto rows = connection_->collect(deadline());
    if (!rows)
        return fail(rows.error());
    return std::move(rows->back());
}

result<void> Session::queue_kept_versions()
{
    if (newest_kept_ == 0)
        return {};
    return queue("select setval('version', greatest(last_value, $1)) from version",
                 Params{}.number(static_cast<std::int64_t>(newest_kept_)));
}

result<std::string> Session::name_of(kv::NameNumber number)
{
    if (auto const name = catalog_->name_of(number); !name.empty())
        return std::string{name};
    if (!stored_names_)
    {
        auto record = read_catalog(*connection_, false, deadline());
        if (!record)
            return record.error().code == ErrorCode::corrupt ? record.error() : fail(record.error());
        stored_names_ = std::move(*record);
    }
    return number < stored_names_->names.size() ? stored_names_->names[number] : std::string{};
}

result<void> Session::charge(Rows const& rows)
{
    int const columns = rows.empty() ? 0 : rows.columns();
    std::uint64_t work = Budget::visit;
    for (int row = 0; row < rows.size(); ++row)
    {
        work += Budget::visit;
        for (int column = 0; column < columns; ++column)
            work += cost_of_byte * rows.bytes(row, column).size();
    }
    return budget().charge(work);
}

} // namespace scimkit::postgresql
