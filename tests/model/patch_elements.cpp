// What operations do to the elements of an attribute when they are through with it.
#include "patch_elements.hpp"

#include "text.hpp"

#include <algorithm>
#include <utility>
#include <vector>

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

namespace
{

bool is_fixed(Attribute const& sub) // the others of a reference are computed
{
    return sub.change == Change::immutable && sub.name != "value" && sub.name != "$ref" && sub.name != "type";
}

bool is_same(json::object const& a, json::object const& b, Attribute const& sub)
{
    auto const* x = a.if_contains(sub.name);
    auto const* y = b.if_contains(sub.name);
    return x && y ? compare(*x, *y, sub) == 0 : x == y;
}

/// All that a client sees of it.
bool looks_the_same(json::object const& a, json::object const& b, Attribute const& attribute)
{
    return std::ranges::all_of(attribute.subs,
                               [&](Attribute const& sub)
                               {
                                   bool const is_seen = sub.change != Change::read_only && sub.name != "primary" &&
                                                        sub.shown != Shown::never && sub.change != Change::write_only;
                                   return !is_seen || is_same(a, b, sub);
                               });
}

/// By `value`, or without one by all that is immutable.
bool has_the_identity_of(json::object const& a, json::object const& b, Attribute const& attribute)
{
    auto const* value = attribute.sub("value");
    bool has_identity = false;
    for (Attribute const& sub : attribute.subs)
    {
        if (value ? &sub != value : sub.change != Change::immutable)
            continue;
        has_identity = true;
        if (!a.contains(sub.name) || !is_same(a, b, sub))
            return false;
    }
    return has_identity;
}

bool may_be_the_same(json::object const& a, json::object const& b, Attribute const& attribute)
{
    return has_the_identity_of(a, b, attribute) &&
           std::ranges::all_of(
               attribute.subs, [&](Attribute const& sub)
               { return !is_fixed(sub) || !a.contains(sub.name) || !b.contains(sub.name) || is_same(a, b, sub); });
}

void keep_fixed(json::object& element, json::object const& stored, Attribute const& attribute)
{
    for (Attribute const& sub : attribute.subs)
        if (auto const* value = is_fixed(sub) ? stored.if_contains(sub.name) : nullptr)
            element.emplace(sub.name, *value);
    // What was claimed of a reference that nobody knows stays, until somebody claims something else.
    if (is_reference(attribute) && !element.contains("type") && !element.contains("$ref"))
        for (std::string_view const claim : {"$ref", "type"})
            if (auto const* value = stored.if_contains(claim))
                element.emplace(claim, *value);
}

} // namespace

json::value with_fixed(json::value elements, json::value const& before, Attribute const& attribute)
{
    if (!elements.is_array() || !before.is_array())
        return elements;
    bool const one_of_each = known_by_value(attribute) || is_reference(attribute);
    std::vector<json::object const*> left;
    for (json::value const& known : before.get_array())
        if (auto const* object = known.if_object())
            left.push_back(object);
    std::vector<json::object*> others;
    auto const those_left = [&](auto const& fits)
    {
        std::vector<std::size_t> found;
        for (std::size_t i = 0; i < left.size(); ++i)
            if (left[i] && fits(*left[i]))
                found.push_back(i);
        return found;
    };
    for (json::value& element : elements.get_array())
        if (auto* object = element.if_object())
        {
            auto const found = those_left([&](json::object const& known)
                                          { return !one_of_each && looks_the_same(*object, known, attribute); });
            if (found.empty())
                others.push_back(object);
            else
                keep_fixed(*object, *std::exchange(left[found.front()], nullptr), attribute);
        }
    auto const* type = attribute.sub("type");
    for (json::object* object : others)
    {
        auto found = those_left([&](json::object const& known) { return may_be_the_same(*object, known, attribute); });
        auto const rivals = std::ranges::count_if(others, [&](json::object const* other)
                                                  { return has_the_identity_of(*other, *object, attribute); });
        bool const is_alone = found.size() == 1 && rivals == 1;
        if (!is_alone && !type && !one_of_each)
            continue;
        if (!is_alone && !one_of_each)
            std::erase_if(found, [&](std::size_t i) { return !is_same(*object, *left[i], *type); });
        if (found.size() == 1 || (one_of_each && !found.empty()))
        {
            auto const* known = left[found.front()];
            if (!one_of_each)
                left[found.front()] = nullptr;
            keep_fixed(*object, *known, attribute);
        }
    }
    return elements;
}

bool is_listed(json::value const& stored, json::value const& given, Attribute const& attribute)
{
    if (!is_named_by(stored, given, attribute, true))
        return false;
    auto const* said = given.if_object();
    auto const* type = said && said->contains("value") ? attribute.sub("type") : nullptr;
    if (!type || !said->contains("type") || known_by_value(attribute) || is_reference(attribute))
        return true;
    return is_named_by(stored, json::object{{"type", said->at("type")}}, attribute, false);
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

void forget_computed(json::object& item, json::value const& id)
{
    if (auto const* now = item.if_contains("value"); now && *now == id)
        return;
    item.erase("$ref");
    item.erase("type");
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
