// DeletionGuard: a store over another one that holds a flood of deletions, so that a mistake at an identity provider
// (a scope that was emptied, a mapping that was turned round) does not take everybody's account away.
//
//     auto guard = std::make_shared<DeletionGuard>(store, DeletionLimits{.max_removals = 200});
//     auto service = Service::create({.base_url = "…", .store = guard, …});
//     …
//     guard->release("default", environment->now()); // an administrator has looked, and means it
//
// It stands at the store, so that nothing gets past it: a DELETE, a PUT, a PATCH with and without path, and each
// operation of a Bulk. What counts is the removal of a resource of any type, and a change after which a resource that
// was not `active: false` is, or has no `active` where it had true. What failed, was undone or was a dry run does not
// count, nor do the framework's own records (own_types.hpp). remove_tenant() and what maintenance() gives are an
// operator's: they pass.
//
// When a tenant has had as many within the window, the next one is refused with 403 and a detail that says so, and the
// tenant is held: all further ones are, however much time goes by, until release(). Everything else goes on. A single
// transaction (a Bulk that is all or nothing, or a dry run of one) with more than that, or with more than is left of
// it, is refused as a whole, and holds the tenant too: it would be refused again until an administrator has looked.
//
// An operation of several transactions (CallContext::operation; the DELETE of somebody in very many groups) has its
// place from the first of them on: what comes meanwhile counts behind it, and a hold that begins meanwhile does not
// stop it.
//
// Counts and holds live in memory: a restart forgets them. Whoever wants a hold to last notes it when `told` is called,
// and calls hold() after the start. Imports and other work of operators use the store behind it.
#pragma once

#include <scimkit/store/forwarding_store.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace scimkit
{

/// How many deletions are too many.
struct DeletionLimits
{
    std::uint64_t max_removals = 500;   ///< deletions and deactivations of one tenant in the window; then 403
    std::chrono::seconds window{3'600}; ///< by CallContext::now
    /// Told once of each tenant that becomes held by a request; what it throws goes to the caller of the store.
    /// Threading: called by the thread that asked, by several at once, outside all transactions and locks.
    std::function<void(std::string_view tenant)> told{};
    /// Told of each write of which something was refused, for metrics. As `told` otherwise.
    std::function<void(std::string_view tenant)> refused{};
};

/// Threading: all functions from any number of threads; a lock is held for a moment.
/// Lifetimes: those of ForwardingStore.
/// Complexity: a look-up by tenant for each removal; the resource is read once more where a change touches `active`.
/// Nothing for reads and other writes. Memory: 8 bytes for each removal in the window, at most max_removals for each
/// tenant.
class SCIMKIT_API DeletionGuard : public ForwardingStore
{
public:
    /// `inner` is not null. Errors: throws std::invalid_argument for less than 1 removal or 1 second.
    explicit DeletionGuard(std::shared_ptr<ResourceStore> inner, DeletionLimits limits = {});
    ~DeletionGuard() override;
    DeletionGuard(DeletionGuard const&) = delete;
    DeletionGuard& operator=(DeletionGuard const&) = delete;

    /// Errors: those of the store behind it; the body gets `forbidden` from replace() and remove() while they are held.
    result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                       Body<WriteTransaction> body) override;

    /// Whether the tenant's deletions are held.
    bool held(std::string_view tenant) const;
    /// Holds them from now on, whatever was released before.
    void hold(std::string_view tenant);
    /// Lets deletions through again, and counts none for the length of one window after `now`, so that the client's
    /// next attempt is carried out whole. Returns whether the tenant was held.
    bool release(std::string_view tenant, Instant now);

private:
    struct State;
    class Place;
    class Attempt;
    class Transaction;
    std::unique_ptr<State> state_;
};

} // namespace scimkit
