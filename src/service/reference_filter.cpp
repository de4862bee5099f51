#include "reference_filter.hpp"

#include <scimkit/core/text.hpp>

#include <optional>
#include <string>
#include <utility>

namespace scimkit::service
{
namespace
{

/// The reference attribute whose `$ref` this is; null for any other attribute.
ReferenceAttribute const* find_reference(AttributeRef const& attribute, TypePlan const& plan)
{
    if (attribute.sub_attribute)
        for (ReferenceAttribute const& reference : plan.references)
            if (attribute.sub_attribute == reference.uri_attribute)
                return &reference;
    return nullptr;
}

/// The id in a URI that ends in one of the targets' endpoints and a single segment.
std::optional<std::string_view> id_of(std::string_view uri, ReferenceAttribute const& reference)
{
    auto const slash = uri.rfind('/');
    if (slash == std::string_view::npos || slash + 1 == uri.size())
        return std::nullopt;
    for (ResourceType const* target : reference.targets)
        if (uri.substr(0, slash).ends_with(target->endpoint()))
            return uri.substr(slash + 1);
    return std::nullopt;
}

AttributeRef value_of(AttributeRef attribute, ReferenceAttribute const& reference)
{
    attribute.sub_attribute = reference.value_attribute;
    return attribute;
}

BoundFilter either(BoundFilter a, BoundFilter b)
{
    BoundDisjunction both;
    both.operands.push_back(std::move(a));
    both.operands.push_back(std::move(b));
    return {std::move(both)};
}

struct Rewriter
{
    TypePlan const& plan;

    void operator()(BoundFilter& filter) const
    {
        if (auto* test = std::get_if<BoundComparison>(&filter.node))
            comparison(filter, *test);
        else if (auto* presence = std::get_if<BoundPresence>(&filter.node))
        {
            if (auto const* reference = find_reference(presence->attribute, plan))
                filter = either({*presence}, {BoundPresence{value_of(presence->attribute, *reference)}});
        }
        else if (auto* all = std::get_if<BoundConjunction>(&filter.node))
            each(all->operands);
        else if (auto* any = std::get_if<BoundDisjunction>(&filter.node))
            each(any->operands);
        else if (auto* negation = std::get_if<BoundNegation>(&filter.node))
            each(negation->operand);
        else if (auto* path = std::get_if<BoundValuePath>(&filter.node))
            each(path->filter);
    }

    void each(std::vector<BoundFilter>& filters) const
    {
        for (BoundFilter& inner : filters)
            (*this)(inner);
    }

    void comparison(BoundFilter& filter, BoundComparison& test) const
    {
        auto const* reference = find_reference(test.attribute, plan);
        auto const* uri = std::get_if<StringKey>(&test.value);
        if (!reference || !uri || (test.op != CompareOperator::eq && test.op != CompareOperator::ne))
            return;
        auto const id = id_of(uri->text, *reference);
        if (!id)
            return;
        bool const negated = test.op == CompareOperator::ne;
        BoundComparison by_uri = test;
        by_uri.op = CompareOperator::eq;
        StringKey key{std::string{*id}, comparison_key(*id, reference->value_attribute->case_exact)};
        BoundFilter found =
            either({std::move(by_uri)},
                   {BoundComparison{value_of(test.attribute, *reference), CompareOperator::eq, std::move(key)}});
        if (!negated)
        {
            filter = std::move(found);
            return;
        }
        BoundNegation none;
        none.operand.push_back(std::move(found));
        filter = {std::move(none)};
    }
};

} // namespace

void see_computed_references(BoundFilter& filter, TypePlan const& plan) { Rewriter{plan}(filter); }

} // namespace scimkit::service
