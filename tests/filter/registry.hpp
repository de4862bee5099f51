// The resource types that the tests of this room use: User and Group of RFC 7643, and one with every type of
// attribute.
#pragma once

#include <scimkit/filter/filter.hpp>
#include <scimkit/schema/registry.hpp>

#include <memory>
#include <string_view>

namespace filter_test
{

inline constexpr std::string_view probe_schema = "urn:example:params:scim:schemas:core:2.0:Probe";
inline constexpr std::string_view probe_extension = "urn:example:params:scim:schemas:extension:2.0:Probe";

/// Probe: one attribute of each type, single and multi-valued, an extension, and one that is never returned.
inline std::shared_ptr<scimkit::SchemaRegistry const> registry()
{
    using namespace scimkit;
    static auto const built = []
    {
        std::vector<Attribute> const parts{
            {.name = "value", .case_exact = true},
            {.name = "type"},
            {.name = "primary", .type = AttributeType::boolean},
            {.name = "since", .type = AttributeType::date_time},
            {.name = "weight", .type = AttributeType::decimal},
            {.name = "$ref", .type = AttributeType::reference, .case_exact = true, .reference_types = {"User"}},
            {.name = "pin", .returned = Returned::never}};
        Schema probe{
            .id = std::string{probe_schema},
            .name = "Probe",
            .attributes = {
                {.name = "text"},
                {.name = "exact", .case_exact = true},
                {.name = "flag", .type = AttributeType::boolean},
                {.name = "count", .type = AttributeType::integer},
                {.name = "ratio", .type = AttributeType::decimal},
                {.name = "when", .type = AttributeType::date_time},
                {.name = "link", .type = AttributeType::reference, .case_exact = true, .reference_types = {"external"}},
                {.name = "blob", .type = AttributeType::binary, .case_exact = true},
                {.name = "secret", .mutability = Mutability::write_only, .returned = Returned::never},
                {.name = "tags", .multi_valued = true},
                {.name = "marks", .type = AttributeType::integer, .multi_valued = true},
                {.name = "part", .type = AttributeType::complex, .sub_attributes = parts},
                {.name = "parts", .type = AttributeType::complex, .multi_valued = true, .sub_attributes = parts}}};
        Schema extension{
            .id = std::string{probe_extension},
            .name = "ProbeExtension",
            .attributes = {{.name = "badge"},
                           {.name = "boss",
                            .type = AttributeType::complex,
                            .sub_attributes = {{.name = "value", .case_exact = true}, {.name = "displayName"}}}}};
        return SchemaRegistry::Builder{}
            .add_rfc7643()
            .add(std::move(probe))
            .add(std::move(extension))
            .add(ResourceTypeDefinition{.name = "Probe",
                                        .endpoint = "/Probes",
                                        .schema = std::string{probe_schema},
                                        .extensions = {{.schema = std::string{probe_extension}}}})
            .build()
            .value();
    }();
    return built;
}

inline scimkit::ResourceType const& type(std::string_view name) { return *registry()->find_resource_type(name); }

/// Both named deviations of the syntax.
inline constexpr scimkit::FilterSyntax tolerant{.extra_blanks = true, .sub_attribute_after_value_path = true};

} // namespace filter_test
