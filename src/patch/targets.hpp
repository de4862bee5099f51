// Targets: what the members of a value without path change, so that none is changed twice, whole or in part.
#pragma once

#include <scimkit/core/text.hpp>
#include <scimkit/filter/bind.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace scimkit
{

/// The changes that one path-less value asks for must have different targets, and none may change what is a part of
/// another one: JSON has no order of members that could say which of them comes last.
class Targets
{
public:
    /// `merges`: an object changes what it names, and leaves the rest. What is wrong; empty if nothing is.
    std::string_view insert(BoundPath const& path, json::value const& value, bool merges)
    {
        auto const& target = path.attribute;
        Changes& own = path.filter.empty() ? plain_ : by_filter_[element_of(path)];
        if (std::ranges::find(own.targets, target) != own.targets.end())
            return twice;
        own.targets.push_back(target); // there are no more of these than the schemas have attributes
        for (AttributeRef const& part : merges ? parts_of(path, value) : std::vector{target})
        {
            bool const met = meets(own.parts, part) || meets(path.filter.empty() ? filtered_ : plain_.parts, part) ||
                             std::ranges::find(emptied_, part.schema) != emptied_.end();
            if (met)
                return in_part;
            own.parts.push_back(part);
            if (!path.filter.empty() && std::ranges::find(filtered_, part) == filtered_.end())
                filtered_.push_back(part);
        }
        return {};
    }

    /// A whole extension, whose members may follow unless it is to be emptied.
    std::string_view insert_extension(AttributeRef const& extension, bool emptied)
    {
        if (std::ranges::find(plain_.targets, extension) != plain_.targets.end())
            return twice;
        plain_.targets.push_back(extension);
        if (!emptied)
            return {};
        emptied_.push_back(extension.schema);
        auto const is_within = [&](AttributeRef const& other) { return other.schema == extension.schema; };
        return std::ranges::any_of(plain_.parts, is_within) || std::ranges::any_of(filtered_, is_within)
                   ? in_part
                   : std::string_view{};
    }

private:
    static constexpr std::string_view twice = ": the name is there twice.";
    static constexpr std::string_view in_part = ": the name is there twice, whole and in part.";

    struct Changes
    {
        std::vector<AttributeRef> targets{};
        std::vector<AttributeRef> parts{};
    };

    static bool meets(std::vector<AttributeRef> const& others, AttributeRef const& part)
    {
        return std::ranges::any_of(others,
                                   [&](AttributeRef const& other)
                                   {
                                       return other.schema == part.schema && other.attribute == part.attribute &&
                                              (other.sub_attribute == part.sub_attribute || !other.sub_attribute ||
                                               !part.sub_attribute);
                                   });
    }

    /// Of an object for one value, what it names; of anything else the whole.
    static std::vector<AttributeRef> parts_of(BoundPath const& path, json::value const& value)
    {
        auto const& target = path.attribute;
        auto const* const object = value.if_object();
        bool const is_one = !target.attribute->multi_valued || !path.filter.empty();
        if (!object || target.sub_attribute || !is_one || target.attribute->type != AttributeType::complex)
            return {target};
        std::vector<AttributeRef> parts;
        for (Attribute const& sub : target.attribute->sub_attributes)
            if (std::ranges::any_of(*object, [&](auto const& member)
                                    { return equal_ascii_ignoring_case(member.key(), sub.name); }))
            {
                parts.push_back(target);
                parts.back().sub_attribute = &sub;
            }
        return parts;
    }

    static std::string element_of(BoundPath const& path)
    {
        AttributeRef whole = path.attribute;
        whole.sub_attribute = nullptr;
        return whole.path() + '[' + to_string(path.filter.front()) + ']';
    }

    Changes plain_{};
    std::unordered_map<std::string, Changes> by_filter_{};
    std::vector<AttributeRef> filtered_{}; ///< parts of elements, each once
    std::vector<Schema const*> emptied_{}; ///< extensions
};

} // namespace scimkit
