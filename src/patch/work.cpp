// The price of an operation: what it looks at is known before it is carried out, from the value that it finds.
#include "work.hpp"

#include "edit.hpp"

#include <string>
#include <utility>

namespace scimkit
{

namespace
{

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
    weight_ += weight;
    if (weight_ > max_weight_)
    {
        return patch_fault(target, ErrorCode::too_many,
                           "the operations compare more than the limit of " + std::to_string(max_weight_) +
                               " units of work");
    }
    if (!budget_ || budget_->spend(weight))
        return {};
    auto error = budget_->error();
    error.attribute = target.path();
    error.detail.insert(0, error.attribute + ": ");
    return error;
}

result<void> Searches::pay(ElementIndex const& index)
{
    auto const scanned = index.scanned() - std::exchange(scanned_, index.scanned());
    auto const weighed = index.weighed() - std::exchange(weighed_, index.weighed());
    auto const fine = work_.look_at(target_, scanned);
    return fine ? work_.read(target_, weighed) : fine;
}

std::uint64_t count_elements(json::value const& value, AttributeRef const& target) noexcept
{
    auto count = count_of(&value);
    if (!target.sub_attribute || !target.sub_attribute->multi_valued)
        return count;
    auto const inner = [&](json::value const& item)
    {
        auto const* complex = item.if_object();
        return complex ? count_of(complex->if_contains(target.sub_attribute->name)) : 0;
    };
    auto const* elements = value.if_array();
    if (!elements)
        return count + inner(value);
    for (auto const& element : *elements)
        count += inner(element);
    return count;
}

} // namespace scimkit
