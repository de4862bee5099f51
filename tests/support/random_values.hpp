// Values as a store may have them: what the schemas say, or anything.
#pragma once

#include <scimkit/core/json.hpp>
#include <scimkit/schema/resource_type.hpp>

#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>

namespace scimkit::test
{

class RandomValues
{
public:
    explicit RandomValues(std::uint32_t seed)
        : random_(seed)
    {
    }

    std::size_t below(std::size_t end) { return std::uniform_int_distribution<std::size_t>{0, end - 1}(random_); }

    /// With all that JSON has to escape, and letters beyond ASCII.
    std::string text()
    {
        constexpr std::string_view characters = "abcdefgh ABC019-_\"\\/\n\t\x01\x1f\x7f";
        std::string made;
        for (auto size = below(below(4) == 0 ? 40 : 9); size > 0; --size)
            if (below(9) == 0)
                made += "\xC3\xA9";
            else
                made += characters[below(below(2) == 0 ? 8 : characters.size())];
        return made;
    }

    /// Any value, nested `depth` levels at most.
    json::value value(int depth)
    {
        switch (below(depth > 0 ? 9 : 7))
        {
        case 0:
            return nullptr;
        case 1:
            return below(2) == 0;
        case 2:
            return static_cast<std::int64_t>(random_()) - 2'000'000'000;
        case 3:
            return std::numeric_limits<std::uint64_t>::max() - below(1'000);
        case 4:
            return static_cast<double>(below(1'000'000)) / 64 - 5'000;
        case 7:
        {
            json::array elements;
            for (auto count = below(4); count > 0; --count)
                elements.push_back(value(depth - 1));
            return elements;
        }
        case 8:
        {
            json::object members;
            for (auto count = below(4); count > 0; --count)
                members[names[below(std::size(names))]] = value(depth - 1);
            return members;
        }
        default:
            return json::string{text()};
        }
    }

    /// Attributes of that type. `exact`: as the schemas say; otherwise some of them, and some besides, are anything.
    json::object attributes(ResourceType const& type, bool exact)
    {
        json::object made;
        if (below(2) == 0)
            made["externalId"] = text() + "x";
        add(made, type.schema().attributes, exact);
        for (auto const& extension : type.extensions())
            if (below(2) == 0)
            {
                json::object members;
                add(members, extension.schema->attributes, exact);
                if (!members.empty() || !exact)
                    made[extension.schema->id] = std::move(members);
            }
        return made;
    }

private:
    static constexpr std::string_view names[] = {"value", "type", "$ref", "display", "familyName", "other", "primary"};

    /// In any order, since PATCH puts what is new at the end.
    void add(json::object& into, std::vector<Attribute> const& attributes, bool exact)
    {
        for (auto const start = below(attributes.size()); std::size_t i : order(attributes.size(), start))
            if (below(2) == 0)
                into[attributes[i].name] = exact || below(8) != 0 ? of(attributes[i], exact) : value(3);
        if (!exact && below(3) == 0)
            into[names[below(std::size(names))]] = value(3);
    }

    static std::vector<std::size_t> order(std::size_t size, std::size_t start)
    {
        std::vector<std::size_t> places;
        for (std::size_t i = 0; i < size; ++i)
            places.push_back((start + i) % size);
        return places;
    }

    json::value of(Attribute const& attribute, bool exact)
    {
        if (!attribute.multi_valued)
            return single(attribute, exact);
        json::array elements;
        for (auto count = below(3) + (exact ? 1U : 0U); count > 0; --count)
            elements.push_back(exact || below(8) != 0 ? single(attribute, exact) : value(2));
        return elements;
    }

    json::value single(Attribute const& attribute, bool exact)
    {
        switch (attribute.type)
        {
        case AttributeType::complex:
        {
            json::object members;
            add(members, attribute.sub_attributes, exact);
            if (exact && members.empty())
                members[attribute.sub_attributes.front().name] = of(attribute.sub_attributes.front(), exact);
            return members;
        }
        case AttributeType::boolean:
            return below(2) == 0;
        case AttributeType::integer:
            return static_cast<std::int64_t>(below(1'000));
        case AttributeType::decimal:
            return static_cast<double>(below(1'000)) / 8;
        default:
            return json::string{text() + "x"};
        }
    }

    std::mt19937 random_;
};

} // namespace scimkit::test
