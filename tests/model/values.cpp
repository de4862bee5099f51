// The model's reading of values. Each ruling has its line in docs/tolerance.md or docs/design.md.
#include "values.hpp"

#include "lenient.hpp"
#include "text.hpp"

#include <algorithm>
#include <set>

namespace scimkit::model
{
namespace
{

Refusal const wrong_value{400, "invalidValue"};
Refusal const wrong_syntax{400, "invalidSyntax"};

bool same_leaf(json::value const& a, json::value const& b, Attribute const& attribute)
{
    return attribute.kind == Kind::text && a.is_string() && b.is_string() ? compare(a, b, attribute) == 0
                                                                          : same_json(a, b);
}

/// Equal in everything: one of them is enough (RFC 7643 section 2.4).
bool is_repetition(json::value const& a, json::value const& b, Attribute const& attribute)
{
    auto const* x = a.if_object();
    auto const* y = b.if_object();
    // A URI that stands for an id is judged when the id is known (World::name_by_id).
    if (is_reference(attribute) && x && y && x->contains("value") != y->contains("value"))
        return false;
    if (known_by_value(attribute) || !x || !y)
        return is_named_by(a, b, attribute, true);
    auto const agrees = [&](Attribute const& sub)
    {
        auto const* left = x->if_contains(sub.name);
        auto const* right = y->if_contains(sub.name);
        if (!left || !right)
            return left == right;
        return same_leaf(*left, *right, sub);
    };
    return std::ranges::all_of(attribute.subs,
                               [&](Attribute const& sub) { return sub.name == "primary" || agrees(sub); });
}

/// Of an element that is there twice one stays, and is primary if the other one is.
void add_once(json::array& elements, json::value element, Attribute const& attribute)
{
    auto const same = std::ranges::find_if(elements, [&](json::value const& known)
                                           { return is_repetition(known, element, attribute); });
    if (same == elements.end())
        elements.push_back(std::move(element));
    else if (is_primary(element) && same->is_object())
        same->get_object()["primary"] = true;
}

/// Whether what is left of an element that lost an unknown name is something that the client can have meant.
bool means_something(json::object const& members, Attribute const& attribute)
{
    if (attribute.sub("value"))
        return members.contains("value") || (is_reference(attribute) && members.contains("$ref"));
    return std::ranges::any_of(
        members, [](json::key_value_pair const& member)
        { return member.key() != "type" && member.key() != "primary" && member.key() != "display"; });
}

bool has_unknown_names(json::object const& sent, Attribute const& attribute)
{
    return std::ranges::any_of(sent, [&](json::key_value_pair const& member)
                               { return attribute.sub(member.key()) == nullptr; });
}

void add_root(json::object& attributes, Target const& target, json::value const& value, Mode mode)
{
    if (target.attribute->change == Change::read_only)
        return;
    put_value(attributes, target, Values{mode, Speaker::body}.read(value, *target.attribute));
}

void check_schemas(json::object const& body, json::object const& attributes, Type const& type)
{
    auto const* schemas = body.if_contains("schemas");
    auto const lists = [&](std::string const& uri)
    {
        return schemas && schemas->is_array() &&
               std::ranges::any_of(schemas->get_array(), [&](json::value const& each)
                                   { return each.is_string() && equal_names(each.get_string(), uri); });
    };
    bool fine = lists(type.schema.uri);
    for (Schema const& extension : type.extensions)
        fine = fine && (!attributes.contains(extension.uri) || lists(extension.uri));
    if (!fine)
        throw Refusal{wrong_syntax};
}

void check_value(json::value const& value, Attribute const& attribute)
{
    auto const check_subs = [&](json::value const& complex)
    {
        for (Attribute const& sub : attribute.subs)
            if (sub.required && !complex.as_object().contains(sub.name))
                throw Refusal{wrong_value};
    };
    if (attribute.kind != Kind::complex)
        return;
    if (value.is_object())
        return check_subs(value);
    for (json::value const& element : value.as_array())
        check_subs(element);
    if (std::ranges::count_if(value.get_array(), is_primary) > 1)
        throw Refusal{wrong_value};
}

void check_members(json::object const& members, Schema const& schema)
{
    for (Attribute const& attribute : schema.attributes)
        if (auto const* value = members.if_contains(attribute.name))
            check_value(*value, attribute);
        else if (attribute.required)
            throw Refusal{wrong_value};
}

} // namespace

bool says_only_blanks(json::object const& members)
{
    return std::ranges::all_of(members,
                               [](json::key_value_pair const& member)
                               {
                                   return member.key() == "primary" || // a mark alone marks nothing
                                          (member.value().is_string() && is_blank(member.value().get_string()));
                               });
}

bool known_by_value(Attribute const& attribute)
{
    auto const* value = attribute.sub("value");
    return attribute.multi && value && value->change == Change::immutable;
}

bool is_primary(json::value const& element)
{
    auto const* object = element.if_object();
    auto const* primary = object ? object->if_contains("primary") : nullptr;
    return primary && primary->is_bool() && primary->get_bool();
}

bool is_named_by(json::value const& stored, json::value const& given, Attribute const& attribute, bool value_decides)
{
    auto const* x = stored.if_object();
    auto const* y = given.if_object();
    if (!x || !y)
        return same_leaf(stored, given, attribute);
    auto const agrees = [&](Attribute const& sub)
    {
        auto const* a = x->if_contains(sub.name);
        auto const* b = y->if_contains(sub.name);
        return a && b && same_leaf(*a, *b, sub);
    };
    if (value_decides && y->contains("value"))
        return agrees(*attribute.sub("value"));
    bool names_something = false;
    for (Attribute const& sub : attribute.subs)
    {
        if (sub.name == "primary" || !y->contains(sub.name))
            continue;
        names_something = true;
        if (!agrees(sub))
            return false;
    }
    return names_something;
}

json::value Values::read(json::value value, Attribute const& attribute) const
{
    if (value.is_null())
        return {};
    if (!attribute.multi)
        return attribute.kind == Kind::complex ? read_complex(std::move(value), attribute)
                                               : read_simple(std::move(value), attribute);
    bool const takes_one = attribute.kind == Kind::complex && !strict() && value.is_object();
    if (takes_one)
        value = json::array{std::move(value)};
    if (!value.is_array())
        throw Refusal{wrong_value};
    json::array elements;
    bool primary = false;
    for (json::value const& each : value.get_array())
    {
        json::value element = read_element(each, attribute);
        if (is_primary(element) && std::exchange(primary, true) && !strict() && speaker_ == Speaker::body)
            element.as_object()["primary"] = false; // the first one stays primary
        add_once(elements, std::move(element), attribute);
    }
    return elements.empty() ? json::value{} : json::value(std::move(elements));
}

json::value Values::read_element(json::value value, Attribute const& attribute) const
{
    if (value.is_null())
        throw Refusal{wrong_value};
    if (attribute.kind != Kind::complex)
    {
        if (value.is_string() && is_blank(value.get_string()))
            throw Refusal{wrong_value};
        return read_simple(std::move(value), attribute);
    }
    if (value.is_string() && !strict() && is_reference(attribute) && !value.get_string().empty())
        value = json::object{{"value", value}};
    json::object members = read_members(value, attribute, false);
    // Nothing that was sent may become nothing.
    if (says_only_blanks(members) ||
        (has_unknown_names(value.get_object(), attribute) && !means_something(members, attribute)) ||
        (is_reference(attribute) && !members.contains("value") && !members.contains("$ref")))
        throw Refusal{wrong_value};
    return members;
}

json::value Values::read_complex(json::value value, Attribute const& attribute) const
{
    if (!strict() && says_cleared(value, attribute))
        return {};
    if (!strict())
        value = unwrapped(std::move(value));
    if (value.is_string() && !strict() && !value.get_string().empty() && attribute.sub("value"))
        value = json::object{{"value", value}};
    json::object members = read_members(value, attribute, false);
    bool const has_known = std::ranges::any_of(value.get_object(), [&](json::key_value_pair const& member)
                                               { return attribute.sub(member.key()) && !member.value().is_null(); });
    if (!has_known && has_unknown_names(value.get_object(), attribute))
        throw Refusal{wrong_value}; // null and an unknown name leave nothing of what was sent
    if (!members.empty() && says_only_blanks(members))
        throw Undecided{};
    return members.empty() ? json::value{} : json::value(std::move(members));
}

json::object Values::read_members(json::value const& value, Attribute const& attribute, bool keep_null) const
{
    auto const* object = value.if_object();
    if (!object)
        throw Refusal{wrong_value};
    json::object members;
    std::set<std::string> seen;
    for (auto const& [name, member] : *object)
    {
        auto const* sub = attribute.sub(name);
        if (!sub)
        {
            if (strict())
                throw Refusal{wrong_syntax};
            continue;
        }
        if (!seen.insert(sub->name).second)
            throw Refusal{wrong_syntax};
        if (sub->change == Change::read_only)
        {
            if (strict() && speaker_ == Speaker::patch)
                throw Refusal{400, "mutability"};
            continue;
        }
        auto read_value = read_sub(member, *sub, attribute);
        if (keep_null || !read_value.is_null())
            members[sub->name] = std::move(read_value);
    }
    return members;
}

json::value Values::read_sub(json::value value, Attribute const& sub, Attribute const& attribute) const
{
    auto read_value = read(std::move(value), sub);
    bool const is_id = sub.name == "value" && (is_reference(attribute) || known_by_value(attribute));
    auto const* id = is_id ? read_value.if_string() : nullptr;
    if (id &&
        (is_blank(*id) || (is_reference(attribute) && compared_by(*id, true) != *id))) // of an id there is one spelling
        throw Refusal{wrong_value};
    return read_value;
}

json::value Values::read_simple(json::value value, Attribute const& attribute) const
{
    if (!strict() && !attribute.multi)
        value = unwrapped(std::move(value));
    if (strict() && value == json::value("") && (attribute.name == "country" || attribute.kind == Kind::reference))
        throw Undecided{}; // formats are tested elsewhere
    if (attribute.kind == Kind::boolean && value.is_string() && !strict())
    {
        if (equal_names(value.get_string(), "true"))
            value = true;
        else if (equal_names(value.get_string(), "false"))
            value = false;
    }
    bool const fits = attribute.kind == Kind::boolean   ? value.is_bool()
                      : attribute.kind == Kind::integer ? value.is_int64() || value.is_uint64()
                      : attribute.kind == Kind::decimal ? value.is_number()
                      : attribute.kind == Kind::instant ? value.is_string() && instant_of(value.get_string())
                                                        : value.is_string();
    if (!fits)
        throw Refusal{wrong_value};
    if (attribute.required && value.is_string() && is_blank(value.get_string()))
        throw Refusal{wrong_value};
    if (attribute.name == "externalId" && value.is_string() && value.get_string().empty())
        return {};
    return value;
}

std::optional<Target> find_root(std::string_view name, Type const& type)
{
    if (auto const* common = common_attributes().find(name))
        return Target{.attribute = common};
    if (auto const* attribute = type.schema.find(name))
        return Target{.attribute = attribute};
    for (Schema const& extension : type.extensions)
    {
        if (equal_names(name, extension.uri))
            return Target{.extension = &extension};
        auto const size = extension.uri.size();
        if (name.size() > size + 1 && name[size] == ':' && equal_names(name.substr(0, size), extension.uri))
            if (auto const* attribute = extension.find(name.substr(size + 1)))
                return Target{.extension = &extension, .attribute = attribute};
    }
    auto const base = type.schema.uri.size();
    if (name.size() > base + 1 && name[base] == ':' && equal_names(name.substr(0, base), type.schema.uri))
        if (auto const* attribute = type.schema.find(name.substr(base + 1)))
            return Target{.attribute = attribute};
    return std::nullopt;
}

void Names::check() const
{
    if (lost_ && !known_)
        throw Refusal{wrong_value};
}

json::object read_body(json::value const& body, Type const& type, Mode mode)
{
    auto const* object = body.if_object();
    if (!object)
        throw Refusal{wrong_syntax};
    json::object attributes;
    std::set<Attribute const*> seen;
    auto const add = [&](Target const& target, json::value const& value)
    {
        if (!seen.insert(target.attribute).second)
            throw Refusal{wrong_syntax};
        add_root(attributes, target, value, mode);
    };
    auto const unknown = [&]
    {
        if (mode == Mode::strict)
            throw Refusal{wrong_syntax};
    };
    for (auto const& [name, value] : *object)
    {
        auto const target = find_root(name, type);
        if (!target)
            unknown();
        else if (target->attribute)
            add(*target, value);
        else if (auto const* members = value.if_object())
        {
            Names names;
            for (auto const& [inner, inner_value] : *members)
            {
                auto const* attribute = target->extension->find(inner);
                names.add(attribute != nullptr, inner_value);
                if (attribute)
                    add({.extension = target->extension, .attribute = attribute}, inner_value);
                else
                    unknown();
            }
            names.check();
        }
        else if (!value.is_null())
            throw Refusal{wrong_value};
    }
    if (mode == Mode::strict)
        check_schemas(*object, attributes, type);
    return attributes;
}

void check_whole(json::object const& attributes, Type const& type)
{
    check_members(attributes, type.schema);
    for (Schema const& extension : type.extensions)
        if (auto const* members = attributes.if_contains(extension.uri))
            check_members(members->as_object(), extension);
}

} // namespace scimkit::model
