// Projection by asking, for every attribute and sub-attribute there is, whether it is shown.
#include "shape.hpp"

#include <algorithm>

namespace scimkit::model
{
namespace
{

/// A list of names as targets; whole extensions, and the base schema, as all of their attributes.
std::vector<Target> read_names(std::string_view list, Type const& type, Mode mode)
{
    std::vector<Target> targets;
    while (!list.empty())
    {
        auto const name = list.substr(0, list.find(','));
        list.remove_prefix(std::min(name.size() + 1, list.size()));
        if (auto const target = find_attribute(name, type, mode))
            targets.push_back(*target);
        else
            for (Schema const& extension : type.extensions)
                if (equal_names(extension.uri, name))
                    for (Attribute const& attribute : extension.attributes)
                        targets.push_back({.extension = &extension, .attribute = &attribute});
    }
    return targets;
}

class Shaper
{
public:
    Shaper(Type const& type, Shape const& shape, Mode mode)
        : wanted_(read_names(shape.attributes, type, mode))
        , unwanted_(read_names(shape.excluded, type, mode))
        , sent_(shape.sent)
        , chosen_(!shape.attributes.empty())
    {
    }

    /// The value as it is shown; null if it is not.
    json::value apply(json::value const& value, Target const& target) const
    {
        if (!shows(target))
            return {};
        if (auto const* array = value.if_array(); array && target.attribute->kind == Kind::complex)
        {
            json::array elements;
            for (json::value const& element : *array)
                if (auto part = members(element.as_object(), target); !part.empty())
                    elements.emplace_back(std::move(part));
            return elements.empty() ? json::value{} : json::value(std::move(elements));
        }
        if (auto const* object = value.if_object())
        {
            auto part = members(*object, target);
            return part.empty() ? json::value{} : json::value(std::move(part));
        }
        return value;
    }

private:
    static bool has(std::vector<Target> const& targets, Attribute const* attribute, Attribute const* sub)
    {
        return std::ranges::any_of(targets,
                                   [&](Target const& each) { return each.attribute == attribute && each.sub == sub; });
    }

    static bool has_any(std::vector<Target> const& targets, Attribute const* attribute)
    {
        return std::ranges::any_of(targets, [&](Target const& each) { return each.attribute == attribute; });
    }

    bool shows(Target const& target) const
    {
        Attribute const& attribute = *target.attribute;
        if (attribute.shown == Shown::always)
            return true;
        if (attribute.shown == Shown::never || has(unwanted_, &attribute, nullptr))
            return false;
        if (chosen_)
            return has_any(wanted_, &attribute);
        return attribute.shown == Shown::by_default || has_any(sent_, &attribute);
    }

    json::object members(json::object const& complex, Target const& target) const
    {
        bool const whole = !chosen_ || has(wanted_, target.attribute, nullptr);
        json::object part;
        for (auto const& [name, value] : complex)
        {
            auto const* sub = target.attribute->sub(name);
            if (!sub || has(unwanted_, target.attribute, sub))
                continue;
            if (whole || has(wanted_, target.attribute, sub))
                part[name] = value;
        }
        return part;
    }

    std::vector<Target> wanted_;
    std::vector<Target> unwanted_;
    std::vector<Target> sent_;
    bool chosen_;
};

} // namespace

json::object shown(json::object const& view, Type const& type, Shape const& shape, Mode mode)
{
    Shaper const shaper{type, shape, mode};
    json::object answer;
    for (auto const& [name, value] : view)
    {
        auto const target = find_root(name, type);
        if (target->attribute)
        {
            if (auto part = shaper.apply(value, *target); !part.is_null())
                answer[name] = std::move(part);
            continue;
        }
        json::object extension;
        for (auto const& [inner, inner_value] : value.as_object())
            if (auto part = shaper.apply(inner_value,
                                         {.extension = target->extension, .attribute = target->extension->find(inner)});
                !part.is_null())
                extension[inner] = std::move(part);
        if (!extension.empty())
            answer[name] = std::move(extension);
    }
    return answer;
}

std::vector<Target> targets_in(json::object const& attributes, Type const& type)
{
    std::vector<Target> targets;
    for (auto const& [name, value] : attributes)
    {
        auto const target = find_root(name, type);
        if (target->attribute)
            targets.push_back(*target);
        else
            for (auto const& member : value.as_object())
                targets.push_back({.extension = target->extension, .attribute = target->extension->find(member.key())});
    }
    return targets;
}

} // namespace scimkit::model
