// A value path selects elements, but it can also say what an element is: `add` and `replace` make the one that it
// describes where none matches, and `remove` finds members by their keys (RFC 7644 section 3.5.2).
#include "filter_values.hpp"

#include <algorithm>

namespace scimkit
{

namespace
{

json::value to_json(BoundLiteral const& literal)
{
    struct Visitor
    {
        json::value operator()(std::nullptr_t) const { return nullptr; }
        json::value operator()(bool value) const { return value; }
        json::value operator()(Number const& value) const
        {
            return std::visit([](auto number) -> json::value { return number; }, value);
        }
        json::value operator()(Instant value) const { return json::value(format_date_time(value)); }
        json::value operator()(StringKey const& value) const { return json::value(value.text); }
    };
    return std::visit(Visitor{}, literal);
}

// A bound filter is as deep as its text was allowed to be (FilterSyntax::max_depth), and so is this.
bool collect(BoundFilter const& filter, json::object& element)
{
    if (auto const* all = std::get_if<BoundConjunction>(&filter.node))
    {
        return std::all_of(all->operands.begin(), all->operands.end(),
                           [&](BoundFilter const& operand) { return collect(operand, element); });
    }
    auto const* comparison = std::get_if<BoundComparison>(&filter.node);
    if (!comparison || comparison->op != CompareOperator::eq || !comparison->attribute.sub_attribute)
        return false;
    auto value = to_json(comparison->value);
    auto const [member, is_new] = element.emplace(comparison->attribute.sub_attribute->name, value);
    return is_new || member->value() == value;
}

bool collect(BoundFilter const& filter, std::vector<std::string>& values)
{
    if (auto const* any = std::get_if<BoundDisjunction>(&filter.node))
    {
        return std::all_of(any->operands.begin(), any->operands.end(),
                           [&](BoundFilter const& operand) { return collect(operand, values); });
    }
    auto const* comparison = std::get_if<BoundComparison>(&filter.node);
    auto const* sub = comparison ? comparison->attribute.sub_attribute : nullptr;
    auto const* text = comparison ? std::get_if<StringKey>(&comparison->value) : nullptr;
    if (!sub || sub->name != "value" || comparison->op != CompareOperator::eq || !text)
        return false;
    if (text->text != text->key)
        return false; // a store finds elements by their exact text; other spellings need the elements themselves
    values.push_back(text->text);
    return true;
}

} // namespace

std::optional<json::object> element_of(BoundFilter const& filter)
{
    json::object element;
    if (!collect(filter, element))
        return std::nullopt;
    return element;
}

std::optional<std::vector<std::string>> values_of(BoundFilter const& filter)
{
    std::vector<std::string> values;
    if (!collect(filter, values))
        return std::nullopt;
    return values;
}

std::size_t count_terms(BoundFilter const& filter)
{
    auto const sum = [](std::vector<BoundFilter> const& operands)
    {
        std::size_t terms = 0;
        for (auto const& operand : operands)
            terms += count_terms(operand);
        return terms;
    };
    if (auto const* all = std::get_if<BoundConjunction>(&filter.node))
        return sum(all->operands);
    if (auto const* any = std::get_if<BoundDisjunction>(&filter.node))
        return sum(any->operands);
    if (auto const* negation = std::get_if<BoundNegation>(&filter.node))
        return sum(negation->operand);
    auto const* path = std::get_if<BoundValuePath>(&filter.node);
    return path ? sum(path->filter) : 1;
}

} // namespace scimkit
