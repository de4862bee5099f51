// A filter that names one location would otherwise be answered by looking at every resource.
#include "location_filter.hpp"

#include <scimkit/schema/registry.hpp>

#include "../core/percent_encoding.hpp"

#include <algorithm>

namespace scimkit::service
{
namespace
{

bool is_meta(AttributeRef const& attribute) noexcept
{
    static Attribute const* const meta = common_schema().find_attribute("meta");
    return attribute.attribute == meta;
}

bool is_ascii(std::string_view text) noexcept
{
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// The one id whose location it is; nothing if no resource of the type can have it.
std::optional<std::string> id_of(std::string_view location, TypePlan const& plan)
{
    if (!location.starts_with(plan.location_prefix()))
        return std::nullopt;
    auto id = decode_segment(location.substr(plan.location_prefix().size()));
    if (!id || id->empty())
        return std::nullopt;
    std::string same = plan.location_prefix();
    append_segment(same, *id);
    return same == location ? id : std::nullopt;
}

BoundFilter constant(bool always) { return {BoundConstant{always}}; }

BoundFilter comparison(BoundComparison&& test, TypePlan const& plan)
{
    bool const equal = test.op == CompareOperator::eq;
    if (!is_location(test.attribute) || (!equal && test.op != CompareOperator::ne))
        return {std::move(test)};
    if (std::holds_alternative<std::nullptr_t>(test.value)) // every resource has a location
        return constant(!equal);
    auto const* text = std::get_if<StringKey>(&test.value);
    if (!text || !test.attribute.leaf().case_exact || !is_ascii(plan.location_prefix()))
        return {std::move(test)};
    auto id = id_of(text->key, plan);
    if (!id)
        return constant(!equal);
    if (!is_ascii(*id)) // ids are compared by their normal form, locations are not
        return {std::move(test)};
    static Attribute const* const id_attribute = common_schema().find_attribute("id");
    return {BoundComparison{AttributeRef{&common_schema(), id_attribute}, test.op, StringKey{*id, *id}}};
}

template <class Junction>
BoundFilter junction(Junction&& node, TypePlan const& plan)
{
    constexpr bool decisive = std::is_same_v<std::remove_cvref_t<Junction>, BoundDisjunction>;
    std::remove_cvref_t<Junction> kept;
    for (BoundFilter& operand : node.operands)
    {
        BoundFilter seen = with_ids_for_locations(std::move(operand), plan);
        auto const* decided = std::get_if<BoundConstant>(&seen.node);
        if (!decided)
            kept.operands.push_back(std::move(seen));
        else if (decided->always == decisive)
            return constant(decisive);
    }
    if (kept.operands.empty())
        return constant(!decisive);
    if (kept.operands.size() == 1)
        return std::move(kept.operands.front());
    return {std::move(kept)};
}

BoundFilter negation(BoundNegation&& node, TypePlan const& plan)
{
    BoundFilter seen = with_ids_for_locations(std::move(node.operand.front()), plan);
    if (auto const* decided = std::get_if<BoundConstant>(&seen.node))
        return constant(!decided->always);
    node.operand.front() = std::move(seen);
    return {std::move(node)};
}

} // namespace

bool is_location(AttributeRef const& attribute) noexcept
{
    return is_meta(attribute) && attribute.sub_attribute && attribute.sub_attribute->name == "location";
}

BoundFilter with_ids_for_locations(BoundFilter filter, TypePlan const& plan)
{
    if (auto* test = std::get_if<BoundComparison>(&filter.node))
        return comparison(std::move(*test), plan);
    if (auto const* presence = std::get_if<BoundPresence>(&filter.node))
        return is_location(presence->attribute) ? constant(true) : filter;
    if (auto* all = std::get_if<BoundConjunction>(&filter.node))
        return junction(std::move(*all), plan);
    if (auto* any = std::get_if<BoundDisjunction>(&filter.node))
        return junction(std::move(*any), plan);
    if (auto* no = std::get_if<BoundNegation>(&filter.node))
        return negation(std::move(*no), plan);
    // There is one meta, and every resource has it: what stands in its brackets may stand without them.
    if (auto* path = std::get_if<BoundValuePath>(&filter.node); path && is_meta(path->attribute))
    {
        BoundFilter inner = std::move(path->filter.front());
        return with_ids_for_locations(std::move(inner), plan);
    }
    return filter;
}

} // namespace scimkit::service
