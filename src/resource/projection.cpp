// `returned` and the client's choice (RFC 7643 section 7, RFC 7644 section 3.9) become one rule for each attribute,
// made once per request; applying it to a resource resolves no names.

#include "projection.hpp"

#include "names_in_order.hpp"

#include <algorithm>
#include <functional>
#include <ranges>
#include <string_view>
#include <utility>

namespace scimkit
{

namespace
{

bool contains(std::vector<Attribute const*> const& subs, Attribute const* sub) noexcept
{
    return std::find(subs.begin(), subs.end(), sub) != subs.end();
}

} // namespace

Projection::Rule const* Projection::find(Attribute const* attribute) const noexcept
{
    auto const found =
        std::lower_bound(rules_.begin(), rules_.end(), attribute,
                         [](Rule const& rule, Attribute const* key) { return std::less<>{}(rule.attribute, key); });
    return found != rules_.end() && found->attribute == attribute ? &*found : nullptr;
}

bool Projection::shows(AttributeRef const& attribute) const noexcept
{
    auto const* rule = find(attribute.attribute);
    return !rule || rule->shown;
}

bool Projection::shows_sub(AttributeRef const& attribute) const noexcept
{
    auto const* rule = find(attribute.attribute);
    return !rule || (rule->shown && (!rule->in_part || contains(rule->sub_attributes, attribute.sub_attribute)));
}

Projection::Parts Projection::parts_of(Attribute const& attribute) const noexcept
{
    auto const* rule = find(&attribute);
    return {!rule || rule->shown, rule && rule->in_part ? &rule->sub_attributes : nullptr};
}

// The rule by which a sent attribute may come into view; null when it is shown already or must stay hidden.
Projection::Rule* Projection::find_openable(Attribute const& attribute) noexcept
{
    auto* rule = const_cast<Rule*>(std::as_const(*this).find(&attribute));
    return !rule || chosen_ || rule->excluded || attribute.returned == Returned::never ? nullptr : rule;
}

void Projection::open(Rule& rule, Attribute const* sub)
{
    rule.shown = rule.shown || rule.attribute->returned == Returned::on_request;
    if (sub && sub->returned == Returned::on_request && rule.in_part && !contains(rule.sub_attributes, sub))
        rule.sub_attributes.push_back(sub);
}

void Projection::add_sent(AttributeRef const& sent)
{
    if (!sent.attribute)
    {
        for (auto const& attribute : sent.schema->attributes)
            add_sent({.schema = sent.schema, .attribute = &attribute, .in_extension = true});
        return;
    }
    auto* rule = find_openable(*sent.attribute);
    if (!rule)
        return;
    open(*rule, sent.sub_attribute);
    if (!sent.sub_attribute)
        for (auto const& sub : sent.attribute->sub_attributes)
            open(*rule, &sub);
}

void Projection::add_sent(json::value const& value, Attribute const& attribute)
{
    auto* rule = find_openable(attribute);
    if (!rule)
        return;
    open(*rule, nullptr);
    auto const has = [](json::value const& element, std::string const& name)
    {
        auto const* members = element.if_object();
        return members && members->contains(name);
    };
    for (auto const& sub : attribute.sub_attributes)
    {
        auto const* array = value.if_array();
        bool const is_sent = array ? std::any_of(array->begin(), array->end(),
                                                 [&](json::value const& element) { return has(element, sub.name); })
                                   : has(value, sub.name);
        if (is_sent)
            open(*rule, &sub);
    }
}

void Projection::add_sent(json::object const& sent)
{
    RootNames names{*type_};
    for (auto const& [name, value] : sent)
    {
        if (auto const attribute = names.find(name))
        {
            add_sent(value, *attribute->attribute);
            continue;
        }
        auto const* extension = type_->find_extension(name);
        auto const* members = extension ? value.if_object() : nullptr;
        if (!members)
            continue;
        for (auto const& [inner_name, inner] : *members)
            if (auto const* attribute = extension->find_attribute(inner_name))
                add_sent(inner, *attribute);
    }
}

namespace
{

// Keeps the members of a complex value that are in `subs`; false when none is left.
bool keep_members(json::object& object, std::vector<Attribute const*> const& subs)
{
    for (auto it = object.begin(); it != object.end();)
    {
        bool const shown =
            std::any_of(subs.begin(), subs.end(), [&](Attribute const* sub) { return sub->name == it->key(); });
        it = shown ? it + 1 : object.stable_erase(it);
    }
    return !object.empty();
}

bool keep_parts(json::value& value, std::vector<Attribute const*> const& subs)
{
    if (auto* object = value.if_object())
        return keep_members(*object, subs);
    auto* array = value.if_array();
    if (!array)
        return true;
    auto const end = std::remove_if(array->begin(), array->end(),
                                    [&](json::value& element)
                                    { return element.is_object() && !keep_members(element.get_object(), subs); });
    array->erase(end, array->end());
    return !array->empty();
}

// Takes away sub-attributes that the schema has not, and objects where it has simple values.
bool keep_known(json::value& value, Attribute const& attribute)
{
    if (auto* array = value.if_array())
    {
        auto const end = std::remove_if(array->begin(), array->end(),
                                        [&](json::value& each) { return !keep_known(each, attribute); });
        array->erase(end, array->end());
        return !array->empty();
    }
    auto* object = value.if_object();
    if (!object)
        return true;
    NamesInOrder known{attribute.sub_attributes};
    for (auto it = object->begin(); it != object->end();)
    {
        auto const* sub = known.find(it->key());
        bool const is_flat = !it->value().is_object();
        it = sub && is_flat ? it + 1 : object->stable_erase(it);
    }
    return !object->empty();
}

bool keep_known(json::object& attributes, std::vector<Attribute> const& schema)
{
    NamesInOrder known{schema};
    for (auto it = attributes.begin(); it != attributes.end();)
    {
        auto const* attribute = known.find(it->key());
        it = attribute && keep_known(it->value(), *attribute) ? it + 1 : attributes.stable_erase(it);
    }
    return !attributes.empty();
}

// What is stored under a name that this registry has not, because it was written with another one, may be a secret:
// only what the schema knows, as it spells it, is shown.
void drop_unknown(json::object& attributes, ResourceType const& type)
{
    NamesInOrder known{type.schema().attributes};
    for (auto it = attributes.begin(); it != attributes.end();)
    {
        bool keep = false;
        if (auto const* attribute = known.find(it->key()))
            keep = keep_known(it->value(), *attribute);
        else if (auto const extension = std::ranges::find_if(type.extensions(), [&](auto const& each)
                                                             { return each.schema->id == it->key(); });
                 extension != type.extensions().end())
            keep = it->value().is_object() && keep_known(it->value().get_object(), extension->schema->attributes);
        else if (auto const common = type.find_root_attribute(it->key()))
            keep = common->attribute->name == it->key();
        it = keep ? it + 1 : attributes.stable_erase(it);
    }
}

} // namespace

void Projection::apply(json::object& attributes) const
{
    drop_unknown(attributes, *type_);
    for (auto const& rule : rules_)
    {
        if (!rule.extension)
        {
            apply(rule, attributes);
            continue;
        }
        auto const extension = attributes.find(rule.extension->id);
        auto* members = extension != attributes.end() ? extension->value().if_object() : nullptr;
        if (!members)
            continue;
        apply(rule, *members);
        if (members->empty())
            attributes.stable_erase(extension);
    }
}

// Takes away what the rule hides of its attribute.
void Projection::apply(Rule const& rule, json::object& owner)
{
    auto const member = owner.find(rule.attribute->name);
    if (member != owner.end() && !(rule.shown && (!rule.in_part || keep_parts(member->value(), rule.sub_attributes))))
        owner.stable_erase(member);
}

} // namespace scimkit
