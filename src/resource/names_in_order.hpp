// NamesInOrder: attributes of canonical values, by name.
#pragma once

#include <scimkit/schema/resource_type.hpp>

#include "../core/eight_bytes.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{

/// Finds attributes by their exact names. What is asked for comes mostly in the order of the schema, so the search goes
/// on where the last one ended.
class NamesInOrder
{
public:
    explicit NamesInOrder(std::vector<Attribute> const& attributes) noexcept
        : begin_(attributes.data())
        , end_(attributes.data() + attributes.size())
        , next_(begin_)
    {
    }

    Attribute const* find(std::string_view name) noexcept
    {
        auto const* found = find(next_, end_, name);
        if (!found)
            found = find(begin_, next_, name);
        if (found)
            next_ = found + 1;
        return found;
    }

private:
    static Attribute const* find(Attribute const* from, Attribute const* end, std::string_view name) noexcept
    {
        if (name.empty())
            return nullptr;
        for (; from != end; ++from)
            if (std::string const& own = from->name; own[0] == name[0] && same_text(own, name)) // few begin alike
                return from;
        return nullptr;
    }

    Attribute const* begin_;
    Attribute const* end_;
    Attribute const* next_;
};

/// The same for what stands at the root of a resource: attributes of the base schema by their exact names and in their
/// order, or else as ResourceType::find_root_attribute() finds them. No base schema has a common attribute.
class RootNames
{
public:
    explicit RootNames(ResourceType const& type) noexcept
        : type_(type)
        , base_(type.schema().attributes)
    {
    }

    std::optional<AttributeRef> find(std::string_view name) noexcept
    {
        if (auto const* attribute = base_.find(name))
            return AttributeRef{.schema = &type_.schema(), .attribute = attribute};
        return type_.find_root_attribute(name);
    }

private:
    ResourceType const& type_;
    NamesInOrder base_;
};

} // namespace scimkit
