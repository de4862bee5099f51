// From names to definitions: attributes are resolved, literals typed, and what cannot be answered is refused before a
// store sees it. Unknown attributes, where they are allowed, are folded away: a store meets a BoundConstant only as
// a whole filter (RFC 7644 section 3.4.2.2).

#include <scimkit/core/text.hpp>

#include "junction.hpp"
#include "literal.hpp"

#include <optional>
#include <span>
#include <utility>

namespace scimkit
{

namespace
{

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
    return {.code = code,
            .detail = std::move(detail),
            .requirement = code == ErrorCode::invalid_path ? "7644-3.5.2-i" : "7644-3.4.2.2-be"};
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

/// What a filter is made of: of a test nothing.
std::span<Filter const> operands_in(Filter const& filter) noexcept
{
    if (auto const* all = std::get_if<Conjunction>(&filter.node))
        return all->operands;
    if (auto const* any = std::get_if<Disjunction>(&filter.node))
        return any->operands;
    if (auto const* negation = std::get_if<Negation>(&filter.node))
        return {negation->operand.data(), 1};
    if (auto const* path = std::get_if<ValuePath>(&filter.node))
        return {path->filter.data(), 1};
    return {};
}

/// Binds what is innermost first. What is begun is kept in a list and not on the stack of the thread, which may be
/// small.
class Binder
{
public:
    /// `element`: the attribute before the brackets in which it stands; null outside of brackets.
    Binder(ResourceType const& type, BindOptions const& options, AttributeRef const* element = nullptr)
        : type_(type)
        , options_(options)
    {
        if (element)
            element_ = *element;
    }

    result<BoundFilter> bind(Filter const& filter)
    {
        std::optional<BoundFilter> done; // the last one
        if (auto begun = begin(filter, done); !begun)
            return std::move(begun).error();
        while (!begun_.empty())
        {
            Begun& innermost = begun_.back();
            if (done)
                innermost.bound.push_back(std::move(*done));
            done.reset();
            if (auto const next = innermost.bound.size(); next == innermost.operands.size())
            {
                done = finish(std::move(innermost));
                begun_.pop_back();
            }
            else if (auto begun = begin(innermost.operands[next], done); !begun)
                return std::move(begun).error();
        }
        return std::move(*done);
    }

private:
    /// What has operands, and those of them that are bound.
    struct Begun
    {
        Filter const* filter;
        std::span<Filter const> operands;
        std::vector<BoundFilter> bound{};
        AttributeRef attribute{}; ///< of a value path
    };

    /// A test is done at once.
    result<void> begin(Filter const& filter, std::optional<BoundFilter>& done)
    {
        if (auto const* const path = std::get_if<ValuePath>(&filter.node))
            return begin_elements(filter, *path, done);
        auto const* const comparison = std::get_if<Comparison>(&filter.node);
        auto const* const presence = std::get_if<Presence>(&filter.node);
        if (!comparison && !presence)
        {
            begun_.push_back({.filter = &filter, .operands = operands_in(filter)});
            return {};
        }
        auto test = comparison ? compare(*comparison) : present(*presence);
        if (!test)
            return std::move(test).error();
        done = std::move(*test);
        return {};
    }

    result<BoundFilter> compare(Comparison const& node) const
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
                return node.op == CompareOperator::ne ? std::move(presence) : detail::negated(std::move(presence));
            }
            auto const* const value = leaf.attribute->find_sub_attribute("value");
            if (!value || !options_.complex_compares_by_value)
            {
                return fault(leaf, ErrorCode::invalid_filter, " is complex: compare one of its sub-attributes")
                    .against("7644-3.4.2.2-au")
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

    result<BoundFilter> present(Presence const& node) const
    {
        auto attribute = resolve(node.attribute);
        if (!attribute)
            return attribute.error();
        return *attribute ? BoundFilter{BoundPresence{**attribute}} : detail::constant(false);
    }

    result<void> begin_elements(Filter const& filter, ValuePath const& node, std::optional<BoundFilter>& done)
    {
        if (element_)
            return fault(*element_, ErrorCode::invalid_filter, ": brackets inside brackets are not possible")
                .against("7644-3.4.2.2-ak");
        auto attribute = resolve(node.attribute);
        if (!attribute)
            return std::move(attribute).error();
        if (!*attribute)
        {
            done = detail::constant(false);
            return {};
        }
        if (auto const reason = value_path_fault(**attribute); !reason.empty())
            return fault(**attribute, ErrorCode::invalid_filter, reason).against("7644-3.4.2.2-ai");
        element_ = **attribute;
        begun_.push_back({.filter = &filter, .operands = operands_in(filter), .attribute = **attribute});
        return {};
    }

    BoundFilter finish(Begun&& begun)
    {
        if (std::holds_alternative<Conjunction>(begun.filter->node))
            return detail::joined<BoundConjunction>(std::move(begun.bound));
        if (std::holds_alternative<Disjunction>(begun.filter->node))
            return detail::joined<BoundDisjunction>(std::move(begun.bound));
        BoundFilter& only = begun.bound.front();
        if (std::holds_alternative<Negation>(begun.filter->node))
            return detail::negated(std::move(only));
        element_.reset();
        if (auto const* value = std::get_if<BoundConstant>(&only.node))
            return value->always ? BoundFilter{BoundPresence{begun.attribute}} : detail::constant(false);
        BoundValuePath path{.attribute = begun.attribute, .filter = {}};
        path.filter.push_back(std::move(only));
        return {std::move(path)};
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
                         " is a whole schema extension: test one of its attributes, or schemas")
                .against("7644-3.10-a");
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
            return fault(*element_, ErrorCode::invalid_filter, " has no sub-attribute " + quoted(to_string(path)))
                .against("7644-3.4.2.2-aj");
        return unknown_attribute(path, type_, options_.names, ErrorCode::invalid_filter);
    }

    /// A comparison with an attribute that has no value: only `eq null` and `ne` with a value hold.
    result<BoundFilter> without_value(Comparison const& node, bool with_null) const
    {
        if (with_null && !detail::is_equality(node.op))
        {
            return Error{.code = ErrorCode::invalid_filter,
                         .detail = quoted(to_string(node.attribute)) + " cannot be compared with " +
                                   std::string{to_string(node.op)} + " null.",
                         .requirement = "7644-3.4.2.2-x"};
        }
        return detail::constant(with_null ? node.op == CompareOperator::eq : node.op == CompareOperator::ne);
    }

    Error never_returned(AttributeRef const& attribute) const
    {
        return fault(attribute, options_.never_returned, " is never returned and cannot be used in a filter")
            .against(options_.never_returned == ErrorCode::sensitive ? "7644-7.5.2-a" : "7644-3.4.2.2-bg");
    }

    ResourceType const& type_;
    BindOptions const& options_;
    std::optional<AttributeRef> element_{}; ///< between brackets: the attribute before them
    std::vector<Begun> begun_{};            ///< the innermost last
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
            return fault(*attribute, ErrorCode::invalid_path, reason).against("7644-3.5.2-g");
        auto filter = Binder(type, options, &*attribute).bind(path.filter.front());
        if (!filter)
            return filter.error();
        bound.filter.push_back(std::move(*filter));
    }
    if (!path.sub_attribute.empty())
    {
        bound.attribute.sub_attribute =
            attribute->attribute ? attribute->attribute->find_sub_attribute(path.sub_attribute) : nullptr;
        if (!bound.attribute.sub_attribute)
            return fault(*attribute, ErrorCode::invalid_path, " has no sub-attribute " + quoted(path.sub_attribute))
                .against("7644-3.5.2-i");
    }
    return bound;
}

} // namespace scimkit
