// `and`, `or` and `not` of what is bound already. Whatever a client repeats, nests or says of attributes that there are
// not costs once, here, and not with each resource that is tested (RFC 7644 section 3.4.2.2).
#include "junction.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <string>
#include <unordered_set>
#include <utility>

namespace scimkit
{

namespace
{

std::size_t mixed(std::size_t seed, std::size_t part) noexcept { return (seed ^ part) * 0x9E3779B97F4A7C15U; }

/// The same for filters of the same text; seldom the same for others that stand side by side.
struct Signature
{
    std::size_t operator()(BoundFilter const& filter) const
    {
        return mixed(filter.node.index(), std::visit(*this, filter.node));
    }
    std::size_t operator()(AttributeRef const& ref) const noexcept
    {
        return mixed(std::hash<Attribute const*>{}(ref.attribute), std::hash<Attribute const*>{}(ref.sub_attribute));
    }
    std::size_t operator()(BoundComparison const& node) const
    {
        auto const about = mixed((*this)(node.attribute), static_cast<std::size_t>(node.op));
        if (auto const* text = std::get_if<StringKey>(&node.value))
            return mixed(about, std::hash<std::string>{}(text->text));
        if (auto const* number = std::get_if<Number>(&node.value)) // 5 and 5.0 have the same text
            return mixed(
                about, std::visit([](auto value) { return std::hash<double>{}(static_cast<double>(value)); }, *number));
        if (auto const* instant = std::get_if<Instant>(&node.value))
            return mixed(about, std::hash<Instant::rep>{}(instant->time_since_epoch().count()));
        return mixed(about, node.value.index());
    }
    std::size_t operator()(BoundPresence const& node) const noexcept { return (*this)(node.attribute); }
    std::size_t operator()(BoundNegation const& node) const { return (*this)(node.operand); }
    std::size_t operator()(BoundConjunction const& node) const { return (*this)(node.operands); }
    std::size_t operator()(BoundDisjunction const& node) const { return (*this)(node.operands); }
    std::size_t operator()(BoundValuePath const& node) const
    {
        return mixed((*this)(node.attribute), (*this)(node.filter));
    }
    std::size_t operator()(BoundConstant const& node) const noexcept { return node.always ? 1 : 0; }
    std::size_t operator()(std::vector<BoundFilter> const& parts) const
    {
        std::size_t all = parts.size();
        for (BoundFilter const& part : parts)
            all = mixed(all, (*this)(part));
        return all;
    }
};

AttributeRef const* attribute_of(BoundFilter const& filter) noexcept
{
    if (auto const* comparison = std::get_if<BoundComparison>(&filter.node))
        return &comparison->attribute;
    if (auto const* path = std::get_if<BoundValuePath>(&filter.node))
        return &path->attribute;
    return nullptr;
}

/// True of a few that are of different kinds, or about different attributes: what people write.
bool differ_at_a_glance(std::vector<BoundFilter> const& operands) noexcept
{
    constexpr std::size_t few = 4;
    if (operands.size() > few)
        return false;
    auto const differ = [](BoundFilter const& a, BoundFilter const& b)
    {
        auto const* x = attribute_of(a);
        auto const* y = attribute_of(b);
        return a.node.index() != b.node.index() || (x && y && *x != *y);
    };
    for (auto each = operands.begin(); each != operands.end(); ++each)
        if (!std::all_of(operands.begin(), each, [&](BoundFilter const& other) { return differ(other, *each); }))
            return false;
    return true;
}

/// Keeps the first of each. The text of a filter, which alone is sure, is dear: it is made only where signatures agree.
void drop_repetitions(std::vector<BoundFilter>& operands)
{
    if (differ_at_a_glance(operands))
        return;
    std::vector<std::pair<std::size_t, std::size_t>> signed_positions;
    signed_positions.reserve(operands.size());
    for (BoundFilter const& operand : operands)
        signed_positions.emplace_back(Signature{}(operand), signed_positions.size());
    std::ranges::sort(signed_positions);

    std::vector<std::size_t> repeated;
    for (auto first = signed_positions.begin(); first != signed_positions.end();)
    {
        auto const last =
            std::find_if(first, signed_positions.end(), [&](auto const& other) { return other.first != first->first; });
        std::unordered_set<std::string> texts;
        for (auto each = first; last - first > 1 && each != last; ++each)
            if (!texts.insert(to_string(operands[each->second])).second)
                repeated.push_back(each->second);
        first = last;
    }
    std::ranges::sort(repeated);
    std::size_t position = 0;
    std::erase_if(operands, [&](BoundFilter const&) { return std::ranges::binary_search(repeated, position++); });
}

/// Joins bound operands: a Junction in a Junction is flattened, a constant decides or vanishes, and what was said
/// before is not said again: each resource would be tested with it again.
template <class Junction>
class Joiner
{
public:
    static constexpr bool decisive = std::is_same_v<Junction, BoundDisjunction>;

    void add(BoundFilter&& operand)
    {
        if (auto const* value = std::get_if<BoundConstant>(&operand.node))
            decided_ = decided_ || value->always == decisive;
        else if (auto* same = std::get_if<Junction>(&operand.node))
            std::move(same->operands.begin(), same->operands.end(), std::back_inserter(joined_.operands));
        else
            joined_.operands.push_back(std::move(operand));
    }

    BoundFilter finish() &&
    {
        if (decided_ || joined_.operands.empty())
            return detail::constant(decided_ ? decisive : !decisive);
        drop_repetitions(joined_.operands);
        if (joined_.operands.size() == 1)
            return std::move(joined_.operands.front());
        return {std::move(joined_)};
    }

private:
    Junction joined_;
    bool decided_ = false;
};

} // namespace

namespace detail
{

BoundFilter constant(bool always) { return {BoundConstant{always}}; }

template <class Junction>
BoundFilter joined(std::vector<BoundFilter>&& operands)
{
    Joiner<Junction> joiner;
    for (BoundFilter& operand : operands)
        joiner.add(std::move(operand));
    return std::move(joiner).finish();
}

template BoundFilter joined<BoundConjunction>(std::vector<BoundFilter>&&);
template BoundFilter joined<BoundDisjunction>(std::vector<BoundFilter>&&);

BoundFilter negated(BoundFilter&& operand)
{
    if (auto const* value = std::get_if<BoundConstant>(&operand.node))
        return constant(!value->always);
    BoundNegation negation;
    negation.operand.push_back(std::move(operand));
    return {std::move(negation)};
}

} // namespace detail

} // namespace scimkit
