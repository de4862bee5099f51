// A filter that names one location would otherwise be answered by looking at every resource.
#include "location_filter.hpp"

#include <scimkit/schema/registry.hpp>

#include "../core/percent_encoding.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>
#include <vector>

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

// What nests has small frames, since filters nest deep and stacks may be small: what else is done has frames of its
// own.

[[gnu::noinline]] void see_test(BoundFilter& filter, TypePlan const& plan)
{
    if (auto* test = std::get_if<BoundComparison>(&filter.node))
    {
        auto seen = comparison(std::move(*test), plan);
        filter = std::move(seen);
    }
    else if (auto const* presence = std::get_if<BoundPresence>(&filter.node);
             presence && is_location(presence->attribute))
        filter = constant(true);
}

/// Leaves out what is decided, once all operands have been seen.
template <class Junction>
[[gnu::noinline]] void settle_junction(BoundFilter& filter)
{
    constexpr bool decisive = std::is_same_v<Junction, BoundDisjunction>;
    auto& operands = std::get<Junction>(filter.node).operands;
    bool is_decided = false;
    std::erase_if(operands,
                  [&](BoundFilter const& operand)
                  {
                      auto const* constant_one = std::get_if<BoundConstant>(&operand.node);
                      is_decided = is_decided || (constant_one && constant_one->always == decisive);
                      return constant_one != nullptr;
                  });
    if (is_decided || operands.empty())
        filter = constant(is_decided ? decisive : !decisive);
    else if (operands.size() == 1)
    {
        BoundFilter only = std::move(operands.front());
        filter = std::move(only);
    }
}

[[gnu::noinline]] void settle_negation(BoundFilter& filter)
{
    auto const* decided = std::get_if<BoundConstant>(&std::get<BoundNegation>(filter.node).operand.front().node);
    if (decided)
        filter = constant(!decided->always);
}

/// There is one meta, and every resource has it: what stands in its brackets may stand without them.
[[gnu::noinline]] void leave_brackets(BoundFilter& filter)
{
    BoundFilter inner = std::move(std::get<BoundValuePath>(filter.node).filter.front());
    filter = std::move(inner);
}

void see_locations(BoundFilter& filter, TypePlan const& plan)
{
    if (auto* all = std::get_if<BoundConjunction>(&filter.node))
    {
        for (BoundFilter& operand : all->operands)
            see_locations(operand, plan);
        settle_junction<BoundConjunction>(filter);
    }
    else if (auto* any = std::get_if<BoundDisjunction>(&filter.node))
    {
        for (BoundFilter& operand : any->operands)
            see_locations(operand, plan);
        settle_junction<BoundDisjunction>(filter);
    }
    else if (auto* no = std::get_if<BoundNegation>(&filter.node))
    {
        see_locations(no->operand.front(), plan);
        settle_negation(filter);
    }
    else if (auto const* path = std::get_if<BoundValuePath>(&filter.node); path && is_meta(path->attribute))
    {
        leave_brackets(filter);
        see_locations(filter, plan);
    }
    else
        see_test(filter, plan);
}

} // namespace

bool is_location(AttributeRef const& attribute) noexcept
{
    return is_meta(attribute) && attribute.sub_attribute && attribute.sub_attribute->name == "location";
}

BoundFilter with_ids_for_locations(BoundFilter filter, TypePlan const& plan)
{
    see_locations(filter, plan);
    return filter;
}

} // namespace scimkit::service
