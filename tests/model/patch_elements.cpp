// What operations do to the elements of an attribute when they are through with it.
#include "patch_elements.hpp"

#include "text.hpp"

#include <algorithm>

namespace scimkit::model
{

void keep_one_primary(json::array& elements, std::size_t primary)
{
    for (std::size_t i = 0; i < elements.size(); ++i)
        if (i != primary && is_primary(elements[i]))
            elements[i].as_object()["primary"] = false;
}

void check_one_primary(json::array const& elements)
{
    if (std::ranges::count_if(elements, is_primary) > 1)
        throw Refusal{400, "invalidValue"};
}

json::value with_fixed(json::value elements, json::value const& before, Attribute const& attribute)
{
    auto const is_fixed = [&](Attribute const& sub) // the others of a reference are computed
    { return sub.change == Change::immutable && sub.name != "value" && sub.name != "$ref" && sub.name != "type"; };
    if (!elements.is_array() || !before.is_array())
        return elements;
    for (json::value& element : elements.get_array())
        for (json::value const& known : before.get_array())
        {
            if (!element.is_object() || !is_named_by(known, element, attribute, true))
                continue;
            auto const& stored = known.as_object();
            json::object kept = element.get_object();
            bool contradicts = false;
            for (Attribute const& sub : attribute.subs)
                if (auto const* value = is_fixed(sub) ? stored.if_contains(sub.name) : nullptr)
                {
                    auto const [member, is_new] = kept.emplace(sub.name, *value);
                    contradicts = contradicts || (!is_new && compare(member->value(), *value, sub) != 0);
                }
            // What was claimed of a reference that nobody knows stays, until somebody claims something else.
            if (is_reference(attribute) && !kept.contains("type") && !kept.contains("$ref"))
                for (std::string_view const claim : {"$ref", "type"})
                    if (auto const* value = stored.if_contains(claim))
                        kept.emplace(claim, *value);
            if (!contradicts)
                element = std::move(kept);
            break;
        }
    return elements;
}

bool names_one(json::value const& element, Attribute const& attribute)
{
    return is_named_by(element, element, attribute, true) &&
           (!is_reference(attribute) || element.as_object().contains("value"));
}

bool says_no_value(json::value const& listed)
{
    if (auto const* elements = listed.if_array())
        return std::ranges::any_of(*elements, says_no_value);
    auto const* members = listed.if_object();
    return members && std::ranges::any_of(*members, [](json::key_value_pair const& member)
                                          { return equal_names(member.key(), "value") && member.value().is_null(); });
}

bool describes(Filter const& filter, json::object& element)
{
    if (filter.op == "and")
        return std::ranges::all_of(filter.operands, [&](Filter const& operand) { return describes(operand, element); });
    if (filter.op == "or") // the same said twice
    {
        json::object first;
        return describes(filter.operands.front(), first) &&
               std::ranges::all_of(filter.operands,
                                   [&](Filter const& operand)
                                   {
                                       json::object same;
                                       return describes(operand, same) && same == first;
                                   }) &&
               describes(filter.operands.front(), element);
    }
    if (filter.op != "eq" || !filter.target.sub)
        return false;
    auto const [member, is_new] = element.emplace(filter.target.sub->name, filter.literal);
    return is_new || member->value() == filter.literal;
}

json::value pruned(json::array const& elements, Attribute const& attribute)
{
    json::array kept;
    for (json::value const& element : elements)
    {
        bool const is_empty = element.is_null() || (element.is_object() && element.get_object().empty());
        bool const is_twice = attribute.kind != Kind::complex &&
                              std::ranges::any_of(kept, [&](json::value const& known)
                                                  { return is_named_by(known, element, attribute, false); });
        if (!is_empty && !is_twice)
            kept.push_back(element);
    }
    return kept.empty() ? json::value{} : json::value(std::move(kept));
}

namespace
{

/// Whether there was an element of this `value` in `stored`, with a `type` that the new one does not name.
bool was_claimed(json::value const& element, Attribute const& attribute, json::object const& stored)
{
    auto const* list = stored.if_contains(attribute.name);
    auto const* now = element.if_object();
    auto const* value = now ? now->if_contains("value") : nullptr;
    if (!is_reference(attribute) || !value || now->contains("type") || !list || !list->is_array())
        return false;
    return std::ranges::any_of(list->get_array(),
                               [&](json::value const& each)
                               {
                                   auto const* known = each.if_object();
                                   auto const* its_value = known ? known->if_contains("value") : nullptr;
                                   return its_value && known->contains("type") && *its_value == *value;
                               });
}

} // namespace

bool comes_back(json::value const& element, Attribute const& attribute, json::value const& now,
                json::object const& stored)
{
    bool const is_there =
        now.is_array() &&
        std::ranges::any_of(now.get_array(), [&](json::value const& each)
                            { return is_named_by(each, element, attribute, known_by_value(attribute)); });
    return !is_there && was_claimed(element, attribute, stored);
}

} // namespace scimkit::model
