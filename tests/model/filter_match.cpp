// Answers filters by looking at every value there is.
#include "filter.hpp"
#include "text.hpp"

#include <algorithm>

namespace scimkit::model
{
namespace
{

bool is_there(json::value const& value)
{
    if (auto const* text = value.if_string())
        return !text->empty();
    if (auto const* array = value.if_array())
        return std::ranges::any_of(*array, is_there);
    if (auto const* object = value.if_object())
        return std::ranges::any_of(*object,
                                   [](json::key_value_pair const& member) { return is_there(member.value()); });
    return !value.is_null();
}

void add_values(std::vector<json::value>& values, json::value const& value)
{
    if (auto const* array = value.if_array())
        values.insert(values.end(), array->begin(), array->end());
    else if (!value.is_null())
        values.push_back(value);
}

/// The values of `sub` in each of the elements; the elements themselves without one.
std::vector<json::value> within(std::vector<json::value> const& elements, Attribute const* sub, bool compared)
{
    if (!sub)
        return elements;
    std::vector<json::value> values;
    for (json::value const& element : elements)
    {
        auto const* object = element.if_object();
        auto const* value = object ? object->if_contains(sub->name) : nullptr;
        if (value)
            add_values(values, *value);
        else if (object && compared && sub->kind == Kind::boolean && sub->name == "primary")
            values.emplace_back(false);
    }
    return values;
}

bool holds(std::string_view op, json::value const& value, json::value const& literal, Attribute const& attribute)
{
    if (op == "co" || op == "sw" || op == "ew")
    {
        if (!value.is_string())
            return false;
        auto const text = compared_by(value.get_string(), attribute.exact);
        auto const part = compared_by(literal.get_string(), attribute.exact);
        return op == "co"   ? text.find(part) != std::string::npos
               : op == "sw" ? text.starts_with(part)
                            : text.ends_with(part);
    }
    auto const order = compare(value, literal, attribute);
    if (!order)
        return op == "ne";
    return op == "eq"   ? *order == 0
           : op == "ne" ? *order != 0
           : op == "gt" ? *order > 0
           : op == "ge" ? *order >= 0
           : op == "lt" ? *order < 0
                        : *order <= 0;
}

/// `find` gives the values of a target in whatever the filter is about.
template <class Find>
bool answer(Filter const& filter, Find const& find)
{
    auto const inner = [&](Filter const& operand) { return answer(operand, find); };
    if (filter.op == "and")
        return std::ranges::all_of(filter.operands, inner);
    if (filter.op == "or")
        return std::ranges::any_of(filter.operands, inner);
    if (filter.op == "not")
        return !inner(filter.operands.front());
    if (filter.op == "true" || filter.op == "false")
        return filter.op == "true";
    if (filter.op == "[]")
        return std::ranges::any_of(find(filter.target, false), [&](json::value const& element)
                                   { return matches_element(filter.operands.front(), element); });
    if (filter.op == "pr" || filter.literal.is_null())
        return std::ranges::any_of(find(filter.target, false), is_there) != (filter.op == "eq");
    auto const values = find(filter.target, true);
    return std::ranges::any_of(values, [&](json::value const& value)
                               { return holds(filter.op, value, filter.literal, filter.target.leaf()); }) ||
           (values.empty() && filter.op == "ne");
}

} // namespace

std::vector<json::value> values_of(json::object const& view, Target const& target, bool compared)
{
    std::vector<json::value> elements;
    add_values(elements, value_at(view, target));
    return within(elements, target.sub, compared);
}

bool matches(Filter const& filter, json::object const& view)
{
    return answer(filter, [&](Target const& target, bool compared) { return values_of(view, target, compared); });
}

bool matches_element(Filter const& filter, json::value const& element)
{
    return answer(filter, [&](Target const& target, bool compared) { return within({element}, target.sub, compared); });
}

} // namespace scimkit::model
