// Words with which the built-in schemas are written down, and where they are.
#pragma once

#include <scimkit/schema/schema.hpp>

#include <string>
#include <utility>
#include <vector>

namespace scimkit::definitions
{

inline Attribute text(std::string name, std::string description)
{
    return {.name = std::move(name), .description = std::move(description)};
}

inline Attribute of_type(AttributeType type, std::string name, std::string description)
{
    return {.name = std::move(name), .type = type, .description = std::move(description)};
}

inline Attribute reference(std::string name, std::vector<std::string> to, std::string description)
{
    return {.name = std::move(name),
            .type = AttributeType::reference,
            .description = std::move(description),
            .case_exact = true,
            .reference_types = std::move(to)};
}

inline Attribute complex(std::string name, std::string description, std::vector<Attribute> sub_attributes)
{
    return {.name = std::move(name),
            .type = AttributeType::complex,
            .description = std::move(description),
            .sub_attributes = std::move(sub_attributes)};
}

inline Attribute multi_valued(Attribute attribute)
{
    attribute.multi_valued = true;
    return attribute;
}

inline Attribute required(Attribute attribute)
{
    attribute.required = true;
    return attribute;
}

inline Attribute case_exact(Attribute attribute)
{
    attribute.case_exact = true;
    return attribute;
}

inline Attribute unique(Attribute attribute)
{
    attribute.uniqueness = Uniqueness::server;
    return attribute;
}

inline Attribute always_returned(Attribute attribute)
{
    attribute.returned = Returned::always;
    return attribute;
}

inline Attribute canonical(std::vector<std::string> values, Attribute attribute)
{
    attribute.canonical_values = std::move(values);
    return attribute;
}

/// The attribute and all below it.
inline Attribute read_only(Attribute attribute)
{
    attribute.mutability = Mutability::read_only;
    for (auto& sub_attribute : attribute.sub_attributes)
        sub_attribute = read_only(std::move(sub_attribute));
    return attribute;
}

inline Attribute immutable(Attribute attribute)
{
    attribute.mutability = Mutability::immutable;
    return attribute;
}

inline Attribute primary()
{
    return of_type(AttributeType::boolean, "primary", "True on the one value that is preferred.");
}

Schema user();
Schema group();
Schema enterprise_user();

/// Those by which a service provider describes itself: ServiceProviderConfig, ResourceType, Schema.
std::vector<Schema> const& discovery_schemas();

} // namespace scimkit::definitions
