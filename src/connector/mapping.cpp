// Attribute paths over plain JSON: sources have schemas that the local store knows nothing of.
#include <scimkit/connector/mapping.hpp>
#include <scimkit/schema/registry.hpp>

#include "copy_schema.hpp"

#include <optional>

namespace scimkit::connector
{

namespace
{

/// The members that lead to an attribute, from the outside in.
outcome<std::vector<std::string>> steps_of(std::string_view path)
{
    auto const parsed = parse_attribute_path(path);
    if (!parsed)
        return trouble("'" + std::string{path} + "' names no attribute: " + parsed.error().detail);
    std::vector<std::string> steps;
    if (!parsed->uri.empty() && parsed->uri != urn::user && parsed->uri != urn::group)
        steps.push_back(parsed->uri);
    steps.push_back(parsed->name);
    if (!parsed->sub_attribute.empty())
        steps.push_back(parsed->sub_attribute);
    return steps;
}

std::optional<json::value> take(json::object& object, std::vector<std::string> const& steps, std::size_t at = 0)
{
    auto const found = object.find(steps[at]);
    if (found == object.end())
        return std::nullopt;
    if (at + 1 == steps.size())
    {
        auto value = std::move(found->value());
        object.erase(found);
        return value;
    }
    if (!found->value().is_object())
        return std::nullopt;
    auto value = take(found->value().get_object(), steps, at + 1);
    if (found->value().get_object().empty())
        object.erase(found);
    return value;
}

void put(json::object& object, std::vector<std::string> const& steps, json::value value, std::size_t at = 0)
{
    if (at + 1 == steps.size())
    {
        object.insert_or_assign(steps[at], std::move(value));
        return;
    }
    auto inner = json::object{};
    if (auto const found = object.find(steps[at]); found != object.end() && found->value().is_object())
        inner = found->value().get_object();
    put(inner, steps, std::move(value), at + 1);
    object.insert_or_assign(steps[at], std::move(inner));
}

} // namespace

json::value const* find_path(json::object const& attributes, std::string_view path)
{
    auto const steps = steps_of(path);
    if (!steps)
        return nullptr;
    auto const* object = &attributes;
    for (std::size_t i = 0; i < steps->size(); ++i)
    {
        auto const found = object->find((*steps)[i]);
        if (found == object->end())
            return nullptr;
        if (i + 1 == steps->size())
            return &found->value();
        if (!found->value().is_object())
            return nullptr;
        object = &found->value().get_object();
    }
    return nullptr;
}

outcome<void> Mapping::rename(std::string const& type, std::string const& from, std::string const& to)
{
    if (auto const read = steps_of(from); !read)
        return read.error();
    if (!to.empty())
        if (auto const read = steps_of(to); !read)
            return read.error();
    if (!to.empty() && !can_hold(type, to))
        return trouble("'" + to + "' is no attribute that a " + type + " of the copy can have.");
    rules_[type].push_back({from, to});
    return {};
}

std::string Mapping::text() const
{
    std::string all;
    for (auto const& [type, rules] : rules_)
        for (auto const& rule : rules)
            all += type + "\n" + rule.from + "\n" + rule.to + "\n";
    return all;
}

json::object Mapping::apply(std::string const& type, json::object attributes) const
{
    if (auto const rules = rules_.find(type); rules != rules_.end())
    {
        std::vector<std::pair<std::string, json::value>> moved; // all are taken first, so that two can change places
        for (auto const& rule : rules->second)
            if (auto value = take(attributes, *steps_of(rule.from)); value && !rule.to.empty())
                moved.emplace_back(rule.to, std::move(*value));
        for (auto& [to, value] : moved)
            put(attributes, *steps_of(to), std::move(value));
    }
    json::array schemas;
    schemas.emplace_back(type == "User" ? urn::user : urn::group);
    if (attributes.contains(urn::enterprise_user))
        schemas.emplace_back(urn::enterprise_user);
    attributes.insert_or_assign("schemas", std::move(schemas));
    return attributes;
}

} // namespace scimkit::connector
