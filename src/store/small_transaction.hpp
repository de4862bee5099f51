// SmallTransaction: the operations of a transaction, done with the five functions of a SmallStore.
#pragma once

#include <scimkit/store/small_store.hpp>

namespace scimkit
{

/// Lives within one body. The caller holds the lock that the operation needs.
class SmallTransaction final : public WriteTransaction
{
public:
    /// `last_version` is the newest version given out; it is counted up. All outlive this.
    SmallTransaction(SmallStore& store, std::string_view tenant, CallContext const& context, QueryBudget const& budget,
                     Version& last_version)
        : store_(&store)
        , tenant_(tenant)
        , own_work_(Budget::unlimited, context.deadline)
        , work_(context.budget ? *context.budget : own_work_)
        , budget_(&budget)
        , last_version_(&last_version)
    {
    }

    result<std::optional<Resource>> get(ResourceType const& type, std::string_view id, Wanted const& wanted) override;
    QueryCapability capability(Query const& query) const override;
    result<QuerySummary> query(Query const& query, function_ref<bool(Resource&&)> sink) override;

    result<Version> insert(Resource& resource, Facts const& facts) override;
    result<Version> replace(Resource const& resource, std::optional<Version> expected, Facts const& facts,
                            LargeAttributes large, std::span<std::string const> changed) override;
    result<void> remove(ResourceType const& type, std::string_view id, std::optional<Version> expected) override;

private:
    result<Resource> stored(ResourceType const& type, std::string_view id, std::optional<Version> expected);
    result<void> check_unique(Resource const& resource, Facts const& facts);
    result<void> candidates(Query::Source const& source, function_ref<bool(Resource&&)> sink);
    Version next_version(Version previous);

    SmallStore* store_;
    std::string_view tenant_;
    Budget own_work_; // where the context has none
    Budget& work_;
    QueryBudget const* budget_;
    Version* last_version_;
};

} // namespace scimkit
