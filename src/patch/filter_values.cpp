// A value path selects elements, but it can also say what an element is: `add` and `replace` make the one that it
// describes where none matches, and `remove` finds members by their keys (RFC 7644 section 3.5.2).
#include "filter_values.hpp"

#include "../filter/visit.hpp"

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
    auto const add = [&](BoundComparison const& test)
    {
        if (!test.attribute.sub_attribute)
            return false;
        auto value = to_json(test.value);
        auto const [member, is_new] = element.emplace(test.attribute.sub_attribute->name, value);
        return is_new || member->value() == value;
    };
    if (!for_each_equality(filter, add))
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

} // namespace scimkit
