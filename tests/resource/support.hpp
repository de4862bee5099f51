// What the tests of resources and PATCH share: the RFC's types with the extension of patch-test-schema.json, one
// type with rare characteristics, and JSON from text.
#pragma once

#include <scimkit/resource/resource.hpp>
#include <scimkit/schema/registry.hpp>

#include "resource/canonical.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>
#include <string_view>

namespace scimkit::test
{

inline constexpr std::string_view test_extension = "urn:example:params:scim:schemas:extension:test:2.0:User";
inline constexpr std::string_view gadget_uri = "urn:example:gadget:1.0:Gadget";
inline constexpr std::string_view gadget_extension = "urn:example:gadget:1.0:Extra";

inline json::value parse(std::string_view text) { return json::parse({text.data(), text.size()}); }
inline json::object object(std::string_view text) { return parse(text).as_object(); }

/// Attributes with characteristics that User and Group do not have.
inline Schema gadget_schema()
{
    return {.id = std::string{gadget_uri},
            .name = "Gadget",
            .attributes = {
                {.name = "label", .required = true},
                {.name = "code", .case_exact = true, .mutability = Mutability::immutable},
                {.name = "hint", .returned = Returned::on_request},
                {.name = "stamp", .returned = Returned::always},
                {.name = "secret", .mutability = Mutability::write_only, .returned = Returned::never},
                {.name = "owner",
                 .type = AttributeType::complex,
                 .required = true,
                 .sub_attributes = {{.name = "value", .case_exact = true},
                                    {.name = "display", .mutability = Mutability::read_only},
                                    {.name = "note", .returned = Returned::on_request},
                                    {.name = "seal", .mutability = Mutability::immutable, .returned = Returned::always},
                                    {.name = "tags", .multi_valued = true}}},
                {.name = "parts",
                 .type = AttributeType::complex,
                 .multi_valued = true,
                 .required = true,
                 .sub_attributes = {{.name = "value", .required = true, .case_exact = true},
                                    {.name = "$ref", .type = AttributeType::reference},
                                    {.name = "display", .mutability = Mutability::read_only},
                                    {.name = "primary", .type = AttributeType::boolean}}},
                {.name = "seals", .multi_valued = true, .mutability = Mutability::immutable},
                {.name = "certificate", .type = AttributeType::binary},
            }};
}

inline std::shared_ptr<SchemaRegistry const> registry()
{
    static auto const built =
        SchemaRegistry::Builder{}
            .add_rfc7643()
            .load(std::filesystem::path(SCIMKIT_TEST_DATA "/requirements/patch-test-schema.json"))
            .extend("User", test_extension)
            .add(gadget_schema())
            .add(Schema{.id = std::string{gadget_extension},
                        .name = "Extra",
                        .attributes = {{.name = "weight", .type = AttributeType::decimal, .required = true},
                                       {.name = "origin", .mutability = Mutability::immutable},
                                       {.name = "checked", .mutability = Mutability::read_only}}})
            .add(ResourceTypeDefinition{.name = "Gadget",
                                        .endpoint = "/Gadgets",
                                        .schema = std::string{gadget_uri},
                                        .extensions = {{.schema = std::string{gadget_extension}, .required = true}},
                                        .large_attributes = {"parts"}})
            .build()
            .value();
    return built;
}

inline ResourceType const& type(std::string_view name) { return *registry()->find_resource_type(name); }
inline ResourceType const& user() { return type("User"); }
inline ResourceType const& group() { return type("Group"); }
inline ResourceType const& gadget() { return type("Gadget"); }

inline AttributeRef ref(ResourceType const& type, std::string_view path)
{
    return type.resolve(parse_attribute_path(path).value()).value();
}

/// "invalidValue: DETAIL"; empty for success.
template <class T>
std::string refusal(result<T> const& r)
{
    return r ? std::string{} : std::string{scim_type_of(r.error().code)} + ": " + r.error().detail;
}

} // namespace scimkit::test
