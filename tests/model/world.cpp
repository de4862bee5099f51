// What the model computes from its state: references, memberships from both ends, uniqueness.
#include "world.hpp"

#include "text.hpp"
#include "values.hpp"

#include <algorithm>
#include <set>

namespace scimkit::model
{
namespace
{

std::string text_member(json::object const& object, std::string_view name)
{
    auto const* value = object.if_contains(name);
    return value && value->is_string() ? std::string{value->get_string()} : std::string{};
}

bool names_member(Resource const& list, std::string_view id)
{
    auto const* members = list.attributes.if_contains(list.type->members);
    return members && std::ranges::any_of(members->as_array(), [&](json::value const& member)
                                          { return text_member(member.as_object(), "value") == id; });
}

} // namespace

std::string World::location(Type const& type, std::string_view id) const
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string uri = base_url_ + type.endpoint + '/';
    for (char const c : id)
        if (auto const byte = static_cast<unsigned char>(c); byte > ' ' && byte < 0x7f)
            uri += c;
        else
            (uri += '%') += {digits[byte >> 4U], digits[byte & 15U]};
    return uri;
}

Resource const* World::find(Type const& type, std::string_view id) const
{
    auto const found = resources.find(std::string{id});
    return found != resources.end() && found->second.type == &type ? &found->second : nullptr;
}

bool World::knows(Type const& type, std::string_view id) const
{
    return find(type, id) ||
           std::ranges::any_of(promised, [&](auto const& each)
                               { return each.second.waiting && each.second.type == &type && each.second.id == id; });
}

json::object World::view(Resource const& resource) const
{
    json::object shown = resource.attributes;
    json::array schemas{json::value(resource.type->schema.uri)};
    for (Schema const& extension : resource.type->extensions)
        if (shown.contains(extension.uri))
            schemas.emplace_back(extension.uri);
    shown["schemas"] = std::move(schemas);
    shown["id"] = resource.id;
    if (resource.type->schema.find("groups"))
        if (auto groups = groups_of(resource.id); !groups.empty())
            shown["groups"] = std::move(groups);
    shown["meta"] = {{"resourceType", resource.type->name},
                     {"created", instant_text(resource.created)},
                     {"lastModified", instant_text(resource.modified)},
                     {"location", location(*resource.type, resource.id)}};
    return shown;
}

std::map<std::string, Resource const*> World::lists_with(std::string_view id) const
{
    std::map<std::string, Resource const*> lists;
    for (auto const& [list_id, list] : resources)
        if (!list.type->members.empty() && names_member(list, id))
            lists.emplace(list_id, &list);
    return lists;
}

json::array World::groups_of(std::string const& id) const
{
    json::array groups;
    std::set<std::string> seen;
    auto level = lists_with(id);
    for (bool direct = true; !level.empty(); direct = false)
    {
        std::map<std::string, Resource const*> next;
        for (auto const& [list_id, list] : level)
        {
            if (!seen.insert(list_id).second)
                continue;
            json::object element{{"value", list_id}, {"$ref", location(*list->type, list_id)}};
            if (auto const display = text_member(list->attributes, "displayName"); !display.empty())
                element["display"] = display;
            element["type"] = direct ? "direct" : "indirect";
            groups.push_back(std::move(element));
            next.merge(lists_with(list_id));
        }
        std::erase_if(next, [&](auto const& each) { return seen.contains(each.first); });
        level = std::move(next);
    }
    return groups;
}

std::string World::id_named_by(std::string_view uri, std::vector<std::string> const& types) const
{
    for (std::string const& name : types)
        if (auto const* type = find_type(types_, name))
            if (auto const collection = location(*type, {});
                uri.size() > collection.size() && uri.starts_with(collection))
            {
                if (uri.find('%') != std::string_view::npos)
                    break; // only what no id may have is sent so
                return std::string{uri.substr(collection.size())};
            }
    throw Refusal{400, "invalidValue"}; // nothing says what is meant
}

void World::name_by_id(json::object& members, Attribute const& attribute) const
{
    if (is_reference(attribute) && members.contains("$ref") && text_member(members, "value").empty())
        members["value"] = id_named_by(text_member(members, "$ref"), attribute.sub("$ref")->refers_to);
}

void World::name_by_id(json::value& value, Attribute const& attribute) const
{
    if (!is_reference(attribute))
        return;
    if (auto* object = value.if_object())
        name_by_id(*object, attribute);
    else if (auto* array = value.if_array())
    {
        json::array once; // the same one may have come by its id and by its URI
        std::set<std::string> seen;
        for (json::value& element : *array)
        {
            name_by_id(element, attribute);
            if (!known_by_value(attribute) || seen.insert(text_member(element.as_object(), "value")).second)
                once.push_back(element);
        }
        *array = std::move(once);
    }
}

void World::compute_reference(json::object& element, Attribute const& attribute, bool strict) const
{
    Attribute const& uri = *attribute.sub("$ref");
    if (!element.contains("value")) // its URI may stand for its id
        element["value"] = id_named_by(text_member(element, "$ref"), uri.refers_to);
    auto const value = text_member(element, "value");
    Type const* target = nullptr;
    for (std::string const& name : uri.refers_to)
        if (auto const* type = find_type(types_, name); type && knows(*type, value))
            target = type;
    bool const has_type = attribute.sub("type") != nullptr;
    if (!target && uri.refers_to.size() == 1)
        target = find_type(types_, uri.refers_to.front());
    for (std::string const& name : uri.refers_to)
        if (!target && has_type && text_member(element, "type") == name)
            target = find_type(types_, name); // nobody knows it: it is what the client says that it is
    for (std::string const& name : uri.refers_to)
        if (auto const* type = find_type(types_, name);
            !target && type && text_member(element, "$ref") == location(*type, value))
            target = type; // its URI says so too
    if (!target)
    {
        // Nobody knows what it refers to: what the client claims of it stays, unless it is a URI of ours of another
        // one.
        auto const claim = text_member(element, "$ref");
        for (std::string const& name : uri.refers_to)
        {
            auto const* type = find_type(types_, name);
            auto const collection = type ? location(*type, {}) : std::string{};
            if (!type || claim.size() <= collection.size() || !claim.starts_with(collection))
                continue;
            if (strict)
                throw Refusal{400, "invalidValue"};
            element.erase("$ref");
        }
        return;
    }
    auto const set = [&](std::string_view name, std::string const& truth)
    {
        if (auto const claim = text_member(element, name); strict && !claim.empty() && claim != truth)
            throw Refusal{400, "invalidValue"};
        element[name] = truth;
    };
    set("$ref", location(*target, value));
    if (has_type)
        set("type", target->name);
}

void World::compute_references(json::value& value, Attribute const& attribute, bool strict) const
{
    if (!is_reference(attribute))
        return;
    if (auto* object = value.if_object())
        compute_reference(*object, attribute, strict);
    else if (auto* array = value.if_array())
    {
        json::array once; // the same one may have come by its id and by its URI
        std::set<std::string> seen;
        for (json::value& element : *array)
        {
            compute_reference(element.as_object(), attribute, strict);
            if (seen.insert(text_member(element.as_object(), "value")).second)
                once.push_back(element);
        }
        *array = std::move(once);
    }
}

void World::check_unique(Resource const& resource) const
{
    for (Attribute const& attribute : resource.type->schema.attributes)
    {
        auto const* value = attribute.unique ? resource.attributes.if_contains(attribute.name) : nullptr;
        if (!value)
            continue;
        for (auto const& [id, other] : resources)
        {
            auto const* theirs = other.type == resource.type && id != resource.id
                                     ? other.attributes.if_contains(attribute.name)
                                     : nullptr;
            if (theirs && compare(*value, *theirs, attribute) == 0)
                throw Refusal{409, "uniqueness"};
        }
    }
}

void World::remove(std::string const& id)
{
    resources.erase(id);
    for (auto& [list_id, list] : resources)
    {
        if (list.type->members.empty() || !names_member(list, id))
            continue;
        auto& members = list.attributes.at(list.type->members).as_array();
        auto const gone =
            std::remove_if(members.begin(), members.end(),
                           [&](json::value const& member) { return text_member(member.as_object(), "value") == id; });
        members.erase(gone, members.end());
        if (members.empty())
            list.attributes.erase(list.type->members);
        list.modified = after(list.modified);
    }
}

json::object const* owner_of(json::object const& attributes, Target const& target)
{
    if (!target.extension)
        return &attributes;
    auto const* extension = attributes.if_contains(target.extension->uri);
    return extension ? extension->if_object() : nullptr;
}

json::value value_at(json::object const& attributes, Target const& target)
{
    auto const* owner = owner_of(attributes, target);
    auto const* value = owner ? owner->if_contains(target.attribute->name) : nullptr;
    return value ? *value : json::value{};
}

void put_value(json::object& attributes, Target const& target, json::value value)
{
    json::object owner;
    if (auto const* stored = owner_of(attributes, target))
        owner = *stored;
    if (value.is_null())
        owner.erase(target.attribute->name);
    else
        owner[target.attribute->name] = std::move(value);
    if (!target.extension)
        attributes = std::move(owner);
    else if (owner.empty())
        attributes.erase(target.extension->uri);
    else
        attributes[target.extension->uri] = std::move(owner);
}

} // namespace scimkit::model
