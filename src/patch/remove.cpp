// PATCH `remove` (RFC 7644 section 3.5.2.2): the whole attribute, the elements that a list or a filter names, and many
// removals by value in one pass.
#include <scimkit/filter/evaluate.hpp>

#include "../resource/canonical_parts.hpp"
#include "edit.hpp"
#include "patcher.hpp"

#include <algorithm>

namespace scimkit
{

namespace
{

// Never of what is never returned: that it is left out would tell whether there is one.
bool both_say_it(json::value const* stored, json::value const* said, Attribute const& attribute)
{
    if (attribute.returned == Returned::never)
        return false;
    return stored && said ? same_value(*stored, *said, attribute) : stored == said;
}

// Of the same value there may be one for work and one at home. What `value` alone tells from others is found by it: the
// rest of a reference is computed.
ElementMatch listed_match(Attribute const& attribute) noexcept
{
    return is_keyed(attribute) ? ElementMatch::value_first : ElementMatch::value_and_type;
}

// Whether an element to be removed would be found by what is never returned.
bool is_found_by_hidden(json::value const& said, Attribute const& attribute)
{
    auto const* members = said.if_object();
    auto const is_hidden = [&](Attribute const& sub)
    { return sub.returned == Returned::never && members->contains(sub.name); };
    if (!members)
        return false;
    auto const* value = members->contains("value") ? attribute.find_sub_attribute("value") : nullptr;
    if (!value)
        return std::ranges::any_of(attribute.sub_attributes, is_hidden);
    auto const* type = attribute.find_sub_attribute("type");
    return is_hidden(*value) || (type && is_hidden(*type));
}

// Whether a single value is the one that is meant: a simple one is the same; of a complex one all is said, or its
// `value` and nothing that it does not say. A reference is what its `value` says, since the rest of it is found out.
bool says_what_is_there(json::value const& stored, json::value const& said, Attribute const& attribute)
{
    auto const* members = stored.if_object();
    auto const* named = said.if_object();
    if (!members || !named)
        return both_say_it(&stored, &said, attribute);
    bool const has_value = named->contains("value");
    bool const is_reference = is_resource_reference(attribute) && has_value;
    return std::ranges::all_of(
        attribute.sub_attributes,
        [&](Attribute const& sub)
        {
            bool const is_left_open = has_value && !named->contains(sub.name);
            bool const counts = is_reference ? sub.name == "value" : sub.mutability != Mutability::read_only;
            return !counts || is_left_open ||
                   both_say_it(members->if_contains(sub.name), named->if_contains(sub.name), sub);
        });
}

} // namespace

bool has_nothing_to_say(json::value const& value) noexcept
{
    auto const* text = value.if_string();
    auto const* array = value.if_array();
    auto const* object = value.if_object();
    return (text && text->empty()) || (array && array->empty()) || (object && object->empty());
}

bool is_never_returned(AttributeRef const& target) noexcept
{
    return target.attribute &&
           (target.attribute->returned == Returned::never || target.leaf().returned == Returned::never);
}

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
    ElementIndex present{*attribute.attribute, listed_match(*attribute.attribute)};
    std::vector<bool> doomed(elements.size());
    bool all_found = true;
    Searches searches{present, attribute, work};
    for (auto const& element : unwanted)
    {
        auto positions = present.find_all(elements, element);
        if (auto fine = searches.pay(present); !fine)
            return fine.error();
        bool const is_hidden = is_found_by_hidden(element, *attribute.attribute);
        std::erase_if(positions, [&](std::size_t position) { return is_hidden || !may_go(elements[position]); });
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

result<json::value> Patcher::read_said(PatchOperation const& operation) const
{
    if (operation.value.is_null())
        return json::value{};
    auto options = canonical_;
    options.refuse_read_only = false;
    options.only_compared = true;
    auto said = canonicalise_value(operation.value, operation.path.attribute, options);
    if (!said)
        return said;
    auto const* members = said->if_object();
    if (said->is_null() || (members && members->empty()))
        return patch_fault(operation.path.attribute, ErrorCode::invalid_value,
                           "the value of the remove does not say what is to be removed")
            .against("7644-3.5.2.2-n");
    return said;
}

result<void> Patcher::check_said(json::value const& item, json::value const& said, AttributeRef const& target)
{
    auto const* complex = target.sub_attribute ? item.if_object() : nullptr;
    auto const* stored =
        target.sub_attribute ? (complex ? complex->if_contains(target.sub_attribute->name) : nullptr) : &item;
    if (said.is_null() || !stored || stored->is_null() || says_what_is_there(*stored, said, target.leaf()))
        return {};
    return patch_fault(target, ErrorCode::invalid_value,
                       "the value of the remove is not what is there, so nothing is removed")
        .against("7644-3.5.2.2-n");
}

result<void> Patcher::remove_whole(json::value& slot, PatchOperation const& operation)
{
    auto const& target = operation.path.attribute;
    if (operation.value.is_null() || !target.attribute->multi_valued)
    {
        auto const said = read_said(operation);
        if (!said)
            return said.error();
        if (slot.is_null())
            return nothing_to_remove(operation);
        if (auto fine = check_said(slot, *said, target); !fine)
            return fine;
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
