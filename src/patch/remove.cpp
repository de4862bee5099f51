// PATCH `remove` (RFC 7644 section 3.5.2.2): the whole attribute, the elements that a list or a filter names, and many
// removals by value in one pass.
#include <scimkit/filter/evaluate.hpp>

#include "edit.hpp"
#include "patcher.hpp"

#include <algorithm>

namespace scimkit
{

result<json::array> read_unwanted(PatchOperation const& operation, CanonicalOptions options)
{
    options.refuse_read_only = false;
    options.only_compared = true;
    return read_elements(operation, options);
}

result<bool> remove_elements(json::array& elements, json::array const& unwanted, AttributeRef const& attribute,
                             Work& work)
{
    return remove_elements(elements, unwanted, attribute, work, [](json::value const&) { return true; });
}

result<bool> remove_elements(json::array& elements, json::array const& unwanted, AttributeRef const& attribute,
                             Work& work, function_ref<bool(json::value const&)> may_go)
{
    ElementIndex present(*attribute.attribute, ElementMatch::value_first);
    std::vector<bool> doomed(elements.size());
    bool all_found = true;
    Searches searches(present, attribute, work);
    for (auto const& element : unwanted)
    {
        auto positions = present.find_all(elements, element);
        if (auto fine = searches.pay(present); !fine)
            return fine.error();
        std::erase_if(positions, [&](std::size_t position) { return !may_go(elements[position]); });
        all_found = all_found && !positions.empty();
        for (auto const position : positions)
            doomed[position] = true;
    }
    std::size_t position = 0;
    auto const end = std::remove_if(elements.begin(), elements.end(),
                                    [&](json::value const&) { return static_cast<bool>(doomed[position++]); });
    elements.erase(end, elements.end());
    return all_found;
}

result<void> Patcher::remove_values(PatchOperation const& first, std::span<std::string const> values)
{
    forget_elements(first.path.attribute);
    return change(first,
                  [&](json::value& slot) -> result<void>
                  {
                      auto* elements = slot.if_array();
                      if (!elements)
                          return {};
                      json::array unwanted;
                      unwanted.reserve(values.size());
                      for (auto const& value : values)
                          unwanted.push_back(json::object{{"value", value}});
                      if (auto removed = remove_elements(*elements, unwanted, first.path.attribute, work_); !removed)
                          return removed.error();
                      prune(slot, *first.path.attribute.attribute);
                      return {};
                  });
}

result<void> Patcher::nothing_to_remove(PatchOperation const& operation) const
{
    return options_.remove_absent
               ? result<void>{}
               : patch_fault(operation.path.attribute, ErrorCode::no_target, "there is nothing to remove")
                     .allowed_by("remove-absent=on");
}

result<void> Patcher::remove_whole(json::value& slot, PatchOperation const& operation)
{
    auto const& target = operation.path.attribute;
    if (operation.value.is_null())
    {
        if (slot.is_null())
            return nothing_to_remove(operation);
        slot = nullptr;
        return {};
    }
    auto unwanted = read_unwanted(operation, canonical_);
    if (!unwanted)
        return unwanted.error();
    auto const& filter = operation.path.filter;
    auto const is_selected = [&](json::value const& element)
    { return filter.empty() || matches_element(filter.front(), element); };
    auto* elements = slot.if_array();
    if (!options_.several_matches && !filter.empty() && elements && std::ranges::count_if(*elements, is_selected) > 1)
        return patch_fault(target, ErrorCode::invalid_filter, "the filter selects more than one element")
            .allowed_by("several-matches=on");
    auto const found = elements ? remove_elements(*elements, *unwanted, target, work_, is_selected) : unwanted->empty();
    if (!found)
        return found.error();
    prune(slot, *target.attribute);
    return *found ? result<void>{} : nothing_to_remove(operation);
}

} // namespace scimkit
