// Look-ups in attribute definitions and the RFC's words for their characteristics (RFC 7643 section 7).
#include <scimkit/core/text.hpp>
#include <scimkit/schema/schema.hpp>

#include "keywords.hpp"

#include <algorithm>

namespace scimkit
{
namespace
{

Attribute const* find_by_name(std::vector<Attribute> const& attributes, std::string_view name) noexcept
{
    if (name.empty())
        return nullptr;
    // Most that are as long begin with another letter: that is a look, where comparing is a call.
    auto const may_be = [name](std::string const& known)
    { return known.size() == name.size() && ((known.front() ^ name.front()) & ~0x20) == 0; };
    auto const found =
        std::find_if(attributes.begin(), attributes.end(),
                     [&](Attribute const& attribute)
                     { return may_be(attribute.name) && equal_ascii_ignoring_case(attribute.name, name); });
    return found == attributes.end() ? nullptr : &*found;
}

} // namespace

Attribute const* Attribute::find_sub_attribute(std::string_view sub_name) const noexcept
{
    return find_by_name(sub_attributes, sub_name);
}

Attribute const* Schema::find_attribute(std::string_view attribute_name) const noexcept
{
    return find_by_name(attributes, attribute_name);
}

bool is_resource_reference(Attribute const& attribute) noexcept
{
    auto const* value = attribute.find_sub_attribute("value");
    auto const* uri = attribute.find_sub_attribute("$ref");
    return attribute.type == AttributeType::complex && value && uri && !value->multi_valued &&
           value->type == AttributeType::string && uri->type == AttributeType::reference;
}

std::string_view to_string(AttributeType type) noexcept { return keywords::types[static_cast<std::size_t>(type)]; }

std::string_view to_string(Mutability mutability) noexcept
{
    return keywords::mutabilities[static_cast<std::size_t>(mutability)];
}

std::string_view to_string(Returned returned) noexcept
{
    return keywords::returned[static_cast<std::size_t>(returned)];
}

std::string_view to_string(Uniqueness uniqueness) noexcept
{
    return keywords::uniqueness[static_cast<std::size_t>(uniqueness)];
}

} // namespace scimkit
