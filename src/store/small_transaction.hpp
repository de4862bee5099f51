// SmallTransaction: the operations of a transaction, done with the five functions of a SmallStore.
#pragma once

#include <scimkit/store/small_store.hpp>

#include <atomic>
#include <cstddef>

namespace scimkit
{

/// Lives within one body. The caller holds the lock that the operation needs.
class SmallTransaction final : public WriteTransaction
{
public:
    /// `last_version` is the newest version given out; it is counted up. `waiting` are those who wait until it ends.
    /// All outlive this.
    SmallTransaction(SmallStore& store, std::string_view tenant, CallContext const& context, QueryBudget const& budget,
                     std::uint64_t& last_version, std::atomic<std::size_t> const& waiting)
        : store_(&store)
        , tenant_(tenant)
        , now_(context.now)
        , call_budget_(context)
        , work_(*call_budget_)
        , budget_(&budget)
        , last_version_(&last_version)
        , waiting_(&waiting)
    {
    }

    result<std::optional<Resource>> get(ResourceType const& type, std::string_view id, Wanted const& wanted) override;
    QueryCapability capability(Query const& query) const override;
    result<QuerySummary> query(Query const& query, function_ref<bool(Resource&&)> sink) override;

    result<Version> insert(Resource& resource, Facts const& facts) override;
    result<Version> replace(Resource const& resource, std::optional<Version> expected, Facts const& facts,
                            LargeAttributes large, std::span<std::string const> changed) override;
    result<void> remove(ResourceType const& type, std::string_view id, std::optional<Version> expected) override;
    result<void> savepoint(function_ref<result<void>()> body) override;
    std::size_t others_waiting() const noexcept override { return waiting_->load(std::memory_order_relaxed); }

    /// Why it must not be committed, whatever the body returned: a write failed, and nobody knows how far it came.
    std::optional<Error> const& failure() const noexcept { return failure_; }

private:
    result<Resource> stored(ResourceType const& type, std::string_view id, std::optional<Version> expected);
    result<void> check_unique(Resource const& resource, Facts const& facts);
    bool has_savepoints() const { return store_->has_transactions() && store_->has_savepoints(); }
    /// One write of the small store, which has changed nothing if it fails.
    result<void> write(function_ref<result<void>()> change);
    result<void> candidates(Query::Source const& source, function_ref<bool(Resource&&)> sink);
    Version next_version(Version previous);
    void complete(Resource& resource, ResourceType const& type) const;
    /// Gives `done` back; where it is an error, nothing of this transaction is committed any more.
    result<void> ends_all(result<void> done);
    /// Undoes what was written since the savepoint; the error that led to it.
    Error take_back(Error error);

    SmallStore* store_;
    std::string_view tenant_;
    Instant now_;
    CallBudget call_budget_;
    Budget& work_;
    QueryBudget const* budget_;
    std::uint64_t* last_version_;
    std::atomic<std::size_t> const* waiting_;
    std::optional<Error> failure_{}; // of the small store in the middle of a write
};

} // namespace scimkit
