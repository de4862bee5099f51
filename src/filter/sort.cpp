// The order of resources by one of their values (RFC 7644 section 3.4.2.3).
#include <scimkit/core/budget.hpp>

#include "../core/eight_bytes.hpp"
#include "resource_values.hpp"

namespace scimkit
{

namespace
{

bool is_primary(json::value const& element) noexcept
{
    json::object const* const object = element.if_object();
    json::value const* const primary = object ? object->if_contains("primary") : nullptr;
    return primary && primary->is_bool() && primary->get_bool();
}

/// Of several values the primary one, else the first (RFC 7644 section 3.4.2.3); null if there is none.
json::value const* deciding_value(json::value const& value) noexcept
{
    json::array const* const elements = value.if_array();
    if (!elements)
        return &value;
    if (elements->empty())
        return nullptr;
    auto const primary = std::find_if(elements->begin(), elements->end(), is_primary);
    return primary != elements->end() ? primary : elements->begin();
}

/// What decides when a complex attribute itself is named: its `value`, if it has one.
AttributeRef with_value(AttributeRef attribute) noexcept
{
    if (attribute.leaf().type == AttributeType::complex)
        attribute.sub_attribute = attribute.attribute->find_sub_attribute("value");
    return attribute;
}

/// Of the comparison key of a value.
std::uint64_t cost_of_key(json::value const& value) noexcept
{
    auto const* const text = value.if_string();
    return Budget::visit + (text ? text->size() * (is_ascii(*text) ? 1 : Budget::fold) : 0);
}

SortValue literal_of(Attribute const& leaf, std::string_view text) { return to_literal(leaf, json::value(text)); }

SortValue literal_of(Attribute const&, Instant instant) { return BoundLiteral{instant}; }

/// Keeps the first value of an attribute.
struct First
{
    Attribute const& leaf;
    SortValue& value;

    template <class Value>
    bool operator()(Value const& found) const
    {
        value = literal_of(leaf, found);
        return true;
    }
};

template <class Value>
int order_of(Value const& a, Value const& b) noexcept
{
    return (a > b) - (a < b);
}

/// Compares a with a literal of the same alternative.
struct CompareWith
{
    BoundLiteral const& other;

    int operator()(std::nullptr_t) const noexcept { return 0; }
    int operator()(bool a) const noexcept { return order_of(a, *std::get_if<bool>(&other)); }
    int operator()(Number const& a) const noexcept { return compare_numbers(a, *std::get_if<Number>(&other)); }
    int operator()(Instant a) const noexcept { return order_of(a, *std::get_if<Instant>(&other)); }
    int operator()(StringKey const& a) const noexcept { return a.key.compare(std::get_if<StringKey>(&other)->key); }
};

bool is_nothing(SortValue const& value) noexcept { return !value || std::holds_alternative<std::nullptr_t>(*value); }

} // namespace

SortValue sort_value(AttributeRef const& attribute, ResourceView const& resource, Budget* budget)
{
    AttributeRef const deciding = with_value(attribute);
    Attribute const& leaf = deciding.leaf();
    SortValue value;
    if (detail::is_computed(deciding))
    {
        if (leaf.type != AttributeType::complex)
            detail::visit_computed(deciding, resource, First{leaf, value});
        return value;
    }
    json::value const* const stored = detail::find_stored(deciding, resource);
    json::value const* const element = stored ? deciding_value(*stored) : nullptr;
    json::value const* const found =
        element && deciding.sub_attribute
            ? detail::find_in_element(*deciding.sub_attribute, *element, detail::Absent::is_nothing)
            : element;
    if (!found || (budget && !budget->spend(cost_of_key(*found))))
        return value;
    return to_literal(leaf, *found);
}

int compare_sort_values(SortValue const& a, SortValue const& b) noexcept
{
    if (is_nothing(a) || is_nothing(b))
        return order_of(is_nothing(a), is_nothing(b));
    if (a->index() != b->index())
        return order_of(a->index(), b->index()); // of different attributes: any order, but always the same
    return std::visit(CompareWith{*b}, *a);
}

} // namespace scimkit
