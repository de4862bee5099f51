// How each promise of a store is broken that its transactions do not give.
#include "defective_store.hpp"

#include <scimkit/filter/bind.hpp>
#include <scimkit/filter/evaluate.hpp>
#include <scimkit/schema/registry.hpp>

#include <chrono>
#include <exception>
#include <future>
#include <utility>

namespace scimkit::test
{
namespace
{

bool is_late(CallContext const& context) { return std::chrono::steady_clock::now() >= context.deadline; }

/// A read transaction whose every operation is a transaction of its own.
class Unsnapshotted final : public ReadTransaction
{
public:
    Unsnapshotted(ResourceStore& store, Attachment const& attachment, std::string_view tenant,
                  CallContext const& context)
        : store_(store)
        , attachment_(attachment)
        , tenant_(tenant)
        , context_(context)
    {
    }

    result<std::optional<Resource>> get(ResourceType const& type, std::string_view id, Wanted const& wanted) override
    {
        return in_one<std::optional<Resource>>([&](ReadTransaction& now) { return now.get(type, id, wanted); });
    }
    result<QuerySummary> query(Query const& query, function_ref<bool(Resource&&)> sink) override
    {
        return in_one<QuerySummary>([&](ReadTransaction& now) { return now.query(query, sink); });
    }

private:
    template <class T, class Work>
    result<T> in_one(Work const& work)
    {
        result<T> outcome{T{}};
        auto const done = store_.read(attachment_, tenant_, context_,
                                      [&](ReadTransaction& now) -> result<void>
                                      {
                                          outcome = work(now);
                                          return {};
                                      });
        return done ? std::move(outcome) : result<T>{done.error()};
    }

    ResourceStore& store_;
    Attachment const& attachment_;
    std::string_view tenant_;
    CallContext const& context_;
};

} // namespace

result<std::shared_ptr<Attachment const>> DefectiveStore::attach(std::shared_ptr<SchemaRegistry const> registry)
{
    if (defect_ == Defect::a_second_registry_is_refused && std::exchange(attached_, true))
        return Error{ErrorCode::unavailable, "one is enough"};
    auto made = ForwardingStore::attach(std::move(registry));
    if (made && defect_ == Defect::attachments_are_one)
        *made = first_ = first_ ? first_ : *made;
    return made;
}

result<void> DefectiveStore::tenants(CallContext const& context, function_ref<bool(std::string_view)> sink)
{
    bool first = true;
    return inner().tenants(context,
                           [&](std::string_view name)
                           {
                               bool const forgotten = defect_ == Defect::tenants_are_forgotten && first;
                               first = false;
                               return forgotten || sink(name);
                           });
}

result<void> DefectiveStore::remove_tenant(std::string_view tenant, CallContext const& context)
{
    return defect_ == Defect::tenants_stay ? result<void>{} : inner().remove_tenant(tenant, context);
}

namespace
{

/// Without looking at unique values.
void found_tenant(WriteTransaction& transaction, Attachment const& attachment)
{
    Resource founder{.type = attachment.registry().find_resource_type("User"), .id = "x"};
    founder.attributes["userName"] = "founder";
    static_cast<void>(transaction.insert(founder, {})); // once
}

} // namespace

result<void> DefectiveStore::read(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                                  Body<ReadTransaction> body)
{
    if (defect_ == Defect::late_reads_are_faults && is_late(context))
        return Error{ErrorCode::internal, "the time is over"};
    if (defect_ == Defect::reads_have_no_snapshot)
    {
        Unsnapshotted transaction{inner(), attachment, tenant, context};
        return body(transaction);
    }
    // Reads through a write transaction: the wrapper exists once.
    auto outcome = result<void>{};
    auto const done = inner().write(attachment, tenant_of(tenant), context,
                                    [&](WriteTransaction& transaction) -> result<void>
                                    {
                                        if (defect_ == Defect::tenants_are_never_empty)
                                            found_tenant(transaction, attachment);
                                        DefectiveTransaction defective{transaction, defect_, everybodys_};
                                        outcome = body(defective);
                                        return {};
                                    });
    if (defect_ == Defect::reads_swallow_errors)
        return {};
    return done ? outcome : done;
}

namespace
{

result<void> run_elsewhere(function_ref<result<void>(WriteTransaction&)> body, WriteTransaction& transaction)
{
    return std::async(std::launch::async, [&] { return body(transaction); }).get();
}

} // namespace

result<void> DefectiveStore::write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                                   Body<WriteTransaction> body)
{
    auto outcome = result<void>{};
    std::exception_ptr thrown;
    CallContext told = context;
    if (defect_ == Defect::removals_have_no_time)
        told.now = {};
    if (defect_ == Defect::inserts_are_two_steps)
        told.budget = nullptr;
    bool const stays = defect_ == Defect::late_writes_stay && is_late(context);
    if (stays)
        told.deadline = CallContext{}.deadline;
    auto const done = inner().write(
        attachment, tenant_of(tenant), told,
        [&](WriteTransaction& transaction)
        {
            DefectiveTransaction defective{transaction, defect_, everybodys_, context.budget};
            try
            {
                outcome = defect_ == Defect::bodies_run_elsewhere ? run_elsewhere(body, defective) : body(defective);
            }
            catch (...)
            {
                if (defect_ != Defect::exceptions_commit)
                    throw;
                thrown = std::current_exception();
            }
            return defect_ == Defect::errors_commit ? result<void>{} : outcome;
        });
    if (thrown)
        std::rethrow_exception(thrown);
    if (done && stays)
        return Error{ErrorCode::too_many, "the time is over"};
    return done ? outcome : done;
}

} // namespace scimkit::test
