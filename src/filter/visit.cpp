// What several rooms ask of a filter is asked here, so that a new kind of node has one place to be thought of.
#include "visit.hpp"

#include <algorithm>

namespace scimkit
{

std::span<BoundFilter const> operands_of(BoundFilter const& filter) noexcept
{
    if (auto const* all = std::get_if<BoundConjunction>(&filter.node))
        return all->operands;
    if (auto const* any = std::get_if<BoundDisjunction>(&filter.node))
        return any->operands;
    if (auto const* negation = std::get_if<BoundNegation>(&filter.node))
        return negation->operand;
    if (auto const* path = std::get_if<BoundValuePath>(&filter.node))
        return path->filter;
    return {};
}

void for_each_attribute(BoundFilter const& filter, function_ref<void(AttributeRef const&)> visit)
{
    if (auto const* test = std::get_if<BoundComparison>(&filter.node))
        visit(test->attribute);
    else if (auto const* presence = std::get_if<BoundPresence>(&filter.node))
        visit(presence->attribute);
    else if (auto const* path = std::get_if<BoundValuePath>(&filter.node))
        visit(path->attribute);
    for (BoundFilter const& operand : operands_of(filter))
        for_each_attribute(operand, visit);
}

bool for_each_equality(BoundFilter const& filter, function_ref<bool(BoundComparison const&)> visit)
{
    if (std::holds_alternative<BoundConjunction>(filter.node))
        return std::ranges::all_of(operands_of(filter),
                                   [&](BoundFilter const& operand) { return for_each_equality(operand, visit); });
    auto const* test = std::get_if<BoundComparison>(&filter.node);
    return test && test->op == CompareOperator::eq && visit(*test);
}

std::size_t count_terms(BoundFilter const& filter) noexcept
{
    bool const is_group = std::holds_alternative<BoundConjunction>(filter.node) ||
                          std::holds_alternative<BoundDisjunction>(filter.node) ||
                          std::holds_alternative<BoundNegation>(filter.node) ||
                          std::holds_alternative<BoundValuePath>(filter.node);
    std::size_t terms = is_group ? 0 : 1;
    for (BoundFilter const& operand : operands_of(filter))
        terms += count_terms(operand);
    return terms;
}

} // namespace scimkit
