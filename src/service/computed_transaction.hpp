// ComputedTransaction: a store's transaction as if `groups` and meta.location were stored, for queries about them. The
// store finds what it can by the rest of a filter; that is completed and tested here, some at a time.
#pragma once

#include <scimkit/filter/bind.hpp>

#include "../filter/visit.hpp"
#include "scope.hpp"

namespace scimkit::service
{

/// Whether stores cannot know the attribute: it is computed when a resource is shown.
bool is_computed(AttributeRef const& attribute, TypePlan const& plan);
bool tests_computed(BoundFilter const& filter, TypePlan const& plan);

class ComputedTransaction final : public ReadTransaction
{
public:
    /// All outlive this.
    ComputedTransaction(ReadTransaction& stored, Scope const& scope)
        : stored_(stored)
        , scope_(scope)
    {
    }

    result<std::optional<Resource>> get(ResourceType const& type, std::string_view id, Wanted const& wanted) override
    {
        return stored_.get(type, id, wanted);
    }
    QueryCapability capability(Query const&) const override { return {.carries_out = CarriesOut::matches}; }
    /// Errors besides: too_many, when more than max_scanned resources have to be completed.
    result<QuerySummary> query(Query const& query, function_ref<bool(Resource&&)> sink) override;
    LargeAttributeReader* large_attributes() override { return stored_.large_attributes(); }

private:
    result<bool> stream_source(Query const& query, Query::Source const& asked, function_ref<bool(Resource&&)> sink);

    ReadTransaction& stored_;
    Scope const& scope_;
};

} // namespace scimkit::service
