// The price of an operation: what it looks at is known before it is carried out, from the value that it finds.
#include "work.hpp"

#include "edit.hpp"

#include <algorithm>
#include <string_view>

namespace scimkit
{

namespace
{

std::uint64_t weight_of_text(std::string_view text) noexcept
{
    bool const ascii =
        std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    return text.size() * (ascii ? 1 : Budget::fold);
}

std::uint64_t count_of(json::value const* value) noexcept
{
    auto const* elements = value ? value->if_array() : nullptr;
    return elements ? elements->size() : 0;
}

} // namespace

result<void> Work::look_at(AttributeRef const& target, std::uint64_t elements)
{
    elements_ += elements;
    return elements_ <= max_elements_
               ? result<void>{}
               : patch_fault(target, ErrorCode::too_many, "the operations look through too many elements");
}

result<void> Work::read(AttributeRef const& target, std::uint64_t weight)
{
    if (!budget_ || budget_->spend(weight))
    {
        return {};
    }
    auto error = budget_->error();
    error.attribute = target.path();
    error.detail.insert(0, error.attribute + ": ");
    return error;
}

std::uint64_t weight_of(json::value const& value) noexcept
{
    std::uint64_t weight = Budget::visit;
    if (auto const* text = value.if_string())
    {
        weight += weight_of_text(*text);
    }
    else if (auto const* elements = value.if_array())
    {
        for (auto const& element : *elements)
        {
            weight += weight_of(element);
        }
    }
    else if (auto const* members = value.if_object())
    {
        for (auto const& member : *members)
        {
            weight += weight_of(member.value());
        }
    }
    return weight;
}

std::uint64_t count_elements(json::value const& value, AttributeRef const& target) noexcept
{
    auto count = count_of(&value);
    if (!target.sub_attribute || !target.sub_attribute->multi_valued)
    {
        return count;
    }
    auto const inner = [&](json::value const& item)
    {
        auto const* complex = item.if_object();
        return complex ? count_of(complex->if_contains(target.sub_attribute->name)) : 0;
    };
    auto const* elements = value.if_array();
    if (!elements)
    {
        return count + inner(value);
    }
    for (auto const& element : *elements)
    {
        count += inner(element);
    }
    return count;
}

} // namespace scimkit
