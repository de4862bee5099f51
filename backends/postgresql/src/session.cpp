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

constexpr std::string_view select_tenant = "select tenant from tenant where name = $1";

} // namespace

result<std::int32_t> tenant_number(Connection& connection, std::string_view name, bool make, Deadline deadline)
{
    auto& known = connection.tenants();
    std::string key{name};
    if (auto const found = known.find(key); found != known.end())
        return found->second;
    auto rows = connection.run(select_tenant, Params{}.bytes(name), deadline);
    // An insert that meets the name takes a number all the same, and there are two thousand million: so look first.
    if (rows && rows->empty() && make)
    {
        if (auto queued = connection.queue("insert into tenant (name) values ($1) on conflict (name) do nothing",
                                           Params{}.bytes(name));
            !queued)
            return queued.error();
        rows = connection.run(select_tenant, Params{}.bytes(name), deadline);
    }
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
    auto queued = connection_->queue(begin_);
    if (queued && first_)
    {
        queued = connection_->ask(first_->sql, first_->params);
        repeats_first_ = true;
    }
    return queued ? queued : fail(queued.error());
}

result<Params> Session::params()
{
    if (failure_)
        return *failure_;
    if (!tenant_)
    {
        bool const known = connection_->tenants().contains(std::string{tenant_name_});
        if (auto begins = known ? result<void>{} : begin(); !begins)
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

result<Rows> Session::run(std::string_view sql, Params const& params, Question* along)
{
    bool const draws = writes_ && !version_;
    if (draws)
        if (auto asked = ask(select_version, {}); !asked)
            return asked.error();
    auto asked = ask(sql, params);
    if (asked && along)
        asked = ask(along->sql, along->params);
    if (!asked)
        return asked.error();
    auto rows = collect();
    if (!rows)
        return rows.error();
    if (draws)
        version_ = static_cast<std::uint64_t>(rows->front().number(0, 0));
    if (along)
    {
        along->rows = std::move(rows->back());
        rows->pop_back();
    }
    return std::move(rows->back());
}

result<Rows> Session::run_alone(std::string_view sql, Params params)
{
    if (!may_be_alone_ || begun_ || first_ || failure_)
        return run(sql, params);
    auto rows = connection_->run(sql, params, deadline());
    if (!rows)
        return fail(rows.error());
    first_ = First{std::string{sql}, std::move(params), *rows};
    if (auto charged = charge(*rows); !charged)
        return charged.error();
    return rows;
}

result<void> Session::compare_first(std::vector<Rows>& rows)
{
    if (!std::exchange(repeats_first_, false))
        return {};
    overtaken_ = !(rows.front() == first_->rows);
    rows.erase(rows.begin());
    first_.reset();
    if (overtaken_)
        return fail(Error{ErrorCode::busy, "What was read was changed before the rest could be read; try again."});
    return {};
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

std::optional<bool> Session::known_existence(kv::NameNumber type, std::string_view id) const
{
    auto const known = type == existence_of_ ? existence_.find(id) : existence_.end();
    return known == existence_.end() ? std::nullopt : std::optional{known->second};
}

void Session::know_existence(kv::NameNumber type, std::span<std::string_view const> asked, Rows const& there)
{
    if (type != existence_of_)
        existence_.clear();
    existence_of_ = type;
    for (std::string_view const id : asked)
        existence_.insert_or_assign(std::string{id}, false);
    for (int row = 0; row < there.size(); ++row)
        existence_.insert_or_assign(std::string{there.bytes(row, 0)}, true);
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
    if (auto same = compare_first(*rows); !same)
        return same.error();
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
    return queue("select setval('version', $1) from version where last_value < $1",
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
