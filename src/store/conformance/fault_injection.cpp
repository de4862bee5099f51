// Every operation asks first whether it is its turn to fail; what gives rows asks again when the first was taken.
#include <scimkit/store/fault_injection.hpp>
#include <scimkit/store/maintenance.hpp>

#include "faulty_rows.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace scimkit
{
namespace
{

using conformance::FaultyElements;
using conformance::FaultyReader;
using conformance::in_rows;
using conformance::Sink;

class FaultyLogView final : public ForwardingChangeLogView
{
public:
    FaultyLogView(ChangeLogView& inner, FaultInjectingStore& store) noexcept
        : ForwardingChangeLogView(inner)
        , store_(store)
    {
    }

    result<LogExtent> extent() override
    {
        auto const passed = store_.pass();
        return passed ? ForwardingChangeLogView::extent() : passed.error();
    }
    result<void> read(LogPosition after, std::uint64_t limit, function_ref<bool(LoggedChange&&)> sink) override
    {
        return in_rows(store_, sink,
                       [&](Sink<LoggedChange&&> rows) { return ForwardingChangeLogView::read(after, limit, rows); });
    }

private:
    FaultInjectingStore& store_;
};

class FaultyLog final : public ForwardingChangeLog
{
public:
    FaultyLog(ChangeLog& inner, FaultInjectingStore& store) noexcept
        : ForwardingChangeLog(inner)
        , store_(store)
    {
    }

    result<LogExtent> extent(std::string_view tenant, CallContext const& context) override
    {
        auto const passed = store_.pass();
        return passed ? ForwardingChangeLog::extent(tenant, context) : passed.error();
    }
    result<void> read(std::string_view tenant, CallContext const& context, LogPosition after, std::uint64_t limit,
                      function_ref<bool(LoggedChange&&)> sink) override
    {
        return in_rows(store_, sink,
                       [&](Sink<LoggedChange&&> rows)
                       { return ForwardingChangeLog::read(tenant, context, after, limit, rows); });
    }
    result<bool> wait(std::string_view tenant, CallContext const& context, LogPosition after,
                      std::stop_token stop) override
    {
        auto const passed = store_.pass();
        return passed ? ForwardingChangeLog::wait(tenant, context, after, std::move(stop)) : passed.error();
    }
    result<void> acknowledge(std::string_view tenant, CallContext const& context, std::string_view reader,
                             LogPosition position) override
    {
        auto const passed = store_.pass();
        return passed ? ForwardingChangeLog::acknowledge(tenant, context, reader, position) : passed;
    }
    result<std::optional<LogPosition>> place(std::string_view tenant, CallContext const& context,
                                             std::string_view reader) override
    {
        auto const passed = store_.pass();
        return passed ? ForwardingChangeLog::place(tenant, context, reader) : passed.error();
    }
    result<void> places(std::string_view tenant, CallContext const& context,
                        function_ref<bool(LogPlace&&)> sink) override
    {
        return in_rows(store_, sink,
                       [&](Sink<LogPlace&&> rows) { return ForwardingChangeLog::places(tenant, context, rows); });
    }
    result<bool> forget(std::string_view tenant, CallContext const& context, std::string_view reader) override
    {
        auto const passed = store_.pass();
        return passed ? ForwardingChangeLog::forget(tenant, context, reader) : passed.error();
    }
    result<LogTrimmed> trim(std::string_view tenant, CallContext const& context, LogTrim const& what) override
    {
        auto const passed = store_.pass();
        return passed ? ForwardingChangeLog::trim(tenant, context, what) : passed.error();
    }

private:
    FaultInjectingStore& store_;
};

/// The reading half: `Forwarding` is one of the two transactions that forward, `Large` what its large attributes are.
template <class Forwarding, class Inner, class Large>
class Faulty : public Forwarding
{
public:
    Faulty(Inner& inner, FaultInjectingStore& store)
        : Forwarding(inner)
        , store_(store)
    {
        if (auto* large = inner.large_attributes())
            large_.emplace(*large, store);
        if (auto* log = inner.change_log())
            log_.emplace(*log, store);
    }

    Large* large_attributes() override { return large_ ? &*large_ : nullptr; }
    ChangeLogView* change_log() override { return log_ ? &*log_ : nullptr; }
    bool gives_packed() const noexcept override { return Forwarding::inner().gives_packed(); }
    result<std::optional<Resource>> get(ResourceType const& type, std::string_view id, Wanted const& wanted) override
    {
        auto const passed = store_.pass();
        return passed ? Forwarding::get(type, id, wanted) : passed.error();
    }
    result<void> get_many(ResourceType const& type, std::span<std::string_view const> ids, Wanted const& wanted,
                          function_ref<bool(std::size_t which, Resource&&)> sink) override
    {
        return in_rows(store_, sink,
                       [&](Sink<std::size_t, Resource&&> rows)
                       { return Forwarding::get_many(type, ids, wanted, rows); });
    }
    result<QuerySummary> query(Query const& query, function_ref<bool(Resource&&)> sink) override
    {
        return in_rows(store_, sink, [&](Sink<Resource&&> rows) { return Forwarding::query(query, rows); });
    }

protected:
    FaultInjectingStore& store_;

private:
    std::optional<Large> large_{};
    std::optional<FaultyLogView> log_{};
};

using FaultyRead = Faulty<ForwardingReadTransaction, ReadTransaction, FaultyReader>;

class FaultyWrite final : public Faulty<ForwardingWriteTransaction, WriteTransaction, FaultyElements>
{
public:
    using Faulty::Faulty;

    result<Version> insert(Resource& resource, Facts const& facts) override
    {
        auto const passed = store_.pass();
        return passed ? ForwardingWriteTransaction::insert(resource, facts) : passed.error();
    }
    result<Version> replace(Resource const& resource, std::optional<Version> expected, Facts const& facts,
                            LargeAttributes large, std::span<std::string const> changed) override
    {
        auto const passed = store_.pass();
        return passed ? ForwardingWriteTransaction::replace(resource, expected, facts, large, changed) : passed.error();
    }
    result<void> remove(ResourceType const& type, std::string_view id, std::optional<Version> expected) override
    {
        auto const passed = store_.pass();
        return passed ? ForwardingWriteTransaction::remove(type, id, expected) : passed;
    }
    result<void> savepoint(function_ref<result<void>()> body) override
    {
        if (!store_.inner().traits().savepoints)
            return ForwardingWriteTransaction::savepoint(body);
        if (auto passed = store_.pass(); !passed)
            return passed;
        return ForwardingWriteTransaction::savepoint(
            [&]() -> result<void>
            {
                auto done = body();
                return done ? store_.pass() : done;
            });
    }
};

/// The body of a write or a load, and its end.
result<void> run_faulty(WriteTransaction& transaction, FaultInjectingStore& store,
                        function_ref<result<void>(WriteTransaction&)> body)
{
    FaultyWrite faulty{transaction, store};
    auto done = body(faulty);
    return done ? store.pass() : done;
}

class FaultyMaintenance final : public StoreMaintenance
{
public:
    FaultyMaintenance(StoreMaintenance& inner, FaultInjectingStore& store) noexcept
        : inner_(inner)
        , store_(store)
    {
    }

    result<CheckReport> check(Attachment const& attachment, CallContext const& context, Repair repair,
                              function_ref<bool(CheckFinding const&)> sink) override
    {
        return in_rows(store_, sink,
                       [&](Sink<CheckFinding const&> rows) { return inner_.check(attachment, context, repair, rows); });
    }
    result<void> load(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                      function_ref<result<void>(WriteTransaction&)> body) override
    {
        auto const passed = store_.pass();
        return passed
                   ? inner_.load(attachment, tenant, context,
                                 [&](WriteTransaction& transaction) { return run_faulty(transaction, store_, body); })
                   : passed;
    }
    result<void> copy_to(std::filesystem::path const& directory, CallContext const& context) override
    {
        auto const passed = store_.pass();
        return passed ? inner_.copy_to(directory, context) : passed;
    }
    result<std::vector<std::string>> left_out(Attachment const& attachment, std::string_view tenant,
                                              CallContext const& context) override
    {
        auto const passed = store_.pass();
        return passed ? inner_.left_out(attachment, tenant, context) : passed.error();
    }

private:
    StoreMaintenance& inner_;
    FaultInjectingStore& store_;
};

} // namespace

FaultInjectingStore::FaultInjectingStore(std::shared_ptr<ResourceStore> inner_store)
    : ForwardingStore(std::move(inner_store))
{
    if (auto* log = inner().change_log())
        log_ = std::make_unique<FaultyLog>(*log, *this);
    if (auto* maintenance = inner().maintenance())
        maintenance_ = std::make_unique<FaultyMaintenance>(*maintenance, *this);
}

FaultInjectingStore::~FaultInjectingStore() = default;

ChangeLog* FaultInjectingStore::change_log() { return log_.get(); }
StoreMaintenance* FaultInjectingStore::maintenance() { return maintenance_.get(); }

void FaultInjectingStore::fail_at(std::uint64_t place, Error error)
{
    error_ = std::move(error);
    operations_ = 0;
    place_ = place;
}

result<void> FaultInjectingStore::pass()
{
    if (++operations_ == place_)
        return error_;
    return {};
}

result<std::shared_ptr<Attachment const>> FaultInjectingStore::attach(std::shared_ptr<SchemaRegistry const> registry)
{
    auto const passed = pass();
    return passed ? ForwardingStore::attach(std::move(registry)) : passed.error();
}

result<void> FaultInjectingStore::tenants(CallContext const& context, function_ref<bool(std::string_view)> sink)
{
    return in_rows(*this, sink, [&](Sink<std::string_view> rows) { return ForwardingStore::tenants(context, rows); });
}

result<void> FaultInjectingStore::remove_tenant(std::string_view tenant, CallContext const& context)
{
    auto const passed = pass();
    return passed ? ForwardingStore::remove_tenant(tenant, context) : passed;
}

result<void> FaultInjectingStore::read(Attachment const& attachment, std::string_view tenant,
                                       CallContext const& context, Body<ReadTransaction> body)
{
    if (auto passed = pass(); !passed)
        return passed;
    return ForwardingStore::read(attachment, tenant, context,
                                 [&](ReadTransaction& transaction)
                                 {
                                     FaultyRead faulty{transaction, *this};
                                     return body(faulty);
                                 });
}

result<void> FaultInjectingStore::write(Attachment const& attachment, std::string_view tenant,
                                        CallContext const& context, Body<WriteTransaction> body)
{
    if (auto passed = pass(); !passed)
        return passed;
    return ForwardingStore::write(attachment, tenant, context,
                                  [&](WriteTransaction& transaction) { return run_faulty(transaction, *this, body); });
}

} // namespace scimkit
