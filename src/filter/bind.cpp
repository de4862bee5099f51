// From names to definitions: attributes are resolved, literals typed, and what cannot be answered is refused before a
// store sees it. Unknown attributes, where they are allowed, are folded away: a store meets a BoundConstant only as
// a whole filter (RFC 7644 section 3.4.2.2).

#include <scimkit/core/text.hpp>

#include "literal.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <unordered_set>
#include <utility>

namespace scimkit
{

namespace
{

BoundFilter constant(bool always) { return {BoundConstant{always}}; }

/// A client's name in a message, in quotes and of bounded length.
std::string quoted(std::string_view name)
{
    constexpr std::size_t longest = 80;
    std::string text = "\"";
    text += name.substr(0, longest);
    text += name.size() > longest ? "...\"" : "\"";
    return text;
}

Error unknown_attribute(AttributePath const& path, ResourceType const& type, NameResolution const& names,
                        ErrorCode code)
{
    std::string detail;
    if (!path.sub_attribute.empty() && type.resolve({.uri = path.uri, .name = path.name}, names))
        detail = quoted(path.name) + " has no sub-attribute " + quoted(path.sub_attribute) + ".";
    else
        detail = "The resource type " + type.name() + " has no attribute " + quoted(to_string(path)) + ".";
    return {code, std::move(detail)};
}

Error fault(AttributeRef const& attribute, ErrorCode code, std::string_view reason)
{
    std::string path = attribute.path();
    std::string detail = path;
    detail.append(reason).append(".");
    return {code, std::move(detail), std::move(path)};
}

/// Why `attribute` cannot stand before a bracket; empty if it can.
std::string_view value_path_fault(AttributeRef const& attribute) noexcept
{
    if (!attribute.attribute)
        return " is a whole schema extension and cannot be filtered with brackets";
    if (attribute.sub_attribute)
        return " is a sub-attribute: only whole attributes can be filtered with brackets";
    if (!attribute.attribute->multi_valued && attribute.attribute->type != AttributeType::complex)
        return " is a single simple value and cannot be filtered with brackets";
    return {};
}

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
            return constant(decided_ ? decisive : !decisive);
        drop_repetitions(joined_.operands);
        if (joined_.operands.size() == 1)
            return std::move(joined_.operands.front());
        return {std::move(joined_)};
    }

private:
    Junction joined_;
    bool decided_ = false;
};

BoundFilter negated(BoundFilter&& operand)
{
    if (auto const* value = std::get_if<BoundConstant>(&operand.node))
        return constant(!value->always);
    BoundNegation negation;
    negation.operand.push_back(std::move(operand));
    return {std::move(negation)};
}

class Binder
{
public:
    Binder(ResourceType const& type, BindOptions const& options) noexcept
        : type_(type)
        , options_(options)
    {
    }

    result<BoundFilter> bind(Filter const& filter) const { return std::visit(*this, filter.node); }

    /// The filter between brackets after `element`.
    result<BoundFilter> bind_element(Filter const& filter, AttributeRef const& element) const
    {
        Binder inside{type_, options_};
        inside.element_ = &element;
        return inside.bind(filter);
    }

    result<BoundFilter> operator()(Comparison const& node) const
    {
        bool const with_null = std::holds_alternative<std::nullptr_t>(node.value);
        auto attribute = resolve(node.attribute);
        if (!attribute)
            return attribute.error();
        if (!*attribute)
            return without_value(node, with_null);
        AttributeRef leaf = **attribute;
        if (leaf.leaf().type == AttributeType::complex)
        {
            if (with_null && detail::is_equality(node.op))
            {
                BoundFilter presence{BoundPresence{leaf}};
                return node.op == CompareOperator::ne ? std::move(presence) : negated(std::move(presence));
            }
            auto const* const value = leaf.attribute->find_sub_attribute("value");
            if (!value || !options_.complex_compares_by_value)
            {
                return fault(leaf, ErrorCode::invalid_filter, " is complex: compare one of its sub-attributes")
                    .allowed_by(value ? "complex-compares-by-value=on" : "");
            }
            leaf.sub_attribute = value;
            if (leaf.sub_attribute->returned == Returned::never)
                return never_returned(leaf);
        }
        auto value = detail::bind_literal(node.value, node.op, leaf, options_);
        if (!value)
            return value.error();
        return BoundFilter{BoundComparison{leaf, node.op, std::move(*value)}};
    }

    result<BoundFilter> operator()(Presence const& node) const
    {
        auto attribute = resolve(node.attribute);
        if (!attribute)
            return attribute.error();
        return *attribute ? BoundFilter{BoundPresence{**attribute}} : constant(false);
    }

    result<BoundFilter> operator()(Conjunction const& node) const { return join<BoundConjunction>(node.operands); }
    result<BoundFilter> operator()(Disjunction const& node) const { return join<BoundDisjunction>(node.operands); }

    result<BoundFilter> operator()(Negation const& node) const
    {
        auto operand = bind(node.operand.front());
        return operand ? result<BoundFilter>{negated(std::move(*operand))} : operand;
    }

    result<BoundFilter> operator()(ValuePath const& node) const
    {
        if (element_)
            return fault(*element_, ErrorCode::invalid_filter, ": brackets inside brackets are not possible");
        auto attribute = resolve(node.attribute);
        if (!attribute)
            return attribute.error();
        if (!*attribute)
            return constant(false);
        if (auto const reason = value_path_fault(**attribute); !reason.empty())
            return fault(**attribute, ErrorCode::invalid_filter, reason);
        auto filter = bind_element(node.filter.front(), **attribute);
        if (!filter)
            return filter;
        if (auto const* value = std::get_if<BoundConstant>(&filter->node))
            return value->always ? BoundFilter{BoundPresence{**attribute}} : constant(false);
        BoundValuePath path{.attribute = **attribute, .filter = {}};
        path.filter.push_back(std::move(*filter));
        return BoundFilter{std::move(path)};
    }

private:
    template <class Junction>
    result<BoundFilter> join(std::vector<Filter> const& operands) const
    {
        Joiner<Junction> joiner;
        for (Filter const& operand : operands)
        {
            auto bound = bind(operand);
            if (!bound)
                return bound;
            joiner.add(std::move(*bound));
        }
        return std::move(joiner).finish();
    }

    /// Nothing: an unknown attribute, which then has no value.
    result<std::optional<AttributeRef>> resolve(AttributePath const& path) const
    {
        auto const attribute = element_ ? in_element(path) : type_.resolve(path, options_.names);
        if (!attribute)
            return unknown(path);
        if (!attribute->attribute)
        {
            return fault(*attribute, ErrorCode::invalid_filter,
                         " is a whole schema extension: test one of its attributes, or schemas");
        }
        if (attribute->attribute->returned == Returned::never || attribute->leaf().returned == Returned::never)
            return never_returned(*attribute);
        return attribute;
    }

    /// Between brackets a name is a sub-attribute's; of simple values there is only the value itself.
    std::optional<AttributeRef> in_element(AttributePath const& path) const
    {
        AttributeRef attribute = *element_;
        if (!path.uri.empty() || !path.sub_attribute.empty())
            return std::nullopt;
        if (attribute.attribute->type != AttributeType::complex)
            return equal_ascii_ignoring_case(path.name, "value") ? std::optional{attribute} : std::nullopt;
        attribute.sub_attribute = attribute.attribute->find_sub_attribute(path.name);
        return attribute.sub_attribute ? std::optional{attribute} : std::nullopt;
    }

    result<std::optional<AttributeRef>> unknown(AttributePath const& path) const
    {
        if (options_.unknown_has_no_value)
            return std::optional<AttributeRef>{};
        if (element_)
            return fault(*element_, ErrorCode::invalid_filter, " has no sub-attribute " + quoted(to_string(path)));
        return unknown_attribute(path, type_, options_.names, ErrorCode::invalid_filter);
    }

    /// A comparison with an attribute that has no value: only `eq null` and `ne` with a value hold.
    result<BoundFilter> without_value(Comparison const& node, bool with_null) const
    {
        if (with_null && !detail::is_equality(node.op))
        {
            return Error{ErrorCode::invalid_filter, quoted(to_string(node.attribute)) + " cannot be compared with " +
                                                        std::string{to_string(node.op)} + " null."};
        }
        return constant(with_null ? node.op == CompareOperator::eq : node.op == CompareOperator::ne);
    }

    Error never_returned(AttributeRef const& attribute) const
    {
        return fault(attribute, options_.never_returned, " is never returned and cannot be used in a filter");
    }

    ResourceType const& type_;
    BindOptions const& options_;
    AttributeRef const* element_ = nullptr; ///< between brackets: the attribute before them
};

} // namespace

result<BoundFilter> bind(Filter const& filter, ResourceType const& type, BindOptions const& options)
{
    return Binder{type, options}.bind(filter);
}

result<BoundPath> bind(Path const& path, ResourceType const& type, BindOptions const& options)
{
    auto const attribute = type.resolve(path.attribute, options.names);
    if (!attribute)
        return unknown_attribute(path.attribute, type, options.names, ErrorCode::invalid_path);
    BoundPath bound{.attribute = *attribute, .filter = {}};
    if (!path.filter.empty())
    {
        if (auto const reason = value_path_fault(*attribute); !reason.empty())
            return fault(*attribute, ErrorCode::invalid_path, reason);
        auto filter = Binder{type, options}.bind_element(path.filter.front(), *attribute);
        if (!filter)
            return filter.error();
        bound.filter.push_back(std::move(*filter));
    }
    if (!path.sub_attribute.empty())
    {
        bound.attribute.sub_attribute =
            attribute->attribute ? attribute->attribute->find_sub_attribute(path.sub_attribute) : nullptr;
        if (!bound.attribute.sub_attribute)
            return fault(*attribute, ErrorCode::invalid_path, " has no sub-attribute " + quoted(path.sub_attribute));
    }
    return bound;
}

} // namespace scimkit
