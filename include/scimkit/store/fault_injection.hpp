// FaultInjectingStore (library scimkit::conformance): any store, of which one operation fails at a place that a test
// chooses. To see what becomes of a request, and of what is stored, when a disk, a network or a limit ends in the
// middle:
//
//     auto const store = std::make_shared<FaultInjectingStore>(memory::make_store());
//     for (std::uint64_t place = 1;; ++place)
//     {
//         store->fail_at(place);
//         ... one request ...
//         if (!store->failed())
//             break; // it has no more operations than that
//         ... nothing may have changed ...
//     }
//
// An operation is
//
//  -  a call of a transaction (but capability()), of its large attributes, of a change log or of the maintenance;
//     attach(), tenants(), remove_tenant(); the beginning of a transaction. One that fails is not passed on.
//  -  of a call that tells a sink of one row after the other, what comes behind the first row of which the sink said to
//     go on. Where that fails the sink is told of no more, and the call returns the error: somebody has a part of the
//     answer. A call that finds nothing, or whose sink stops at once, has no such operation.
//  -  the end of a write or a load, just before the commit, and the end of a savepoint whose body succeeded: all that
//     was written is undone then. savepoint() has its two operations where the store behind has savepoints.
//
// With no fault the store behaves as the one behind it.
//
// Threading: as ResourceStore; fail_at() before the calls that it is about. Lifetimes, complexity: ForwardingStore.
#pragma once

#include <scimkit/store/forwarding_store.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

namespace scimkit
{

/// One fault, at one place; fail_at() chooses it and counts anew.
class SCIMKIT_API FaultInjectingStore final : public ForwardingStore
{
public:
    /// `inner` is not null.
    explicit FaultInjectingStore(std::shared_ptr<ResourceStore> inner);
    ~FaultInjectingStore() override;

    /// The operation of that number, counted from now on from 1, fails with `error`; 0: none does.
    void fail_at(std::uint64_t place, Error error = {ErrorCode::unavailable, "A fault that was asked for."});

    /// Operations since fail_at().
    std::uint64_t operations() const noexcept { return operations_; }
    /// Whether the fault has happened.
    bool failed() const noexcept { return place_ != 0 && operations_ >= place_; }

    result<std::shared_ptr<Attachment const>> attach(std::shared_ptr<SchemaRegistry const> registry) override;
    result<void> read(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                      Body<ReadTransaction> body) override;
    result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                       Body<WriteTransaction> body) override;
    result<void> tenants(CallContext const& context, function_ref<bool(std::string_view)> sink) override;
    result<void> remove_tenant(std::string_view tenant, CallContext const& context) override;
    ChangeLog* change_log() override;
    StoreMaintenance* maintenance() override;

    /// Counts one operation. Error: the fault, if it is this one's turn. For transactions of this store.
    result<void> pass();

private:
    std::unique_ptr<ChangeLog> log_{};                ///< null where there is none
    std::unique_ptr<StoreMaintenance> maintenance_{}; ///< the same
    std::atomic<std::uint64_t> operations_{0};
    std::atomic<std::uint64_t> place_{0};
    Error error_{};
};

} // namespace scimkit
